// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>

namespace weir {

inline constexpr int64_t kUsualRead = 64 << 10;

/// How many bytes to take of a socket at one go, where it was `present` and the last ones took so long: all of them are
/// worked off before timers, signals and other sockets have their turn. Where messages take long, less is taken, and
/// the rest waits with the peer.
inline int64_t pacedRead(int64_t present, int64_t spentMs) {
  constexpr int64_t kLeastRead = 2 << 10;
  constexpr int64_t kLongestTurnMs = 20;
  if (spentMs <= kLongestTurnMs) return std::min(present * 2, kUsualRead);
  return std::max(present * kLongestTurnMs / spentMs, kLeastRead);
}

}  // namespace weir
