// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/joined_columns.h"
#include "core/flink/sql_text.h"

namespace weir::flink {

using logical::Join;

namespace {

const char* wordOf(Join::Kind kind) {
  switch (kind) {
    case Join::Kind::Left: return "LEFT JOIN ";
    case Join::Kind::Right: return "RIGHT JOIN ";
    case Join::Kind::Full: return "FULL JOIN ";
    case Join::Kind::Inner: break;
  }
  return "JOIN ";
}

}  // namespace

// A pair has two times, of which neither can go on as a time attribute.
Relation writeInterval(Translation& translation, const Relation& left, const Join& join, const Relation& right,
                       const std::string& view) {
  if (!left.hasTime || !right.hasTime)
    translation.complaints.refuse(
        join.span, "a join of what a join WITHIN gave has no translation into Flink SQL: its rows have two times",
        "join ASOF first, or run this query by `weir run`");
  if (join.keys.empty())
    translation.complaints.refuse(join.span, "a join WITHIN without an equality has no translation into Flink SQL",
                                  "compare a column of each side with = in ON");
  const ExpressionSql both = overBoth(translation, left, right);
  JoinedColumns joined = joinedColumns(left, right, view, [](const std::string& sql) { return sql; });
  std::vector<std::string> conditions = equalitiesOf(join, both);
  const std::string span = interval(join.withinMs);
  const std::string other = name(kRight, kTime);
  conditions.push_back(name(kLeft, kTime) + " BETWEEN " + other + " - " + span + " AND " + other + " + " + span);
  if (join.residual) conditions.push_back(both(*join.residual));
  const std::string leftAt = name(kLeft, kAt);
  const std::string rightAt = name(kRight, kAt);
  joined.list.push_back(
      as("COALESCE(GREATEST(" + leftAt + ", " + rightAt + "), " + leftAt + ", " + rightAt + ")", kAt));
  joined.list.push_back(as("CAST(" + name(kLeft, kTime) + " AS TIMESTAMP(3))", kTime));
  joined.list.push_back(as("PROCTIME()", kClock));
  joined.relation.hasTime = false;
  translation.addView(
      view,
      select(joined.list, name(left.view) + " AS " + name(kLeft) + "\n" + wordOf(join.kind) + name(right.view) +
                              " AS " + name(kRight) + "\n  ON " + flink::both(conditions)),
      join.span);
  return joined.relation;
}

}  // namespace weir::flink
