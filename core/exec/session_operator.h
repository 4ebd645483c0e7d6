// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/exec/aggregate_set.h"
#include "core/exec/operator.h"
#include "core/exec/tick_timer.h"
#include "core/exec/watermark_timer.h"

namespace weir {

/// SESSION(gap): for each group, rows that follow one another within the gap. A session ends at its last row's time
/// plus the gap; a row exactly there opens a new one, a row out of order may join two.
class SessionOperator final : public Operator {
public:
  SessionOperator(NodeContext& context, const physical::Select& select);

  void consume(const Batch& batch) override;
  void finishPush() override;
  Micros earliestTimer(Micros from) const override;
  void emitOpen() override;
  void flush() override;

private:
  struct Session {
    int64_t start = 0;
    int64_t end = 0;
    uint64_t order = 0;  ///< of the first row's arrival
    uint32_t slot = 0;   ///< of the aggregators
    int64_t noted = 0;   ///< the end that stands in m_ends; it may have moved on since
    std::vector<Value> keys;
  };
  /// Of one group, by their starts: they never overlap.
  using Sessions = std::map<int64_t, Session>;

  void add(const PreparedInput& input, uint32_t row);
  Sessions::iterator homeOf(Sessions& sessions, int64_t time);
  void closeUpTo(int64_t watermark, uint32_t origin, Micros at);
  void emitSession(const Session& session, bool provisional, uint32_t origin, Micros at);
  std::vector<const Session*> inOrder() const;
  void arm();
  void tick();
  uint32_t takeSlot();

  const physical::Select& m_select;
  std::unordered_map<std::string, Sessions> m_open;
  std::multimap<int64_t, std::string> m_ends;  ///< when a session may be over, at the earliest: one entry for each
  std::vector<std::unique_ptr<Aggregator>> m_aggregators;
  std::vector<uint32_t> m_freeSlots;
  uint32_t m_slots = 0;
  uint64_t m_order = 0;
  int64_t m_closedUpTo = kNoWatermark;
  StepWalker m_steps;
  WatermarkTimer m_timer;
  std::optional<TickTimer> m_ticks;
};

}  // namespace weir
