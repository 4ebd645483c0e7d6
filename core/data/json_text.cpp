// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/json_text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/int128.h"
#include "core/base/plain_number.h"
#include "core/base/text.h"

namespace weir {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

size_t skipSpace(std::string_view json, size_t at) {
  const size_t found = json.find_first_not_of(kSpace, at);
  return found == std::string_view::npos ? json.size() : found;
}

// Returns the position behind the closing quote of the string that starts at `at`.
size_t skipString(std::string_view json, size_t at) {
  for (++at; at < json.size(); ++at) {
    if (json[at] == '\\')
      ++at;
    else if (json[at] == '"')
      return at + 1;
  }
  return json.size();
}

size_t skipValue(std::string_view json, size_t at) {
  if (at >= json.size()) return json.size();
  if (json[at] == '"') return skipString(json, at);
  if (json[at] != '{' && json[at] != '[') return std::min(json.find_first_of(",]} \t\r\n", at), json.size());
  size_t depth = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      at = skipString(json, at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return json.size();
}

void appendUtf8(std::string& out, uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 63));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 63));
    out += static_cast<char>(0x80 | (point & 63));
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 63));
    out += static_cast<char>(0x80 | (point >> 6 & 63));
    out += static_cast<char>(0x80 | (point & 63));
  }
}

uint32_t hex4(std::string_view text) {
  uint32_t value = 0;
  for (const char c : text.substr(0, 4))
    value = value << 4 | static_cast<uint32_t>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
  return value & 0xFFFF;
}

std::string unescaped(std::string_view inside) {
  std::string out;
  for (size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] != '\\' || i + 1 >= inside.size()) {
      out += inside[i];
      continue;
    }
    switch (inside[++i]) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'r': out += '\r'; break;
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'u': {
        uint32_t point = hex4(inside.substr(std::min(i + 1, inside.size())));
        i += 4;
        if (point >= 0xD800 && point < 0xDC00 && inside.substr(std::min(i + 1, inside.size())).starts_with("\\u")) {
          point = 0x10000 + ((point - 0xD800) << 10) + (hex4(inside.substr(i + 3)) - 0xDC00);
          i += 6;
        }
        appendUtf8(out, point);
        break;
      }
      default: out += inside[i];
    }
  }
  return out;
}

// Calls `each` with the raw name, in its quotes, and the raw text of every member.
template <class Each>
void walkMembers(std::string_view object, const Each& each) {
  size_t at = skipSpace(object, 0);
  if (at >= object.size() || object[at] != '{') return;
  at = skipSpace(object, at + 1);
  while (at < object.size() && object[at] == '"') {
    const size_t nameEnd = skipString(object, at);
    const size_t value = skipSpace(object, std::min(skipSpace(object, nameEnd) + 1, object.size()));
    const size_t end = skipValue(object, value);
    each(object.substr(at, nameEnd - at), object.substr(value, end - value));
    at = skipSpace(object, end);
    if (at >= object.size() || object[at] != ',') return;
    at = skipSpace(object, at + 1);
  }
}

template <class Each>
void walkElements(std::string_view array, const Each& each) {
  size_t at = skipSpace(array, 0);
  if (at >= array.size() || array[at] != '[') return;
  at = skipSpace(array, at + 1);
  while (at < array.size() && array[at] != ']') {
    const size_t end = skipValue(array, at);
    if (end == at) return;
    each(array.substr(at, end - at));
    at = skipSpace(array, end);
    if (at >= array.size() || array[at] != ',') return;
    at = skipSpace(array, at + 1);
  }
}

std::string_view withoutQuotes(std::string_view string) {
  return string.size() < 2 ? std::string_view() : string.substr(1, string.size() - 2);
}

bool isNamed(std::string_view quoted, std::string_view name) {
  const std::string_view written = withoutQuotes(quoted);
  return written.find('\\') == std::string_view::npos ? written == name : unescaped(written) == name;
}

}  // namespace

void forEachJsonMember(std::string_view object, const std::function<void(std::string, std::string_view)>& each) {
  walkMembers(object,
              [&](std::string_view name, std::string_view value) { each(unescaped(withoutQuotes(name)), value); });
}

void forEachJsonElement(std::string_view array, const std::function<void(std::string_view)>& each) {
  walkElements(array, each);
}

