// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "ui/charts/plot_layer.h"

namespace weir {

/// The time of the mouse over all charts, its value over the one that has it, and in a box what is known of that time.
class CrosshairLayer final : public PlotLayer {
public:
  /// Of the mouse over this or another chart.
  void setTime(std::optional<int64_t> time) { m_time = time; }
  std::optional<int64_t> time() const { return m_time; }
  /// Of the mouse over this chart.
  void setY(std::optional<double> y) { m_y = y; }
  void paint(QPainter& p, const PlotFrame& frame) override;
  void paintBoxes(QPainter& p, PlotFrame& frame) override;

private:
  std::optional<double> xOf(const PlotView& view) const;

  std::optional<int64_t> m_time;
  std::optional<double> m_y;
};

}  // namespace weir
