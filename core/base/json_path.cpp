// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json_path.h"

#include <algorithm>

#include "core/base/text.h"

namespace weir {

std::optional<JsonPathError> parseJsonPath(std::string_view text, JsonPath& path) {
  path = {};
  if (!text.starts_with('$')) return JsonPathError{0, "it must start with $"};
  path.fromEnvelope = text.starts_with("$$");
  for (size_t at = path.fromEnvelope ? 2 : 1; at < text.size();) {
    if (text[at] == '.') {
      const size_t end = std::min(text.find_first_of(".[]", at + 1), text.size());
      if (end == at + 1) return JsonPathError{end, "a member's name is missing"};
      path.steps.push_back({std::string(text.substr(at + 1, end - at - 1)), std::nullopt, false});
      at = end;
      continue;
    }
    if (text[at] != '[') return JsonPathError{at, "expected . or ["};
    const size_t begin = at + 1;
    const char quote = begin < text.size() ? text[begin] : '\0';
    if (quote == '\'' || quote == '"') {
      const size_t end = text.find(quote, begin + 1);
      if (end == std::string_view::npos) return JsonPathError{begin, "a quote is not closed"};
      path.steps.push_back({std::string(text.substr(begin + 1, end - begin - 1)), std::nullopt, false});
      at = end + 1;
      if (at >= text.size() || text[at] != ']') return JsonPathError{at, "expected ]"};
      ++at;
      continue;
    }
    const size_t end = text.find(']', begin);
    if (end == std::string_view::npos) return JsonPathError{at, "a [ is not closed"};
    const std::string_view inside = text.substr(begin, end - begin);
    if (inside == "*") {
      path.steps.push_back({"", std::nullopt, true});
    } else {
      const auto index = parseNumber<size_t>(inside);
      if (!index) return JsonPathError{begin, "expected an index from 0, * or a quoted name"};
      path.steps.push_back({"", index, false});
    }
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<std::string> jsonPathComplaint(std::string_view text, bool toRecords) {
  JsonPath path;
  auto wrong = parseJsonPath(text, path);
  for (size_t i = 0; !wrong && i < path.steps.size(); ++i) {
    if (!path.steps[i].all) continue;
    if (!toRecords)
      wrong = JsonPathError{text.find("[*]"), "a column takes one value, so [*] cannot stand in it"};
    else if (i + 1 < path.steps.size())
      wrong = JsonPathError{text.find("[*]"), "[*] stands only at the end"};
  }
  if (!wrong && !toRecords && path.steps.empty()) wrong = JsonPathError{text.size(), "a member's name is missing"};
  if (!wrong && toRecords && path.fromEnvelope) wrong = JsonPathError{1, "records are reached with one $"};
  if (!wrong) return std::nullopt;
  return "'" + std::string(text) + "' is not a path: " + wrong->reason +
         (wrong->at > 0 ? ", at character " + std::to_string(wrong->at + 1) : "");
}

}  // namespace weir