std::optional<std::string_view> jsonMember(std::string_view object, std::string_view name) {
  std::optional<std::string_view> found;
  walkMembers(object, [&](std::string_view member, std::string_view value) {
    if (isNamed(member, name)) found = value;
  });
  return found;
}

std::optional<std::string_view> jsonElement(std::string_view array, size_t index) {
  std::optional<std::string_view> found;
  size_t at = 0;
  walkElements(array, [&](std::string_view value) {
    if (at++ == index) found = value;
  });
  return found;
}

std::string jsonPlainText(std::string_view json) {
  if (json.size() >= 2 && json.front() == '"') return unescaped(json.substr(1, json.size() - 2));
  return std::string(json);
}

namespace {

constexpr int kDeepestJson = 512;

// Returns the position behind the value at `at`, or npos, and in `read` how far it looked.
size_t checkedValue(std::string_view json, size_t at, int depth, size_t& read) {
  constexpr size_t kBad = std::string_view::npos;
  at = skipSpace(json, at);
  read = std::max(read, at);
  if (at >= json.size() || depth > kDeepestJson) return kBad;
  if (json[at] == '"') {
    const size_t end = skipString(json, at);
    read = end;
    if (end < at + 2 || json[end - 1] != '"') return kBad;
    for (size_t i = at + 1; i + 1 < end; ++i) {
      if (static_cast<unsigned char>(json[i]) < 0x20) return kBad;
      if (json[i] != '\\') continue;
      ++i;
      if (std::string_view("\"\\/bfnrtu").find(json[i]) == kBad) return kBad;
      if (json[i] == 'u' && json.substr(i + 1, 4).find_first_not_of("0123456789abcdefABCDEF") != kBad) return kBad;
      if (json[i] == 'u' && i + 5 >= end) return kBad;
    }
    return end;
  }
  if (json[at] == '{' || json[at] == '[') {
    const bool object = json[at] == '{';
    const char close = object ? '}' : ']';
    at = skipSpace(json, at + 1);
    if (at < json.size() && json[at] == close) return at + 1;
    while (true) {
      if (object) {
        if (at >= json.size() || json[at] != '"') return kBad;
        at = checkedValue(json, at, depth + 1, read);
        if (at == kBad) return kBad;
        at = skipSpace(json, at);
        if (at >= json.size() || json[at] != ':') return kBad;
        ++at;
      }
      at = checkedValue(json, at, depth + 1, read);
      if (at == kBad) return kBad;
      at = skipSpace(json, at);
      if (at >= json.size()) return kBad;
      if (json[at] == close) return at + 1;
      if (json[at] != ',') return kBad;
      at = skipSpace(json, at + 1);
    }
  }
  const size_t end = skipValue(json, at);
  read = end;
  const std::string_view scalar = json.substr(at, end - at);
  if (scalar == "true" || scalar == "false" || scalar == "null") return end;
  const char* const stop = scalar.data() + scalar.size();
  return endOfPlainNumber(scalar.data(), stop) == stop ? end : kBad;
}

}  // namespace

bool isJson(std::string_view text) {
  size_t read = 0;
  const auto end = endOfJson(text, 0, read);
  return end && skipSpace(text, *end) == text.size();
}

std::optional<size_t> endOfJson(std::string_view text, size_t at, size_t& read) {
  read = at;
  const size_t end = checkedValue(text, at, 0, read);
  return end == std::string_view::npos ? std::nullopt : std::optional(end);
}

size_t roughEndOfJson(std::string_view text, size_t at) { return std::max(at, skipValue(text, at)); }

bool isJsonNull(std::string_view json) { return json == "null"; }

