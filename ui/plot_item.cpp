// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot_item.h"

#include <QDateTime>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "core/base/clock.h"

namespace weir {

namespace {

constexpr double kTimeAxis = 26;
constexpr double kTagHeight = 18;

double niceStep(double span, int wanted) {
  if (!(span > 0)) return 1;
  const double rough = span / wanted;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double step : {1.0, 2.0, 5.0, 10.0})
    if (step * power >= rough) return step * power;
  return 10 * power;
}

QPen pen(const QColor& color, double width, Qt::PenStyle style = Qt::SolidLine) {
  QPen p(color, width, style, Qt::RoundCap, Qt::RoundJoin);
  p.setCosmetic(false);
  return p;
}

// "BTCUSDT" is "BTC" on a tag: the quote currency is the same for all.
QString shortName(const QString& name) {
  for (const char* quote : {"USDT", "-USD", "/USD", "USD"})
    if (name.size() > 4 && name.endsWith(QLatin1String(quote))) return name.chopped(static_cast<int>(qstrlen(quote)));
  return name;
}

QString percentText(double value) {
  return (value < 0 ? QString(QChar(0x2212)) : QStringLiteral("+")) + QString::number(std::fabs(value), 'f', 2) + QStringLiteral(" %");
}

}  // namespace

QString PlotItem::clockText(int64_t ms, bool seconds) const {
  return QDateTime::fromMSecsSinceEpoch(ms, m_localTime ? Qt::LocalTime : Qt::UTC).toString(seconds ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm"));
}

void PlotItem::setArea(const QRectF& area) {
  prepareGeometryChange();
  m_area = area;
}

void PlotItem::fitRange() {
  int64_t first = m_end;
  if (m_store)
    for (const ChartSeries& series : m_store->series())
      if (!series.points.empty()) first = std::min(first, series.points.front().at);
  // Half a minute at least, in steps of half a minute, so that the axis does not creep.
  constexpr int64_t kLeast = 30'000;
  constexpr int64_t kStep = 30'000;
  const int64_t needed = ((m_end - first) / kStep + 1) * kStep;
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
  if (first < series.points.size()) return series.points[first].value;
  return series.open ? series.open->value : series.points.empty() ? 1 : series.points.back().value;
}

PlotItem::Scale PlotItem::scale() const {
  Scale s;
  double least = INFINITY;
  double most = 0;
  for (size_t i = 0; i < m_store->series().size(); ++i) {
    if (isHidden(i)) continue;
    const double base = std::fabs(baseOf(m_store->series()[i]));
    least = std::min(least, base);
    most = std::max(most, base);
  }
  // Prices that far apart cannot share an axis.
  s.percent = m_store->series().size() > 1 && most > 3 * least;
  double low = INFINITY;
  double high = -INFINITY;
  const bool candles = m_store->hasCandles() && !s.percent;
  for (size_t i = 0; i < m_store->series().size(); ++i) {
    if (isHidden(i)) continue;
    const ChartSeries& series = m_store->series()[i];
    const double base = baseOf(series);
    const auto take = [&](double value) {
      const double v = s.percent ? (value / base - 1) * 100 : value;
      low = std::min(low, v);
      high = std::max(high, v);
    };
    const size_t first = series.lowerBound(m_end - m_range);
    const size_t last = series.lowerBound(m_end + 1);
    if (first < last) {
      const ChartSeries::Extent extent = series.extent(first, last);
      take(extent.low);
      take(extent.high);
    }
    for (size_t k = first; candles && static_cast<int>(i) == m_focus && k < last; ++k) {
      take(series.points[k].high);
      take(series.points[k].low);
    }
    if (series.open) take(series.open->value);
  }
  if (!(low <= high)) return s;
  const double margin = std::max((high - low) * 0.12, s.percent ? 0.01 : std::fabs(high) * 1e-5);
  const double step = niceStep(high - low + 2 * margin, 8) / 2;
  s.low = std::floor((low - margin) / step) * step;
  s.high = std::ceil((high + margin) / step) * step;
  return s;
}

double PlotItem::y(const Scale& s, double value, double base) const {
  const QRectF r = priceRect();
  const double v = s.percent ? (value / base - 1) * 100 : value;
  return r.bottom() - (v - s.low) / (s.high - s.low) * r.height();
}

void PlotItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
  QPainter& p = *painter;
  p.setRenderHint(QPainter::Antialiasing);
  if (!m_store || m_store->isEmpty()) return;
  const Scale s = scale();
  paintGrid(p, s);
  paintVolume(p);
  paintSeries(p, s);
  paintGaps(p);
  paintTags(p, s);
  paintMarkers(p);
  if (m_cursor) paintCrosshair(p, s);
}

