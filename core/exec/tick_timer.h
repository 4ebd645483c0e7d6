// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include "core/exec/operator.h"

namespace weir {

/// Calls at multiples of a period of the clock, counted from the epoch, for as long as it is kept running.
class TickTimer {
public:
  TickTimer(NodeContext& context, int64_t periodMs, std::function<void()> tick)
      : m_context(context), m_period(fromMillis(periodMs)), m_tick(std::move(tick)) {}

  Micros nextAfter(Micros at) const { return (floorDivide(at, m_period) + 1) * m_period; }
  /// Starts from a row's arrival, so that the size of a batch does not matter.
  void start(Micros from) {
    if (m_running) return;
    m_running = true;
    m_context.callAt(nextAfter(from), [this] {
      m_running = false;
      m_tick();
    });
  }

private:
  NodeContext& m_context;
  Micros m_period;
  std::function<void()> m_tick;
  bool m_running = false;
};

}  // namespace weir
