// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "core/sql/ast.h"

namespace weir {

/// What parsing gave: a script, what is wrong with it, and what an editor wants to know.
struct Parsed {
  ast::Script script;
  Diagnostics diagnostics;
  /// Streams whose CREATE or whose writer could not be parsed: what reads them must not be blamed too.
  std::vector<std::string> brokenStreams;
  /// Words that are part of the language where they stand, in order.
  std::vector<Span> keywords;
};

/// Parses a script. Recovers at statement ends, and where a line begins one when a ';' is missing, so that every
/// statement reports its first error and the others are still checked.
Parsed parseScript(std::string_view text);

}  // namespace weir