// One standard deviation to both sides of the focus line.
void PlotItem::paintBand(QPainter& p, const Scale& s, const ChartSeries& series, const QColor& color) const {
  const double base = baseOf(series);
  QPolygonF upper, lower;
  QColor fill = color;
  fill.setAlphaF(0.11F);
  QColor edge = color;
  edge.setAlphaF(0.28F);
  const int64_t jump = m_store->windowMs() > 0 ? m_store->windowMs() * 5 / 2 : 0;
  int64_t lastAt = 0;
  const auto flush = [&] {
    if (upper.size() > 1) {
      QPolygonF area = upper;
      for (auto it = lower.rbegin(); it != lower.rend(); ++it) area << *it;
      p.setPen(Qt::NoPen);
      p.setBrush(fill);
      p.drawPolygon(area);
      p.setBrush(Qt::NoBrush);
      p.setPen(pen(edge, 1));
      p.drawPolyline(upper);
      p.drawPolyline(lower);
    }
    upper.clear();
    lower.clear();
  };
  const size_t first = series.lowerBound(m_end - m_range - 2 * m_store->windowMs());
  if (isDense(series.points.size() - first)) return;
  for (size_t i = first; i < series.points.size(); ++i) {
    const ChartPoint& point = series.points[i];
    if (jump > 0 && lastAt > 0 && point.at - lastAt > jump) flush();
    lastAt = point.at;
    const double x = timeToX(static_cast<double>(point.at));
    upper << QPointF(x, y(s, point.value + point.sigma, base));
    lower << QPointF(x, y(s, point.value - point.sigma, base));
  }
  flush();
}

// Rising candles are hollow, falling ones filled.
void PlotItem::paintCandles(QPainter& p, const Scale& s, const ChartSeries& series) const {
  const double slot = std::max(2.0, static_cast<double>(m_store->windowMs()) / static_cast<double>(m_range) * priceRect().width());
  const double width = std::clamp(slot * 0.62, 1.0, 18.0);
  const auto candle = [&](const ChartPoint& point, bool open) {
    const double x = timeToX(static_cast<double>(point.at)) - slot / 2;
    const bool rising = point.value >= point.first;
    QColor color = rising ? m_theme->up : m_theme->down;
    const double top = y(s, std::max(point.value, point.first), 1);
    const double bottom = y(s, std::min(point.value, point.first), 1);
    p.setPen(pen(color, 1.2, open ? Qt::DotLine : Qt::SolidLine));
    p.drawLine(QPointF(x, y(s, point.high, 1)), QPointF(x, top));
    p.drawLine(QPointF(x, bottom), QPointF(x, y(s, point.low, 1)));
    p.setBrush(rising || open ? QBrush(m_theme->bg1) : QBrush(color));
    p.drawRect(QRectF(x - width / 2, top, width, std::max(1.0, bottom - top)));
    if (point.incomplete) {
      p.setPen(pen(m_theme->warn, 1.4));
      p.setBrush(m_theme->bg1);
      const QPointF at(x, y(s, point.high, 1) - 9);
      p.drawPolygon(QPolygonF({at + QPointF(0, -4), at + QPointF(4, 0), at + QPointF(0, 4), at + QPointF(-4, 0)}));
    }
  };
  const size_t last = series.lowerBound(m_end + m_store->windowMs() + 1);
  for (size_t i = series.lowerBound(m_end - m_range); i < last; ++i) candle(series.points[i], false);
  if (series.open) candle(*series.open, true);
}

