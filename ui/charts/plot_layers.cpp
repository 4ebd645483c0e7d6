// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/plot_layers.h"

#include "ui/charts/alert_layer.h"
#include "ui/charts/crosshair_layer.h"
#include "ui/charts/gap_layer.h"
#include "ui/charts/grid_layer.h"
#include "ui/charts/mark_layer.h"
#include "ui/charts/point_layer.h"
#include "ui/charts/series_layer.h"
#include "ui/charts/state_layer.h"
#include "ui/charts/tag_layer.h"
#include "ui/charts/volume_layer.h"

namespace weir {

namespace {

template <class... Layers>
PlotLayers listOf() {
  PlotLayers list;
  (list.push_back(std::make_unique<Layers>()), ...);
  return list;
}

}  // namespace

PlotLayers makePlotLayers() {
  return listOf<GridLayer,    //
                VolumeLayer,  //
                SeriesLayer,  //
                GapLayer,     //
                PointLayer,   //
                AlertLayer,   //
                TagLayer,     //
                StateLayer,   //
                MarkLayer,    //
                CrosshairLayer>();
}

}  // namespace weir
