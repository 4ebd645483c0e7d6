// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <utility>

#include "core/exec/gap_log.h"
#include "ui/charts/plot_layer.h"

namespace weir {

/// When the sources were lost: a band, and a box with what it has cost.
class GapLayer final : public PlotLayer {
public:
  void setGaps(std::vector<Gap> gaps) { m_gaps = std::move(gaps); }
  /// How many trades at least were lost, by the begin of the gap.
  void setLost(std::map<int64_t, uint64_t> lost) { m_lost = std::move(lost); }
  void paint(QPainter& p, const PlotFrame& frame) override;
  void paintBoxes(QPainter& p, PlotFrame& frame) override;

private:
  std::vector<Gap> m_gaps;
  std::map<int64_t, uint64_t> m_lost;
};

}  // namespace weir