// Two times and what lies between them.
void PlotItem::paintMarkers(QPainter& p) const {
  const QRectF r = priceRect();
  const QRectF v = volumeRect();
  const auto mark = [&](const std::optional<int64_t>& at, const QString& name) {
    if (!at) return;
    const double x = timeToX(static_cast<double>(*at));
    if (x < r.left() || x > r.right()) return;
    p.setPen(pen(m_theme->accent, 1.2));
    p.drawLine(QPointF(x, r.top()), QPointF(x, v.bottom()));
    const QRectF flag(x + 1, r.top(), 18, 16);
    p.fillRect(flag, m_theme->accent);
    p.setPen(m_theme->bg1);
    p.setFont(uiFont(11, QFont::DemiBold));
    p.drawText(flag, Qt::AlignCenter, name);
  };
  mark(m_markA, QStringLiteral("A"));
  mark(m_markB, QStringLiteral("B"));
  if (!m_markA || !m_markB || m_focus < 0 || m_focus >= static_cast<int>(m_store->series().size())) return;
  const ChartSeries& series = m_store->series()[static_cast<size_t>(m_focus)];
  const auto valueAt = [&](int64_t t) -> std::optional<double> {
    const auto after = std::upper_bound(series.points.begin(), series.points.end(), t, [](int64_t time, const ChartPoint& point) { return time < point.at; });
    if (after == series.points.begin()) return std::nullopt;
    return std::prev(after)->value;
  };
  const auto a = valueAt(*m_markA);
  const auto b = valueAt(*m_markB);
  QString text = QObject::tr("B − A: %1 s").arg(static_cast<double>(*m_markB - *m_markA) / 1000, 0, 'f', 1);
  if (a && b && *a != 0) text += QStringLiteral("   %1   %2").arg(withThousands(*b - *a, decimals(std::fabs(*b))), percentText((*b / *a - 1) * 100));
  p.setFont(uiFont(11, QFont::DemiBold));
  const double width = p.fontMetrics().horizontalAdvance(text) + 20;
  const QRectF box(r.left() + 6, r.bottom() - 30, width, 24);
  p.setPen(pen(m_theme->accent, 1));
  p.setBrush(m_theme->bg2);
  p.drawRoundedRect(box, 4, 4);
  p.setPen(m_theme->text1);
  p.drawText(box, Qt::AlignCenter, text);
}

void PlotItem::paintGrid(QPainter& p, const Scale& s) const {
  const QRectF r = priceRect();
  const QRectF v = volumeRect();
  p.setFont(uiFont(11));
  const double step = niceStep(s.high - s.low, std::max(3, static_cast<int>(r.height() / 46)));
  // Labels near a tag give way to it.
  std::vector<double> tags;
  for (const ChartSeries& series : m_store->series()) {
    const double last = series.open ? series.open->value : series.points.empty() ? 0 : series.points.back().value;
    tags.push_back(y(s, last, baseOf(series)));
  }
  for (double value = std::ceil(s.low / step) * step; value <= s.high + step * 0.01; value += step) {
    const double at = r.bottom() - (value - s.low) / (s.high - s.low) * r.height();
    p.setPen(pen(m_theme->grid(), 1));
    p.drawLine(QPointF(r.left(), at), QPointF(r.right(), at));
    if (std::any_of(tags.begin(), tags.end(), [at](double tag) { return std::fabs(tag - at) < 16; })) continue;
    p.setPen(m_theme->text3);
    const QString text = s.percent ? percentText(std::fabs(value) < step / 100 ? 0 : value) : withThousands(value, decimals(s.high));
    p.drawText(QRectF(r.right() + 8, at - 8, m_axisWidth - 12, 16), Qt::AlignVCenter | Qt::AlignLeft, text);
  }
  static const int64_t kSteps[] = {1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000, 900000, 1800000, 3600000, 7200000, 21600000, 86400000};
  int64_t timeStep = kSteps[0];
  for (const int64_t candidate : kSteps) {
    timeStep = candidate;
    if (static_cast<double>(candidate) / static_cast<double>(m_range) * r.width() >= 76) break;
  }
  for (int64_t t = (floorDivide(m_end - m_range, timeStep) + 1) * timeStep; t <= m_end; t += timeStep) {
    const double x = timeToX(static_cast<double>(t));
    p.setPen(pen(m_theme->grid(), 1));
    p.drawLine(QPointF(x, r.top()), QPointF(x, v.bottom()));
    if (x < r.left() + 24 || x > r.right() - 20) continue;
    p.setPen(m_theme->text3);
    p.drawText(QRectF(x - 40, v.bottom() + 5, 80, 16), Qt::AlignCenter, clockText(t, timeStep < 60000));
  }
  p.setPen(pen(m_theme->line, 1));
  p.drawLine(QPointF(r.right(), r.top()), QPointF(r.right(), v.bottom()));
  p.drawLine(QPointF(m_area.left(), v.top() - 16), QPointF(m_area.right(), v.top() - 16));
}

