// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "core/base/clock.h"

namespace weir {

/// Notices that the program did not run for a while: a stopped process, a sleeping laptop, a machine that swaps. Lives
/// on the thread of its clock.
class StallWatch {
public:
  /// Shorter ones are not told.
  static constexpr Micros kShortest = 1'000'000;

  StallWatch(Clock& clock, std::function<void(Micros since, Micros until)> onStall);
  ~StallWatch() { m_clock.cancel(m_timer); }
  StallWatch(const StallWatch&) = delete;
  StallWatch& operator=(const StallWatch&) = delete;

  /// Whoever is called first after a stall says what time it is, before anything is done about what came meanwhile.
  void check(Micros now) {
    if (now - m_awake > kPulse + kShortest) stalled(now);
  }

private:
  static constexpr Micros kPulse = 250'000;
  void beat();
  void stalled(Micros now);

  Clock& m_clock;
  std::function<void(Micros since, Micros until)> m_onStall;
  Micros m_awake;
  TimerId m_timer = TimerId::None;
};

}  // namespace weir
