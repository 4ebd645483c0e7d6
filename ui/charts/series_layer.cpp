// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/series_layer.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <optional>

#include "ui/charts/plot_style.h"

namespace weir {

namespace {

// One standard deviation to both sides of the focus line.
void paintBand(QPainter& p, const PlotView& view, const PlotScale& s, const ChartSeries& series, const QColor& color) {
  const double base = view.baseOf(series);
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
    if (lastAt > 0 && view.isHole(lastAt, at)) flush();
    lastAt = at;
    const double x = view.timeToX(static_cast<double>(at));
    upper << QPointF(x, s.y(value + sigma, base));
    lower << QPointF(x, s.y(value - sigma, base));
  };
  // From edge to edge, as its line.
  const int64_t from = view.from();
  const size_t first = series.lowerBound(from);
  const size_t last = series.lowerBound(view.end() + 1);
  if (const auto entry = view.lineAt(series, from); entry && first < series.points.size())
    add(from, *entry, series.points[first].sigma);
  for (size_t i = first; i < last; ++i) add(series.points[i].at, series.points[i].value, series.points[i].sigma);
  if (const auto exit = view.lineAt(series, view.end()); exit && last > 0 && last < series.points.size())
    add(view.end(), *exit, series.points[last - 1].sigma);
  flush();
}

// Rising candles are hollow, falling ones filled.
void paintCandles(QPainter& p, const PlotView& view, const PlotScale& s, const ChartSeries& series) {
  const double slot = std::max(
      2.0, static_cast<double>(view.store().windowMs()) / static_cast<double>(view.range()) * view.priceRect().width());
  const double width = std::clamp(slot * 0.62, 1.0, 18.0);
  const double base = view.baseOf(series);
  const auto candle = [&](const ChartPoint& point, bool open) {
    const double x = view.timeToX(static_cast<double>(point.at)) - slot / 2;
    const bool rising = point.close >= point.first;
    const QColor color = rising ? view.theme().up : view.theme().down;
    const double top = s.y(std::max(point.close, point.first), base);
    const double bottom = s.y(std::min(point.close, point.first), base);
    p.setPen(plotPen(color, 1.2, open ? Qt::DotLine : Qt::SolidLine));
    p.drawLine(QPointF(x, s.y(point.high, base)), QPointF(x, top));
    p.drawLine(QPointF(x, bottom), QPointF(x, s.y(point.low, base)));
    p.setBrush(rising || open ? QBrush(view.theme().bg1) : QBrush(color));
    p.drawRect(QRectF(x - width / 2, top, width, std::max(1.0, bottom - top)));
  };
  const size_t last = series.lowerBound(view.end() + view.store().windowMs() + 1);
  for (size_t i = series.lowerBound(view.from()); i < last; ++i) candle(series.points[i], false);
  if (view.isOpenSeen(series)) candle(*series.open, true);
}

}  // namespace

// Many points to a pixel: each column is one upright span from its least to its greatest, joined to the one before.
void SeriesLayer::paintSpans(QPainter& p, const PlotFrame& frame, const PlotScale& s, const ChartSeries& series,
                             double width, const QColor& color) {
  const PlotView& view = frame.view();
  const double base = view.baseOf(series);
  std::optional<double> before;
  double lastX = 0;
  const bool inLayer = SpanLayer::suits(p);
  const QRect area = view.priceRect().adjusted(0, -2, 0, 2).toAlignedRect();
  const QRect clip = s.rect.adjusted(0, -2, 0, 2).toAlignedRect();
  QVector<QRect> spans;
  view.forEachColumn(series, [&](double x, const ChartSeries::Extent& extent) {
    double top = s.y(extent.high, base);
    double bottom = s.y(extent.low, base);
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
    before = s.y(extent.last, base);
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

void SeriesLayer::paint(QPainter& p, const PlotFrame& frame) {
  const PlotView& view = frame.view();
  const auto& all = view.store().series();
  p.save();
  for (size_t i = 0; i < all.size(); ++i) {
    if (view.isHidden(i) || !view.showsBand(i)) continue;
    p.setClipRect(frame.scales()[i].rect);
    paintBand(p, view, frame.scales()[i], all[i], view.theme().series[i % view.theme().series.size()]);
  }
  for (size_t i = 0; i < all.size(); ++i) {
    if (view.isHidden(i)) continue;
    if (!view.isDense(all[i])) {
      // What has gathered lies beneath the series that come after.
      p.setClipping(false);
      m_spans.paint(p);
    }
    p.setClipRect(frame.scales()[i].rect.adjusted(0, -2, 0, 2));
    const bool candles = view.showsCandles(i);
    if (candles) paintCandles(p, view, frame.scales()[i], all[i]);
    if (!candles || view.store().hasLineOverCandles()) paintLine(p, frame, i);
  }
  p.setClipping(false);
  m_spans.paint(p);
  p.restore();
}

// From edge to edge of what is seen.
void SeriesLayer::paintLine(QPainter& p, const PlotFrame& frame, size_t index) {
  const PlotView& view = frame.view();
  const PlotScale& s = frame.scales()[index];
  const ChartSeries& series = view.store().series()[index];
  const QColor color = view.theme().series[index % view.theme().series.size()];
  const Qt::PenStyle style = index < 6 ? Qt::SolidLine : index < 12 ? Qt::DashLine : Qt::DotLine;
  const double width = static_cast<int>(index) == view.focus() ? 2.2 : 1.6;
  const double base = view.baseOf(series);
  const int64_t from = view.from();
  const size_t start = series.lowerBound(from);
  const size_t stop = series.lowerBound(view.end() + 1);
  const auto place = [&](int64_t at, double value) {
    return QPointF(view.timeToX(static_cast<double>(at)), s.y(value, base));
  };
  std::optional<QPointF> last;
  int64_t lastAt = from;
  if (view.isDense(series)) {
    paintSpans(p, frame, s, series, width, color);
    lastAt = series.points[stop - 1].at;
    last = place(lastAt, series.points[stop - 1].value);
  } else {
    QPainterPath path;
    if (const auto entry = view.lineAt(series, from)) {
      last = place(from, *entry);
      path.moveTo(*last);
    }
    for (size_t k = start; k < stop; ++k) {
      const ChartPoint& point = series.points[k];
      const QPointF at = place(point.at, point.value);
      if (last && !view.isHole(lastAt, point.at))
        path.lineTo(at);
      else
        path.moveTo(at);
      last = at;
      lastAt = point.at;
    }
    if (const auto exit = view.lineAt(series, view.end()); exit && last && stop < series.points.size())
      path.lineTo(place(view.end(), *exit));
    p.setBrush(Qt::NoBrush);
    p.setPen(plotPen(color, width, style));
    p.drawPath(path);
  }
  if (!series.open || !last || stop < series.points.size() || view.isHole(lastAt, series.open->at)) return;
  const std::optional<double> exit = view.lineAt(series, view.end());
  if (!view.isOpenSeen(series) && !exit) return;
  p.setPen(plotPen(color, width, Qt::DotLine));
  p.drawLine(*last, view.isOpenSeen(series) ? place(view.openTime(*series.open), series.open->value)
                                            : place(view.end(), *exit));
}

}  // namespace weir
