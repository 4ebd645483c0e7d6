// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>

#include "core/exec/aggregate_set.h"
#include "core/exec/operator.h"
#include "core/exec/tick_timer.h"
#include "core/exec/watermark_timer.h"

namespace weir {

/// TUMBLING, SLIDING/HOP and CUMULATE: windows `[start, end)` aligned to the epoch. A window opens with its first row,
/// closes when the watermark reaches its end, and then sends one row for each group, in the order of their first rows.
class TimeWindowOperator final : public Operator {
public:
  TimeWindowOperator(NodeContext& context, const physical::Select& select);

  void consume(const Batch& batch) override;
  void finishPush() override;
  Micros earliestTimer(Micros from) const override;
  void emitOpen() override;
  void flush() override;

private:
  struct Bounds {
    int64_t end;
    int64_t start;
    auto operator<=>(const Bounds&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy reads its own 0
  };
  int64_t aligned(int64_t time, int64_t step) const;
  std::vector<Bounds> windowsOf(int64_t time) const;
  bool isClosed(const Bounds& bounds, Micros arrival) const;
  AggregateSet& window(const Bounds& bounds);
  void addPending(const PreparedInput& input);
  void closeUpTo(int64_t watermark, uint32_t origin, Micros at);
  void emitWindow(const Bounds& bounds, const AggregateSet& groups, std::span<const uint32_t> which, bool provisional,
                  uint32_t origin, Micros at);
  void emitProvisional();
  void arm();
  void tick();

  const physical::Select& m_select;
  std::optional<AggregateSet> m_forever;
  std::map<Bounds, std::unique_ptr<AggregateSet>> m_open;
  StepWalker m_steps;
  int64_t m_closedUpTo = kNoWatermark;
  WatermarkTimer m_timer;
  std::optional<TickTimer> m_ticks;
  bool m_changes;
  std::vector<uint32_t> m_pending;  ///< rows that wait for m_pendingWindow
  std::optional<Bounds> m_pendingWindow;
  std::vector<uint32_t> m_groups;
};

}  // namespace weir
