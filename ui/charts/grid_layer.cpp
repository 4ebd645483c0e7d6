// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/grid_layer.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "core/base/clock.h"
#include "ui/charts/plot_style.h"

namespace weir {

// Labels near a tag give way to it. Where that leaves next to none, the steps are closer.
std::vector<AxisLabel> GridLayer::labelsOf(const PlotScale& s, const std::vector<PlotTag>& tags) {
  constexpr double kBetween = 28;
  constexpr double kClosest = 16;
  constexpr double kClear = 16;
  constexpr int kFew = 2;
  std::vector<AxisLabel> out;
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
          std::none_of(tags.begin(), tags.end(), [at](const PlotTag& tag) { return std::fabs(tag.y - at) < kClear; });
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

void GridLayer::paint(QPainter& p, const PlotFrame& frame) {
  const PlotView& view = frame.view();
  const QRectF r = view.priceRect();
  const QRectF v = view.volumeRect();
  p.setFont(uiFont(11));
  double paintedTo = r.top() - 1;
  for (size_t i = 0; i < frame.scales().size(); ++i) {
    const PlotScale& s = frame.scales()[i];
    // Series that share an axis have the same one.
    if (view.isHidden(i) || s.rect.top() < paintedTo) continue;
    paintedTo = s.rect.bottom();
    for (const AxisLabel& label : labelsOf(s, frame.tags())) {
      p.setPen(plotPen(view.theme().grid(), 1));
      p.drawLine(QPointF(r.left(), label.y), QPointF(r.right(), label.y));
      if (!label.hasRoom) continue;
      p.setPen(view.theme().text3);
      p.drawText(QRectF(r.right() + 8, label.y - 8, view.axisWidth() - 12, 16), Qt::AlignVCenter | Qt::AlignLeft,
                 label.text);
    }
  }
  static const int64_t kSteps[] = {1000,   2000,   5000,   10000,   15000,   30000,   60000,    120000,
                                   300000, 600000, 900000, 1800000, 3600000, 7200000, 21600000, 86400000};
  int64_t timeStep = kSteps[0];
  for (const int64_t candidate : kSteps) {
    timeStep = candidate;
    if (static_cast<double>(candidate) / static_cast<double>(view.range()) * r.width() >= 76) break;
  }
  for (int64_t t = (floorDivide(view.from(), timeStep) + 1) * timeStep; t <= view.end(); t += timeStep) {
    const double x = view.timeToX(static_cast<double>(t));
    p.setPen(plotPen(view.theme().grid(), 1));
    p.drawLine(QPointF(x, r.top()), QPointF(x, v.bottom()));
    if (x < r.left() + 24 || x > r.right() - 20) continue;
    p.setPen(view.theme().text3);
    p.drawText(QRectF(x - 40, v.bottom() + 5, 80, 16), Qt::AlignCenter, view.clockText(t, timeStep));
  }
  p.setPen(plotPen(view.theme().line, 1));
  p.drawLine(QPointF(r.right(), r.top()), QPointF(r.right(), v.bottom()));
  p.drawLine(QPointF(view.area().left(), v.top() - 16), QPointF(view.area().right(), v.top() - 16));
}

}  // namespace weir
