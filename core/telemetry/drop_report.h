// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/telemetry/log.h"

namespace weir {

/// A counter of what did not get through, once it counts.
struct Drop {
  LogLevel level = LogLevel::Warning;
  LogCategory category = LogCategory::Feed;
  std::string subject;    ///< the stream
  std::string_view one;   ///< what happened to one: "row had no event time and was dropped"
  std::string_view many;  ///< what happened to several
  std::string_view hint;  ///< what to do about it, or nothing
  uint64_t count = 0;
  uint64_t of = 0;            ///< how many there were in all; 0 where nobody knows
  std::string example;        ///< what the last one was like, or nothing
  bool isToldAtOnce = false;  ///< the first one has been told by its sink
};

/// Tells when each counter begins to count, and at the end how far it came: a run without a window loses nothing in
/// silence.
class DropReport {
public:
  explicit DropReport(std::function<void(const LogEntry&)> tell) : m_tell(std::move(tell)) {}
  /// Tells what is dropped for the first time.
  void look(const std::vector<Drop>& drops);
  /// Tells the sums. Returns whether there are any.
  bool sum(const std::vector<Drop>& drops);

private:
  std::function<void(const LogEntry&)> m_tell;
  std::set<std::pair<std::string, std::string_view>> m_told;
};

}  // namespace weir
