// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "ui/charts/plot_layer.h"

namespace weir {

/// Two times, and in a box what lies between them.
class MarkLayer final : public PlotLayer {
public:
  void setMarks(std::optional<int64_t> a, std::optional<int64_t> b) {
    m_a = a;
    m_b = b;
  }
  std::optional<int64_t> a() const { return m_a; }
  std::optional<int64_t> b() const { return m_b; }
  void paint(QPainter& p, const PlotFrame& frame) override;
  void paintBoxes(QPainter& p, PlotFrame& frame) override;

private:
  std::optional<int64_t> m_a, m_b;
};

}  // namespace weir
