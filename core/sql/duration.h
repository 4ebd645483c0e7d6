// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Length of a unit of time in ms, its name in any case and number: "min", "SECONDS", "h".
std::optional<int64_t> unitMillis(std::string_view unit);

/// Whole milliseconds are exact up to here, and no calendar reaches so far.
constexpr double kLongestDurationMs = 9e15;

/// Multiplies an amount such as "1.5" by a unit; nothing when the result is no whole ms or does not fit.
std::optional<int64_t> durationMillis(std::string_view amount, int64_t unitMs);

/// "ms, sec, min, hour, day or week" for messages.
std::string_view unitList();

}  // namespace weir
