// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
/// The same without the keys.
PreparedInput prepareArguments(const physical::Select& select, Evaluator& evaluator, const Batch& batch);

/// One row for itself, with its times: everything needed to add it, and to take it back later.
struct KeptRow {
  std::shared_ptr<const Batch> times;
  PreparedInput input;
};
KeptRow keptRow(const PreparedInput& input, uint32_t row);

std::vector<Type> keyTypes(const physical::Select& select);

/// The groups of one window with the states of all their aggregates.
class AggregateSet {
public:
  /// Whether rows are taken back, which costs the states of some aggregates all their values.
  enum class Rows { Stay, Leave };
  /// `forever` holds the aggregates that no window resets; null when there are none.
  explicit AggregateSet(const physical::Select& select, AggregateSet* forever = nullptr, Rows rows = Rows::Stay);

  /// Adds rows; returns each one's group in `groups`.
  void add(const PreparedInput& input, std::span<const uint32_t> rows, std::vector<uint32_t>& groups);
  /// The group of a row, made when there is none, with nothing added to it.
  uint32_t groupOf(std::span<const ColumnPtr> keys, uint32_t row);
  /// Takes back row `row` of `gone` from its group. Returns the aggregates that `remake` has to make anew.
  std::vector<size_t> takeBack(const PreparedInput& gone, uint32_t row, uint32_t group);
  /// Makes an aggregate of a group anew from the rows that are left, in order, one in each.
  void remake(size_t aggregate, uint32_t group, std::span<const PreparedInput* const> left);
  /// Takes back all rows of a group.
  void empty(uint32_t group);
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
  Rows m_rows;
  GroupTable m_table;
  std::vector<std::unique_ptr<Aggregator>> m_aggregators;
};

/// Empty columns for the rows that items see: keys, aggregates, window start, window end.
std::vector<std::shared_ptr<Column>> layoutColumns(const physical::Select& select);

}  // namespace weir
