// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "core/exec/aggregate_set.h"
#include "core/exec/operator.h"
#include "core/exec/tick_timer.h"

namespace weir {

/// LENGTHBATCH(n): every n rows, counted over all groups together, one row for each group with the last row's time.
class LengthBatchOperator final : public Operator {
public:
  LengthBatchOperator(NodeContext& context, const physical::Select& select);
  void consume(const Batch& batch) override;
  Micros earliestTimer(Micros from) const override { return m_ticks ? m_ticks->nextAfter(from) : kNever; }
  void emitOpen() override;
  void flush() override;

private:
  void emitGroups(std::span<const uint32_t> which, bool provisional);
  void emitAll(bool provisional);
  void tick();

  const physical::Select& m_select;
  std::optional<AggregateSet> m_forever;
  AggregateSet m_groups;
  int64_t m_count = 0;
  RowMeta m_first;
  RowMeta m_last;
  std::optional<TickTimer> m_ticks;
  std::vector<uint32_t> m_found;
};

}  // namespace weir
