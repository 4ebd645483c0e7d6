// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/results_model.h"

#include <QDateTime>
#include <QIcon>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/text.h"
#include "ui/widgets/health_look.h"
#include "ui/widgets/plain_text.h"

namespace weir {

namespace {

constexpr int kMostDecimals = 6;
// An instant in ms before 1973 is likelier a count.
constexpr int64_t kLeastInstant = 100'000'000'000;

// Decimals that a value has, as far as one would show them.
int decimalsOf(double value) {
  double scaled = std::fabs(value);
  for (int decimals = 0; decimals < kMostDecimals; ++decimals, scaled *= 10)
    if (std::fabs(scaled - std::round(scaled)) <= 1e-9 * std::max(1.0, scaled)) return decimals;
  return kMostDecimals;
}

QString wholeWithThousands(int64_t value) {
  QLocale locale = QLocale::c();
  locale.setNumberOptions({});
  return locale.toString(static_cast<qlonglong>(value)).replace(QLatin1Char('-'), QChar(0x2212));
}

// A value of which the column's decimals would show fewer digits than this says them itself.
constexpr int kLeastDigits = 4;

QString realText(double value, int decimals) {
  const double size = std::fabs(value);
  if (size == 0 || size >= std::pow(10, kLeastDigits - 1 - decimals)) return withThousands(value, decimals);
  constexpr double kTiniest = 1e-9;
  if (size < kTiniest) return QString::number(value, 'g', kLeastDigits).replace(QLatin1Char('-'), QChar(0x2212));
  const int own = kLeastDigits - 1 - static_cast<int>(std::floor(std::log10(size)));
  QString text = withThousands(value, own);
  while (text.endsWith(QLatin1Char('0')) && text.size() - text.indexOf(QLatin1Char('.')) - 1 > decimals) text.chop(1);
  return text;
}

}  // namespace

void ResultsModel::setSchema(SchemaPtr schema, std::optional<std::vector<size_t>> keys, bool windowed) {
  beginResetModel();
  m_schema = std::move(schema);
  m_open.clear();
  m_closed.clear();
  m_seen = 0;
  m_keys = std::move(keys);
  m_index.clear();
  m_numbered = 0;
  m_windowed = windowed;
  m_hasTime = true;
  m_isFirst = true;
  m_writings.assign(m_schema ? m_schema->fields.size() : 0, {});
  for (size_t i = 0; i < m_writings.size(); ++i) {
    const Field& field = m_schema->fields[i];
    if (field.type != Type::Long || (field.name != "window_start" && field.name != "window_end")) continue;
    m_writings[i].isTime = true;
    if (windowed && field.name == "window_end") m_hasTime = false;
  }
  endResetModel();
}

QString ResultsModel::keeps() const {
  if (!m_keys || m_keys->empty()) return tr("every row, newest first");
  return m_windowed ? tr("latest row per key and window") : tr("latest row per key");
}

int ResultsModel::timeColumn() const { return m_hasTime ? 0 : static_cast<int>(*m_schema->find("window_end")); }

ResultsModel::Part ResultsModel::partOf(int column) const {
  if (column == columnCount() - 1) return Part::State;
  return m_hasTime && column == 0 ? Part::Time : Part::Field;
}

bool ResultsModel::isTime(int column) const {
  const Part part = partOf(column);
  return part == Part::Time || (part == Part::Field && m_writings[fieldOf(column)].isTime);
}

// What a row tells of its columns: a number that is the row's event time is a time; a column's decimals only grow, so
// that its numbers stand under one another.
void ResultsModel::learn(const ResultRow& row) {
  constexpr int kDigits = 6;
  for (size_t i = 0; i < m_writings.size(); ++i) {
    Writing& writing = m_writings[i];
    if (const auto* whole = std::get_if<int64_t>(&row.values[i])) {
      if (m_isFirst && !writing.isTime && m_schema->fields[i].type == Type::Long && *whole == row.at &&
          row.at >= kLeastInstant)
        writing.isTime = m_writingsChanged = true;
      continue;
    }
    const auto* real = std::get_if<double>(&row.values[i]);
    if (!real || !std::isfinite(*real) || *real == 0 || writing.decimals == kMostDecimals) continue;
    const double size = std::fabs(numberAsWritten(*real, m_schema->fields[i].type));
    if (writing.needed < kMostDecimals) writing.needed = std::max(writing.needed, decimalsOf(size));
    if (writing.least == 0 || size < writing.least) writing.least = size;
    const int digits = writing.least < 1 ? 0 : 1 + static_cast<int>(std::floor(std::log10(writing.least)));
    const int decimals = std::clamp(std::min(writing.needed, kDigits - digits), 2, kMostDecimals);
    if (decimals <= writing.decimals) continue;
    writing.decimals = decimals;
    m_writingsChanged = true;
  }
  m_isFirst = false;
}

void ResultsModel::tellWritings() {
  if (!std::exchange(m_writingsChanged, false)) return;
  emit headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
  if (rowCount() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

void ResultsModel::setFullPrecision(bool full) {
  m_fullPrecision = full;
  if (rowCount() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

void ResultsModel::setLocalTime(bool local) {
  m_localTime = local;
  if (columnCount() > 0) emit headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
  if (rowCount() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

QVariant ResultsModel::valueAs(int role, const Row& row, int column) const {
  const Part part = partOf(column);
  if (part == Part::Time) {
    const QString iso = QDateTime::fromMSecsSinceEpoch(row.row->at, Qt::UTC).toString(Qt::ISODateWithMs);
    if (role == kSortRole) return static_cast<qlonglong>(row.row->at);
    if (role == kNameRole) return m_windowed ? QStringLiteral("\"window_end\"") : QStringLiteral("\"time\"");
    return role == kJsonRole ? QLatin1Char('"') + iso + QLatin1Char('"') : iso;
  }
  if (part == Part::State) {
    const QString state = row.open          ? QStringLiteral("open")
                          : row.row->hasGap ? QStringLiteral("incomplete")
                                            : QStringLiteral("closed");
    if (role == kNameRole) return QStringLiteral("\"state\"");
    return role == kJsonRole ? QLatin1Char('"') + state + QLatin1Char('"') : state;
  }
  const Field& field = m_schema->fields[fieldOf(column)];
  const Value& value = row.row->values[fieldOf(column)];
  std::string text;
  switch (role) {
    case kSortRole:
      if (const double* real = std::get_if<double>(&value)) return *real;
      if (const int64_t* whole = std::get_if<int64_t>(&value)) return static_cast<qlonglong>(*whole);
      return QString::fromStdString(displayText(value, field.type));
    case kNameRole: appendJsonString(text, field.name); break;
    case kJsonRole: appendJson(text, value, field.type); break;
    default: text = displayText(value, field.type);
  }
  return QString::fromStdString(text);
}

const ResultsModel::Row& ResultsModel::at(int row) const {
  const auto open = static_cast<int>(m_open.size());
  return row < open ? m_open[static_cast<size_t>(row)] : m_closed[static_cast<size_t>(row - open)];
}

std::string ResultsModel::keyOf(const ResultRow& row) {
  // Of a window's rows each window keeps one; of running aggregates the latest row counts.
  return row.isWindowEnd ? row.key + std::to_string(row.at) : row.key;
}

void ResultsModel::addOlder(const ResultBlock& block) {
  std::vector<Row> older;
  const int64_t before = m_closed.empty() ? INT64_MAX : m_closed.back().row->at;
  const std::vector<ResultRowPtr> rows = block.newestFirst();
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    if ((*row)->at < before && m_closed.size() + older.size() < kMostRows) {
      learn(**row);
      older.push_back({*row, false});
    }
  if (older.empty()) return;
  const int at = rowCount();
  beginInsertRows({}, at, at + static_cast<int>(older.size()) - 1);
  m_closed.insert(m_closed.end(), std::make_move_iterator(older.begin()), std::make_move_iterator(older.end()));
  endInsertRows();
  tellWritings();
}

void ResultsModel::addClosed(const ResultBlock& block) {
  const auto first = static_cast<int>(m_open.size());
  std::vector<Row> fresh;
  for (const ResultRowPtr& row : block.newestFirst()) {
    const bool keyed = m_keys && !m_keys->empty();
    // The open windows have their own place on top.
    if (m_keys && row->isProvisional) continue;
    ++m_seen;
    learn(*row);
    if (keyed) {
      const auto [known, isNew] = m_index.try_emplace(keyOf(*row), m_numbered + fresh.size());
      const uint64_t newest = m_numbered + fresh.size();
      if (!isNew && known->second + m_closed.size() >= newest && known->second < m_numbered) {
        const auto place = static_cast<size_t>(m_numbered - 1 - known->second);
        if (place < m_closed.size()) {
          m_closed[place] = {row, false};
          const int at = first + static_cast<int>(place);
          emit dataChanged(index(at, 0), index(at, columnCount() - 1));
          continue;
        }
      }
      if (!isNew && known->second >= m_numbered) {
        fresh[static_cast<size_t>(known->second - m_numbered)] = {row, false};
        continue;
      }
      known->second = newest;
    }
    fresh.push_back({row, row->isProvisional});
  }
  if (fresh.empty()) return tellWritings();
  beginInsertRows({}, first, first + static_cast<int>(fresh.size()) - 1);
  for (Row& row : fresh) m_closed.push_front(std::move(row));
  m_numbered += fresh.size();
  endInsertRows();
  tellWritings();
  const int extra = static_cast<int>(m_closed.size()) - kMostRows;
  if (extra <= 0) return;
  beginRemoveRows({}, first + kMostRows, first + kMostRows + extra - 1);
  m_closed.resize(kMostRows);
  endRemoveRows();
  // Keys of rows that are gone.
  if (m_index.size() > 2 * static_cast<size_t>(kMostRows))
    std::erase_if(m_index, [&](const auto& entry) { return entry.second + m_closed.size() < m_numbered; });
}

void ResultsModel::setOpen(const ResultBlock& block) {
  std::vector<Row> rows;
  for (const ResultRowPtr& row : block.rows()) {
    if (!row->isProvisional) continue;
    learn(*row);
    rows.push_back({row, true});
  }
  const auto before = static_cast<int>(m_open.size());
  const auto after = static_cast<int>(rows.size());
  if (after > before) {
    beginInsertRows({}, before, after - 1);
    m_open = std::move(rows);
    endInsertRows();
  } else if (after < before) {
    beginRemoveRows({}, after, before - 1);
    m_open = std::move(rows);
    endRemoveRows();
  } else {
    m_open = std::move(rows);
  }
  if (after > 0) emit dataChanged(index(0, 0), index(after - 1, columnCount() - 1));
  tellWritings();
}

int ResultsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_open.size() + m_closed.size());
}

int ResultsModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() || !m_schema ? 0 : static_cast<int>(m_schema->fields.size()) + (m_hasTime ? 2 : 1);
}

QString ResultsModel::timeText(int64_t at) const {
  const QDateTime time = QDateTime::fromMSecsSinceEpoch(at, m_localTime ? Qt::LocalTime : Qt::UTC);
  return time.toString(m_fullPrecision ? QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz") : QStringLiteral("HH:mm:ss.zzz"));
}

QString ResultsModel::shown(const Row& row, int column) const {
  const Part part = partOf(column);
  if (part == Part::Time) return timeText(row.row->at);
  if (part == Part::State) return row.open ? tr("open") : row.row->hasGap ? tr("incomplete") : tr("closed");
  const Value& value = row.row->values[fieldOf(column)];
  const Field& field = m_schema->fields[fieldOf(column)];
  const Writing& writing = m_writings[fieldOf(column)];
  if (isNull(value)) return QStringLiteral("–");
  if (const auto* whole = std::get_if<int64_t>(&value)) {
    if (writing.isTime) return timeText(*whole);
    if (!m_fullPrecision) return wholeWithThousands(*whole);
  }
  if (const auto* real = std::get_if<double>(&value); real && std::isfinite(*real) && !m_fullPrecision)
    return realText(numberAsWritten(*real, field.type), writing.decimals);
  return QString::fromStdString(displayText(value, field.type));
}

QVariant ResultsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const Row& row = at(index.row());
  const Part part = partOf(index.column());
  if (role >= kSortRole && role <= kNameRole) return valueAs(role, row, index.column());
  switch (role) {
    case Qt::DisplayRole: return shown(row, index.column());
    case Qt::ToolTipRole:
      // The whole of it: of a time the date and the number.
      if (part == Part::Field && isTime(index.column()) && !isNull(row.row->values[fieldOf(index.column())]))
        return QDateTime::fromMSecsSinceEpoch(std::get<int64_t>(row.row->values[fieldOf(index.column())]), Qt::UTC)
                   .toString(Qt::ISODateWithMs) +
               QStringLiteral("\n") + valueAs(kPlainRole, row, index.column()).toString();
      return plainToolTip(valueAs(kPlainRole, row, index.column()).toString());
    case Qt::DecorationRole:
      if (part != Part::State) return {};
      if (row.open) return markIcon({{}, m_theme->accent, HealthLook::Mark::Ring});
      return row.row->hasGap ? markIcon({{}, m_theme->warn, HealthLook::Mark::Diamond}) : QVariant();
    case Qt::TextAlignmentRole: return static_cast<int>(Qt::AlignVCenter | alignmentOf(index.column()));
    case Qt::ForegroundRole:
      if (part == Part::State) return row.open ? m_theme->accent : row.row->hasGap ? m_theme->warn : m_theme->text2;
      return row.open ? m_theme->text1 : m_theme->text2;
    case Qt::FontRole:
      // Inter's digits are not all of one width.
      return isTime(index.column()) || alignmentOf(index.column()) == Qt::AlignRight ? monoFont(12) : uiFont(12.5);
    default: return {};
  }
}

Qt::AlignmentFlag ResultsModel::alignmentOf(int column) const {
  return partOf(column) == Part::Field && !isTime(column) && isNumber(m_schema->fields[fieldOf(column)].type)
             ? Qt::AlignRight
             : Qt::AlignLeft;
}

QVariant ResultsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || !m_schema || section < 0 || section >= columnCount()) return {};
  if (role == Qt::TextAlignmentRole) return static_cast<int>(Qt::AlignVCenter | alignmentOf(section));
  if (role != Qt::DisplayRole && role != kNameRole) return {};
  const Part part = partOf(section);
  if (part == Part::State) return tr("state");
  const QString name = part == Part::Field ? QString::fromStdString(m_schema->fields[fieldOf(section)].name)
                       : m_windowed        ? QStringLiteral("window_end")
                                           : tr("time");
  if (!isTime(section) || role == kNameRole) return name;
  return (m_localTime ? tr("%1 (local)") : tr("%1 (UTC)")).arg(name);
}

}  // namespace weir
