// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>

#include "core/exec/operator.h"

namespace weir {

/// PATTERN and SEQUENCE: follows partial matches event by event. Without EVERY the first match ends it; EVERY before the
/// first term starts a match with each event, EVERY before the whole chain starts anew once one is complete.
class PatternOperator final : public Operator {
 public:
  PatternOperator(NodeContext& context, const BoundPattern& pattern, SchemaPtr schema);
  void consume(const Batch&) override {}
  /// Takes the rows of one push from all inputs in the order of their origins.
  void process(const std::vector<std::pair<size_t, BatchPtr>>& input);
  Micros earliestTimer(Micros from) const override;

 private:
  struct Captured {
    BatchPtr batch;
    uint32_t row = 0;
  };
  struct Partial {
    size_t step = 0;
    int64_t count = 0;
    int64_t started = 0;
    RowMeta latest;
    std::vector<Captured> rows;    ///< for each term the latest, and
    std::vector<Captured> firsts;  ///< the first that matched
    std::vector<bool> done;      ///< of the step's terms, under AND
    Micros waitUntil = 0;        ///< of NOT ... FOR
  };
  enum class Outcome { Ignored, Advanced, Killed, Complete };

  void take(size_t port, const BatchPtr& batch, uint32_t row);
  Outcome offer(Partial& partial, size_t port, const BatchPtr& batch, uint32_t row);
  Outcome next(Partial& partial, const RowMeta& cause);
  bool matches(const Partial& partial, const BoundPatternTerm& term, size_t index, const BatchPtr& batch, uint32_t row);
  void capture(Partial& partial, size_t index, const BatchPtr& batch, uint32_t row);
  void emitMatch(const Partial& partial, const RowMeta& cause);
  void arm(Micros due);
  bool waits(const Partial& partial) const;
  void waited(Micros now);
  static void append(BatchBuilder& out, size_t firstColumn, size_t columns, const Captured& row);
  std::shared_ptr<Batch> combined(const Partial& partial, size_t candidate, const BatchPtr& batch, uint32_t row) const;

  const BoundPattern& m_pattern;
  BatchBuilder m_out;
  std::vector<const BoundPatternTerm*> m_terms;
  std::vector<size_t> m_firstTerm;  ///< of each step
  std::deque<Partial> m_partials;
  bool m_finished = false;
  Micros m_armed = kNever;
  TimerId m_timer = TimerId::None;
};

}  // namespace weir
