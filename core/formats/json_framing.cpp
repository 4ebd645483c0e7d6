// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_framing.h"

#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "core/data/json_text.h"

namespace weir {

namespace {

constexpr size_t kNowhere = std::string_view::npos;
constexpr std::string_view kBetween = " \t\r\n\x1E";

// A word or a number ends where something else can begin.
size_t endOfScalar(std::string_view message, size_t at) {
  return std::min(message.find_first_of(" \t\r\n\x1E{[\"", at + 1), message.size());
}

void forEachOfMany(std::string_view message, const std::function<bool(std::string_view)>& each) {
  for (size_t at = message.find_first_not_of(kBetween); at < message.size();) {
    const char first = message[at];
    const bool isScalar = first != '{' && first != '[' && first != '"';
    const size_t end = isScalar ? endOfScalar(message, at) : roughEndOfJson(message, at);
    if (!each(message.substr(at, end - at))) return;
    at = message.find_first_not_of(kBetween, end);
  }
}

std::optional<std::string_view> embedded(std::string_view message) {
  // Text that is full of brackets would be read again from each of them.
  size_t left = 16 * message.size() + 4096;
  for (size_t at = message.find_first_of("{["); at != kNowhere; at = message.find_first_of("{[", at + 1)) {
    size_t read = at;
    if (const auto end = endOfJson(message, at, read)) return message.substr(at, *end - at);
    if (read - at >= left) break;
    left -= read - at;
  }
  return std::nullopt;
}

}  // namespace

JsonFraming framingNamed(std::string_view name) {
  return name == "many" ? JsonFraming::Many : name == "embedded" ? JsonFraming::Embedded : JsonFraming::One;
}

void forEachJsonValue(std::string_view message, JsonFraming framing,
                      const std::function<bool(std::string_view)>& each) {
  switch (framing) {
    case JsonFraming::One: each(message); return;
    case JsonFraming::Many: forEachOfMany(withoutMark(message), each); return;
    case JsonFraming::Embedded:
      if (const auto found = embedded(message)) each(*found);
  }
}

std::optional<std::string_view> jsonInText(std::string_view text, JsonFraming framing) {
  if (framing == JsonFraming::Embedded) return embedded(text);
  const std::string_view inside = trimmed(text);
  const bool isOpened = inside.starts_with('{') || inside.starts_with('[');
  return isOpened && isJson(inside) ? std::optional(inside) : std::nullopt;
}

}  // namespace weir