void PlotItem::paintVolume(QPainter& p) const {
  if (m_focus < 0 || m_focus >= static_cast<int>(m_store->series().size()) || m_store->volumeName().isEmpty()) return;
  const ChartSeries& series = m_store->series()[static_cast<size_t>(m_focus)];
  const QRectF r = volumeRect();
  double most = 0;
  const size_t from = series.lowerBound(m_end - m_range);
  const size_t to = series.lowerBound(m_end + 1);
  if (from < to) most = series.extent(from, to).volume;
  if (series.open) most = std::max(most, series.open->volume);
  p.setFont(uiFont(11));
  p.setPen(m_theme->text2);
  p.drawText(QRectF(r.left() + 2, r.top() - 13, 300, 14), Qt::AlignLeft | Qt::AlignVCenter,
             QObject::tr("%1 %2").arg(m_store->volumeName(), series.name));
  if (!(most > 0)) return;
  const double slot = std::max(1.0, static_cast<double>(m_store->windowMs()) / static_cast<double>(m_range) * r.width());
  const double width = std::max(1.0, slot * 0.62);
  const double top = r.top() + 6;
  const double height = r.bottom() - top;
  const double step = niceStep(most, 2);
  p.setPen(m_theme->text3);
  for (double value = step; value < most; value += step)
    p.drawText(QRectF(r.right() + 8, r.bottom() - value / most * height - 8, m_axisWidth - 12, 16), Qt::AlignVCenter | Qt::AlignLeft,
               withThousands(value, step < 1 ? 2 : step < 10 ? 1 : 0));
  double previous = from > 0 ? series.points[from - 1].value : from < to ? series.points[from].value : 0;
  if (isDense(to - from)) {
    // Opaque, and all at once: blending wakes a pool of threads for each tall rectangle.
    QVector<QRect> bars;
    forEachColumn(series, [&](double x, size_t begin, size_t end) {
      const int h = static_cast<int>(series.extent(begin, end).volume / most * height);
      bars << QRect(static_cast<int>(x), static_cast<int>(r.bottom()) - h, 1, h);
    });
    p.setRenderHint(QPainter::Antialiasing, false);
    p.setPen(Qt::NoPen);
    p.setBrush(Theme::mixed(m_theme->bg1, m_theme->text3, 0.6));
    p.drawRects(bars);
    p.setRenderHint(QPainter::Antialiasing);
    previous = to > 0 ? series.points[to - 1].value : 0;
  }
  for (size_t i = from; i < to && !isDense(to - from); ++i) {
    const ChartPoint& point = series.points[i];
    const bool rising = point.value >= previous;
    previous = point.value;
    const double x = timeToX(static_cast<double>(point.at)) - slot / 2;
    const double h = point.volume / most * height;
    QColor color = rising ? m_theme->up : m_theme->down;
    color.setAlphaF(0.75F);
    p.fillRect(QRectF(x - width / 2, r.bottom() - h, width, h), color);
  }
  if (series.open) {
    const double x = timeToX(static_cast<double>(series.open->at)) - slot / 2;
    const double h = series.open->volume / most * height;
    p.setPen(pen(series.open->value >= previous ? m_theme->up : m_theme->down, 1));
    p.setBrush(Qt::NoBrush);
    p.drawRect(QRectF(x - width / 2, r.bottom() - h, width, h));
  }
}

bool PlotItem::isDense(size_t points) const { return static_cast<double>(points) > 2 * priceRect().width(); }

