// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <string>
#include <unordered_map>

#include "core/exec/operator.h"

namespace weir {

/// Joins two streams. ASOF: each left row with the latest right row at or before it; TABLE: with the present row;
/// otherwise every pair at most `withinMs` apart. Left columns first, then right ones.
class JoinOperator final : public Operator {
 public:
  JoinOperator(NodeContext& context, const BoundJoin& join, SchemaPtr schema, size_t leftColumns);
  void consume(const Batch&) override {}
  /// Takes the rows of one push from both sides (0 left, 1 right) in the order of their origins.
  void process(const std::vector<std::pair<size_t, BatchPtr>>& input);

 private:
  struct Kept {
    int64_t time;
    RowMeta meta;
    BatchPtr batch;
    uint32_t row;
  };
  using Store = std::unordered_map<std::string, std::deque<Kept>>;
  struct Prepared {
    BatchPtr batch;
    std::vector<ColumnPtr> keys;
    ColumnPtr time;
  };
  Prepared prepare(size_t side, const BatchPtr& batch);
  void take(size_t side, const Prepared& input, uint32_t row);
  bool matches(const Kept& left, const Kept* right);
  void answer(const Kept& left, const Kept* right, const RowMeta& cause);
  void prune(std::deque<Kept>& rows, const RowMeta& now);

  const BoundJoin& m_join;
  size_t m_leftColumns;
  BatchBuilder m_out;
  Store m_stores[2];
};

/// CROSS JOIN UNNEST: a row for each element of an array, with its value and its number from 1.
class UnnestOperator final : public Operator {
 public:
  UnnestOperator(NodeContext& context, const BoundUnnest& unnest, SchemaPtr schema)
      : Operator(context), m_unnest(unnest), m_out(std::move(schema)) {}
  void consume(const Batch& batch) override;

 private:
  const BoundUnnest& m_unnest;
  BatchBuilder m_out;
};

}  // namespace weir
