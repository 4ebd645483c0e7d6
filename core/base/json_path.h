// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// One step of a path into JSON: a member, an element, or with neither of them each element.
struct JsonStep {
  std::string member;
  std::optional<size_t> index;
  bool all = false;
};

/// A path such as `$.data.p`, `$['a b'][0]`, `$.data[*]` or, from the envelope, `$$.channel`.
struct JsonPath {
  bool fromEnvelope = false;
  std::vector<JsonStep> steps;
};

/// Where a path is wrong, counted in bytes from 0, and why.
struct JsonPathError {
  size_t at = 0;
  std::string reason;
};

/// Reads a path to its end; returns what is wrong, or nothing.
std::optional<JsonPathError> parseJsonPath(std::string_view text, JsonPath& path);

/// What an option must be told about its path. The path to records may end with `[*]`, that of a column leads to one
/// value.
std::optional<std::string> jsonPathComplaint(std::string_view text, bool toRecords);

}  // namespace weir
