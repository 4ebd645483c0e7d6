// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/feed/last_words.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace weir {

namespace {

// What is shown of it is less; a secret that is cut would not be masked.
constexpr size_t kKept = 4096;
// A message says at its beginning what it is.
constexpr size_t kLookedAt = 512;

constexpr auto kOfRefusals =
    std::to_array<std::string_view>({"error", "fail", "invalid", "denied", "unauthor", "forbidden", "refuse", "reject",
                                     "expired", "not allowed", "illegal"});
constexpr auto kOfHeartbeats = std::to_array<std::string_view>({"ping", "pong", "heartbeat", "heartbeats", "hb"});

bool isRefusal(std::string_view lowered) {
  return std::any_of(kOfRefusals.begin(), kOfRefusals.end(),
                     [&](std::string_view word) { return lowered.find(word) != std::string_view::npos; });
}

bool isHeartbeatWord(std::string_view word) {
  return std::find(kOfHeartbeats.begin(), kOfHeartbeats.end(), word) != kOfHeartbeats.end();
}

// A bare word, or JSON in which one of the words stands alone between quotes: {"op":"pong"}, {"pong":1}, [5,"hb"].
bool isHeartbeat(std::string_view lowered) {
  if (isHeartbeatWord(lowered)) return true;
  for (size_t open = lowered.find('"'); open != std::string_view::npos;) {
    const size_t close = lowered.find('"', open + 1);
    if (close == std::string_view::npos) return false;
    if (isHeartbeatWord(lowered.substr(open + 1, close - open - 1))) return true;
    open = lowered.find('"', close + 1);
  }
  return false;
}

}  // namespace

void LastWords::hear(std::string_view message) {
  const std::string_view said = trimmed(message.substr(0, kKept));
  if (said.empty() || said == m_answer) return;
  const std::string lower = lowered(said.substr(0, kLookedAt));
  const bool refuses = isRefusal(lower);
  if (!refuses && (m_isRefusal || (said.size() <= kLookedAt && isHeartbeat(lower)))) return;
  m_isRefusal = refuses;
  m_text.assign(said);
}

void LastWords::clear() {
  m_text.clear();
  m_isRefusal = false;
}

}  // namespace weir
