// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include "core/exec/operator.h"

namespace weir {

/// Calls when silence alone, once it is proven, brings the watermark of a node to an event time, if no row does so
/// first.
class WatermarkTimer {
public:
  WatermarkTimer(NodeContext& context, std::function<void(int64_t watermark)> due)
      : m_context(context), m_due(std::move(due)) {}

  /// Waits for the earliest of the targets given so far. A later one is found when the earlier call comes for nothing:
  /// `due` arms anew.
  void arm(int64_t target) {
    const Micros at = m_context.watermark.reaches(target);
    if (at == kNever || at >= m_armed) return;
    m_armed = at;
    m_context.callOnceProven(at, [this, at] {
      if (m_armed != at) return;
      m_armed = kNever;
      m_due(m_context.watermark.at(m_context.clock.now()));
    });
  }

private:
  NodeContext& m_context;
  std::function<void(int64_t)> m_due;
  Micros m_armed = kNever;
};

}  // namespace weir
