// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/stall_watch.h"

#include <utility>

namespace weir {

StallWatch::StallWatch(Clock& clock, std::function<void(Micros since, Micros until)> onStall)
    : m_clock(clock), m_onStall(std::move(onStall)), m_awake(clock.now()) {
  beat();
}

void StallWatch::beat() {
  m_timer = m_clock.callAt(m_clock.now() + kPulse, [this] {
    check(m_clock.now());
    m_awake = m_clock.now();
    beat();
  });
}

void StallWatch::stalled(Micros now) {
  const Micros since = std::exchange(m_awake, now);
  m_onStall(since, now);
}

}  // namespace weir
