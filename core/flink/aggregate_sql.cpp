// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/aggregate_sql.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/flink/function_sql.h"
#include "core/flink/relation.h"
#include "core/flink/sql_text.h"

namespace weir::flink {

namespace {

/// How an aggregate is written: `$1`, `$2` are its arguments with FILTER in them, `$o` what stands behind each of
/// Flink's aggregates.
struct Form {
  std::string_view name;
  AggregateRoad road;
  std::string_view sql = {};
};

constexpr auto kForms = std::to_array<Form>({
    {"SUM", AggregateRoad::Plain, "SUM($1)$o"},
    {"AVG", AggregateRoad::Plain, "AVG(CAST($1 AS DOUBLE))$o"},
    {"MIN", AggregateRoad::Plain, "MIN($1)$o"},
    {"MAX", AggregateRoad::Plain, "MAX($1)$o"},
    {"DISTINCTCOUNT", AggregateRoad::Plain, "COUNT(DISTINCT $1)$o"},
    {"VWAP", AggregateRoad::Plain, "(SUM($1 * $2)$o / NULLIF(SUM(CASE WHEN $1 IS NOT NULL THEN $2 END)$o, 0E0))"},
    {"MEDIAN", AggregateRoad::Plain, "PERCENTILE($1, 0.5)$o"},
    {"PERCENTILE", AggregateRoad::Plain, "PERCENTILE($1, $2)$o"},
    {"AND", AggregateRoad::Plain, "(MIN(CASE WHEN $1 THEN 1 WHEN NOT $1 THEN 0 END)$o = 1)"},
    {"OR", AggregateRoad::Plain, "(MAX(CASE WHEN $1 THEN 1 WHEN NOT $1 THEN 0 END)$o = 1)"},
    {"FIRST", AggregateRoad::Ranked},
    {"LAST", AggregateRoad::Ranked},
    {"ARG_MAX", AggregateRoad::Ranked},
    {"ARG_MIN", AggregateRoad::Ranked},
    {"STDDEV", AggregateRoad::TwoPass, "SQRT(AVG($d))"},
    {"STDDEV_SAMP", AggregateRoad::TwoPass, "SQRT(SUM($d) / NULLIF(CAST(COUNT($d) AS DOUBLE) - 1, 0E0))"},
    {"VARIANCE", AggregateRoad::TwoPass, "AVG($d)"},
    {"VAR_SAMP", AggregateRoad::TwoPass, "(SUM($d) / NULLIF(CAST(COUNT($d) AS DOUBLE) - 1, 0E0))"},
    {"VWAP_STDDEV", AggregateRoad::TwoPass,
     "SQRT(CASE WHEN SUM(`__weight` * $d) / NULLIF(SUM(`__weight`), 0E0) >= 0 THEN SUM(`__weight` * $d) / "
     "NULLIF(SUM(`__weight`), 0E0) END)"},
});

constexpr std::string_view kSquare = "((`__value` - `__mean`) * (`__value` - `__mean`))";

const Form* formOf(const Expression& aggregate) {
  const auto found = std::find_if(kForms.begin(), kForms.end(),
                                  [&](const Form& candidate) { return candidate.name == aggregate.name; });
  return found == kForms.end() ? nullptr : &*found;
}

std::string with(std::string_view form, std::string_view mark, std::string_view sql) {
  std::string out(form);
  for (size_t at = out.find(mark); at != std::string::npos; at = out.find(mark, at + sql.size()))
    out.replace(at, mark.size(), sql);
  return out;
}

// FILTER is not for OVER.
std::string filteredBy(const std::string& filter, const std::string& sql) {
  return filter.empty() ? sql : "CASE WHEN " + filter + " THEN " + sql + " END";
}

}  // namespace

AggregateRoad roadOf(const Expression& aggregate) {
  if (aggregate.name == "COUNT") return AggregateRoad::Plain;
  const Form* const form = formOf(aggregate);
  return form ? form->road : AggregateRoad::None;
}

std::string plainAggregate(const Expression& aggregate, const ExpressionSql& rows, const std::string& suffix) {
  const std::string filter = aggregate.filter ? rows(*aggregate.filter) : std::string();
  if (aggregate.args.empty()) return (filter.empty() ? "COUNT(*)" : "COUNT(" + filteredBy(filter, "1") + ")") + suffix;
  std::vector<std::string> arguments = rows(aggregate.args);
  // Flink wants the share of PERCENTILE as it is.
  const size_t filtered = aggregate.name == "PERCENTILE" ? 1 : arguments.size();
  for (size_t i = 0; i < filtered; ++i) arguments[i] = filteredBy(filter, arguments[i]);
  const std::string distinct = aggregate.distinct ? "DISTINCT " : "";
  if (aggregate.name == "COUNT") return "COUNT(" + distinct + arguments[0] + ")" + suffix;
  if (aggregate.name == "SUM" && isInteger(aggregate.type))
    return checkedSql("SUM(" + distinct + "CAST(" + arguments[0] + " AS DECIMAL(38, 0)))" + suffix, aggregate.type);
  if (aggregate.name == "AVG" && aggregate.distinct)
    return "AVG(DISTINCT CAST(" + arguments[0] + " AS DOUBLE))" + suffix;
  if (aggregate.distinct) return aggregate.name + "(DISTINCT " + arguments[0] + ")" + suffix;
  return filled(with(formOf(aggregate)->sql, "$o", suffix), arguments);
}

Ranking rankingOf(const Expression& aggregate, const ExpressionSql& rows, bool hasOffset) {
  Ranking out;
  const std::vector<std::string> arguments = rows(aggregate.args);
  out.value = arguments[0];
  std::vector<std::string> conditions{arguments[0] + " IS NOT NULL"};
  const bool isDescending = aggregate.name == "LAST" || aggregate.name == "ARG_MAX";
  const std::string direction = isDescending ? " DESC" : " ASC";
  if (arguments.size() > 1) {
    conditions.push_back(arguments[1] + " IS NOT NULL");
    // Of equals the first to arrive.
    out.order = arguments[1] + direction + ", " + name(hasOffset ? kOffset : kTime) + " ASC";
  } else {
    out.order = name(kTime) + direction;
    if (hasOffset) out.order += ", " + name(kOffset) + direction;
  }
  if (aggregate.filter) conditions.push_back(rows(*aggregate.filter));
  out.condition = both(conditions);
  return out;
}

Deviation deviationOf(const Expression& aggregate, const ExpressionSql& rows) {
  Deviation out;
  const std::vector<std::string> arguments = rows(aggregate.args);
  out.value = "CAST(" + arguments[0] + " AS DOUBLE)";
  std::vector<std::string> conditions{arguments[0] + " IS NOT NULL"};
  out.weight = "1E0";
  out.mean = "AVG(`__value`)";
  if (arguments.size() > 1) {
    out.weight = "CAST(" + arguments[1] + " AS DOUBLE)";
    conditions.push_back(arguments[1] + " IS NOT NULL");
    out.mean = "SUM(`__value` * `__weight`) / NULLIF(SUM(`__weight`), 0E0)";
  }
  if (aggregate.filter) conditions.push_back(rows(*aggregate.filter));
  out.condition = both(conditions);
  out.result = with(formOf(aggregate)->sql, "$d", kSquare);
  return out;
}

}  // namespace weir::flink
