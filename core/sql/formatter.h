// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace weir {

/// Lays a script out: a clause a line, keywords in capitals, lists broken where a line would pass 100 columns. Names,
/// texts and comments stay as they are: the tokens before are the tokens after, or it fails; formatting twice changes
/// nothing. Fails with the syntax errors of a text that cannot be parsed.
Result<std::string> formatScript(std::string_view text);

}  // namespace weir
