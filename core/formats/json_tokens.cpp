// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_tokens.h"

#include <algorithm>

namespace weir {

namespace {

size_t endOfString(std::string_view json, size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at)
    if (json[at] == '\\') ++at;
  return std::min(at + 1, json.size());
}

JsonToken::Kind kindOf(char first) {
  using enum JsonToken::Kind;
  if (first == '{') return Map;
  if (first == '[') return Array;
  if (first == '"') return String;
  return first == 't' || first == 'f' || first == 'n' ? Word : Number;
}

}  // namespace

std::vector<JsonToken> jsonTokens(std::string_view json) {
  std::vector<JsonToken> tokens;
  std::vector<size_t> open;
  for (size_t at = 0; at < json.size();) {
    const char c = json[at];
    if (std::string_view(" \t\r\n,:").find(c) != std::string_view::npos) {
      ++at;
      continue;
    }
    if (c == '}' || c == ']') {
      // A name is a token of its own.
      if (c == '}' && !open.empty()) tokens[open.back()].size /= 2;
      if (!open.empty()) open.pop_back();
      ++at;
      continue;
    }
    const JsonToken::Kind kind = kindOf(c);
    const bool isContainer = kind == JsonToken::Kind::Map || kind == JsonToken::Kind::Array;
    const size_t end = isContainer                       ? at + 1
                       : kind == JsonToken::Kind::String ? endOfString(json, at)
                                                         : std::min(json.find_first_of(",]} \t\r\n", at), json.size());
    if (!open.empty()) ++tokens[open.back()].size;
    tokens.push_back({kind, json.substr(at, end - at)});
    if (isContainer) open.push_back(tokens.size() - 1);
    at = end;
  }
  return tokens;
}

}  // namespace weir
