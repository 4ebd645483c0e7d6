// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace weir {

/// One value of a JSON text; the values of a container follow it.
struct JsonToken {
  enum class Kind { Word, Number, String, Array, Map };
  Kind kind;
  std::string_view json;  ///< as written; of a container only its bracket
  size_t size = 0;        ///< elements of an array, members of a map
};

/// Takes valid JSON apart in one pass and without recursion: values in their order, names of members before theirs.
std::vector<JsonToken> jsonTokens(std::string_view json);

}  // namespace weir
