// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/state_layer.h"

#include <QObject>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/plot_style.h"

namespace weir {

// Beside the volume's name, where nothing else is.
void StateLayer::paint(QPainter& p, const PlotFrame& frame) {
  const PlotView& view = frame.view();
  if (m_state == ChartState::Running) return;
  const QString text = m_state == ChartState::Paused ? QObject::tr("Paused") : QObject::tr("Stopped");
  const QRectF v = view.volumeRect();
  p.setFont(uiFont(11, QFont::DemiBold));
  const double width = QFontMetricsF(p.font()).horizontalAdvance(text) + 12;
  const QRectF box(v.right() - width - 2, v.top() - 16, width, 15);
  p.setPen(Qt::NoPen);
  p.setBrush(view.theme().bg1);
  p.drawRoundedRect(box, 3, 3);
  p.setPen(m_state == ChartState::Paused ? view.theme().warn : view.theme().text3);
  p.drawText(box, Qt::AlignCenter, text);
}

}  // namespace weir
