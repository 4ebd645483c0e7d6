// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/sql_text.h"
#include "core/flink/translation.h"

namespace weir::flink {

namespace {

// LAG looks back in the order of arrival.
std::string lagSql(const Expression& lag, const ExpressionSql& rows) {
  const std::vector<std::string> keys = rows(lag.partition);
  return lag.name + "(" + list(rows(lag.args)) + ") OVER (" + (keys.empty() ? "" : "PARTITION BY " + list(keys) + " ") +
         "ORDER BY " + name(kClock) + ")";
}

// Flink orders all OVER of a SELECT in one way.
void refuseTwoPartitions(Translation& translation, const logical::Query& query) {
  const Expression* first = nullptr;
  for (const logical::Item& item : query.items)
    walk(item.expression, [&](const Expression& part) {
      if (part.kind != Expression::Kind::Over) return;
      if (!first) first = &part;
      if (!(first->partition == part.partition))
        translation.complaints.refuse(part.span,
                                      "two OVER with different PARTITION BY have no translation into Flink SQL",
                                      "give each a query of its own");
    });
}

}  // namespace

void writeRows(Translation& translation, const logical::Query& query, const Relation& input, const std::string& view) {
  const ExpressionSql rows = over(translation, input);
  const ExpressionSql items(translation.complaints, [&](const Expression& part) -> std::optional<std::string> {
    if (part.kind == Expression::Kind::Over) return lagSql(part, rows);
    return rows.known(part);
  });
  refuseTwoPartitions(translation, query);
  std::vector<std::string> columns = itemList(translation, query, items);
  for (std::string& hidden : hiddenColumns(input)) columns.push_back(std::move(hidden));
  if (query.having)
    translation.complaints.refuse(query.having->span, "HAVING without GROUP BY has no translation into Flink SQL",
                                  "write WHERE in place of HAVING");
  translation.addView(view, select(columns, name(input.view), query.where ? rows(*query.where) : ""), query.span);
}

}  // namespace weir::flink
