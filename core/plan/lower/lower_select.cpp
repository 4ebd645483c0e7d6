// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/lower/lower_node.h"
#include "core/plan/lower/result_lowering.h"

namespace weir {

using logical::Expression;
using physical::ExpressionPtr;

namespace {

size_t columnOf(const logical::Query& query, size_t item) { return query.columns.empty() ? item : query.columns[item]; }

physical::Order lowerOrder(const logical::Query& query, const logical::Order& key, ResultLowering& results) {
  physical::Order out;
  out.descending = key.descending;
  out.nullsFirst = key.nullsFirst;
  if (key.expression.kind == Expression::Kind::Item)
    out.output = columnOf(query, key.expression.item);
  else
    out.expr = results.lower(key.expression);
  return out;
}

// Puts items where the target has their columns; the columns that nothing writes are NULL.
void conform(const logical::Query& query, const Schema& target, physical::Select& select) {
  std::vector<ExpressionPtr> columns(target.fields.size());
  for (size_t i = 0; i < select.items.size(); ++i) columns[columnOf(query, i)] = std::move(select.items[i]);
  for (size_t i = 0; i < columns.size(); ++i) {
    const Type type = target.fields[i].type;
    if (!columns[i]) columns[i] = std::make_unique<physical::Expression>();
    columns[i] = widened(std::move(columns[i]), type);
  }
  select.items = std::move(columns);
  for (const size_t item : query.keyItems()) select.groupColumns.push_back(columnOf(query, item));
}

void note(const ExpressionPtr& expr, std::vector<bool>& read) {
  if (!expr) return;
  if (expr->kind == physical::Expression::Kind::Column && expr->column < read.size()) read[expr->column] = true;
  for (const ExpressionPtr& arg : expr->args) note(arg, read);
}

void note(const std::vector<ExpressionPtr>& list, std::vector<bool>& read) {
  for (const ExpressionPtr& expr : list) note(expr, read);
}

}  // namespace

physical::Select lowerSelect(const logical::Query& query, const ColumnSlots& slots, const Schema& target) {
  physical::Select select;
  ExpressionLowering rows(slots);
  select.where = rows.lower(query.where);
  select.window = lowerWindow(query.window, rows);
  select.aggregated = query.isAggregated();
  for (const logical::Key& key : query.keys) select.keys.push_back(rows.lower(key.expression));
  ResultLowering results(query, slots, select);
  for (const logical::Item& item : query.items) {
    select.items.push_back(results.lower(item.expression));
    select.items.back()->type = item.expression.type;
  }
  select.having = results.lower(query.having);
  // HAVING evaluates an item for every row, so that the item itself must not count its issues again.
  for (size_t i = 0; i < select.items.size(); ++i)
    if (results.itemsUsed()[i]) clearWeight(*select.items[i]);
  for (const logical::Order& key : query.order) select.order.push_back(lowerOrder(query, key, results));
  select.distinct = query.distinct;
  select.limit = query.limit;
  select.offset = query.offset;
  select.output = query.output;
  select.layout = results.layout();
  conform(query, target, select);
  return select;
}

// Behind a window items count keys instead of columns: that marks too many, never too few.
std::vector<bool> columnsRead(const physical::Select& select, size_t columns) {
  std::vector<bool> read(columns);
  note(select.where, read);
  note(select.having, read);
  note(select.window.key, read);
  if (const auto& book = select.window.book)
    for (const ExpressionPtr* part : {&book->price, &book->quantity, &book->snapshot, &book->side}) note(*part, read);
  if (select.window.externalColumn) read[*select.window.externalColumn] = true;
  note(select.keys, read);
  note(select.items, read);
  for (const physical::Aggregate& aggregate : select.aggregates) {
    note(aggregate.args, read);
    note(aggregate.filter, read);
  }
  for (const physical::Lag& lag : select.lags) {
    note(lag.value, read);
    note(lag.partition, read);
  }
  for (const physical::Order& order : select.order) note(order.expr, read);
  return read;
}

}  // namespace weir
