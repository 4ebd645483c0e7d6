// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/plot_item.h"

#include <QPainter>

#include "ui/charts/grid_layer.h"
#include "ui/charts/plot_layers.h"

namespace weir {

PlotItem::PlotItem(const Theme& theme) : m_view(theme), m_layers(makePlotLayers()) {}

void PlotItem::setArea(const QRectF& area) {
  prepareGeometryChange();
  m_view.setArea(area);
}

void PlotItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
  painter->setRenderHint(QPainter::Antialiasing);
  m_boxes.clear();
  if (m_view.isEmpty()) return;
  PlotFrame frame(m_view, m_layers);
  for (const auto& layer : m_layers) layer->paint(*painter, frame);
  for (auto layer = m_layers.rbegin(); layer != m_layers.rend(); ++layer) (*layer)->paintBoxes(*painter, frame);
  m_boxes = frame.boxes();
}

QStringList PlotItem::axisLabels() const {
  QStringList out;
  if (m_view.isEmpty()) return out;
  const PlotFrame frame(m_view, m_layers);
  for (const AxisLabel& label : GridLayer::labelsOf(frame.scales().front(), frame.tags()))
    if (label.hasRoom) out << label.text;
  return out;
}

}  // namespace weir
