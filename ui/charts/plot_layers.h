// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/plot_layer.h"

namespace weir {

/// Every layer of a chart, from the ground up.
PlotLayers makePlotLayers();

}  // namespace weir
