// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the engine's.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "core/telemetry/health.h"

namespace weir {

/// What is wrong with a connection that is open.
enum class Trouble { None, Stale, Degraded };
Trouble troubleOf(const ConnectionHealth& health);
/// By how many ms the newest event time is behind the clock; nothing without event times, or while nothing comes.
std::optional<int64_t> lagOf(const ConnectionHealth& health, Micros now);

/// Says of an open connection that its rows cannot be trusted as they should be: more than one message or row in a
/// hundred of the last minute was bad or late, any row came from the future, or a sink lost any. It is over once a
/// minute has passed without.
class HealthJudge {
public:
  static constexpr Micros kWindow = 60'000'000;
  static constexpr double kShare = 0.01;

  /// Fills in `degraded`. `late` are the rows that came too late for the windows that the source feeds, so far.
  void judge(ConnectionHealth& health, uint64_t late, Micros now);

private:
  struct Sample {
    Micros at;
    uint64_t messages, bad, late, lost, fromFuture;
  };
  std::map<QString, std::deque<Sample>> m_samples;
};

}  // namespace weir
