// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/alert_layer.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/plot_style.h"

namespace weir {

void AlertLayer::paint(QPainter& p, const PlotFrame& frame) {
  const PlotView& view = frame.view();
  const QRectF r = view.priceRect();
  const QRectF v = view.volumeRect();
  for (const ChartAlert& alert : m_alerts) {
    const double x = view.timeToX(static_cast<double>(alert.at));
    if (x < r.left() || x > r.right()) continue;
    p.setPen(plotPen(view.theme().error, 1, Qt::DotLine));
    p.drawLine(QPointF(x, r.top() + 8), QPointF(x, v.bottom()));
    p.setPen(Qt::NoPen);
    p.setBrush(view.theme().error);
    p.drawPolygon(QPolygonF({QPointF(x - 5, r.top()), QPointF(x + 5, r.top()), QPointF(x, r.top() + 9)}));
  }
}

std::optional<PlotNote> AlertLayer::noteAt(const PlotView& view, double x) const {
  constexpr double kNear = 6;
  const auto found = std::find_if(m_alerts.rbegin(), m_alerts.rend(), [&](const ChartAlert& alert) {
    return std::fabs(view.timeToX(static_cast<double>(alert.at)) - x) < kNear;
  });
  if (found == m_alerts.rend()) return std::nullopt;
  return PlotNote{found->text, view.theme().error};
}

}  // namespace weir
