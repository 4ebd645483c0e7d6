// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/lower/result_lowering.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/functions/function_list.h"
#include "core/plan/logical_text.h"

namespace weir {

using logical::Expression;
using physical::ExpressionPtr;

namespace {

const AggregateOverload& overloadOf(const AggregateFunction& function, const std::vector<ExpressionPtr>& args) {
  const auto fits = [&](const AggregateOverload& overload) {
    return std::equal(args.begin(), args.end(), overload.params.begin(), overload.params.end(),
                      [](const ExpressionPtr& arg, Type param) { return arg->type == param; });
  };
  const auto found = std::find_if(function.overloads.begin(), function.overloads.end(), fits);
  assert(found != function.overloads.end());
  return *found;
}

}  // namespace

ResultLowering::ResultLowering(const logical::Query& query, const ColumnSlots& slots, physical::Select& select)
    : ExpressionLowering(slots),
      m_query(query),
      m_select(select),
      m_columns(query.window.closes() ? query.keys.size() : slots.size()),
      m_boundsAt(m_columns + query.aggregates().size()),
      m_closes(query.window.closes()),
      m_itemsUsed(query.items.size()) {
  for (const logical::Key& key : query.keys) m_keyIsItem.push_back(key.isItem);
}

SchemaPtr ResultLowering::layout() const {
  auto layout = std::make_shared<Schema>();
  if (m_closes)
    for (const ExpressionPtr& key : m_select.keys) layout->fields.push_back({"", key->type});
  else
    layout->fields = m_slots.fields();
  for (const physical::Aggregate& aggregate : m_select.aggregates)
    layout->fields.push_back({"", aggregate.overload->result});
  layout->fields.push_back({"", Type::Long});
  layout->fields.push_back({"", Type::Long});
  for (const physical::Lag& lag : m_select.lags) layout->fields.push_back({"", lag.value->type});
  return layout;
}

ExpressionPtr ResultLowering::lowerWhole(const Expression& expr) {
  if (!m_closes) return nullptr;
  for (size_t i = 0; i < m_query.keys.size(); ++i) {
    if (!(m_query.keys[i].expression == expr)) continue;
    if (!m_isAgain && !m_keyIsItem[i]) addWeight(*m_select.keys[i]);
    m_keyIsItem[i] = false;
    return columnAt(i, m_select.keys[i]->type);
  }
  return nullptr;
}

size_t ResultLowering::slotOf(const Expression& expr) {
  if (expr.kind == Expression::Kind::Aggregate) return aggregateSlot(expr);
  if (expr.kind == Expression::Kind::Over) return lagSlot(expr);
  return m_boundsAt + (expr.name == "WINDOW_START" ? 0 : 1);
}

size_t ResultLowering::aggregateSlot(const Expression& expr) {
  const auto [known, isNew] = m_aggregates.try_emplace(logical::text(expr), m_select.aggregates.size());
  const size_t slot = m_columns + known->second;
  if (!isNew) {
    physical::Aggregate& same = m_select.aggregates[known->second];
    if (m_isAgain) return slot;
    ++same.weight;
    for (const ExpressionPtr& arg : same.args) addWeight(*arg);
    if (same.filter) addWeight(*same.filter);
    return slot;
  }
  ExpressionLowering rows(m_slots);
  physical::Aggregate aggregate;
  aggregate.function = findAggregate(expr.name);
  aggregate.distinct = expr.distinct;
  aggregate.args = rows.lower(expr.args);
  aggregate.filter = rows.lower(expr.filter);
  aggregate.overload = &overloadOf(*aggregate.function, aggregate.args);
  m_select.aggregates.push_back(std::move(aggregate));
  return slot;
}

size_t ResultLowering::lagSlot(const Expression& expr) {
  physical::Lag lag;
  lag.value = lower(expr.args[0]);
  lag.distance = std::get<int64_t>(expr.args[1].literal);
  lag.partition = lower(expr.partition);
  m_select.lags.push_back(std::move(lag));
  return m_boundsAt + 1 + m_select.lags.size();
}

// Each row computes an item's value again for HAVING, but its text stands in SELECT.
ExpressionPtr ResultLowering::lowerItem(const Expression& expr) {
  const bool before = std::exchange(m_isAgain, true);
  ExpressionPtr value = lower(m_query.items[expr.item].expression);
  m_isAgain = before;
  if (m_itemsUsed[expr.item]) clearWeight(*value);
  m_itemsUsed[expr.item] = true;
  return value;
}

}  // namespace weir
