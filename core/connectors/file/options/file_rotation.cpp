// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/file/options/file_rotation.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/base/text.h"

namespace weir {

namespace {

constexpr std::pair<std::string_view, double> kUnits[] = {
    {"", 1}, {"b", 1}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30},
};
constexpr double kLeast = 1000;
constexpr double kMost = 1e15;

}  // namespace

std::optional<FileRotation> parseRotation(std::string_view text) {
  const std::string word = lowered(trimmed(text));
  if (word == "day") return FileRotation{0, true};
  const size_t end = std::min(word.find_first_not_of("0123456789."), word.size());
  const auto number = parseNumber<double>(word.substr(0, end));
  const std::string unit(trimmed(word.substr(end)));
  const auto* known =
      std::find_if(std::begin(kUnits), std::end(kUnits), [&](const auto& u) { return u.first == unit; });
  if (!number || known == std::end(kUnits)) return std::nullopt;
  const double bytes = *number * known->second;
  if (!(bytes >= kLeast && bytes <= kMost)) return std::nullopt;
  return FileRotation{static_cast<int64_t>(std::llround(bytes)), false};
}

}  // namespace weir
