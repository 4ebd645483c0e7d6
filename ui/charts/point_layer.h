// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/plot_layer.h"

namespace weir {

/// The points that are not like the others: incomplete windows, and the open one.
class PointLayer final : public PlotLayer {
public:
  void paint(QPainter& p, const PlotFrame& frame) override;
};

}  // namespace weir
