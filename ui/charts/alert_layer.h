// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include "ui/charts/plot_layer.h"

namespace weir {

/// A row of a stream that is an alert, on the chart of another or the same stream.
struct ChartAlert {
  int64_t at = 0;
  QString text;
};

/// A mark for each alert.
class AlertLayer final : public PlotLayer {
public:
  void setAlerts(std::vector<ChartAlert> alerts) { m_alerts = std::move(alerts); }
  std::optional<PlotNote> noteAt(const PlotView& view, double x) const override;
  void paint(QPainter& p, const PlotFrame& frame) override;

private:
  std::vector<ChartAlert> m_alerts;
};

}  // namespace weir
