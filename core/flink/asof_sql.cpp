// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/joined_columns.h"
#include "core/flink/sql_text.h"

namespace weir::flink {

using logical::Join;

namespace {

void refuseWhatAsofCannot(Translation& translation, const Relation& left, const Join& join, const Relation& right) {
  Complaints& complaints = translation.complaints;
  if (!left.hasTime || !right.hasTime)
    complaints.refuse(join.span, "ASOF behind a join WITHIN has no translation into Flink SQL: its rows have two times",
                      "join ASOF first");
  if (join.keys.empty())
    complaints.refuse(join.span, "ASOF without an equality has no translation into Flink SQL",
                      "compare a column of each side with = in ON");
  if (join.strict || join.leftTime)
    complaints.refuse(join.span, "ASOF over columns of time has no translation into Flink SQL",
                      "make them the event time of their sources, and leave the inequality out of ON");
  if (join.residual)
    complaints.refuse(join.residual->span, "ASOF with more than equalities in ON has no translation into Flink SQL",
                      "put the rest into WHERE");
  for (const logical::Equality& key : join.keys)
    if (key.right.kind != Expression::Kind::Column)
      complaints.refuse(key.right.span, "ASOF must compare a column of its right side in Flink SQL",
                        "compute it in a query of its own, and join its stream");
}

// The versions of the right side: for each key the row that was the latest at a time.
std::string writeVersions(Translation& translation, const Join& join, const Relation& right, const std::string& view) {
  std::vector<std::string> keys;
  for (const logical::Equality& key : join.keys) keys.push_back(name(right.nameOf(key.right.of, key.right.name)));
  std::vector<std::string> columns;
  for (const RelationColumn& column : right.columns) columns.push_back(name(column.flink));
  for (const char* hidden : {kAt, kTime}) columns.push_back(name(hidden));
  const std::string order = name(kTime) + " DESC";
  std::string versions = translation.fresh(view + "__versions");
  const std::string rank = "ROW_NUMBER() OVER (PARTITION BY " + list(keys) + " ORDER BY " + order + ") AS `__rank`";
  translation.addView(versions,
                      select(columns, "(\nSELECT *, " + rank + "\nFROM " + name(right.view) + ")", "`__rank` = 1"),
                      join.span);
  return versions;
}

}  // namespace

Relation writeAsof(Translation& translation, const Relation& left, const Join& join, const Relation& right,
                   const std::string& view) {
  refuseWhatAsofCannot(translation, left, join, right);
  translation.complaints.warn(
      join.span, "ASOF waits for the watermarks of both sides in Flink, and drops late rows of the left", "");
  const ExpressionSql both = overBoth(translation, left, right);
  const std::string versions = writeVersions(translation, join, right, view);
  const std::string isNear =
      "(" + name(kLeft, kAt) + " - " + name(kRight, kAt) + " <= " + std::to_string(join.withinMs) + ")";
  const bool isBounded = join.withinMs >= 0;
  JoinedColumns joined = joinedColumns(left, right, view, [&](const std::string& sql) {
    return isBounded && join.kind == Join::Kind::Left ? "CASE WHEN " + isNear + " THEN " + sql + " END" : sql;
  });
  joined.relation.hasOffset = left.hasOffset;
  for (std::string& hidden : hiddenColumns(left, kLeft)) joined.list.push_back(std::move(hidden));
  const std::string word = join.kind == Join::Kind::Left ? "LEFT JOIN " : "JOIN ";
  const std::string from = name(left.view) + " AS " + name(kLeft) + "\n" + word + name(versions) +
                           " FOR SYSTEM_TIME AS OF " + name(kLeft, kTime) + " AS " + name(kRight) + "\n  ON " +
                           flink::both(equalitiesOf(join, both));
  translation.addView(view, select(joined.list, from, isBounded && join.kind == Join::Kind::Inner ? isNear : ""),
                      join.span);
  return joined.relation;
}

}  // namespace weir::flink
