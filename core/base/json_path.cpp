// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json_path.h"

#include <algorithm>

#include "core/base/text.h"

namespace weir {

namespace {

// Where a path begins, and where its steps do.
size_t readOrigin(std::string_view text, JsonPath& path) {
  using enum JsonPath::From;
  if (text.starts_with("$$")) {
    path.from = Message;
    return 2;
  }
  if (text.starts_with("$^")) {
    path.from = Above;
    const size_t end = std::min(text.find_first_not_of('^', 1), text.size());
    path.up = end - 1;
    return end;
  }
  if (text.substr(1, text.find_first_of(".[") - 1) != "key") return 1;
  path.from = Name;
  return 4;
}

}  // namespace

std::optional<JsonPathError> parseJsonPath(std::string_view text, JsonPath& path) {
  path = {};
  if (!text.starts_with('$')) return JsonPathError{0, "it must start with $"};
  const size_t origin = readOrigin(text, path);
  if (path.from == JsonPath::From::Name && origin < text.size())
    return JsonPathError{origin, "$key is a name, with nothing below it"};
  for (size_t at = origin; at < text.size();) {
    if (text[at] == '.') {
      const size_t end = std::min(text.find_first_of(".[]", at + 1), text.size());
      if (end == at + 1) return JsonPathError{end, "a member's name is missing"};
      const std::string_view name = text.substr(at + 1, end - at - 1);
      if (name == "*")
        path.steps.push_back({"", std::nullopt, JsonStep::Each::Member});
      else
        path.steps.push_back({std::string(name), std::nullopt});
      at = end;
      continue;
    }
    if (text[at] != '[') return JsonPathError{at, "expected . or ["};
    const size_t begin = at + 1;
    const char quote = begin < text.size() ? text[begin] : '\0';
    if (quote == '\'' || quote == '"') {
      const size_t end = text.find(quote, begin + 1);
      if (end == std::string_view::npos) return JsonPathError{begin, "a quote is not closed"};
      path.steps.push_back({std::string(text.substr(begin + 1, end - begin - 1)), std::nullopt});
      at = end + 1;
      if (at >= text.size() || text[at] != ']') return JsonPathError{at, "expected ]"};
      ++at;
      continue;
    }
    const size_t end = text.find(']', begin);
    if (end == std::string_view::npos) return JsonPathError{at, "a [ is not closed"};
    const std::string_view inside = text.substr(begin, end - begin);
    if (inside == "*") {
      path.steps.push_back({"", std::nullopt, JsonStep::Each::Element});
    } else {
      const auto index = parseNumber<size_t>(inside);
      if (!index) return JsonPathError{begin, "expected an index from 0, * or a quoted name"};
      path.steps.push_back({"", index});
    }
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<std::string> jsonPathComplaint(std::string_view text, bool toRecords) {
  JsonPath path;
  auto wrong = parseJsonPath(text, path);
  using enum JsonPath::From;
  for (const JsonStep& step : path.steps) {
    if (wrong || toRecords || step.each == JsonStep::Each::None) continue;
    const std::string_view sign = step.each == JsonStep::Each::Element ? "[*]" : ".*";
    wrong = JsonPathError{text.find(sign), "a column takes one value, so " + std::string(sign) + " cannot stand in it"};
  }
  if (!wrong && !toRecords && path.steps.empty() && path.from != Name)
    wrong = JsonPathError{text.size(), "a member's name is missing"};
  if (!wrong && toRecords && path.from != Record) wrong = JsonPathError{1, "records are reached with one $"};
  if (!wrong) return std::nullopt;
  return "'" + std::string(text) + "' is not a path: " + wrong->reason +
         (wrong->at > 0 ? ", at character " + std::to_string(wrong->at + 1) : "");
}

}  // namespace weir
