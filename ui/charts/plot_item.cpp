// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/plot_item.h"

#include <QDateTime>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "core/base/clock.h"
#include "ui/charts/plot_style.h"

namespace weir {

namespace {

constexpr double kTimeAxis = 26;

}  // namespace

QString PlotItem::clockText(int64_t ms, int64_t step) const {
  const QDateTime time = QDateTime::fromMSecsSinceEpoch(ms, m_localTime ? Qt::LocalTime : Qt::UTC);
  return time.toString(step % 1000 != 0     ? QStringLiteral("HH:mm:ss.zzz")
                       : step % 60'000 != 0 ? QStringLiteral("HH:mm:ss")
                                            : QStringLiteral("HH:mm"));
}

void PlotItem::setArea(const QRectF& area) {
  prepareGeometryChange();
  m_area = area;
}

void PlotItem::fitRange() {
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

QRectF PlotItem::priceRect() const {
  const double height = m_area.height() - kTimeAxis;
  return {m_area.left() + 10, m_area.top() + 6, m_area.width() - m_axisWidth - 10, height * 0.77 - 12};
}

QRectF PlotItem::volumeRect() const {
  const double height = m_area.height() - kTimeAxis;
  return {m_area.left() + 10, m_area.top() + height * 0.77 + 14, m_area.width() - m_axisWidth - 10, height * 0.23 - 16};
}

double PlotItem::timeToX(double t) const {
  const QRectF r = priceRect();
  return r.left() + (t - static_cast<double>(m_end - m_range)) / static_cast<double>(m_range) * r.width();
}

int64_t PlotItem::openTime(const ChartPoint& point) const { return m_now > 0 ? std::min(point.at, m_now) : point.at; }

bool PlotItem::isOpenSeen(const ChartSeries& series) const {
  return series.open && openTime(*series.open) >= m_end - m_range && openTime(*series.open) <= m_end;
}

bool PlotItem::isHole(int64_t from, int64_t to) const {
  return m_store->windowMs() > 0 && to - from > m_store->windowMs() * 5 / 2;
}

std::optional<double> PlotItem::lineAt(const ChartSeries& series, int64_t time) const {
  const size_t after = series.lowerBound(time);
  const bool isLast = after == series.points.size();
  if (after == 0 || (isLast && !series.open)) return std::nullopt;
  const ChartPoint& a = series.points[after - 1];
  const ChartPoint& b = isLast ? *series.open : series.points[after];
  const int64_t end = isLast ? openTime(b) : b.at;
  if (end < time || end <= a.at || isHole(a.at, b.at)) return std::nullopt;
  return a.value + (b.value - a.value) * static_cast<double>(time - a.at) / static_cast<double>(end - a.at);
}

const ChartPoint* PlotItem::pointAt(const ChartSeries& series, int64_t time) const {
  if (series.open && time >= openTime(*series.open)) return &*series.open;
  const size_t after = series.lowerBound(time + 1);
  return after == 0 ? nullptr : &series.points[after - 1];
}

double PlotItem::xToTime(double x) const {
  const QRectF r = priceRect();
  return static_cast<double>(m_end - m_range) + (x - r.left()) / r.width() * static_cast<double>(m_range);
}

size_t PlotItem::visiblePoints() const {
  size_t count = 0;
  if (m_store)
    for (const ChartSeries& series : m_store->series())
      count += series.points.size() - series.lowerBound(m_end - m_range);
  return count;
}

double PlotItem::baseOf(const ChartSeries& series) const {
  const size_t first = series.lowerBound(m_end - m_range);
  const double base = first < series.points.size() ? series.points[first].value
                      : series.open                ? series.open->value
                      : series.points.empty()      ? 1
                                                   : series.points.back().value;
  // Nothing can be told in per cent of nothing.
  return base == 0 ? 1 : base;
}

bool PlotItem::showsCandles(size_t index) const {
  return m_candles && m_store->hasCandles() && static_cast<int>(index) == m_focus && !isDense(m_store->series()[index]);
}

bool PlotItem::showsBand(size_t index) const {
  return m_band && m_store->hasSigma() && static_cast<int>(index) == m_focus && !isDense(m_store->series()[index]) &&
         !showsCandles(index);
}

AxisMode PlotItem::shownMode() const {
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

void PlotItem::widen(Scale& s, size_t index) const {
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
void PlotItem::settle(Scale& s) {
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

PlotItem::Scales PlotItem::scales() const {
  const AxisMode mode = shownMode();
  const QRectF r = priceRect();
  const size_t count = m_store->series().size();
  const Scale none{INFINITY, -INFINITY, mode == AxisMode::Percent, r};
  Scales out(count, none);
  if (mode != AxisMode::Panes) {
    Scale shared = none;
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

double PlotItem::y(const Scale& s, double value, double base) {
  const double v = s.percent ? (value / base - 1) * 100 : value;
  return s.rect.bottom() - (v - s.low) / (s.high - s.low) * s.rect.height();
}

void PlotItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
  QPainter& p = *painter;
  p.setRenderHint(QPainter::Antialiasing);
  m_boxes.clear();
  if (!m_store || m_store->isEmpty()) return;
  const Scales s = scales();
  const std::vector<Tag> last = tags(s);
  paintGrid(p, s, last);
  paintVolume(p);
  paintSeries(p, s);
  paintGaps(p);
  paintPoints(p, s);
  paintAlerts(p);
  paintTags(p, last);
  paintState(p);
  paintMarkers(p);
  paintCrosshair(p, s);
  // Boxes keep clear of those before them.
  paintReadout(p, s);
  paintDifference(p, s);
  paintGapBoxes(p, s);
}

// Labels near a tag give way to it. Where that leaves next to none, the steps are closer.
std::vector<PlotItem::Label> PlotItem::labels(const Scale& s, const std::vector<Tag>& tags) const {
  constexpr double kBetween = 28;
  constexpr double kClosest = 16;
  constexpr double kClear = 16;
  constexpr int kFew = 2;
  std::vector<Label> out;
  const int most = std::max(2, static_cast<int>(s.rect.height() / kClosest));
  for (int wanted = std::max(2, static_cast<int>(s.rect.height() / kBetween)); wanted <= most; ++wanted) {
    const double step = niceStep(s.high - s.low, wanted);
    int roomy = 0;
    out.clear();
    const double first = std::ceil(s.low / step - 0.01) * step;
    const int steps = static_cast<int>((s.high - first) / step + 0.01);
    for (int i = 0; i <= steps; ++i) {
      const double value = first + i * step;
      const double shown = std::fabs(value) < step / 100 ? 0 : value;
      const double at = s.rect.bottom() - (value - s.low) / (s.high - s.low) * s.rect.height();
      const bool hasRoom =
          std::none_of(tags.begin(), tags.end(), [at](const Tag& tag) { return std::fabs(tag.y - at) < kClear; });
      roomy += hasRoom ? 1 : 0;
      out.push_back(
          {at,
           s.percent ? percentText(shown, std::max(2, stepDecimals(step))) : withThousands(shown, stepDecimals(step)),
           hasRoom});
    }
    if (roomy >= kFew) break;
  }
  return out;
}

QStringList PlotItem::axisLabels() const {
  QStringList out;
  if (!m_store || m_store->isEmpty()) return out;
  const Scales s = scales();
  for (const Label& label : labels(s.front(), tags(s)))
    if (label.hasRoom) out << label.text;
  return out;
}

void PlotItem::paintGrid(QPainter& p, const Scales& scales, const std::vector<Tag>& tags) const {
  const QRectF r = priceRect();
  const QRectF v = volumeRect();
  p.setFont(uiFont(11));
  double paintedTo = r.top() - 1;
  for (size_t i = 0; i < scales.size(); ++i) {
    const Scale& s = scales[i];
    // Series that share an axis have the same one.
    if (isHidden(i) || s.rect.top() < paintedTo) continue;
    paintedTo = s.rect.bottom();
    for (const Label& label : labels(s, tags)) {
      p.setPen(plotPen(m_theme->grid(), 1));
      p.drawLine(QPointF(r.left(), label.y), QPointF(r.right(), label.y));
      if (!label.hasRoom) continue;
      p.setPen(m_theme->text3);
      p.drawText(QRectF(r.right() + 8, label.y - 8, m_axisWidth - 12, 16), Qt::AlignVCenter | Qt::AlignLeft,
                 label.text);
    }
  }
  static const int64_t kSteps[] = {1000,   2000,   5000,   10000,   15000,   30000,   60000,    120000,
                                   300000, 600000, 900000, 1800000, 3600000, 7200000, 21600000, 86400000};
  int64_t timeStep = kSteps[0];
  for (const int64_t candidate : kSteps) {
    timeStep = candidate;
    if (static_cast<double>(candidate) / static_cast<double>(m_range) * r.width() >= 76) break;
  }
  for (int64_t t = (floorDivide(m_end - m_range, timeStep) + 1) * timeStep; t <= m_end; t += timeStep) {
    const double x = timeToX(static_cast<double>(t));
    p.setPen(plotPen(m_theme->grid(), 1));
    p.drawLine(QPointF(x, r.top()), QPointF(x, v.bottom()));
    if (x < r.left() + 24 || x > r.right() - 20) continue;
    p.setPen(m_theme->text3);
    p.drawText(QRectF(x - 40, v.bottom() + 5, 80, 16), Qt::AlignCenter, clockText(t, timeStep));
  }
  p.setPen(plotPen(m_theme->line, 1));
  p.drawLine(QPointF(r.right(), r.top()), QPointF(r.right(), v.bottom()));
  p.drawLine(QPointF(m_area.left(), v.top() - 16), QPointF(m_area.right(), v.top() - 16));
}

}  // namespace weir
