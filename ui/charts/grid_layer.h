// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/plot_layer.h"

namespace weir {

/// A step of the price axis; the label gives way to a tag that stands too near.
struct AxisLabel {
  double y;
  QString text;
  bool hasRoom;
};

/// The grid, with what its lines stand for.
class GridLayer final : public PlotLayer {
public:
  /// From the lowest.
  static std::vector<AxisLabel> labelsOf(const PlotScale& scale, const std::vector<PlotTag>& tags);
  void paint(QPainter& p, const PlotFrame& frame) override;
};

}  // namespace weir
