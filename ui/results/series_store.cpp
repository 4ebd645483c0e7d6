// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/series_store.h"

#include <algorithm>
#include <functional>

namespace weir {

void ChartSeries::Extent::take(const ChartPoint& point) {
  low = std::min(low, point.value);
  high = std::max(high, point.value);
  volume = std::max(volume, point.volume);
  incomplete = incomplete || point.incomplete;
  sum += point.value;
  last = point.value;
}

void ChartSeries::Extent::take(const Extent& other) {
  low = std::min(low, other.low);
  high = std::max(high, other.high);
  volume = std::max(volume, other.volume);
  incomplete = incomplete || other.incomplete;
  sum += other.sum;
  last = other.last;
}

void ChartSeries::add(const ChartPoint& point) {
  addToBlocks(point, m_dropped + points.size());
  points.push_back(point);
}

void ChartSeries::insert(std::vector<ChartPoint> late) {
  if (late.empty()) return;
  const auto earlier = [](const ChartPoint& a, const ChartPoint& b) { return a.at < b.at; };
  std::stable_sort(late.begin(), late.end(), earlier);
  const auto first =
      static_cast<size_t>(std::upper_bound(points.begin(), points.end(), late.front(), earlier) - points.begin());
  const auto before = static_cast<std::ptrdiff_t>(points.size());
  points.insert(points.end(), late.begin(), late.end());
  std::inplace_merge(points.begin() + static_cast<std::ptrdiff_t>(first), points.begin() + before, points.end(),
                     earlier);
  // Blocks from the first one that has changed.
  const size_t block = (m_dropped + first) / kBlock;
  const size_t kept = block - m_dropped / kBlock;
  if (kept < m_blocks.size()) m_blocks.erase(m_blocks.begin() + static_cast<std::ptrdiff_t>(kept), m_blocks.end());
  for (size_t number = std::max(m_dropped, block * kBlock); number < m_dropped + points.size(); ++number)
    addToBlocks(points[number - m_dropped], number);
}

void ChartSeries::dropOldest(size_t count) {
  if (points.empty()) return;
  count = std::min(count, points.size() - 1);
  points.erase(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(count));
  const size_t before = m_dropped / kBlock;
  m_dropped += count;
  m_blocks.erase(m_blocks.begin(), m_blocks.begin() + static_cast<std::ptrdiff_t>(m_dropped / kBlock - before));
}

void ChartSeries::addToBlocks(const ChartPoint& point, size_t number) {
  if (m_blocks.empty() || number % kBlock == 0)
    m_blocks.emplace_back(point);
  else
    m_blocks.back().take(point);
}

void ChartSeries::prepend(const std::vector<ChartPoint>& older) {
  points.insert(points.begin(), older.begin(), older.end());
  m_blocks.clear();
  m_dropped = 0;
  for (size_t i = 0; i < points.size(); ++i) addToBlocks(points[i], i);
}

ChartSeries::Extent ChartSeries::extent(size_t from, size_t to) const {
  Extent out(points[from]);
  for (size_t i = from + 1; i < to;) {
    const size_t number = m_dropped + i;
    if (number % kBlock == 0 && i + kBlock <= to) {
      out.take(m_blocks[number / kBlock - m_dropped / kBlock]);
      i += kBlock;
    } else {
      out.take(points[i++]);
    }
  }
  return out;
}

size_t ChartSeries::lowerBound(int64_t at) const {
  const auto found = std::lower_bound(points.begin(), points.end(), at,
                                      [](const ChartPoint& point, int64_t t) { return point.at < t; });
  return static_cast<size_t>(found - points.begin());
}

SeriesStore::SeriesStore(const logical::Stream& stream, size_t mostPoints)
    : m_mostPoints(mostPoints), m_schema(stream.schema), m_groups(stream.groupColumns), m_windowMs(stream.windowMs) {
  const auto named = [&](std::initializer_list<const char*> words) -> std::optional<size_t> {
    for (const char* word : words)
      for (size_t i = 0; i < stream.schema->fields.size(); ++i) {
        const QString name = QString::fromStdString(stream.schema->fields[i].name).toLower();
        // A deviation is named after what it is of.
        if (isNumber(stream.schema->fields[i].type) && i != m_sigma && name.contains(QLatin1String(word))) return i;
      }
    return std::nullopt;
  };
  m_sigma = named({"sigma", "stddev", "std_dev"});
  m_value = named({"vwap", "price", "avg", "mean", "close", "value"});
  if (!m_value)
    for (size_t i = 0; i < stream.schema->fields.size() && !m_value; ++i)
      if (isReal(stream.schema->fields[i].type)) m_value = i;
  // Candles want all four, by their own names.
  const auto exactly = [&](std::initializer_list<const char*> words) -> std::optional<size_t> {
    for (const char* word : words)
      for (size_t i = 0; i < stream.schema->fields.size(); ++i)
        if (isNumber(stream.schema->fields[i].type) &&
            QString::fromStdString(stream.schema->fields[i].name).compare(QLatin1String(word), Qt::CaseInsensitive) ==
                0)
          return i;
    return std::nullopt;
  };
  m_close = exactly({"close", "c"});
  m_first = exactly({"open", "o"});
  m_high = exactly({"high", "h"});
  m_low = exactly({"low", "l"});
  if (!m_close || !hasCandles())
    m_first = m_high = m_low = std::nullopt;
  else
    m_value = named({"vwap"}).value_or(*m_close);
  m_volume = named({"volume", "quantity", "qty", "trades", "count"});
  m_count = exactly({"trades", "count", "n", "rows"});
  if (m_count == m_volume || m_count == m_value) m_count.reset();
  if (m_count) m_countName = QString::fromStdString(stream.schema->fields[*m_count].name);
  QStringList groups;
  for (const size_t column : m_groups) groups << QString::fromStdString(stream.schema->fields[column].name);
  m_groupName = groups.join(QLatin1Char(' '));
  if (m_value) m_valueName = QString::fromStdString(stream.schema->fields[*m_value].name);
  if (m_volume) m_volumeName = QString::fromStdString(stream.schema->fields[*m_volume].name);
}

ChartSeries* SeriesStore::seriesOf(const ResultRow& row) {
  const auto found = m_index.find(row.key);
  if (found != m_index.end()) return &m_series[found->second];
  if (m_series.size() >= kMostSeries) {
    if (m_undrawn.size() < kMostCounted) m_undrawn.insert(std::hash<std::string>()(row.key));
    return nullptr;
  }
  QStringList parts;
  for (const size_t column : m_groups)
    parts << (isNull(row.values[column])
                  ? QStringLiteral("NULL")
                  : QString::fromStdString(displayText(row.values[column], m_schema->fields[column].type)));
  m_index.emplace(row.key, m_series.size());
  m_series.emplace_back();
  m_series.back().name = parts.isEmpty() ? m_valueName : parts.join(QLatin1Char(' '));
  return &m_series.back();
}

// In steps, so that the longest series need not be looked for with every point.
void SeriesStore::bound() {
  const size_t step = std::max<size_t>(1, m_mostPoints / 1000);
  while (m_points > m_mostPoints) {
    const auto longest =
        std::max_element(m_series.begin(), m_series.end(),
                         [](const ChartSeries& a, const ChartSeries& b) { return a.points.size() < b.points.size(); });
    const size_t before = longest->points.size();
    longest->dropOldest(step);
    if (longest->points.size() == before) return;
    m_points -= before - longest->points.size();
  }
}

double SeriesStore::number(const ResultRow& row, std::optional<size_t> column, double otherwise) const {
  if (!column) return otherwise;
  const Type type = m_schema->fields[*column].type;
  if (const auto* real = std::get_if<double>(&row.values[*column])) return numberAsWritten(*real, type);
  if (const auto* whole = std::get_if<int64_t>(&row.values[*column]))
    return numberAsWritten(static_cast<double>(*whole), type);
  return otherwise;
}

std::optional<ChartPoint> SeriesStore::pointOf(const ResultRow& row) const {
  if (!m_value || isNull(row.values[*m_value])) return std::nullopt;
  ChartPoint point;
  point.at = row.at;
  point.value = number(row, m_value, 0);
  point.incomplete = row.hasGap;
  point.volume = number(row, m_volume, point.volume);
  point.sigma = number(row, m_sigma, 0);
  constexpr double kMostCount = 4e9;
  point.count = static_cast<uint32_t>(std::clamp(number(row, m_count, 0), 0.0, kMostCount));
  point.first = number(row, m_first, point.value);
  point.high = number(row, m_high, point.value);
  point.low = number(row, m_low, point.value);
  point.close = number(row, m_close, point.value);
  return point;
}

void SeriesStore::addClosed(const ResultBlock& block) {
  // Rows of streams without windows come in the order of their arrival.
  std::map<size_t, std::vector<ChartPoint>> late;
  for (const ResultRowPtr& row : block.rows()) {
    if (row->isProvisional) continue;
    const auto point = pointOf(*row);
    if (!point) continue;
    ChartSeries* const series = seriesOf(*row);
    if (!series) continue;
    ++m_points;
    if (!series->points.empty() && point->at < series->points.back().at)
      late[static_cast<size_t>(series - m_series.data())].push_back(*point);
    else
      series->add(*point);
    if (series->open && series->open->at <= point->at) series->open.reset();
    m_latest = std::max(m_latest, point->at);
  }
  for (auto& [index, points] : late) m_series[index].insert(std::move(points));
  bound();
}

void SeriesStore::addOlder(const ResultBlock& block) {
  std::map<size_t, std::vector<ChartPoint>> older;
  for (const ResultRowPtr& row : block.rows()) {
    const auto point = pointOf(*row);
    if (!point) continue;
    const ChartSeries* const series = seriesOf(*row);
    if (!series) continue;
    const auto index = static_cast<size_t>(series - m_series.data());
    if (!series->points.empty() && point->at >= series->points.front().at) continue;
    std::vector<ChartPoint>& points = older[index];
    // A window that was run twice is there twice: the later row counts.
    if (!points.empty() && points.back().at >= point->at) {
      if (points.back().at == point->at) points.back() = *point;
      continue;
    }
    points.push_back(*point);
    m_latest = std::max(m_latest, point->at);
  }
  for (const auto& [index, points] : older) {
    m_series[index].prepend(points);
    m_points += points.size();
  }
  bound();
}

void SeriesStore::setOpen(const ResultBlock& block) {
  for (ChartSeries& series : m_series) series.open.reset();
  for (const ResultRowPtr& row : block.rows())
    if (const auto point = pointOf(*row)) {
      ChartSeries* const series = seriesOf(*row);
      if (series && (series->points.empty() || series->points.back().at < point->at)) series->open = point;
    }
}

}  // namespace weir
