// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/exec/gap_log.h"
#include "core/exec/physical_plan.h"

namespace weir {

/// What became of the rows that a stream's rules looked at.
struct RowCounters {
  uint64_t passed = 0;
  uint64_t noEventTime = 0;
  uint64_t fromFuture = 0;  ///< further ahead of their arrival than event.time.max.ahead.ms
  uint64_t duplicates = 0;
  uint64_t sequenceJumps = 0;

  /// Those of another writer of the same stream.
  void add(const RowCounters& other) {
    passed += other.passed;
    noEventTime += other.noEventTime;
    fromFuture += other.fromFuture;
    duplicates += other.duplicates;
    sequenceJumps += other.sequenceJumps;
  }
};

/// The moment that a column's value stands for in a unit of `event.time.unit`; nothing when it is none.
std::optional<EventInstant> eventInstant(const Value& value, std::string_view unit);

/// What a stream's options ask of each row before a query sees it: a usable event time, no repeat, a sequence without
/// holes. The same for rows from outside and for rows that queries write.
class RowRules {
public:
  /// `options` are the stream's own, with secrets in their places. Jumps of the sequence go into `gaps`.
  RowRules(const logical::Stream& stream, const Options& options, GapLog& gaps);

  enum class Verdict { Pass, NoEventTime, FromFuture, Repeat };
  /// `column(c)` is the row's column number c. Sets the event time.
  template <class ColumnAt>
  Verdict judge(const ColumnAt& column, uint32_t row, RowMeta& meta) {
    if (m_eventTime) {
      const Verdict verdict = setEventTime(column(m_eventTime->column), row, meta);
      if (verdict != Verdict::Pass) return verdict;
    }
    if (!m_dedupe.empty()) {
      m_columns.clear();
      for (const size_t c : m_dedupe) m_columns.push_back(&column(c));
      if (isRepeat(row)) return Verdict::Repeat;
    }
    ++m_counters.passed;
    return Verdict::Pass;
  }
  /// Of a row that passed: whether it goes on where the one before it ended. `origin` is its place in the push.
  template <class ColumnAt>
  void follow(const ColumnAt& column, uint32_t row, int64_t time, uint32_t origin) {
    if (m_sequence)
      checkSequence(column(*m_sequence), m_partition ? &column(*m_partition) : nullptr, row, time, origin);
  }
  /// The source was lost, which its gap log knows: that a sequence goes on elsewhere is no second loss.
  void lost() { ++m_connections; }

  /// Says why a row was FromFuture.
  std::string aheadText(int64_t time, Micros arrival) const;
  const std::optional<logical::EventTimeRule>& eventTime() const { return m_eventTime; }
  const RowCounters& counters() const { return m_counters; }

private:
  Verdict setEventTime(const Column& column, uint32_t row, RowMeta& meta);
  bool isRepeat(uint32_t row);
  void checkSequence(const Column& column, const Column* partition, uint32_t row, int64_t time, uint32_t origin);

  std::optional<logical::EventTimeRule> m_eventTime;
  GapLog& m_gaps;
  RowCounters m_counters;
  std::vector<size_t> m_dedupe;
  size_t m_dedupeMemory;
  std::vector<const Column*> m_columns;
  std::unordered_set<std::string> m_seen;
  std::deque<std::string> m_seenOrder;
  std::optional<size_t> m_sequence;
  std::optional<size_t> m_partition;
  struct Last {
    int64_t value;
    int64_t greatest;
    int64_t time;
    uint64_t connection;
  };
  std::unordered_map<std::string, Last> m_last;
  uint64_t m_connections = 0;
};

}  // namespace weir
