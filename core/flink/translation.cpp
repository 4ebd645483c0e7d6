// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/translation.h"

#include "core/flink/sql_text.h"

namespace weir::flink {

void Translation::addView(const std::string& view, const std::string& select, Span span) {
  add("CREATE TEMPORARY VIEW " + name(view) + " AS\n" + select, span);
}

ExpressionSql over(Translation& translation, const Relation& relation, const std::string& alias) {
  return {translation.complaints,
          [&translation, &relation, alias](const Expression& part) -> std::optional<std::string> {
            if (part.kind == Expression::Kind::Call && part.name == "EVENT_TIMESTAMP") return name(alias, kAt);
            if (part.kind != Expression::Kind::Column) return std::nullopt;
            const std::string found = relation.nameOf(part.of, part.name);
            if (!found.empty()) return name(alias, found);
            // Of what was refused there are no columns.
            if (part.type != Type::Bytes) return "NULL";
            return translation.complaints.refuse(
                part.span, "BYTES have no translation into Flink SQL",
                "leave the column out, or decode it where the topic is read: `weir run` knows it");
          }};
}

namespace {

struct Target {
  std::string name;
  Type type = Type::Null;
  const Expression* item = nullptr;
};

std::vector<Target> targetsOf(const logical::Plan& plan, const logical::Query& query) {
  std::vector<Target> out;
  if (query.target.empty()) {
    for (const logical::Item& item : query.items) out.push_back({item.name, item.expression.type, &item.expression});
    return out;
  }
  for (const Field& field : plan.stream(query.target).schema->fields) out.push_back({field.name, field.type, nullptr});
  for (size_t i = 0; i < query.items.size(); ++i)
    out[query.columns.empty() ? i : query.columns[i]].item = &query.items[i].expression;
  return out;
}

}  // namespace

std::vector<std::string> itemList(Translation& translation, const logical::Query& query, const ExpressionSql& items) {
  std::vector<std::string> out;
  for (const Target& target : targetsOf(translation.plan, query)) {
    std::string sql = target.item ? items.item(*target.item) : literal({}, target.type);
    if (target.item && target.item->type != target.type) sql = cast(sql, target.type);
    out.push_back(as(sql, target.name));
  }
  return out;
}

std::vector<std::string> targetNames(const Translation& translation, const logical::Query& query) {
  std::vector<std::string> out;
  for (const Target& target : targetsOf(translation.plan, query)) out.push_back(name(target.name));
  return out;
}

std::vector<RelationColumn> targetColumns(const Translation& translation, const logical::Query& query,
                                          const std::string& alias) {
  std::vector<RelationColumn> out;
  for (const Target& target : targetsOf(translation.plan, query))
    out.push_back({alias, target.name, target.name, target.type});
  return out;
}

std::string select(const std::vector<std::string>& columns, const std::string& from, const std::string& where) {
  return "SELECT " + list(columns) + "\nFROM " + from + (where.empty() ? "" : "\nWHERE " + where);
}

std::string as(const std::string& sql, const std::string& alias) {
  return sql == name(alias) ? sql : sql + " AS " + name(alias);
}

}  // namespace weir::flink
