// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/plot_layer.h"

namespace weir {

/// Whether what is seen moves, as the chart itself says.
enum class ChartState { Running, Paused, Stopped };

/// Says in the chart that it does not move.
class StateLayer final : public PlotLayer {
public:
  void setState(ChartState state) { m_state = state; }
  ChartState state() const { return m_state; }
  void paint(QPainter& p, const PlotFrame& frame) override;

private:
  ChartState m_state = ChartState::Running;
};

}  // namespace weir