namespace {

// A number's digits without zeros at either end, and the power of ten behind the last of them: exact, however long.
void appendCanonicalNumber(std::string& out, std::string_view number) {
  const bool negative = number.starts_with('-');
  const size_t e = number.find_first_of("eE");
  std::string_view written = e == std::string_view::npos ? std::string_view() : number.substr(e + 1);
  if (written.starts_with('+')) written.remove_prefix(1);
  constexpr int64_t kMostExponent = 1'000'000'000;
  int64_t exponent = parseNumber<int64_t>(written).value_or(written.empty() ? 0 : kMostExponent);
  exponent = std::clamp(exponent, -kMostExponent, kMostExponent);
  std::string digits;
  for (const char c :
       number.substr(negative ? 1 : 0, (e == std::string_view::npos ? number.size() : e) - (negative ? 1 : 0)))
    if (c != '.') digits += c;
  if (const size_t dot = number.substr(0, e).find('.'); dot != std::string_view::npos)
    exponent -= static_cast<int64_t>(number.substr(0, e).size() - dot - 1);
  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.empty()) {
    out += '0';
    return;
  }
  const size_t last = digits.find_last_not_of('0');
  exponent += static_cast<int64_t>(digits.size() - 1 - last);
  digits.resize(last + 1);
  if (negative) out += '-';
  out += digits;
  if (exponent != 0) out.append("e").append(std::to_string(exponent));
}

bool isPlainNumber(std::string_view text) {
  return endOfPlainNumber(text.data(), text.data() + text.size()) == text.data() + text.size();
}

void appendCanonical(std::string& out, std::string_view json) {
  if (json.starts_with('{')) {
    std::map<std::string, std::string_view> members;
    forEachJsonMember(
        json, [&](std::string name, std::string_view value) { members.insert_or_assign(std::move(name), value); });
    out += '{';
    for (const auto& [name, value] : members) {
      appendJsonString(out, name);
      out += ':';
      appendCanonical(out, value);
      out += ',';
    }
    out += '}';
  } else if (json.starts_with('[')) {
    out += '[';
    forEachJsonElement(json, [&](std::string_view value) {
      appendCanonical(out, value);
      out += ',';
    });
    out += ']';
  } else if (json.starts_with('"')) {
    appendJsonString(out, jsonPlainText(json));
  } else if (isPlainNumber(json)) {
    appendCanonicalNumber(out, json);
  } else {
    out += json;
  }
}

}  // namespace

std::string jsonCanonical(std::string_view json) {
  std::string out;
  // No text begins like this, so that none is equal to an object or an array.
  if (json.starts_with('{') || json.starts_with('[')) out += '\x01';
  if (!json.starts_with('"')) {
    appendCanonical(out, json);
    return out;
  }
  std::string text = jsonPlainText(json);
  if (!isPlainNumber(text)) return text;
  appendCanonicalNumber(out, text);
  return out;
}

std::string jsonMinified(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (size_t at = 0; at < json.size();) {
    if (json[at] == '"') {
      const size_t end = skipString(json, at);
      out.append(json.substr(at, end - at));
      at = end;
      continue;
    }
    if (kSpace.find(json[at]) == std::string_view::npos) out += json[at];
    ++at;
  }
  return out;
}

std::optional<int64_t> exactInteger(std::string_view text) {
  if (const auto plain = parseNumber<int64_t>(text)) return plain;
  if (!decimalNumber(text)) return std::nullopt;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t e = text.find_first_of("eE");
  std::string_view mantissa = text.substr(0, e);
  int64_t exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view digits = text.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto parsed = parseNumber<int64_t>(digits);
    if (!parsed || *parsed < -400 || *parsed > 400) return std::nullopt;
    exponent = *parsed;
  }
  std::string digits;
  const size_t dot = mantissa.find('.');
  digits.append(mantissa.substr(0, dot));
  if (dot != std::string_view::npos) {
    digits.append(mantissa.substr(dot + 1));
    exponent -= static_cast<int64_t>(mantissa.size() - dot - 1);
  }
  for (; exponent < 0 && !digits.empty(); ++exponent) {
    if (digits.back() != '0') return std::nullopt;
    digits.pop_back();
  }
  Int128 value = 0;
  constexpr Int128 kLimit = static_cast<Int128>(std::numeric_limits<int64_t>::max()) + 1;
  const auto push = [&value](int digit) {
    value = value * 10 + digit;
    return value <= kLimit;
  };
  for (const char c : digits)
    if (!push(c - '0')) return std::nullopt;
  for (; exponent > 0 && value != 0; --exponent)
    if (!push(0)) return std::nullopt;
  if (negative) value = -value;
  if (value >= kLimit) return std::nullopt;
  return static_cast<int64_t>(value);
}

std::optional<double> decimalNumber(std::string_view text) {
  if (const auto plain = plainReal(text)) return plain;
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return std::nullopt;
  const auto value = parseNumber<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

}  // namespace weir
