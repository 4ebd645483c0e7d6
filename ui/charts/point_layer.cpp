// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/point_layer.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/plot_style.h"

namespace weir {

void PointLayer::paint(QPainter& p, const PlotFrame& frame) {
  const PlotView& view = frame.view();
  p.save();
  for (size_t i = 0; i < view.store().series().size(); ++i) {
    if (view.isHidden(i)) continue;
    const ChartSeries& series = view.store().series()[i];
    const PlotScale& s = frame.scales()[i];
    const double base = view.baseOf(series);
    const bool candles = view.showsCandles(i);
    const double slot =
        static_cast<double>(view.store().windowMs()) / static_cast<double>(view.range()) * view.priceRect().width();
    p.setClipRect(s.rect.adjusted(-5, -5, 5, 5));
    const size_t stop = view.isDense(series) ? 0 : series.lowerBound(view.end() + 1);
    for (size_t k = series.lowerBound(view.from()); k < stop; ++k) {
      const ChartPoint& point = series.points[k];
      if (!point.incomplete) continue;
      const double x = view.timeToX(static_cast<double>(point.at));
      const QPointF at =
          candles ? QPointF(x - slot / 2, s.y(point.high, base) - 9) : QPointF(x, s.y(point.value, base));
      p.setPen(plotPen(view.theme().warn, 1.4));
      p.setBrush(view.theme().bg1);
      p.drawPolygon(
          QPolygonF({at + QPointF(0, -4.5), at + QPointF(4.5, 0), at + QPointF(0, 4.5), at + QPointF(-4.5, 0)}));
    }
    if ((candles && !view.store().hasLineOverCandles()) || !view.isOpenSeen(series)) continue;
    p.setPen(plotPen(view.theme().series[i % view.theme().series.size()], 1.6));
    p.setBrush(view.theme().bg1);
    p.drawEllipse(
        QPointF(view.timeToX(static_cast<double>(view.openTime(*series.open))), s.y(series.open->value, base)), 4, 4);
  }
  p.restore();
}

}  // namespace weir
