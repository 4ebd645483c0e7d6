// SPDX-License-Identifier: GPL-3.0-or-later
// Lines, bands, candles and volume bars.
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <optional>

#include "ui/charts/plot_item.h"
#include "ui/charts/plot_style.h"

namespace weir {

bool PlotItem::isDense(const ChartSeries& series) const {
  return static_cast<double>(series.lowerBound(m_end + 1) - series.lowerBound(m_end - m_range)) >
         2 * priceRect().width();
}

// Calls `each` with the left edge of a column of pixels and the extent of the points in it.
template <class Each>
void PlotItem::forEachColumn(const ChartSeries& series, const Each& each) const {
  const QRectF r = priceRect();
  const size_t first = series.lowerBound(m_end - m_range);
  const size_t count = series.points.size() - first;
  if (static_cast<double>(count) > 2 * static_cast<double>(ChartSeries::kBlock) * r.width()) {
    // Several blocks to a column: each goes whole to the column in which it begins.
    double x = std::floor(r.left());
    auto until = static_cast<int64_t>(xToTime(x + 1));
    std::optional<ChartSeries::Extent> column;
    series.forEachBlock(first, series.points.size(), [&](const ChartSeries::Extent& block) {
      if (x >= r.right()) return;
      if (block.at >= until) {
        if (column) each(x, *column);
        column.reset();
        x = std::max(x + 1, std::floor(timeToX(static_cast<double>(block.at))));
        until = static_cast<int64_t>(xToTime(x + 1));
      }
      if (column)
        column->take(block);
      else
        column = block;
    });
    if (column && x < r.right()) each(x, *column);
    return;
  }
  size_t begin = first;
  for (double x = std::floor(r.left()); x < r.right() && begin < series.points.size(); ++x) {
    const auto until = static_cast<int64_t>(xToTime(x + 1));
    if (series.points[begin].at >= until) continue;
    size_t end = begin + 1;
    while (end < series.points.size() && series.points[end].at < until) ++end;
    each(x, series.extent(begin, end));
    begin = end;
  }
}

// One standard deviation to both sides of the focus line.
void PlotItem::paintBand(QPainter& p, const Scale& s, const ChartSeries& series, const QColor& color) const {
  const double base = baseOf(series);
  QPolygonF upper, lower;
  QColor fill = color;
  fill.setAlphaF(0.11F);
  QColor edge = color;
  edge.setAlphaF(0.28F);
  int64_t lastAt = 0;
  const auto flush = [&] {
    if (upper.size() > 1) {
      QPolygonF area = upper;
      for (auto it = lower.rbegin(); it != lower.rend(); ++it) area << *it;
      p.setPen(Qt::NoPen);
      p.setBrush(fill);
      p.drawPolygon(area);
      p.setBrush(Qt::NoBrush);
      p.setPen(plotPen(edge, 1));
      p.drawPolyline(upper);
      p.drawPolyline(lower);
    }
    upper.clear();
    lower.clear();
  };
  const auto add = [&](int64_t at, double value, double sigma) {
    if (lastAt > 0 && isHole(lastAt, at)) flush();
    lastAt = at;
    const double x = timeToX(static_cast<double>(at));
    upper << QPointF(x, y(s, value + sigma, base));
    lower << QPointF(x, y(s, value - sigma, base));
  };
  // From edge to edge, as its line.
  const int64_t from = m_end - m_range;
  const size_t first = series.lowerBound(from);
  const size_t last = series.lowerBound(m_end + 1);
  if (const auto entry = lineAt(series, from); entry && first < series.points.size())
    add(from, *entry, series.points[first].sigma);
  for (size_t i = first; i < last; ++i) add(series.points[i].at, series.points[i].value, series.points[i].sigma);
  if (const auto exit = lineAt(series, m_end); exit && last > 0 && last < series.points.size())
    add(m_end, *exit, series.points[last - 1].sigma);
  flush();
}

// Rising candles are hollow, falling ones filled.
void PlotItem::paintCandles(QPainter& p, const Scale& s, const ChartSeries& series) const {
  const double slot =
      std::max(2.0, static_cast<double>(m_store->windowMs()) / static_cast<double>(m_range) * priceRect().width());
  const double width = std::clamp(slot * 0.62, 1.0, 18.0);
  const double base = baseOf(series);
  const auto candle = [&](const ChartPoint& point, bool open) {
    const double x = timeToX(static_cast<double>(point.at)) - slot / 2;
    const bool rising = point.close >= point.first;
    const QColor color = rising ? m_theme->up : m_theme->down;
    const double top = y(s, std::max(point.close, point.first), base);
    const double bottom = y(s, std::min(point.close, point.first), base);
    p.setPen(plotPen(color, 1.2, open ? Qt::DotLine : Qt::SolidLine));
    p.drawLine(QPointF(x, y(s, point.high, base)), QPointF(x, top));
    p.drawLine(QPointF(x, bottom), QPointF(x, y(s, point.low, base)));
    p.setBrush(rising || open ? QBrush(m_theme->bg1) : QBrush(color));
    p.drawRect(QRectF(x - width / 2, top, width, std::max(1.0, bottom - top)));
  };
  const size_t last = series.lowerBound(m_end + m_store->windowMs() + 1);
  for (size_t i = series.lowerBound(m_end - m_range); i < last; ++i) candle(series.points[i], false);
  if (isOpenSeen(series)) candle(*series.open, true);
}

// Many points to a pixel: each column is one upright span from its least to its greatest, joined to the one before.
void PlotItem::paintSpans(QPainter& p, const Scale& s, const ChartSeries& series, const QColor& color,
                          double width) const {
  const double base = baseOf(series);
  std::optional<double> before;
  double lastX = 0;
  const bool inLayer = SpanLayer::suits(p);
  const QRect area = priceRect().adjusted(0, -2, 0, 2).toAlignedRect();
  const QRect clip = s.rect.adjusted(0, -2, 0, 2).toAlignedRect();
  QVector<QRect> spans;
  forEachColumn(series, [&](double x, const ChartSeries::Extent& extent) {
    double top = y(s, extent.high, base);
    double bottom = y(s, extent.low, base);
    if (before && x - lastX < 1.5) {
      top = std::min(top, *before);
      bottom = std::max(bottom, *before);
    }
    const QRect span(static_cast<int>(x), static_cast<int>(std::lround(top - width / 2)), 1,
                     std::max(2, static_cast<int>(std::lround(bottom - top + width))));
    if (inLayer)
      m_spans.add(area, clip, span, color.rgb());
    else
      spans << span;
    before = y(s, extent.last, base);
    lastX = x;
  });
  if (inLayer) return;
  const bool smooth = p.testRenderHint(QPainter::Antialiasing);
  p.setRenderHint(QPainter::Antialiasing, false);
  p.setPen(Qt::NoPen);
  p.setBrush(color);
  p.drawRects(spans);
  p.setRenderHint(QPainter::Antialiasing, smooth);
}

void PlotItem::paintSeries(QPainter& p, const Scales& scales) const {
  const auto& all = m_store->series();
  p.save();
  for (size_t i = 0; i < all.size(); ++i) {
    if (isHidden(i) || !showsBand(i)) continue;
    p.setClipRect(scales[i].rect);
    paintBand(p, scales[i], all[i], m_theme->series[i % m_theme->series.size()]);
  }
  for (size_t i = 0; i < all.size(); ++i) {
    if (isHidden(i)) continue;
    if (!isDense(all[i])) {
      // What has gathered lies beneath the series that come after.
      p.setClipping(false);
      m_spans.paint(p);
    }
    p.setClipRect(scales[i].rect.adjusted(0, -2, 0, 2));
    const bool candles = showsCandles(i);
    if (candles) paintCandles(p, scales[i], all[i]);
    if (!candles || m_store->hasLineOverCandles()) paintLine(p, scales[i], i);
  }
  p.setClipping(false);
  m_spans.paint(p);
  p.restore();
}

// From edge to edge of what is seen.
void PlotItem::paintLine(QPainter& p, const Scale& s, size_t index) const {
  const ChartSeries& series = m_store->series()[index];
  const QColor color = m_theme->series[index % m_theme->series.size()];
  const Qt::PenStyle style = index < 6 ? Qt::SolidLine : index < 12 ? Qt::DashLine : Qt::DotLine;
  const double width = static_cast<int>(index) == m_focus ? 2.2 : 1.6;
  const double base = baseOf(series);
  const int64_t from = m_end - m_range;
  const size_t start = series.lowerBound(from);
  const size_t stop = series.lowerBound(m_end + 1);
  const auto place = [&](int64_t at, double value) {
    return QPointF(timeToX(static_cast<double>(at)), y(s, value, base));
  };
  std::optional<QPointF> last;
  int64_t lastAt = from;
  if (isDense(series)) {
    paintSpans(p, s, series, color, width);
    lastAt = series.points[stop - 1].at;
    last = place(lastAt, series.points[stop - 1].value);
  } else {
    QPainterPath path;
    if (const auto entry = lineAt(series, from)) {
      last = place(from, *entry);
      path.moveTo(*last);
    }
    for (size_t k = start; k < stop; ++k) {
      const ChartPoint& point = series.points[k];
      const QPointF at = place(point.at, point.value);
      if (last && !isHole(lastAt, point.at))
        path.lineTo(at);
      else
        path.moveTo(at);
      last = at;
      lastAt = point.at;
    }
    if (const auto exit = lineAt(series, m_end); exit && last && stop < series.points.size())
      path.lineTo(place(m_end, *exit));
    p.setBrush(Qt::NoBrush);
    p.setPen(plotPen(color, width, style));
    p.drawPath(path);
  }
  if (!series.open || !last || stop < series.points.size() || isHole(lastAt, series.open->at)) return;
  const std::optional<double> exit = lineAt(series, m_end);
  if (!isOpenSeen(series) && !exit) return;
  p.setPen(plotPen(color, width, Qt::DotLine));
  p.drawLine(*last, isOpenSeen(series) ? place(openTime(*series.open), series.open->value) : place(m_end, *exit));
}

// Incomplete windows and the open one.
void PlotItem::paintPoints(QPainter& p, const Scales& scales) const {
  p.save();
  for (size_t i = 0; i < m_store->series().size(); ++i) {
    if (isHidden(i)) continue;
    const ChartSeries& series = m_store->series()[i];
    const Scale& s = scales[i];
    const double base = baseOf(series);
    const bool candles = showsCandles(i);
    const double slot = static_cast<double>(m_store->windowMs()) / static_cast<double>(m_range) * priceRect().width();
    p.setClipRect(s.rect.adjusted(-5, -5, 5, 5));
    const size_t stop = isDense(series) ? 0 : series.lowerBound(m_end + 1);
    for (size_t k = series.lowerBound(m_end - m_range); k < stop; ++k) {
      const ChartPoint& point = series.points[k];
      if (!point.incomplete) continue;
      const double x = timeToX(static_cast<double>(point.at));
      const QPointF at =
          candles ? QPointF(x - slot / 2, y(s, point.high, base) - 9) : QPointF(x, y(s, point.value, base));
      p.setPen(plotPen(m_theme->warn, 1.4));
      p.setBrush(m_theme->bg1);
      p.drawPolygon(
          QPolygonF({at + QPointF(0, -4.5), at + QPointF(4.5, 0), at + QPointF(0, 4.5), at + QPointF(-4.5, 0)}));
    }
    if ((candles && !m_store->hasLineOverCandles()) || !isOpenSeen(series)) continue;
    p.setPen(plotPen(m_theme->series[i % m_theme->series.size()], 1.6));
    p.setBrush(m_theme->bg1);
    p.drawEllipse(QPointF(timeToX(static_cast<double>(openTime(*series.open))), y(s, series.open->value, base)), 4, 4);
  }
  p.restore();
}

double PlotItem::mostVolume() const {
  if (m_focus < 0 || m_focus >= static_cast<int>(m_store->series().size()) || m_store->volumeName().isEmpty()) return 0;
  const ChartSeries& series = m_store->series()[static_cast<size_t>(m_focus)];
  const size_t from = series.lowerBound(m_end - m_range);
  const size_t to = series.lowerBound(m_end + 1);
  const double most = from < to ? series.extent(from, to).volume : 0;
  return isOpenSeen(series) ? std::max(most, series.open->volume) : most;
}

// From above, as many as there is room for, and one at least.
void PlotItem::paintVolumeAxis(QPainter& p, double most) const {
  constexpr double kBetween = 18;
  const QRectF r = volumeRect();
  int wanted = std::max(2, static_cast<int>(r.height() / kBetween));
  double step = niceStep(most, wanted);
  while (step > most) step = niceStep(most, ++wanted);
  p.setFont(uiFont(11));
  p.setPen(m_theme->text3);
  double above = r.top() - kBetween;
  for (int steps = static_cast<int>(most / step + 0.001); steps > 0; --steps) {
    const double value = steps * step;
    const double at = r.bottom() - value / most * r.height();
    if (at - above < kBetween || (at > r.bottom() - kBetween / 2 && above > r.top())) continue;
    above = at;
    p.drawText(QRectF(r.right() + 8, at - 8, m_axisWidth - 12, 16), Qt::AlignVCenter | Qt::AlignLeft,
               withThousands(value, stepDecimals(step)));
  }
}

void PlotItem::paintVolume(QPainter& p) const {
  if (m_focus < 0 || m_focus >= static_cast<int>(m_store->series().size()) || m_store->volumeName().isEmpty()) return;
  const ChartSeries& series = m_store->series()[static_cast<size_t>(m_focus)];
  const QRectF r = volumeRect();
  const double most = mostVolume();
  const size_t from = series.lowerBound(m_end - m_range);
  const size_t to = series.lowerBound(m_end + 1);
  p.setFont(uiFont(11));
  p.setPen(m_theme->text2);
  p.drawText(QRectF(r.left() + 2, r.top() - 15, 300, 14), Qt::AlignLeft | Qt::AlignVCenter,
             QObject::tr("%1 %2").arg(m_store->volumeName(), series.name));
  if (!(most > 0)) return;
  paintVolumeAxis(p, most);
  p.save();
  p.setClipRect(r);
  const double slot =
      std::max(1.0, static_cast<double>(m_store->windowMs()) / static_cast<double>(m_range) * r.width());
  const double width = std::max(1.0, slot * 0.62);
  const double height = r.height();
  const bool dense = isDense(series);
  double previous = from > 0 ? series.points[from - 1].value : from < to ? series.points[from].value : 0;
  if (dense) {
    // Opaque, and all at once: blending wakes a pool of threads for each tall rectangle.
    QVector<QRect> bars;
    forEachColumn(series, [&](double x, const ChartSeries::Extent& extent) {
      const int h = static_cast<int>(extent.volume / most * height);
      bars << QRect(static_cast<int>(x), static_cast<int>(r.bottom()) - h, 1, h);
    });
    p.setRenderHint(QPainter::Antialiasing, false);
    p.setPen(Qt::NoPen);
    p.setBrush(Theme::mixed(m_theme->bg1, m_theme->text3, 0.6));
    p.drawRects(bars);
    p.setRenderHint(QPainter::Antialiasing);
    previous = to > 0 ? series.points[to - 1].value : 0;
  }
  for (size_t i = from; i < to && !dense; ++i) {
    const ChartPoint& point = series.points[i];
    const bool rising = point.value >= previous;
    previous = point.value;
    const double x = timeToX(static_cast<double>(point.at)) - slot / 2;
    const double h = point.volume / most * height;
    QColor color = rising ? m_theme->up : m_theme->down;
    color.setAlphaF(0.75F);
    p.fillRect(QRectF(x - width / 2, r.bottom() - h, width, h) & r, color);
  }
  if (isOpenSeen(series)) {
    const double begin =
        std::max(r.left(), timeToX(static_cast<double>(series.open->at - m_store->windowMs())) + (slot - width) / 2);
    const double end = std::min(
        {begin + width, std::max(begin + 2, timeToX(static_cast<double>(openTime(*series.open)))), r.right() - 1});
    const double h = series.open->volume / most * height;
    p.setPen(plotPen(series.open->value >= previous ? m_theme->up : m_theme->down, 1));
    p.setBrush(Qt::NoBrush);
    p.drawRect(QRectF(begin, r.bottom() - h, end - begin, h));
  }
  p.restore();
}

}  // namespace weir
