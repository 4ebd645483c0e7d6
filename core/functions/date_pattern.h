// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// What is wrong with a pattern for dates: where, in bytes, and what to write instead.
struct DatePatternProblem {
  size_t at = 0;
  size_t length = 0;
  std::string message;
  std::string hint;
};

/// Checks a pattern in letters (`yyyy-MM-dd HH:mm:ss`, texts in quotes) or, once it has a %, in percents (`%Y-%m-%d`).
std::optional<DatePatternProblem> datePatternProblem(std::string_view pattern);

/// Writes a time, in ms within the years 1 to 9999, by a pattern; nothing when the pattern is wrong.
std::optional<std::string> formattedDate(int64_t ms, std::string_view pattern);

}  // namespace weir
