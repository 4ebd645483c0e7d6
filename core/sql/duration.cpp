// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sql/duration.h"

#include <array>
#include <cmath>
#include <utility>

#include "core/base/text.h"

namespace weir {

namespace {

using Unit = std::pair<std::string_view, int64_t>;

constexpr auto kUnits = std::to_array<Unit>({
    {"ms", 1},         {"millis", 1},       {"millisecond", 1},   {"milliseconds", 1}, {"s", 1000},
    {"sec", 1000},     {"secs", 1000},      {"second", 1000},     {"seconds", 1000},   {"m", 60000},
    {"min", 60000},    {"mins", 60000},     {"minute", 60000},    {"minutes", 60000},  {"h", 3600000},
    {"hour", 3600000}, {"hours", 3600000},  {"d", 86400000},      {"day", 86400000},   {"days", 86400000},
    {"w", 604800000},  {"week", 604800000}, {"weeks", 604800000},
});

}  // namespace

std::optional<int64_t> unitMillis(std::string_view unit) {
  for (const auto& [name, ms] : kUnits)
    if (equalsIgnoringCase(name, unit)) return ms;
  return std::nullopt;
}

std::optional<int64_t> durationMillis(std::string_view amount, int64_t unitMs) {
  const auto number = parseNumber<double>(amount);
  if (!number || !std::isfinite(*number)) return std::nullopt;
  const double ms = *number * static_cast<double>(unitMs);
  if (ms != std::floor(ms) || std::fabs(ms) > kLongestDurationMs) return std::nullopt;
  return static_cast<int64_t>(ms);
}

std::string_view unitList() { return "ms, sec, min, hour, day or week"; }

}  // namespace weir
