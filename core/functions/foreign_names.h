// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace weir {

/// What to write instead of a function of other dialects, in any case; empty for a name that none of them is known for.
std::string_view insteadOfFunction(std::string_view name);

/// The same of a name that stands there without parentheses, such as WINDOWSTART.
std::string_view insteadOfColumn(std::string_view name);

}  // namespace weir
