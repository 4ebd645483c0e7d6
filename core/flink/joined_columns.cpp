// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/joined_columns.h"

#include "core/flink/sql_text.h"

namespace weir::flink {

namespace {

std::string joinedName(const RelationColumn& column) { return column.of + "." + column.plan; }

}  // namespace

JoinedColumns joinedColumns(const Relation& left, const Relation& right, const std::string& view,
                            const std::function<std::string(const std::string& sql)>& ofRight) {
  JoinedColumns out;
  out.relation.view = view;
  const auto add = [&](const RelationColumn& column, const std::string& sql) {
    out.relation.columns.push_back({column.of, column.plan, joinedName(column), column.type});
    out.list.push_back(sql + " AS " + name(joinedName(column)));
  };
  for (const RelationColumn& column : left.columns) add(column, name(kLeft, column.flink));
  for (const RelationColumn& column : right.columns) add(column, ofRight(name(kRight, column.flink)));
  return out;
}

ExpressionSql overBoth(Translation& translation, const Relation& left, const Relation& right) {
  const ExpressionSql ofLeft = over(translation, left, kLeft);
  const ExpressionSql ofRight = over(translation, right, kRight);
  return {translation.complaints,
          [left, ofLeft, ofRight, &translation](const Expression& part) -> std::optional<std::string> {
            if (part.kind == Expression::Kind::Call && part.name == "EVENT_TIMESTAMP")
              return translation.complaints.refuse(part.span,
                                                   "event_timestamp() in ON has no translation into Flink SQL",
                                                   "leave it out: WITHIN and ASOF compare times");
            if (part.kind != Expression::Kind::Column) return std::nullopt;
            return (left.nameOf(part.of, part.name).empty() ? ofRight : ofLeft)(part);
          }};
}

std::vector<std::string> equalitiesOf(const logical::Join& join, const ExpressionSql& both) {
  std::vector<std::string> out;
  for (const logical::Equality& key : join.keys) out.push_back(both(key.left) + " = " + both(key.right));
  return out;
}

}  // namespace weir::flink
