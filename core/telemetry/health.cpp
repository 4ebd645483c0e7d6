// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/health.h"

#include <algorithm>

namespace weir {

const char* stateName(ConnectionState state) {
  switch (state) {
    case ConnectionState::Idle: return "Idle";
    case ConnectionState::Connecting: return "Connecting";
    case ConnectionState::Open: return "Open";
    case ConnectionState::Live: return "Live";
    case ConnectionState::Waiting: return "Retrying";
    case ConnectionState::Refused: return "Refused";
    case ConnectionState::GaveUp: return "Gave up";
    case ConnectionState::Closed: return "Closed";
  }
  return "?";
}

QStringList ConnectionHealth::sources() const {
  if (streams.empty()) return isSink ? QStringList() : QStringList(name);
  QStringList out;
  for (const StreamHealth& stream : streams)
    if (!stream.isSink) out << stream.name;
  return out;
}

double ConnectionHealth::queueFill() const {
  const auto share = [](uint64_t part, uint64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  return std::max(share(queued, queueMax), share(queuedBytes, queueMaxBytes));
}

}  // namespace weir
