// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include "core/exec/operator.h"
#include "core/exec/partial_store.h"
#include "core/exec/pattern_steps.h"
#include "core/exec/watermark_timer.h"

namespace weir {

/// PATTERN and SEQUENCE: follows the matches that have begun, event by event. Events are taken in the order of their
/// arrival; only where NOT ... FOR has to be told from what came too late, in the order of their times, each once the
/// watermark has reached it.
class PatternOperator final : public Operator {
public:
  PatternOperator(NodeContext& context, const physical::Pattern& pattern, SchemaPtr schema);
  void consume(const Batch&) override {}
  /// Takes the rows of one push from all inputs in the order of their origins.
  void process(const std::vector<std::pair<size_t, BatchPtr>>& input);
  void finishPush() override;
  Micros earliestTimer(Micros from) const override;
  size_t mostRows() const override;
  void flush() override;

  /// How far a match may lie behind the watermark: as long as it can have waited for nothing to come after its last
  /// event.
  static int64_t delayMs(const physical::Pattern& pattern);

private:
  struct Event {
    size_t port;
    const Batch& batch;
    uint32_t row;
    const PreparedRows& prepared;

    const RowMeta& meta() const { return batch.meta[row]; }
  };
  /// A row that the watermark has not reached, in a batch of its own.
  struct Held {
    size_t port;
    BatchPtr row;
  };
  struct Hit {
    PartialMatch* match;
    size_t term;
  };
  struct Cause {
    uint32_t origin;
    Micros arrival;
  };

  void accept(size_t port, const BatchPtr& batch, uint32_t row, const PreparedRows* prepared);
  void takeAlone(size_t port, const Batch& batch, uint32_t row, const Cause& cause);
  void take(const Event& event, const Cause& cause);
  void moveMatches(const Event& event, const Cause& cause);
  void begin(const Event& event, const Cause& cause);
  void findHits(const Event& event);
  bool fitsFresh(const PreparedRows::Term& term, const Event& event);
  void endBrokenOnes();
  void giveUpOld(int64_t time, const Cause& cause);
  void pass(int64_t watermark, const Cause& cause);
  /// Does what the time itself brings about, up to `until`: rows that were held back, and waits that end.
  void settle(int64_t until, const Cause& cause);
  /// Puts a match where events and waits find it, or lets it go.
  void conclude(PartialMatch& match, PatternSteps::Outcome outcome, int64_t time, const Cause& cause);
  void store(PartialMatch& match);
  void drop(PartialMatch& match);
  void leaveGroup(int64_t time);
  void emit(const PartialMatch& match, const Cause& cause);
  void sendMatches();
  bool mayBegin() const;
  /// Of a pattern that begins with a wait: since when there was silence, for a match that goes on at `time`.
  std::optional<int64_t> silentSince(int64_t time) const;
  void noteSilence(const Event& event);
  void noteAbsent(const Event& event);

  const physical::Pattern& m_pattern;
  PatternSlots m_slots;
  PatternConditions m_conditions;
  PatternSteps m_steps;
  PartialStore m_store;
  PartialMatch m_fresh;              ///< what each match is in the beginning
  std::vector<size_t> m_freshTerms;  ///< the terms with which one may begin
  PartialMatch* m_active = nullptr;  ///< the one in the steps of which there is one at a time
  bool m_finished = false;           ///< no match can begin any more
  bool m_hasWaits = false;
  bool m_inOrderOfTime = false;
  bool m_leftGroup = false;  ///< by the event at hand

  // Of a pattern that begins with NOT ... FOR.
  const physical::PatternTerm* m_leading = nullptr;
  std::optional<int64_t> m_quietSince;
  std::optional<int64_t> m_quietUntil;  ///< the end of the last silence that was long enough

  int64_t m_greatest = kNoWatermark;  ///< time of the events so far
  int64_t m_passed = kNoWatermark;    ///< the watermark before the event at hand
  uint64_t m_events = 0;
  std::multimap<int64_t, Held> m_held;
  std::vector<Hit> m_hits;
  std::vector<PartialMatch*> m_candidates;
  std::vector<size_t> m_terms;
  std::string m_key;
  BatchBuilder m_out;
  StepWalker m_watermarkSteps;
  WatermarkTimer m_timer;
};

}  // namespace weir
