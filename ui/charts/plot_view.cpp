// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/plot_view.h"

#include <QDateTime>
#include <algorithm>
#include <cmath>

#include "ui/charts/plot_style.h"

namespace weir {

namespace {

constexpr double kTimeAxis = 26;

}  // namespace

double PlotScale::y(double value, double base) const {
  const double v = percent ? (value / base - 1) * 100 : value;
  return rect.bottom() - (v - low) / (high - low) * rect.height();
}

QString PlotView::clockText(int64_t ms, int64_t step) const {
  const QDateTime time = QDateTime::fromMSecsSinceEpoch(ms, m_localTime ? Qt::LocalTime : Qt::UTC);
  return time.toString(step % 1000 != 0     ? QStringLiteral("HH:mm:ss.zzz")
                       : step % 60'000 != 0 ? QStringLiteral("HH:mm:ss")
                                            : QStringLiteral("HH:mm"));
}

void PlotView::fitRange() {
  // Looking back changes nothing of how much there is to see.
  const int64_t newest = std::max(m_end, m_now);
  int64_t first = std::min(newest, m_first);
  if (m_store)
    for (const ChartSeries& series : m_store->series())
      if (!series.points.empty()) first = std::min(first, series.points.front().at);
  // Half a minute at least, in steps of half a minute, so that the axis does not creep.
  constexpr int64_t kLeast = 30'000;
  constexpr int64_t kStep = 30'000;
  const int64_t needed = ((newest - first) / kStep + 1) * kStep;
  m_range = std::min(m_wantedRange, std::max(kLeast, needed));
}

QRectF PlotView::priceRect() const {
  const double height = m_area.height() - kTimeAxis;
  return {m_area.left() + 10, m_area.top() + 6, m_area.width() - m_axisWidth - 10, height * 0.77 - 12};
}

QRectF PlotView::volumeRect() const {
  const double height = m_area.height() - kTimeAxis;
  return {m_area.left() + 10, m_area.top() + height * 0.77 + 14, m_area.width() - m_axisWidth - 10, height * 0.23 - 16};
}

double PlotView::timeToX(double t) const {
  const QRectF r = priceRect();
  return r.left() + (t - static_cast<double>(m_end - m_range)) / static_cast<double>(m_range) * r.width();
}

int64_t PlotView::openTime(const ChartPoint& point) const { return m_now > 0 ? std::min(point.at, m_now) : point.at; }

bool PlotView::isOpenSeen(const ChartSeries& series) const {
  return series.open && openTime(*series.open) >= m_end - m_range && openTime(*series.open) <= m_end;
}

bool PlotView::isHole(int64_t from, int64_t to) const {
  return m_store->windowMs() > 0 && to - from > m_store->windowMs() * 5 / 2;
}

std::optional<double> PlotView::lineAt(const ChartSeries& series, int64_t time) const {
  const size_t after = series.lowerBound(time);
  const bool isLast = after == series.points.size();
  if (after == 0 || (isLast && !series.open)) return std::nullopt;
  const ChartPoint& a = series.points[after - 1];
  const ChartPoint& b = isLast ? *series.open : series.points[after];
  const int64_t end = isLast ? openTime(b) : b.at;
  if (end < time || end <= a.at || isHole(a.at, b.at)) return std::nullopt;
  return a.value + (b.value - a.value) * static_cast<double>(time - a.at) / static_cast<double>(end - a.at);
}

const ChartPoint* PlotView::pointAt(const ChartSeries& series, int64_t time) const {
  if (series.open && time >= openTime(*series.open)) return &*series.open;
  const size_t after = series.lowerBound(time + 1);
  return after == 0 ? nullptr : &series.points[after - 1];
}

double PlotView::xToTime(double x) const {
  const QRectF r = priceRect();
  return static_cast<double>(m_end - m_range) + (x - r.left()) / r.width() * static_cast<double>(m_range);
}

size_t PlotView::visiblePoints() const {
  size_t count = 0;
  if (m_store)
    for (const ChartSeries& series : m_store->series())
      count += series.points.size() - series.lowerBound(m_end - m_range);
  return count;
}

double PlotView::baseOf(const ChartSeries& series) const {
  const size_t first = series.lowerBound(m_end - m_range);
  const double base = first < series.points.size() ? series.points[first].value
                      : series.open                ? series.open->value
                      : series.points.empty()      ? 1
                                                   : series.points.back().value;
  // Nothing can be told in per cent of nothing.
  return base == 0 ? 1 : base;
}

bool PlotView::isDense(const ChartSeries& series) const {
  return static_cast<double>(series.lowerBound(m_end + 1) - series.lowerBound(m_end - m_range)) >
         2 * priceRect().width();
}

bool PlotView::showsCandles(size_t index) const {
  return m_candles && m_store->hasCandles() && static_cast<int>(index) == m_focus && !isDense(m_store->series()[index]);
}

bool PlotView::showsBand(size_t index) const {
  return m_band && m_store->hasSigma() && static_cast<int>(index) == m_focus && !isDense(m_store->series()[index]) &&
         !showsCandles(index);
}

AxisMode PlotView::shownMode() const {
  if (m_mode != AxisMode::Automatic) return m_mode;
  double least = INFINITY;
  double most = 0;
  for (size_t i = 0; i < m_store->series().size(); ++i) {
    if (isHidden(i)) continue;
    const double base = std::fabs(baseOf(m_store->series()[i]));
    least = std::min(least, base);
    most = std::max(most, base);
  }
  // Prices that far apart cannot share an axis.
  return m_store->series().size() > 1 && most > 3 * least ? AxisMode::Percent : AxisMode::Price;
}

void PlotView::widen(PlotScale& s, size_t index) const {
  const ChartSeries& series = m_store->series()[index];
  const double base = baseOf(series);
  const auto take = [&](double value) {
    const double v = s.percent ? (value / base - 1) * 100 : value;
    s.low = std::min(s.low, v);
    s.high = std::max(s.high, v);
  };
  const size_t first = series.lowerBound(m_end - m_range);
  const size_t last = series.lowerBound(m_end + 1);
  if (first < last) {
    const ChartSeries::Extent extent = series.extent(first, last);
    take(extent.low);
    take(extent.high);
  }
  // A line comes from, and goes to, points that are not seen.
  for (const int64_t edge : {m_end - m_range, m_end})
    if (const auto value = lineAt(series, edge)) take(*value);
  const bool candles = showsCandles(index);
  const bool band = showsBand(index);
  const auto takeAround = [&](const ChartPoint& point) {
    take(point.value);
    if (candles) {
      take(point.high);
      take(point.low);
    }
    if (band) {
      take(point.value + point.sigma);
      take(point.value - point.sigma);
    }
  };
  for (size_t k = first; (candles || band) && k < last; ++k) takeAround(series.points[k]);
  if (isOpenSeen(series)) takeAround(*series.open);
}

// From what is seen to round bounds with a margin.
void PlotView::settle(PlotScale& s) {
  if (!(s.low <= s.high)) {
    s.low = 0;
    s.high = 1;
    return;
  }
  const double margin = std::max((s.high - s.low) * 0.12, s.percent ? 0.01 : std::max(std::fabs(s.high) * 1e-5, 1e-9));
  const double step = niceStep(s.high - s.low + 2 * margin, 8) / 2;
  s.low = std::floor((s.low - margin) / step) * step;
  s.high = std::ceil((s.high + margin) / step) * step;
}

PlotScales PlotView::scales() const {
  const AxisMode mode = shownMode();
  const QRectF r = priceRect();
  const size_t count = m_store->series().size();
  const PlotScale none{INFINITY, -INFINITY, mode == AxisMode::Percent, r};
  PlotScales out(count, none);
  if (mode != AxisMode::Panes) {
    PlotScale shared = none;
    for (size_t i = 0; i < count; ++i)
      if (!isHidden(i)) widen(shared, i);
    settle(shared);
    out.assign(count, shared);
    return out;
  }
  size_t shown = 0;
  for (size_t i = 0; i < count; ++i) shown += isHidden(i) ? 0 : 1;
  constexpr double kBetween = 8;
  const double height = (r.height() - kBetween * static_cast<double>(std::max<size_t>(shown, 1) - 1)) /
                        static_cast<double>(std::max<size_t>(shown, 1));
  double top = r.top();
  for (size_t i = 0; i < count; ++i) {
    if (isHidden(i)) continue;
    out[i].rect = QRectF(r.left(), top, r.width(), height);
    widen(out[i], i);
    settle(out[i]);
    top += height + kBetween;
  }
  return out;
}

double PlotView::mostVolume() const {
  if (m_focus < 0 || m_focus >= static_cast<int>(m_store->series().size()) || m_store->volumeName().isEmpty()) return 0;
  const ChartSeries& series = m_store->series()[static_cast<size_t>(m_focus)];
  const size_t from = series.lowerBound(m_end - m_range);
  const size_t to = series.lowerBound(m_end + 1);
  const double most = from < to ? series.extent(from, to).volume : 0;
  return isOpenSeen(series) ? std::max(most, series.open->volume) : most;
}

}  // namespace weir
