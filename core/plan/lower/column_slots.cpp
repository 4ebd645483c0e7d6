// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/lower/column_slots.h"

namespace weir {

namespace {

// Between alias and column: in no name.
constexpr char kDot = '\x1f';

}  // namespace

void ColumnSlots::add(const std::string& alias, const Schema& schema) {
  // Where an alias stands twice, the first column of a name is meant.
  for (const Field& field : schema.fields) {
    m_slots.try_emplace(alias + kDot + field.name, m_fields.size());
    m_fields.push_back(field);
  }
}

size_t ColumnSlots::of(const logical::Expression& column) const { return m_slots.at(column.of + kDot + column.name); }

ColumnSlots slotsOf(const logical::Plan& plan, const logical::Query& query, const void* end) {
  if (const auto* pattern = std::get_if<logical::Pattern>(&query.from)) return slotsOf(plan, *pattern);
  ColumnSlots slots;
  const auto& from = std::get<logical::From>(query.from);
  slots.add(from.source.alias, *plan.schemaOf(from.source));
  for (const auto& step : from.joins) {
    const auto* join = std::get_if<logical::Join>(&step);
    const auto* unnest = std::get_if<logical::Unnest>(&step);
    if (end && (end == join || end == unnest)) break;
    if (join)
      slots.add(join->right.alias, *plan.schemaOf(join->right));
    else
      slots.add(unnest->alias, *logical::unnestColumns());
  }
  return slots;
}

ColumnSlots slotsOf(const logical::Plan& plan, const logical::Pattern& pattern) {
  ColumnSlots slots;
  for (const logical::PatternStep& step : pattern.steps)
    for (const logical::PatternTerm& term : step.terms) slots.add(term.alias, *plan.stream(term.stream).schema);
  for (const logical::PatternStep& step : pattern.steps)
    for (const logical::PatternTerm& term : step.terms)
      if (step.most > 1) slots.add(logical::firstMatchOf(term.alias), *plan.stream(term.stream).schema);
  return slots;
}

}  // namespace weir
