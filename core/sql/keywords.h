// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace weir {

/// One word of the language. Hardly any is reserved: `reserved` words cannot stand as a bare column or alias,
/// `clause` words cannot stand as an alias without AS, everything else is a name wherever a name fits.
struct Keyword {
  std::string_view word;
  bool reserved = false;
  bool clause = false;
};

/// Finds a word in any case, or returns nullptr.
const Keyword* findKeyword(std::string_view word);

}  // namespace weir
