// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/sql_text.h"

#include <array>
#include <charconv>
#include <limits>

#include "core/base/text.h"

namespace weir::flink {

namespace {

std::string between(std::string_view chars, char quote) {
  std::string out(1, quote);
  for (const char c : chars) out.append(c == quote ? 2 : 1, c);
  return out + quote;
}

// Without an exponent it would be a DECIMAL.
std::string realText(double value) {
  std::array<char, 32> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::scientific).ptr;
  std::string out(digits.data(), end);
  const size_t at = out.find('e');
  const int exponent = parseNumber<int>(std::string_view(out).substr(at + (out[at + 1] == '+' ? 2 : 1))).value_or(0);
  return out.substr(0, at) + "E" + std::to_string(exponent);
}

struct Unit {
  int64_t ms;
  std::string_view name;
};
constexpr std::array<Unit, 4> kUnits{{{86'400'000, "DAY"}, {3'600'000, "HOUR"}, {60'000, "MINUTE"}, {1000, "SECOND"}}};
// More digits need to be asked for.
constexpr int64_t kPlainMost = 99;

}  // namespace

std::string name(std::string_view word) { return between(word, '`'); }

std::string name(std::string_view alias, std::string_view column) {
  return alias.empty() ? name(column) : name(alias) + "." + name(column);
}

std::string text(std::string_view chars) { return between(chars, '\''); }

std::string literal(const Value& value, Type type) {
  if (const bool* truth = std::get_if<bool>(&value)) return *truth ? "TRUE" : "FALSE";
  if (const double* real = std::get_if<double>(&value))
    return *real < 0 ? "(" + realText(*real) + ")" : realText(*real);
  if (const std::string* chars = std::get_if<std::string>(&value)) return text(*chars);
  if (const int64_t* whole = std::get_if<int64_t>(&value)) {
    if (isReal(type)) return realText(static_cast<double>(*whole));
    if (*whole == std::numeric_limits<int64_t>::min()) return cast(text(std::to_string(*whole)), type);
    return *whole < 0 ? "(" + std::to_string(*whole) + ")" : std::to_string(*whole);
  }
  return type == Type::Null ? "NULL" : cast("NULL", type);
}

std::string_view typeText(Type type) {
  switch (type) {
    case Type::Bool: return "BOOLEAN";
    case Type::Int: return "INT";
    case Type::Long: return "BIGINT";
    case Type::Float:
    case Type::Double: return "DOUBLE";
    default: return "STRING";
  }
}

std::string cast(const std::string& sql, Type type) {
  return "CAST(" + sql + " AS " + std::string(typeText(type)) + ")";
}

std::string interval(int64_t ms) {
  for (const Unit& unit : kUnits)
    if (ms > 0 && ms % unit.ms == 0 && ms / unit.ms <= kPlainMost)
      return "INTERVAL " + text(std::to_string(ms / unit.ms)) + " " + std::string(unit.name);
  std::string digits = std::to_string(ms / 1000);
  if (const int64_t rest = ms % 1000) {
    const std::string thousandths = std::to_string(1000 + rest);
    digits += "." + thousandths.substr(1);
  }
  return "INTERVAL " + text(digits) + " SECOND" + (ms / 1000 > kPlainMost ? "(10, 3)" : "");
}

std::string millisOf(const std::string& timestamp) {
  return "(CAST(EXTRACT(EPOCH FROM " + timestamp + ") AS BIGINT) * 1000 + EXTRACT(MILLISECOND FROM " + timestamp + "))";
}

std::string list(std::span<const std::string> parts) { return joined(parts, ", "); }

std::string both(std::span<const std::string> parts) { return joined(parts, " AND "); }

std::string filled(std::string_view form, std::span<const std::string> arguments) {
  std::string out;
  for (size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '$' && i + 1 < form.size() && form[i + 1] >= '1' && form[i + 1] <= '9') {
      out += arguments[static_cast<size_t>(form[++i] - '1')];
    } else {
      out += form[i];
    }
  }
  return out;
}

}  // namespace weir::flink
