// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>

#include "core/plan/logical_text.h"
#include "core/plan/plan_writer.h"

namespace weir::logical {

namespace {

using Kind = Expression::Kind;

bool isWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string realText(double value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  std::string out(digits, end);
  // What looks like a whole number would be one.
  return out.find_first_not_of("-0123456789") == std::string::npos ? out + ".0" : out;
}

Type typeOf(const Value& value) {
  if (std::holds_alternative<bool>(value)) return Type::Bool;
  if (std::holds_alternative<int64_t>(value)) return Type::Long;
  if (std::holds_alternative<double>(value)) return Type::Double;
  return isNull(value) ? Type::Null : Type::String;
}

std::string literalText(const Value& value) {
  if (const bool* truth = std::get_if<bool>(&value)) return *truth ? "TRUE" : "FALSE";
  if (const int64_t* whole = std::get_if<int64_t>(&value)) return std::to_string(*whole);
  if (const double* real = std::get_if<double>(&value)) return realText(*real);
  if (const std::string* chars = std::get_if<std::string>(&value)) return quoted(*chars, '\'');
  return "NULL";
}

std::string listText(const std::vector<Expression>& list, size_t from = 0) {
  std::string out;
  for (size_t i = from; i < list.size(); ++i) out += (i > from ? ", " : "") + text(list[i]);
  return out;
}

std::string callText(const Expression& expr) {
  const bool isOperator = !isWordCharacter(expr.name[0]) || expr.name == "AND" || expr.name == "OR";
  if (isOperator && expr.args.size() == 2)
    return "(" + text(expr.args[0]) + " " + expr.name + " " + text(expr.args[1]) + ")";
  return expr.name + "(" + listText(expr.args) + ")";
}

std::string caseText(const Expression& expr) {
  std::string out = "CASE";
  for (size_t i = 0; i + 1 < expr.args.size(); i += 2)
    out += " WHEN " + text(expr.args[i]) + " THEN " + text(expr.args[i + 1]);
  if (expr.args.size() % 2 == 1) out += " ELSE " + text(expr.args.back());
  return out + " END";
}

std::string aggregateText(const Expression& expr) {
  std::string out = expr.name + "(" + (expr.distinct ? "DISTINCT " : "");
  out += (expr.args.empty() ? "*" : listText(expr.args)) + ")";
  if (expr.filter) out += " FILTER (WHERE " + text(*expr.filter) + ")";
  return out;
}

}  // namespace

std::string quoted(std::string_view chars, char quote) {
  std::string out(1, quote);
  for (const char c : chars) {
    if (c == quote) out += c;
    out += c;
  }
  return out + quote;
}

std::string named(std::string_view name) {
  // The first match of a pattern's event has brackets behind its alias.
  std::string_view word = name;
  if (word.ends_with("[0]")) word.remove_suffix(3);
  const bool isPlain = !word.empty() && std::all_of(word.begin(), word.end(), isWordCharacter);
  return isPlain ? std::string(name) : quoted(name, '"');
}

std::string text(const Expression& expr) {
  const std::string type(typeName(expr.type));
  switch (expr.kind) {
    case Kind::Column: return named(expr.of) + "." + named(expr.name);
    case Kind::Literal: return literalText(expr.literal) + (typeOf(expr.literal) == expr.type ? "" : "::" + type);
    case Kind::Call: return callText(expr);
    case Kind::Cast: return (expr.tries ? "TRY_CAST(" : "CAST(") + text(expr.args[0]) + " AS " + type + ")";
    case Kind::Widen: return text(expr.args[0]) + "::" + type;
    case Kind::Case: return caseText(expr);
    case Kind::In: return "(" + text(expr.args[0]) + " IN (" + listText(expr.args, 1) + "))";
    case Kind::Aggregate: return aggregateText(expr);
    case Kind::Over: {
      const std::string partition = expr.partition.empty() ? "" : "PARTITION BY " + listText(expr.partition);
      return expr.name + "(" + listText(expr.args) + ") OVER (" + partition + ")";
    }
    case Kind::Item: return named(expr.name) + "@" + std::to_string(expr.item + 1);
    case Kind::Again: return "again(" + text(expr.args[0]) + ")";
  }
  return {};
}

}  // namespace weir::logical
