// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/function_sql.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/text.h"
#include "core/flink/sql_text.h"

namespace weir::flink {

namespace {

using logical::Expression;

/// How a function is written. Where integers go another way than the rest, `ofIntegers` says how.
struct Form {
  std::string_view name;
  size_t arguments;
  std::string_view sql;
  std::string_view ofIntegers = {};
  /// Flink answers with another type of integer.
  bool isCast = false;
};

// What Flink answers with NaN, infinity or an error is NULL here.
constexpr auto kForms = std::to_array<Form>({
    {"/", 2, "($1 / NULLIF($2, 0E0))"},
    {"//", 2, "CASE WHEN $1 / NULLIF($2, 0E0) < 0 THEN CEIL($1 / NULLIF($2, 0E0)) ELSE FLOOR($1 / NULLIF($2, 0E0)) END",
     "($1 / NULLIF($2, 0))"},
    {"||", 2, "($1 || $2)"},
    {"=", 2, "($1 = $2)"},
    {"<>", 2, "($1 <> $2)"},
    {"<", 2, "($1 < $2)"},
    {"<=", 2, "($1 <= $2)"},
    {">", 2, "($1 > $2)"},
    {">=", 2, "($1 >= $2)"},
    {"NOT", 1, "(NOT $1)"},
    {"AND", 2, "($1 AND $2)"},
    {"OR", 2, "($1 OR $2)"},
    {"IS_NULL", 1, "($1 IS NULL)"},
    {"IS_NOT_NULL", 1, "($1 IS NOT NULL)"},
    {"NULLIF", 2, "NULLIF($1, $2)"},
    {"LIKE", 2, R"(($1 LIKE $2 ESCAPE '\'))"},

    {"negate", 1, "(-$1)"},
    {"ABS", 1, "ABS($1)", "ABS($1)"},
    {"CEIL", 1, "CEIL($1)", "$1"},
    {"FLOOR", 1, "FLOOR($1)", "$1"},
    {"ROUND", 1, "ROUND(CASE WHEN ABS($1) < 1.7E308 THEN $1 END)", "$1"},
    {"TRUNC", 1, "CASE WHEN $1 < 0 THEN CEIL($1) ELSE FLOOR($1) END", "$1"},
    {"ROUND", 2, "ROUND(CASE WHEN ABS($1) < 1.7E308 THEN $1 END, CAST($2 AS INT))"},
    {"TRUNC", 2, "CASE WHEN ABS($1) < 1E15 THEN TRUNCATE($1, CAST($2 AS INT)) WHEN ABS($1) < 1.7E308 THEN $1 END"},
    {"SIGN", 1, "SIGN($1)", "SIGN($1)", true},
    {"EXP", 1, "EXP($1)"},
    {"LN", 1, "LN(CASE WHEN $1 > 0 THEN $1 END)"},
    {"LOG", 1, "LOG10(CASE WHEN $1 > 0 THEN $1 END)"},
    {"LOG10", 1, "LOG10(CASE WHEN $1 > 0 THEN $1 END)"},
    {"SQRT", 1, "SQRT(CASE WHEN $1 >= 0 THEN $1 END)"},
    {"POWER", 2, "CASE WHEN $1 > 0 OR $1 = 0 AND $2 >= 0 OR $1 < 0 AND $2 = FLOOR($2) THEN POWER($1, $2) END"},
    {"SIN", 1, "SIN($1)"},
    {"COS", 1, "COS($1)"},
    {"TAN", 1, "TAN($1)"},
    {"ASIN", 1, "ASIN(CASE WHEN $1 BETWEEN -1 AND 1 THEN $1 END)"},
    {"ACOS", 1, "ACOS(CASE WHEN $1 BETWEEN -1 AND 1 THEN $1 END)"},
    {"ATAN", 1, "ATAN($1)"},

    {"LENGTH", 1, "CHAR_LENGTH($1)", "", true},
    {"LOWER", 1, "LOWER($1)"},
    {"UPPER", 1, "UPPER($1)"},
    {"TRIM", 1, R"(REGEXP_REPLACE($1, '^\s+|\s+$', ''))"},
    {"LTRIM", 1, R"(REGEXP_REPLACE($1, '^\s+', ''))"},
    {"RTRIM", 1, R"(REGEXP_REPLACE($1, '\s+$', ''))"},
    {"REPLACE", 3, "REPLACE($1, $2, $3)"},
    {"REVERSE", 1, "REVERSE($1)"},
    {"REPEAT", 2, "REPEAT($1, CAST($2 AS INT))"},
    {"LEFT", 2, "LEFT($1, CAST($2 AS INT))"},
    {"RIGHT", 2, "RIGHT($1, CAST($2 AS INT))"},
    {"LPAD", 2, "LPAD($1, CAST($2 AS INT), ' ')"},
    {"LPAD", 3, "LPAD($1, CAST($2 AS INT), $3)"},
    {"RPAD", 2, "RPAD($1, CAST($2 AS INT), ' ')"},
    {"RPAD", 3, "RPAD($1, CAST($2 AS INT), $3)"},
    {"SUBSTRING", 2, "SUBSTRING($1, CAST($2 AS INT))"},
    {"SUBSTRING", 3, "SUBSTRING($1, CAST($2 AS INT), CAST($3 AS INT))"},
    {"POSITION", 2, "POSITION($1 IN $2)", "", true},
    {"INSTR", 2, "POSITION($2 IN $1)", "", true},
    {"CONTAINS", 2, "(POSITION($2 IN $1) > 0)"},
    {"STARTS_WITH", 2, "STARTSWITH($1, $2)"},
    {"ENDS_WITH", 2, "ENDSWITH($1, $2)"},
});

struct Part {
  std::string_view field;
  std::string_view sql;
};

// Flink counts Sunday as 1.
constexpr auto kParts = std::to_array<Part>({
    {"epoch", "FLOOR($1 / 1E3)"},
    {"millisecond", "($1 - CAST(FLOOR($1 / 1E3) AS BIGINT) * 1000)"},
    {"dow", "(EXTRACT(DOW FROM $2) - 1)"},
});
constexpr auto kPlainParts =
    std::to_array<std::string_view>({"second", "minute", "hour", "day", "doy", "week", "month", "quarter", "year"});

constexpr auto kFixed = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"second", "1000"}, {"minute", "60000"}, {"hour", "3600000"}, {"day", "86400000"}});

