// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace weir {

/// The reference pages that are made from the program's own lists, as Markdown.
std::string functionReference();
std::string optionReference();

}  // namespace weir