template <class Each>
void PlotItem::forEachColumn(const ChartSeries& series, const Each& each) const {
  const QRectF r = priceRect();
  size_t begin = series.lowerBound(m_end - m_range);
  for (double x = std::floor(r.left()); x < r.right() && begin < series.points.size(); ++x) {
    const auto until = static_cast<int64_t>(xToTime(x + 1));
    if (series.points[begin].at >= until) continue;
    // The next column is near: doubling steps find its begin faster than halving the whole.
    size_t step = 1;
    while (begin + step < series.points.size() && series.points[begin + step].at < until) step *= 2;
    const auto from = series.points.begin() + static_cast<std::ptrdiff_t>(begin + step / 2);
    const auto to = series.points.begin() + static_cast<std::ptrdiff_t>(std::min(begin + step + 1, series.points.size()));
    const auto end = static_cast<size_t>(std::lower_bound(from, to, until, [](const ChartPoint& point, int64_t t) { return point.at < t; }) - series.points.begin());
    each(x, begin, end);
    begin = end;
  }
}

// Many points to a pixel: each column is one upright span from its least to its greatest, joined to the one before.
void PlotItem::paintSpans(QPainter& p, const Scale& s, const ChartSeries& series, const QColor& color, double width) const {
  const double base = baseOf(series);
  std::optional<double> before;
  double lastX = 0;
  QVector<QRect> spans;
  forEachColumn(series, [&](double x, size_t begin, size_t end) {
    const ChartSeries::Extent extent = series.extent(begin, end);
    double top = y(s, extent.high, base);
    double bottom = y(s, extent.low, base);
    if (before && x - lastX < 1.5) {
      top = std::min(top, *before);
      bottom = std::max(bottom, *before);
    }
    spans << QRect(static_cast<int>(x), static_cast<int>(std::lround(top - width / 2)), 1, std::max(2, static_cast<int>(std::lround(bottom - top + width))));
    before = y(s, series.points[end - 1].value, base);
    lastX = x;
  });
  const bool smooth = p.testRenderHint(QPainter::Antialiasing);
  p.setRenderHint(QPainter::Antialiasing, false);
  p.setPen(Qt::NoPen);
  p.setBrush(color);
  p.drawRects(spans);
  p.setRenderHint(QPainter::Antialiasing, smooth);
}

void PlotItem::paintSeries(QPainter& p, const Scale& s) const {
  const QRectF r = priceRect();
  p.save();
  p.setClipRect(r.adjusted(-1, -8, 8, 8));
  for (size_t i = 0; i < m_store->series().size(); ++i) {
    if (isHidden(i)) continue;
    const ChartSeries& series = m_store->series()[i];
    const QColor color = m_theme->series[i % m_theme->series.size()];
    if (static_cast<int>(i) == m_focus) {
      if (m_store->hasCandles() && !s.percent) {
        paintCandles(p, s, series);
        continue;
      }
      if (m_store->hasSigma()) paintBand(p, s, series, color);
    }
    const Qt::PenStyle style = i < 6 ? Qt::SolidLine : i < 12 ? Qt::DashLine : Qt::DotLine;
    const double width = static_cast<int>(i) == m_focus ? 2.2 : 1.6;
    const double base = baseOf(series);
    QPainterPath path;
    bool down = false;
    QPointF last;
    int64_t lastAt = 0;
    std::vector<QPointF> diamonds;
    // A missing window is a gap in the line, not a straight stretch over it.
    const int64_t jump = m_store->windowMs() > 0 ? m_store->windowMs() * 5 / 2 : 0;
    const size_t start = series.lowerBound(m_end - m_range - 2 * m_store->windowMs());
    const size_t stop = series.lowerBound(m_end + 1);
    if (isDense(stop - start)) {
      paintSpans(p, s, series, color, width);
      if (stop > 0) {
        last = QPointF(timeToX(static_cast<double>(series.points[stop - 1].at)), y(s, series.points[stop - 1].value, base));
        lastAt = series.points[stop - 1].at;
        down = true;
      }
    }
    for (size_t k = start; k < stop && !isDense(stop - start); ++k) {
      const ChartPoint& point = series.points[k];
      last = QPointF(timeToX(static_cast<double>(point.at)), y(s, point.value, base));
      if (!down || (jump > 0 && point.at - lastAt > jump))
        path.moveTo(last);
      else
        path.lineTo(last);
      down = true;
      lastAt = point.at;
      if (point.incomplete) diamonds.push_back(last);
    }
    p.setBrush(Qt::NoBrush);
    p.setPen(pen(color, width, style));
    p.drawPath(path);
    for (const QPointF& at : diamonds) {
      p.setPen(pen(m_theme->warn, 1.4));
      p.setBrush(m_theme->bg1);
      p.drawPolygon(QPolygonF({at + QPointF(0, -4.5), at + QPointF(4.5, 0), at + QPointF(0, 4.5), at + QPointF(-4.5, 0)}));
    }
    if (series.open) {
      const QPointF at(timeToX(static_cast<double>(series.open->at)), y(s, series.open->value, base));
      if (down && (jump == 0 || series.open->at - lastAt <= jump)) {
        p.setPen(pen(color, width, Qt::DotLine));
        p.drawLine(last, at);
      }
      p.setPen(pen(color, 1.6));
      p.setBrush(m_theme->bg1);
      p.drawEllipse(at, 4, 4);
    }
  }
  p.restore();
}