std::optional<std::string> fieldOf(const Expression& call) {
  const auto* field = std::get_if<std::string>(&call.args[0].literal);
  return call.args[0].kind == Expression::Kind::Literal && field ? std::optional(lowered(*field)) : std::nullopt;
}

std::optional<std::string> extractSql(const Expression& call, const std::string& ms) {
  const auto field = fieldOf(call);
  if (!field) return std::nullopt;
  const std::string time = "CAST(TO_TIMESTAMP_LTZ(" + ms + ", 3) AS TIMESTAMP(3))";
  for (const Part& part : kParts)
    if (part.field == *field) return cast(filled(part.sql, {{ms, time}}), Type::Long);
  if (std::find(kPlainParts.begin(), kPlainParts.end(), *field) == kPlainParts.end()) return std::nullopt;
  return cast("EXTRACT(" + uppered(*field) + " FROM " + time + ")", Type::Long);
}

std::optional<std::string> truncateSql(const Expression& call, const std::string& ms) {
  const auto field = fieldOf(call);
  if (!field) return std::nullopt;
  for (const auto& [unit, length] : kFixed)
    if (unit == *field) return filled("(CAST(FLOOR($1 / $2E0) AS BIGINT) * $2)", {{ms, std::string(length)}});
  const std::string time = "CAST(TO_TIMESTAMP_LTZ(" + ms + ", 3) AS TIMESTAMP(3))";
  if (*field == "week")
    return filled("(CAST(FLOOR(($1 - 345600000) / 604800000E0) AS BIGINT) * 604800000 + 345600000)", {{ms}});
  return "(CAST(EXTRACT(EPOCH FROM FLOOR(" + time + " TO " + uppered(*field) + ")) AS BIGINT) * 1000)";
}

