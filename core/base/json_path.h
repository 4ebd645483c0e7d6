// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// One step of a path into JSON: a member, an element, or each of one or the other.
struct JsonStep {
  enum class Each { None, Element, Member };
  std::string member;
  std::optional<size_t> index;
  Each each = Each::None;
};

/// A path such as `$.data.p`, `$['a b'][0]` or `$.data[*]`; from the message around the record `$$.channel`, from what
/// is so many levels up `$^.symbol`. `$key` is the name that `.*` stands for.
struct JsonPath {
  enum class From { Record, Above, Message, Name };
  From from = From::Record;
  size_t up = 0;  ///< levels, of Above
  std::vector<JsonStep> steps;
};

/// Where a path is wrong, counted in bytes from 0, and why.
struct JsonPathError {
  size_t at = 0;
  std::string reason;
};

/// Reads a path to its end; returns what is wrong, or nothing.
std::optional<JsonPathError> parseJsonPath(std::string_view text, JsonPath& path);

/// What an option must be told about its path. The path to records may have `[*]` and `.*`, that of a column leads to
/// one value.
std::optional<std::string> jsonPathComplaint(std::string_view text, bool toRecords);

}  // namespace weir
