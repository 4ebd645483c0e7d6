// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>

#include "core/exec/operator.h"
#include "core/exec/watermark_timer.h"

namespace weir {

/// Joins two streams. ASOF: each left row with the latest right row at or before it; TABLE: with the present row;
/// otherwise every pair at most `withinMs` apart, and of an outer join each row without a partner, once none can come
/// any more. Left columns first, then right ones.
class JoinOperator final : public Operator {
public:
  JoinOperator(NodeContext& context, const physical::Join& join, SchemaPtr schema, size_t leftColumns);
  void consume(const Batch&) override {}
  /// Takes the rows of one push from both sides (0 left, 1 right) in the order of their origins.
  void process(const std::vector<std::pair<size_t, BatchPtr>>& input);
  /// The rows of the right side are others from now on.
  void forgetRight();
  void finishPush() override;
  Micros earliestTimer(Micros from) const override;
  void flush() override;

private:
  struct Kept {
    EventInstant time;
    RowMeta meta;
    BatchPtr batch;
    uint32_t row;
    uint64_t number;  ///< counts the rows of both sides
  };
  struct Lonely {
    size_t side;
    Kept row;
  };
  using Store = std::unordered_map<std::string, std::deque<Kept>>;
  struct Prepared {
    BatchPtr batch;
    std::vector<ColumnPtr> keys;
    ColumnPtr time;
  };
  Prepared prepare(size_t side, const BatchPtr& batch);
  void take(size_t side, const Prepared& input, uint32_t row);
  void joinWithin(size_t side, const Kept& self, const std::string* key);
  bool matches(const Kept& left, const Kept& right);
  /// Sends left and right side by side; a missing one is all NULL.
  void answer(const Kept* left, const Kept* right, const RowMeta& cause);
  void answerAlone(size_t side, const Kept& row, const RowMeta& cause);
  bool keepsLonely(size_t side) const;
  int64_t lonelyFrom(const Kept& row) const { return row.time.ms + m_join.withinMs + 1; }
  void giveUpOn(int64_t watermark, uint32_t origin, Micros at);
  void sendAnswers();
  int64_t passedBefore(const RowMeta& row) const;
  void prune(std::deque<Kept>& rows, const RowMeta& now);
  void sweep(size_t side, const RowMeta& now);
  void keepRight(const std::string& key, Kept row);
  int64_t oldestWanted(const RowMeta& now) const;
  bool isOutlived(const std::deque<Kept>& rows, int64_t oldest) const;
  void tidyRight(const RowMeta& now);
  void forgetOldestKeys(Store& store);

  const physical::Join& m_join;
  size_t m_leftColumns;
  BatchBuilder m_out;
  Store m_stores[2];
  size_t m_sweepAt[2] = {1024, 1024};  ///< keys
  /// Rows of an outer join that wait for their first partner, by the watermark at which they give up.
  std::map<std::pair<int64_t, uint64_t>, Lonely> m_lonely;
  uint64_t m_number = 0;
  int64_t m_passed = kNoWatermark;  ///< the watermark before the row at hand
  size_t m_keptRight = 0;           ///< rows, of ASOF and TABLE
  size_t m_sinceTidy = 0;           ///< rows that came
  StepWalker m_steps;
  WatermarkTimer m_timer;
};

/// CROSS JOIN UNNEST: a row for each element of an array, with its value and its number from 1.
class UnnestOperator final : public Operator {
public:
  UnnestOperator(NodeContext& context, const physical::Unnest& unnest, SchemaPtr schema)
      : Operator(context), m_unnest(unnest), m_out(std::move(schema)) {}
  void consume(const Batch& batch) override;

private:
  const physical::Unnest& m_unnest;
  BatchBuilder m_out;
};

}  // namespace weir