// The greatest or least of those that are not NULL; Flink's is NULL as soon as one is.
std::string extremeSql(std::string_view function, const std::vector<std::string>& arguments) {
  std::string out = arguments[0];
  for (size_t i = 1; i < arguments.size(); ++i)
    out =
        "COALESCE(" + std::string(function) + "(" + out + ", " + arguments[i] + "), " + out + ", " + arguments[i] + ")";
  return out;
}

// A start before 1 counts from the end in Flink, and eats of the length here.
bool isFromOne(const Expression& start) {
  const auto* at = std::get_if<int64_t>(&start.literal);
  return start.kind == Expression::Kind::Literal && at && *at >= 1;
}

// Flink fails on another escape, once a row comes to it.
bool isPlainPattern(const Expression& pattern) {
  const auto* text = std::get_if<std::string>(&pattern.literal);
  if (pattern.kind != Expression::Kind::Literal || !text) return false;
  for (size_t i = 0; i < text->size(); ++i) {
    if ((*text)[i] != '\\') continue;
    if (++i == text->size() || std::string_view("%_\\").find((*text)[i]) == std::string_view::npos) return false;
  }
  return true;
}

std::optional<std::string> arithmeticSql(const Expression& call, const std::vector<std::string>& arguments) {
  static constexpr auto kOperators = std::to_array<std::string_view>({"+", "-", "*"});
  const bool isWhole = isInteger(call.type);
  if (call.name == "negate" && isWhole)
    return checkedSql("0 - CAST(" + arguments[0] + " AS DECIMAL(19, 0))", call.type);
  if (std::find(kOperators.begin(), kOperators.end(), call.name) == kOperators.end()) return std::nullopt;
  if (!isWhole) return "(" + arguments[0] + " " + call.name + " " + arguments[1] + ")";
  return checkedSql(
      "CAST(" + arguments[0] + " AS DECIMAL(19, 0)) " + call.name + " CAST(" + arguments[1] + " AS DECIMAL(19, 0))",
      call.type);
}

}  // namespace

std::string checkedSql(const std::string& sql, Type type) {
  return "TRY_CAST(CAST(" + sql + " AS STRING) AS " + std::string(typeText(type)) + ")";
}

std::optional<std::string> functionSql(const Expression& call, const std::vector<std::string>& arguments,
                                       std::string* why) {
  if (auto sql = arithmeticSql(call, arguments)) return sql;
  if (call.name == "EXTRACT") return extractSql(call, arguments[1]);
  if (call.name == "DATE_TRUNC") return truncateSql(call, arguments[1]);
  if (call.name == "COALESCE") return "COALESCE(" + list(arguments) + ")";
  if (call.name == "CONCAT") return "CONCAT_WS('', " + list(arguments) + ")";
  if (call.name == "GREATEST" || call.name == "LEAST") return extremeSql(call.name, arguments);
  const bool isWhole = isInteger(call.type) && std::all_of(call.args.begin(), call.args.end(),
                                                           [](const Expression& arg) { return isInteger(arg.type); });
  if ((call.name == "%" || call.name == "MOD") && isWhole)
    return cast("MOD(" + arguments[0] + ", NULLIF(" + arguments[1] + ", 0))", call.type);
  if (call.name == "SUBSTRING" && !isFromOne(call.args[1])) {
    *why = "its start must be a number from 1 on";
    return std::nullopt;
  }
  if (call.name == "LIKE" && !isPlainPattern(call.args[1])) {
    *why = "its pattern must be written out, with \\ before %, _ or \\ only";
    return std::nullopt;
  }
  const auto form = std::find_if(kForms.begin(), kForms.end(), [&](const Form& candidate) {
    return candidate.name == call.name && candidate.arguments == arguments.size();
  });
  if (form == kForms.end()) return std::nullopt;
  const bool isCut = form->name == "ROUND" || form->name == "TRUNC";
  if (isWhole && isCut && form->ofIntegers.empty()) return std::nullopt;
  const bool hasOwn = isWhole && !form->ofIntegers.empty();
  const std::string sql = filled(hasOwn ? form->ofIntegers : form->sql, arguments);
  return form->isCast ? cast(sql, call.type) : sql;
}

}  // namespace weir::flink
