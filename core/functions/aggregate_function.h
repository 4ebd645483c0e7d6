// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/data/batch.h"
#include "core/functions/scalar_function.h"

namespace weir {

/// Rows for an aggregate: `args` and `keep` are aligned with each other; `meta` gives the rows' times.
struct AggregateInput {
  std::span<const ColumnPtr> args;
  const Column* keep = nullptr;  ///< of FILTER: only TRUE rows count
  const RowMeta* meta = nullptr;

  bool counts(size_t row) const { return !keep || (!keep->isNull(row) && keep->integer(row) != 0); }
};

/// The states of one aggregate call, one for each group. Groups are numbered from 0.
class Aggregator {
public:
  virtual ~Aggregator() = default;
  /// Makes sure that states 0..count-1 exist.
  virtual void grow(size_t count) = 0;
  virtual void reset() = 0;
  /// Adds row `rows[i]` to group `groups[i]`, in order.
  virtual void update(const AggregateInput& input, std::span<const uint32_t> rows,
                      std::span<const uint32_t> groups) = 0;
  /// Adds all of `from`, whose rows came later, to `to`, and empties `from`.
  virtual void merge(uint32_t from, uint32_t to) = 0;
  virtual void clear(uint32_t group) = 0;
  /// Forgets all groups but these, ascending, which are numbered from 0 then.
  virtual void keepOnly(std::span<const uint32_t> groups) = 0;
  /// Takes back a row that was added to `group`, not only the oldest one. False, with nothing done, where the result
  /// could differ from one that had never seen it.
  virtual bool takeBack(const AggregateInput& input, uint32_t row, uint32_t group) = 0;
  virtual void finish(uint32_t group, Column& out, Issues& issues, uint32_t weight) const = 0;
};

/// The states of one aggregate call over a window whose oldest rows leave, one queue for each group.
class RollingAggregator {
public:
  virtual ~RollingAggregator() = default;
  virtual void grow(size_t count) = 0;
  virtual void push(const AggregateInput& input, uint32_t row, uint32_t group) = 0;
  virtual void popOldest(uint32_t group) = 0;
  /// Forgets all groups but these, ascending, which are numbered from 0 then.
  virtual void keepOnly(std::span<const uint32_t> groups) = 0;
  virtual void finish(uint32_t group, Column& out, Issues& issues, uint32_t weight) const = 0;
};

struct AggregateOverload {
  Type result = Type::Null;
  std::vector<Type> params;
  std::unique_ptr<Aggregator> (*make)() = nullptr;
  std::unique_ptr<RollingAggregator> (*makeRolling)() = nullptr;
  /// The same over distinct values, where that means something.
  std::unique_ptr<Aggregator> (*makeDistinct)() = nullptr;
  std::unique_ptr<RollingAggregator> (*makeRollingDistinct)() = nullptr;
  /// Where any row may be taken back: at little cost, if the aggregate can.
  std::unique_ptr<Aggregator> (*makeRetracting)() = nullptr;
};

/// An aggregate of the language. `example` is a call over column `x` (and `y`) with x = 1, 2, 4 and y = 1, 1, 2.
struct AggregateFunction {
  std::string_view name;
  std::string_view aliases;
  std::string_view signature;
  std::string_view help;
  std::string_view example;
  std::string_view exampleResult;
  std::vector<AggregateOverload> overloads;
  bool isForever = false;    ///< survives the window's reset
  bool keepsValues = false;  ///< grows with every different value
};

}  // namespace weir
