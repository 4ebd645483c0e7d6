// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/expression_sql.h"
#include "core/flink/sql_text.h"

namespace weir::flink {

namespace {

// Java would read `1.5d`, `NaN` and `12.0` too.
constexpr const char* kWhole = R"('^\s*\+?(-?[0-9]+)\s*$')";
constexpr const char* kReal = R"('^\s*\+?(-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*$')";

std::string tryCast(const std::string& sql, Type type) {
  return "TRY_CAST(" + sql + " AS " + std::string(typeText(type)) + ")";
}

std::string ofText(const std::string& sql, Type to) {
  if (to == Type::Bool)
    return filled(
        "CASE WHEN LOWER(TRIM($1)) IN ('true', '1', 'yes') THEN TRUE WHEN LOWER(TRIM($1)) IN ('false', '0', 'no') THEN "
        "FALSE END",
        {{sql}});
  return tryCast("REGEXP_EXTRACT(" + sql + ", " + (isInteger(to) ? kWhole : kReal) + ", 1)", to);
}

// Flink's own gives the nearest that fits.
std::string wholeOfReal(const std::string& sql, Type to) {
  const char* const form =
      to == Type::Int
          ? "CASE WHEN $1 > -2147483649E0 AND $1 < 2147483648E0 THEN CAST($1 AS INT) END"
          : "CASE WHEN $1 >= -9.223372036854775808E18 AND $1 < 9.223372036854775808E18 THEN CAST($1 AS BIGINT) END";
  return filled(form, {{sql}});
}

}  // namespace

bool hasCast(Type from, Type to) {
  if (to == Type::Bytes || to == Type::Object || from == Type::Bytes) return false;
  return !(isReal(from) && to == Type::String);
}

std::string castText(const std::string& sql, Type from, Type to) {
  if (from == to) return sql;
  if (to == Type::Float) return cast("CAST(" + castText(sql, from, Type::Double) + " AS FLOAT)", Type::Double);
  if (from == Type::Float && to == Type::Double) return sql;
  if (from == Type::String) return ofText(sql, to);
  if (from == Type::Bool) {
    const bool isText = to == Type::String;
    return filled("CASE WHEN $1 THEN $2 WHEN NOT $1 THEN $3 END", {{sql,
                                                                    isText       ? "'true'"
                                                                    : isReal(to) ? "1E0"
                                                                                 : "1",
                                                                    isText       ? "'false'"
                                                                    : isReal(to) ? "0E0"
                                                                                 : "0"}});
  }
  if (to == Type::Bool) return "(" + sql + " <> 0)";
  if (isReal(from) && isInteger(to)) return wholeOfReal(sql, to);
  if (from == Type::Long && to == Type::Int) return tryCast("CAST(" + sql + " AS STRING)", to);
  return cast(sql, to);
}

}  // namespace weir::flink