void PlotItem::paintGaps(QPainter& p) const {
  const QRectF r = priceRect();
  const QRectF v = volumeRect();
  for (const Gap& gap : m_gaps) {
    const int64_t to = gap.to.value_or(m_now);
    if (to < m_end - m_range || gap.from > m_end) continue;
    const double x0 = std::max(r.left(), timeToX(static_cast<double>(gap.from)));
    const double x1 = std::min(r.right(), timeToX(static_cast<double>(to)));
    if (x1 <= x0) continue;
    const QRectF band(x0, r.top(), x1 - x0, v.bottom() - r.top());
    QColor tint = m_theme->warn;
    tint.setAlphaF(0.07F);
    p.fillRect(band, tint);
    p.save();
    p.setClipRect(band);
    tint.setAlphaF(0.35F);
    p.setPen(pen(tint, 1));
    for (double x = band.left() - band.height(); x < band.right(); x += 7)
      p.drawLine(QPointF(x, band.bottom()), QPointF(x + band.height(), band.top()));
    p.restore();
    p.setPen(pen(m_theme->warn, 1, Qt::DashLine));
    p.drawLine(band.topLeft(), band.bottomLeft());
    p.drawLine(band.topRight(), band.bottomRight());
    const QString text = gap.to ? QObject::tr("Disconnected %1 s").arg(static_cast<double>(to - gap.from) / 1000, 0, 'f', 1)
                                : QObject::tr("Disconnected for %1 s").arg(static_cast<double>(to - gap.from) / 1000, 0, 'f', 0);
    const auto lost = m_lost.find(gap.from);
    const QString second = lost == m_lost.end() ? QString() : QObject::tr("at least %n trades lost", nullptr, static_cast<int>(lost->second));
    p.setFont(uiFont(11, QFont::DemiBold));
    const QFontMetricsF metrics(p.font());
    const double width = std::max(metrics.horizontalAdvance(text), metrics.horizontalAdvance(second)) + 18;
    const double height = second.isEmpty() ? 24 : 40;
    QRectF box(x1 + 6, r.bottom() - height - 8, width, height);
    if (box.right() > r.right()) box.moveRight(x0 - 6);
    if (box.left() < r.left()) box.moveLeft(r.left() + 4);
    p.setPen(pen(m_theme->warn, 1));
    p.setBrush(m_theme->bg2);
    p.drawRoundedRect(box, 4, 4);
    p.setPen(m_theme->warn);
    p.drawText(second.isEmpty() ? box : box.adjusted(0, 4, 0, -20), Qt::AlignCenter, text);
    if (second.isEmpty()) continue;
    p.setFont(uiFont(11));
    p.setPen(m_theme->text2);
    p.drawText(box.adjusted(0, 20, 0, -4), Qt::AlignCenter, second);
  }
}

