// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/json_text.h"
#include "core/functions/families.h"
#include "core/functions/lift.h"

namespace weir {

namespace {

using S = std::string_view;

std::optional<S> present(std::optional<S> found) {
  if (found && isJsonNull(*found)) return std::nullopt;
  return found;
}
std::optional<S> element(S json, int64_t index) {
  return index < 0 ? std::nullopt : jsonElement(json, static_cast<size_t>(index));
}
std::optional<std::string> plain(std::optional<S> found) {
  if (!present(found)) return std::nullopt;
  return jsonPlainText(*found);
}

std::optional<S> memberJson(S json, S name) { return present(jsonMember(json, name)); }
std::optional<S> elementJson(S json, int64_t index) { return present(element(json, index)); }
std::optional<std::string> memberText(S json, S name) { return plain(jsonMember(json, name)); }
std::optional<std::string> elementText(S json, int64_t index) { return plain(element(json, index)); }

}  // namespace

std::vector<ScalarFunction> jsonOperators() {
  using enum Type;
  return {
      {.name = "->",
       .signature = "object -> 'name', object -> 0",
       .help = "Member or element, as OBJECT.",
       .overloads = {{Object, {Object, String}, lift<&memberJson>}, {Object, {Object, Long}, lift<&elementJson>}}},
      {.name = "->>",
       .signature = "object ->> 'name', object ->> 0",
       .help = "Member or element, as STRING.",
       .overloads = {{String, {Object, String}, lift<&memberText>}, {String, {Object, Long}, lift<&elementText>}}},
  };
}

}  // namespace weir
