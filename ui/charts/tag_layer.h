// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/plot_layer.h"

namespace weir {

/// The last values beside the axis.
class TagLayer final : public PlotLayer {
public:
  /// In the order in which they stand, pushed apart where they would cover one another.
  static std::vector<PlotTag> tagsOf(const PlotView& view, const PlotScales& scales);
  void paint(QPainter& p, const PlotFrame& frame) override;
};

}  // namespace weir
