// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// A character beyond ASCII that stands where editors, chats and web pages put it for a plain one.
struct Lookalike {
  std::string_view utf8;
  std::string_view name;   ///< as Unicode has it, in lower case
  std::string_view plain;  ///< what SQL wants instead; empty: nothing, it cannot be seen
};

/// Returns how many bytes at `at` are white space beyond ASCII: a no-break space and its kin, line ends of Unicode; or
/// 0.
size_t wideSpace(std::string_view text, size_t at);

/// Returns which look-alike begins at `at`, or nullptr. None of them is part of a name that is not quoted.
const Lookalike* findLookalike(std::string_view text, size_t at);

/// "U+201C left double quotation mark".
std::string describe(const Lookalike& lookalike);
/// What to write instead.
std::string adviceFor(const Lookalike& lookalike);

}  // namespace weir
