// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <unordered_set>

#include "core/exec/group_table.h"
#include "core/exec/operator.h"
#include "core/exec/tick_timer.h"

namespace weir {

/// OUTPUT ALL | FIRST | LAST EVERY n EVENTS or a duration, and snapshots of queries that answer each event. FIRST and
/// LAST work for each group where the query has GROUP BY.
class RateLimitOperator final : public Operator {
public:
  RateLimitOperator(NodeContext& context, const logical::Output& output, std::vector<size_t> groupColumns);
  void consume(const Batch& batch) override;
  Micros earliestTimer(Micros from) const override { return m_ticks ? m_ticks->nextAfter(from) : kNever; }
  void flush() override { release(false); }

private:
  void add(const Batch& batch, uint32_t row);
  void release(bool keep);
  std::string groupOf(const Batch& batch, uint32_t row) const;

  logical::Output m_output;
  std::vector<size_t> m_groupColumns;
  std::optional<TickTimer> m_ticks;
  /// What is held back, in order; for LAST and snapshots one row a group.
  std::vector<Batch> m_held;
  std::map<std::string, size_t> m_heldOf;
  std::unordered_set<std::string> m_passed;
  int64_t m_count = 0;
};

}  // namespace weir
