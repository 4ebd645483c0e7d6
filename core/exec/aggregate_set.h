// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/exec/evaluator.h"
#include "core/exec/group_table.h"
#include "core/exec/physical_plan.h"

namespace weir {

/// Keys and arguments of a SELECT's aggregates, evaluated for all rows of a batch.
struct PreparedInput {
  std::vector<ColumnPtr> keys;
  std::vector<std::vector<ColumnPtr>> args;
  std::vector<ColumnPtr> filters;
  const Batch* batch = nullptr;

  AggregateInput of(size_t aggregate) const { return {args[aggregate], filters[aggregate].get(), batch->meta.data()}; }
};

PreparedInput prepare(const physical::Select& select, Evaluator& evaluator, const Batch& batch);
std::vector<Type> keyTypes(const physical::Select& select);

/// The groups of one window with the states of all their aggregates.
class AggregateSet {
public:
  /// `forever` holds the aggregates that no window resets; null when there are none.
  explicit AggregateSet(const physical::Select& select, AggregateSet* forever = nullptr);

  /// Adds rows; returns each one's group in `groups`.
  void add(const PreparedInput& input, std::span<const uint32_t> rows, std::vector<uint32_t>& groups);
  /// Takes back row `row` of `gone` from its group. `left` are the rows that stay there, in order, one in each, for
  /// aggregates that have to be made anew.
  void takeBack(const PreparedInput& gone, uint32_t row, uint32_t group,
                const std::map<uint64_t, const PreparedInput*>& left);
  size_t groups() const { return m_table.size(); }
  /// Appends keys and aggregates of the groups to the layout's columns.
  void finish(std::span<const uint32_t> groups, std::vector<std::shared_ptr<Column>>& out, Issues& issues) const;
  /// Appends one aggregate of one group.
  void finishOne(size_t aggregate, uint32_t group, Column& out, Issues& issues) const;
  const std::vector<Column>& keys() const { return m_table.keys(); }
  void clear();
  /// Forgets all groups but these, ascending, which are numbered from 0 then.
  void keepOnly(std::span<const uint32_t> groups);

  static bool needsForever(const physical::Select& select);

private:
  uint32_t foreverGroup(uint32_t group) const;

  const physical::Select& m_select;
  AggregateSet* m_forever;
  GroupTable m_table;
  std::vector<std::unique_ptr<Aggregator>> m_aggregators;
};

/// Empty columns for the rows that items see: keys, aggregates, window start, window end.
std::vector<std::shared_ptr<Column>> layoutColumns(const physical::Select& select);

}  // namespace weir
