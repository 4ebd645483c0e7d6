// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/volume_layer.h"

#include <QObject>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/plot_style.h"

namespace weir {

// From above, as many as there is room for, and one at least.
void VolumeLayer::paintAxis(QPainter& p, const PlotView& view, double most) {
  constexpr double kBetween = 18;
  const QRectF r = view.volumeRect();
  int wanted = std::max(2, static_cast<int>(r.height() / kBetween));
  double step = niceStep(most, wanted);
  while (step > most) step = niceStep(most, ++wanted);
  p.setFont(uiFont(11));
  p.setPen(view.theme().text3);
  double above = r.top() - kBetween;
  for (int steps = static_cast<int>(most / step + 0.001); steps > 0; --steps) {
    const double value = steps * step;
    const double at = r.bottom() - value / most * r.height();
    if (at - above < kBetween || (at > r.bottom() - kBetween / 2 && above > r.top())) continue;
    above = at;
    p.drawText(QRectF(r.right() + 8, at - 8, view.axisWidth() - 12, 16), Qt::AlignVCenter | Qt::AlignLeft,
               withThousands(value, stepDecimals(step)));
  }
}

void VolumeLayer::paint(QPainter& p, const PlotFrame& frame) {
  const PlotView& view = frame.view();
  if (view.focus() < 0 || view.focus() >= static_cast<int>(view.store().series().size()) ||
      view.store().volumeName().isEmpty())
    return;
  const ChartSeries& series = view.store().series()[static_cast<size_t>(view.focus())];
  const QRectF r = view.volumeRect();
  const double most = view.mostVolume();
  const size_t from = series.lowerBound(view.from());
  const size_t to = series.lowerBound(view.end() + 1);
  p.setFont(uiFont(11));
  p.setPen(view.theme().text2);
  p.drawText(QRectF(r.left() + 2, r.top() - 15, 300, 14), Qt::AlignLeft | Qt::AlignVCenter,
             QObject::tr("%1 %2").arg(view.store().volumeName(), series.name));
  if (!(most > 0)) return;
  paintAxis(p, view, most);
  p.save();
  p.setClipRect(r);
  const double slot =
      std::max(1.0, static_cast<double>(view.store().windowMs()) / static_cast<double>(view.range()) * r.width());
  const double width = std::max(1.0, slot * 0.62);
  const double height = r.height();
  const bool dense = view.isDense(series);
  double previous = from > 0 ? series.points[from - 1].value : from < to ? series.points[from].value : 0;
  if (dense) {
    // Opaque, and all at once: blending wakes a pool of threads for each tall rectangle.
    QVector<QRect> bars;
    view.forEachColumn(series, [&](double x, const ChartSeries::Extent& extent) {
      const int h = static_cast<int>(extent.volume / most * height);
      bars << QRect(static_cast<int>(x), static_cast<int>(r.bottom()) - h, 1, h);
    });
    p.setRenderHint(QPainter::Antialiasing, false);
    p.setPen(Qt::NoPen);
    p.setBrush(Theme::mixed(view.theme().bg1, view.theme().text3, 0.6));
    p.drawRects(bars);
    p.setRenderHint(QPainter::Antialiasing);
    previous = to > 0 ? series.points[to - 1].value : 0;
  }
  for (size_t i = from; i < to && !dense; ++i) {
    const ChartPoint& point = series.points[i];
    const bool rising = point.value >= previous;
    previous = point.value;
    const double x = view.timeToX(static_cast<double>(point.at)) - slot / 2;
    const double h = point.volume / most * height;
    QColor color = rising ? view.theme().up : view.theme().down;
    color.setAlphaF(0.75F);
    p.fillRect(QRectF(x - width / 2, r.bottom() - h, width, h) & r, color);
  }
  if (view.isOpenSeen(series)) {
    const double begin = std::max(
        r.left(), view.timeToX(static_cast<double>(series.open->at - view.store().windowMs())) + (slot - width) / 2);
    const double end =
        std::min({begin + width, std::max(begin + 2, view.timeToX(static_cast<double>(view.openTime(*series.open)))),
                  r.right() - 1});
    const double h = series.open->volume / most * height;
    p.setPen(plotPen(series.open->value >= previous ? view.theme().up : view.theme().down, 1));
    p.setBrush(Qt::NoBrush);
    p.drawRect(QRectF(begin, r.bottom() - h, end - begin, h));
  }
  p.restore();
}

}  // namespace weir
