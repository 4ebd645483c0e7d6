// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGraphicsItem>
#include <QStringList>
#include <memory>
#include <vector>

#include "ui/charts/plot_layer.h"

namespace weir {

/// Paints one chart: layer upon layer over what its view shows.
class PlotItem final : public QGraphicsItem {
public:
  explicit PlotItem(const Theme& theme);

  QRectF boundingRect() const override { return m_view.area(); }
  void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override;

  PlotView& view() { return m_view; }
  const PlotView& view() const { return m_view; }
  void setArea(const QRectF& area);
  /// The layer of this type, with its state.
  template <class Layer>
  Layer& layer() const {
    for (const auto& each : m_layers)
      if (auto* found = dynamic_cast<Layer*>(each.get())) return *found;
    Q_UNREACHABLE();
  }
  /// What the axis says at its steps, from the lowest; a label that would stand too near to a tag is left out.
  QStringList axisLabels() const;
  /// The boxes that were painted last.
  const std::vector<QRectF>& boxes() const { return m_boxes; }

private:
  PlotView m_view;
  PlotLayers m_layers;
  std::vector<QRectF> m_boxes;
};

}  // namespace weir
