// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/plot_layer.h"

namespace weir {

/// The volume bars of the focus series, beneath its prices.
class VolumeLayer final : public PlotLayer {
public:
  void paint(QPainter& p, const PlotFrame& frame) override;

private:
  static void paintAxis(QPainter& p, const PlotView& view, double most);
};

}  // namespace weir