void PlotItem::paintTags(QPainter& p, const Scale& s) const {
  const QRectF r = priceRect();
  struct Tag {
    double y;
    QString name;
    QString value;
    QColor color;
  };
  std::vector<Tag> tags;
  for (size_t i = 0; i < m_store->series().size(); ++i) {
    const ChartSeries& series = m_store->series()[i];
    if (isHidden(i) || (!series.open && series.points.empty())) continue;
    const double last = series.open ? series.open->value : series.points.back().value;
    tags.push_back({std::clamp(y(s, last, baseOf(series)), r.top() + 9, r.bottom() - 9), shortName(series.name),
                    withThousands(last, decimals(last)), m_theme->series[i % m_theme->series.size()]});
  }
  std::sort(tags.begin(), tags.end(), [](const Tag& a, const Tag& b) { return a.y < b.y; });
  for (size_t i = 1; i < tags.size(); ++i) tags[i].y = std::max(tags[i].y, tags[i - 1].y + 20);
  for (size_t i = tags.size(); i-- > 0;) {
    const double limit = i + 1 < tags.size() ? tags[i + 1].y - 20 : r.bottom() - 9;
    tags[i].y = std::min(tags[i].y, limit);
  }
  p.setFont(uiFont(11, QFont::DemiBold));
  for (const Tag& tag : tags) {
    const QRectF box(r.right() + 3, tag.y - kTagHeight / 2, m_axisWidth - 8, kTagHeight);
    p.setPen(Qt::NoPen);
    p.setBrush(tag.color);
    p.drawRoundedRect(box, 3, 3);
    const QColor ink("#0D1014");
    p.setPen(Theme::contrast(tag.color, Qt::white) > Theme::contrast(tag.color, ink) ? QColor(Qt::white) : ink);
    const QRectF inner = box.adjusted(6, 0, -6, 0);
    const double valueWidth = QFontMetricsF(p.font()).horizontalAdvance(tag.value) + 6;
    p.drawText(inner, Qt::AlignVCenter | Qt::AlignLeft, QFontMetricsF(p.font()).elidedText(tag.name, Qt::ElideRight, inner.width() - valueWidth));
    p.drawText(inner, Qt::AlignVCenter | Qt::AlignRight, tag.value);
  }
}

void PlotItem::paintCrosshair(QPainter& p, const Scale& s) const {
  const QRectF r = priceRect();
  const QRectF v = volumeRect();
  const double x = m_cursor->x();
  if (x < r.left() || x > r.right() || m_cursor->y() < r.top() || m_cursor->y() > v.bottom()) return;
  p.setPen(pen(m_theme->text3, 1, Qt::DashLine));
  p.drawLine(QPointF(x, r.top()), QPointF(x, v.bottom()));
  if (m_cursor->y() <= r.bottom()) p.drawLine(QPointF(r.left(), m_cursor->y()), QPointF(r.right(), m_cursor->y()));
  const auto time = static_cast<int64_t>(xToTime(x));
  const size_t rows = m_store->series().size();
  QRectF box(r.left() + 6, r.top() + 4, 222, 30 + 18.0 * static_cast<double>(rows));
  if (x < r.center().x()) box.moveRight(r.right() - 6);
  p.setPen(pen(m_theme->line2, 1));
  p.setBrush(m_theme->bg2);
  p.drawRoundedRect(box, 5, 5);
  p.setFont(uiFont(11, QFont::DemiBold));
  p.setPen(m_theme->text1);
  p.drawText(box.adjusted(10, 6, -10, 0), Qt::AlignTop | Qt::AlignLeft, clockText(time, true));
  double top = box.top() + 26;
  for (size_t i = 0; i < rows; ++i, top += 18) {
    const ChartSeries& series = m_store->series()[i];
    // The last known point, not the nearest: nothing of the future.
    const auto after = std::upper_bound(series.points.begin(), series.points.end(), time,
                                        [](int64_t t, const ChartPoint& point) { return t < point.at; });
    const QColor color = m_theme->series[i % m_theme->series.size()];
    p.setPen(pen(color, 2));
    p.drawLine(QPointF(box.left() + 10, top + 8), QPointF(box.left() + 22, top + 8));
    p.setFont(uiFont(11));
    p.setPen(m_theme->text2);
    p.drawText(QRectF(box.left() + 28, top, 90, 16), Qt::AlignVCenter, series.name);
    if (after == series.points.begin()) continue;
    const ChartPoint& point = *std::prev(after);
    p.setPen(m_theme->text1);
    p.drawText(QRectF(box.left() + 110, top, 102, 16), Qt::AlignVCenter | Qt::AlignRight, withThousands(point.value, decimals(point.value)));
    const QPointF at(timeToX(static_cast<double>(point.at)), y(s, point.value, baseOf(series)));
    p.setPen(pen(m_theme->bg1, 1.5));
    p.setBrush(color);
    p.drawEllipse(at, 4, 4);
  }
}

}  // namespace weir
