// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "core/exec/aggregate_set.h"
#include "core/exec/operator.h"

namespace weir {

/// Answers each event: running aggregates without a window, TIME(d) and LENGTH(n) with the oldest rows leaving,
/// UNIQUE(k) with the latest row of each key, FIRSTUNIQUE(k) with the first. Hands on the event's own columns, then
/// the aggregates.
class RollingOperator final : public Operator {
public:
  RollingOperator(NodeContext& context, const physical::Select& select);
  void consume(const Batch& batch) override;

private:
  struct Member {
    EventInstant time;
    uint32_t group;
  };
  /// A row that UNIQUE keeps.
  struct Kept : KeptRow {
    uint32_t group = 0;
    uint64_t order = 0;
  };
  void expire(const EventInstant& now);
  void leave(uint32_t group);
  void used(uint32_t group);
  void dropEmptyGroups();
  bool addFirst(std::string key, const PreparedInput& input, uint32_t row, uint32_t& group);
  void addLatest(const std::string& key, const PreparedInput& input, uint32_t row, uint32_t& group);
  void putIn(Kept& kept);
  void takeOut(const Kept& gone);
  void startAnew();

  const physical::Select& m_select;
  bool m_rolls;
  std::optional<AggregateSet> m_running;
  GroupTable m_groups;
  std::vector<std::unique_ptr<RollingAggregator>> m_rolling;
  std::deque<Member> m_members;
  std::vector<size_t> m_membersOf;  ///< of each group
  size_t m_emptyGroups = 0;
  bool m_hasForever;
  bool m_forgets;  ///< groups that no window takes away
  EventInstant m_latest{kNoWatermark, 0};
  std::vector<uint64_t> m_lastUse;  ///< of each group without a window, counted in rows
  uint64_t m_rows = 0;
  std::unordered_map<std::string, Kept> m_kept;
  std::deque<std::string> m_keptOrder;
  uint64_t m_order = 0;
  std::unordered_set<std::string> m_seen;                          ///< of FIRSTUNIQUE
  std::vector<std::map<uint64_t, const PreparedInput*>> m_keptOf;  ///< of UNIQUE, by group and order
};

/// DELAY(d): passes each row on d later by the clock, its event time moved by d too.
class DelayOperator final : public Operator {
public:
  DelayOperator(NodeContext& context, int64_t delayMs) : Operator(context), m_delay(delayMs) {}
  void consume(const Batch& batch) override;
  Micros earliestTimer(Micros from) const override { return from + fromMillis(m_delay); }
  void flush() override;

private:
  struct Held {
    Micros due;
    Batch batch;
  };
  void release(Micros upTo);
  int64_t m_delay;
  std::deque<Held> m_held;
};

}  // namespace weir
