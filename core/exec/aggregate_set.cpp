// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/aggregate_set.h"

#include <algorithm>

namespace weir {

PreparedInput prepare(const physical::Select& select, Evaluator& evaluator, const Batch& batch) {
  std::vector<ColumnPtr> keys;
  for (const auto& key : select.keys) keys.push_back(evaluator.evaluate(*key, batch));
  PreparedInput input = prepareArguments(select, evaluator, batch);
  input.keys = std::move(keys);
  return input;
}

PreparedInput prepareArguments(const physical::Select& select, Evaluator& evaluator, const Batch& batch) {
  PreparedInput input;
  input.batch = &batch;
  for (const physical::Aggregate& aggregate : select.aggregates) {
    // A filter guards its arguments: what it keeps out must not count as an error either.
    Selection rows;
    if (aggregate.filter) {
      input.filters.push_back(evaluator.evaluate(*aggregate.filter, batch));
      for (uint32_t row = 0; row < batch.rows(); ++row)
        if (!input.filters.back()->isNull(row) && input.filters.back()->integer(row) != 0) rows.push_back(row);
    } else {
      input.filters.push_back(nullptr);
    }
    std::vector<ColumnPtr> args;
    for (const auto& arg : aggregate.args) {
      if (!aggregate.filter || rows.size() == batch.rows()) {
        args.push_back(evaluator.evaluate(*arg, batch));
        continue;
      }
      const ColumnPtr some = evaluator.evaluate(*arg, batch, rows);
      auto spread = std::make_shared<Column>(some->type());
      size_t next = 0;
      for (uint32_t row = 0; row < batch.rows(); ++row) {
        if (next < rows.size() && rows[next] == row)
          spread->appendFrom(*some, next++);
        else
          spread->appendNull();
      }
      args.push_back(std::move(spread));
    }
    input.args.push_back(std::move(args));
  }
  return input;
}

KeptRow keptRow(const PreparedInput& input, uint32_t row) {
  KeptRow kept;
  auto times = std::make_shared<Batch>();
  times->meta.push_back(input.batch->meta[row]);
  const auto one = [row](const ColumnPtr& column) { return column ? gathered(column, {row}) : nullptr; };
  for (const ColumnPtr& column : input.keys) kept.input.keys.push_back(one(column));
  for (const ColumnPtr& column : input.filters) kept.input.filters.push_back(one(column));
  for (const std::vector<ColumnPtr>& args : input.args) {
    kept.input.args.emplace_back();
    for (const ColumnPtr& column : args) kept.input.args.back().push_back(one(column));
  }
  kept.input.batch = times.get();
  kept.times = std::move(times);
  return kept;
}

std::vector<Type> keyTypes(const physical::Select& select) {
  std::vector<Type> types;
  for (const auto& key : select.keys) types.push_back(key->type);
  return types;
}

std::vector<std::shared_ptr<Column>> layoutColumns(const physical::Select& select) {
  std::vector<std::shared_ptr<Column>> columns;
  for (const auto& key : select.keys) columns.push_back(std::make_shared<Column>(key->type));
  for (const physical::Aggregate& aggregate : select.aggregates)
    columns.push_back(std::make_shared<Column>(aggregate.overload->result));
  columns.push_back(std::make_shared<Column>(Type::Long));
  columns.push_back(std::make_shared<Column>(Type::Long));
  return columns;
}

AggregateSet::AggregateSet(const physical::Select& select, AggregateSet* forever, Rows rows)
    : m_select(select), m_forever(forever), m_rows(rows), m_table(keyTypes(select)) {
  clear();
}

bool AggregateSet::needsForever(const physical::Select& select) {
  return std::any_of(select.aggregates.begin(), select.aggregates.end(),
                     [](const physical::Aggregate& a) { return a.function->isForever; });
}

void AggregateSet::clear() {
  m_table.clear();
  m_aggregators.clear();
  for (const physical::Aggregate& aggregate : m_select.aggregates) {
    const bool leaves = m_rows == Rows::Leave && !aggregate.function->isForever;
    m_aggregators.push_back(aggregate.distinct ? aggregate.overload->makeDistinct()
                            : leaves           ? aggregate.overload->makeRetracting()
                                               : aggregate.overload->make());
  }
}

void AggregateSet::keepOnly(std::span<const uint32_t> groups) {
  m_table.keepOnly(groups);
  for (auto& aggregator : m_aggregators) aggregator->keepOnly(groups);
}

void AggregateSet::add(const PreparedInput& input, std::span<const uint32_t> rows, std::vector<uint32_t>& groups) {
  groups.resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) groups[i] = m_table.find(input.keys, rows[i]);
  for (size_t a = 0; a < m_aggregators.size(); ++a) {
    m_aggregators[a]->grow(m_table.size());
    m_aggregators[a]->update(input.of(a), rows, groups);
  }
}

uint32_t AggregateSet::groupOf(std::span<const ColumnPtr> keys, uint32_t row) {
  const uint32_t group = m_table.find(keys, row);
  for (auto& aggregator : m_aggregators) aggregator->grow(m_table.size());
  return group;
}

std::vector<size_t> AggregateSet::takeBack(const PreparedInput& gone, uint32_t row, uint32_t group) {
  std::vector<size_t> inexact;
  for (size_t a = 0; a < m_aggregators.size(); ++a)
    if (!m_select.aggregates[a].function->isForever && !m_aggregators[a]->takeBack(gone.of(a), row, group))
      inexact.push_back(a);
  return inexact;
}

void AggregateSet::remake(size_t aggregate, uint32_t group, std::span<const PreparedInput* const> left) {
  const uint32_t first = 0;
  m_aggregators[aggregate]->clear(group);
  for (const PreparedInput* stays : left)
    m_aggregators[aggregate]->update(stays->of(aggregate), {&first, 1}, {&group, 1});
}

void AggregateSet::empty(uint32_t group) {
  for (size_t a = 0; a < m_aggregators.size(); ++a)
    if (!m_select.aggregates[a].function->isForever) m_aggregators[a]->clear(group);
}

uint32_t AggregateSet::foreverGroup(uint32_t group) const {
  std::vector<ColumnPtr> keys;
  for (const Column& key : m_table.keys()) keys.push_back(std::shared_ptr<const Column>(&key, [](const Column*) {}));
  return m_forever->m_table.find(keys, group);
}

void AggregateSet::finishOne(size_t aggregate, uint32_t group, Column& out, Issues& issues) const {
  const physical::Aggregate& bound = m_select.aggregates[aggregate];
  if (m_forever && bound.function->isForever)
    m_forever->m_aggregators[aggregate]->finish(foreverGroup(group), out, issues, bound.weight);
  else
    m_aggregators[aggregate]->finish(group, out, issues, bound.weight);
}

void AggregateSet::finish(std::span<const uint32_t> groups, std::vector<std::shared_ptr<Column>>& out,
                          Issues& issues) const {
  const size_t keys = m_select.keys.size();
  for (const uint32_t group : groups) {
    for (size_t k = 0; k < keys; ++k) out[k]->appendFrom(m_table.keys()[k], group);
    for (size_t a = 0; a < m_aggregators.size(); ++a) finishOne(a, group, *out[keys + a], issues);
  }
}

}  // namespace weir
