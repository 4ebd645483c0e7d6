// SPDX-License-Identifier: GPL-3.0-or-later
// Lines, bands, candles and volume bars.
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <optional>

#include "ui/plot_item.h"
#include "ui/plot_style.h"

namespace weir {

bool PlotItem::isDense(size_t points) const { return static_cast<double>(points) > 2 * priceRect().width(); }

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
      p.setPen(plotPen(edge, 1));
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
    p.setPen(plotPen(color, 1.2, open ? Qt::DotLine : Qt::SolidLine));
    p.drawLine(QPointF(x, y(s, point.high, 1)), QPointF(x, top));
    p.drawLine(QPointF(x, bottom), QPointF(x, y(s, point.low, 1)));
    p.setBrush(rising || open ? QBrush(m_theme->bg1) : QBrush(color));
    p.drawRect(QRectF(x - width / 2, top, width, std::max(1.0, bottom - top)));
    if (point.incomplete) {
      p.setPen(plotPen(m_theme->warn, 1.4));
      p.setBrush(m_theme->bg1);
      const QPointF at(x, y(s, point.high, 1) - 9);
      p.drawPolygon(QPolygonF({at + QPointF(0, -4), at + QPointF(4, 0), at + QPointF(0, 4), at + QPointF(-4, 0)}));
    }
  };
  const size_t last = series.lowerBound(m_end + m_store->windowMs() + 1);
  for (size_t i = series.lowerBound(m_end - m_range); i < last; ++i) candle(series.points[i], false);
  if (series.open) candle(*series.open, true);
}

// Many points to a pixel: each column is one upright span from its least to its greatest, joined to the one before.
void PlotItem::paintSpans(QPainter& p, const Scale& s, const ChartSeries& series, const QColor& color, double width) const {
  const double base = baseOf(series);
  std::optional<double> before;
  double lastX = 0;
  QVector<QRect> spans;
  forEachColumn(series, [&](double x, const ChartSeries::Extent& extent) {
    double top = y(s, extent.high, base);
    double bottom = y(s, extent.low, base);
    if (before && x - lastX < 1.5) {
      top = std::min(top, *before);
      bottom = std::max(bottom, *before);
    }
    spans << QRect(static_cast<int>(x), static_cast<int>(std::lround(top - width / 2)), 1, std::max(2, static_cast<int>(std::lround(bottom - top + width))));
    before = y(s, extent.last, base);
    lastX = x;
  });
  const bool smooth = p.testRenderHint(QPainter::Antialiasing);
  p.setRenderHint(QPainter::Antialiasing, false);
  p.setPen(Qt::NoPen);
  p.setBrush(color);
  p.drawRects(spans);
  p.setRenderHint(QPainter::Antialiasing, smooth);
}

void PlotItem::paintSeries(QPainter& p, const Scales& scales) const {
  p.save();
  for (size_t i = 0; i < m_store->series().size(); ++i) {
    if (isHidden(i)) continue;
    const Scale& s = scales[i];
    p.setClipRect(s.rect.adjusted(-1, -8, 8, 8));
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
    p.setPen(plotPen(color, width, style));
    p.drawPath(path);
    for (const QPointF& at : diamonds) {
      p.setPen(plotPen(m_theme->warn, 1.4));
      p.setBrush(m_theme->bg1);
      p.drawPolygon(QPolygonF({at + QPointF(0, -4.5), at + QPointF(4.5, 0), at + QPointF(0, 4.5), at + QPointF(-4.5, 0)}));
    }
    if (series.open) {
      const QPointF at(openX(*series.open), y(s, series.open->value, base));
      if (down && (jump == 0 || series.open->at - lastAt <= jump)) {
        p.setPen(plotPen(color, width, Qt::DotLine));
        p.drawLine(last, at);
      }
      p.setPen(plotPen(color, 1.6));
      p.setBrush(m_theme->bg1);
      p.drawEllipse(at, 4, 4);
    }
  }
  p.restore();
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
  p.save();
  p.setClipRect(m_area.adjusted(r.left() - m_area.left(), 0, 0, 0));
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
    const double begin = timeToX(static_cast<double>(series.open->at - m_store->windowMs())) + (slot - width) / 2;
    const double end = m_store->windowMs() > 0 ? std::max(begin + 2, std::min(openX(*series.open), begin + width)) : begin + width;
    const double h = series.open->volume / most * height;
    p.setPen(plotPen(series.open->value >= previous ? m_theme->up : m_theme->down, 1));
    p.setBrush(Qt::NoBrush);
    p.drawRect(QRectF(begin, r.bottom() - h, end - begin, h));
  }
  p.restore();
}

}  // namespace weir
