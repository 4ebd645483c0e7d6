// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/pattern_operator.h"

#include <algorithm>
#include <limits>

#include "core/exec/filter_operator.h"

namespace weir {

using Every = physical::Pattern::Every;
using Outcome = PatternSteps::Outcome;
using StepKind = physical::PatternStep::Kind;

namespace {

// EVERY over a busy stream may start more matches than can ever end, and a row may be far ahead; the oldest go.
constexpr size_t kMostPartials = 10'000;
constexpr size_t kMostHeld = 100'000;
// At worst each event of a batch is compared with each match that has begun; so many comparisons take some ms.
constexpr size_t kMostComparisons = 400'000;

}  // namespace

PatternOperator::PatternOperator(NodeContext& context, const physical::Pattern& pattern, SchemaPtr schema)
    : Operator(context),
      m_pattern(pattern),
      m_slots(pattern, schema->fields.size()),
      m_conditions(pattern, context.evaluator, schema, m_slots),
      m_steps(pattern, m_slots),
      m_store(m_steps.terms()),
      m_out(std::move(schema)),
      m_watermarkSteps(context),
      m_timer(context, [this](int64_t watermark) {
        pass(watermark, {0, m_context.clock.now()});
        sendMatches();
      }) {
  for (size_t term = 0; term < m_steps.terms(); ++term) m_hasWaits = m_hasWaits || m_steps.term(term).waits();
  // By the clock alone rows come in order, unless what writes them holds some back.
  m_inOrderOfTime = m_hasWaits && (context.watermark.hasSources() || context.watermark.ofClock(0) != 0);
  const physical::PatternStep& first = pattern.steps.front();
  if (first.kind == StepKind::Single && first.terms.front().negated) m_leading = &first.terms.front();
  m_fresh = m_steps.fresh(m_leading ? 1 : 0);
  m_steps.watched(m_fresh, m_freshTerms);
  // The time of a source with event time is known once it has sent something.
  if (m_leading && !m_inOrderOfTime) m_quietSince = context.watermark.ofClock(context.clock.now());
}

int64_t PatternOperator::delayMs(const physical::Pattern& pattern) {
  int64_t delay = 0;
  for (auto step = pattern.steps.rbegin(); step != pattern.steps.rend(); ++step) {
    int64_t longest = 0;
    bool hasEvent = false;
    for (const physical::PatternTerm& term : step->terms) {
      longest = std::max(longest, term.lastingMs);
      hasEvent = hasEvent || !term.negated;
    }
    delay += longest;
    if (longest == 0 || (hasEvent && step->kind != StepKind::Or)) break;
  }
  return delay;
}

Micros PatternOperator::earliestTimer(Micros from) const {
  const WatermarkView& watermark = m_context.watermark;
  if (!m_hasWaits) return kNever;
  int64_t shortest = std::numeric_limits<int64_t>::max();
  for (size_t term = 0; term < m_steps.terms(); ++term)
    if (m_steps.term(term).waits()) shortest = std::min(shortest, m_steps.term(term).lastingMs);
  const int64_t now = watermark.at(from);
  // A row that is held back may be reached at any moment.
  if (m_inOrderOfTime) shortest = 1;
  Micros earliest = watermark.earliestIdle(from, now == kNoWatermark ? now / 4096 : now + 1);
  if (watermark.hasClock()) earliest = std::min(earliest, watermark.clockReaches(watermark.ofClock(from) + shortest));
  return earliest;
}

size_t PatternOperator::mostRows() const { return 1 + kMostComparisons / (1 + m_store.size()); }

void PatternOperator::process(const std::vector<std::pair<size_t, BatchPtr>>& input) {
  struct Position {
    size_t input;
    uint32_t row;
    uint32_t origin;
  };
  std::vector<Position> rows;
  std::vector<PreparedRows> prepared;
  // What is asked of rows that nothing may come of, or later, would show how long the batch was.
  const bool together = m_pattern.every != Every::Never && !m_inOrderOfTime;
  for (size_t i = 0; i < input.size(); ++i) {
    const auto& [port, batch] = input[i];
    const auto count = static_cast<uint32_t>(batch->rows());
    for (uint32_t row = 0; row < count; ++row) rows.push_back({i, row, batch->meta[row].origin});
    if (together) prepared.push_back(m_conditions.prepare(port, *batch, 0, count));
  }
  std::stable_sort(rows.begin(), rows.end(), [&](const Position& a, const Position& b) {
    return a.origin != b.origin ? a.origin < b.origin : input[a.input].first < input[b.input].first;
  });
  for (const Position& at : rows) {
    if (m_hasWaits)
      m_watermarkSteps.before(at.origin, [this](int64_t watermark, uint32_t origin) {
        pass(watermark, {origin, m_context.arrivalOf(origin)});
      });
    accept(input[at.input].first, input[at.input].second, at.row, together ? &prepared[at.input] : nullptr);
  }
  sendMatches();
}

void PatternOperator::finishPush() {
  if (!m_hasWaits) return;
  m_watermarkSteps.rest([this](int64_t watermark, uint32_t origin) {
    pass(watermark, {origin, m_context.arrivalOf(origin)});
  });
  sendMatches();
}

void PatternOperator::flush() {
  if (m_held.empty()) return;
  settle(m_held.rbegin()->first, {0, m_context.clock.now()});
  sendMatches();
}

void PatternOperator::accept(size_t port, const BatchPtr& batch, uint32_t row, const PreparedRows* prepared) {
  const RowMeta& meta = batch->meta[row];
  const Cause cause{meta.origin, meta.arrival};
  if (m_hasWaits) {
    if (m_inOrderOfTime && meta.time() > m_context.watermark.atOrigin(meta.origin, meta.arrival)) {
      m_held.emplace(meta.time(), Held{port, std::make_shared<Batch>(selected(*batch, {row}))});
      if (m_held.size() <= kMostHeld) return;
      m_held.erase(m_held.begin());
      ++m_context.forgotten;
      return;
    }
    settle(meta.time(), cause);
  }
  if (prepared)
    take({port, *batch, row, *prepared}, cause);
  else
    takeAlone(port, *batch, row, cause);
  // What began late may have waited long enough already.
  if (m_hasWaits) settle(m_passed, cause);
}

void PatternOperator::pass(int64_t watermark, const Cause& cause) {
  m_passed = std::max(m_passed, watermark);
  settle(watermark, cause);
}

void PatternOperator::takeAlone(size_t port, const Batch& batch, uint32_t row, const Cause& cause) {
  if (m_finished && m_store.empty()) return;
  const PreparedRows prepared = m_conditions.prepare(port, batch, row, 1);
  take({port, batch, row, prepared}, cause);
}

void PatternOperator::settle(int64_t until, const Cause& cause) {
  while (true) {
    PartialMatch* waiting = m_store.firstToEnd();
    if (waiting && *waiting->deadline > until) waiting = nullptr;
    const bool hasRow = !m_held.empty() && m_held.begin()->first <= until;
    if (waiting && (!hasRow || *waiting->deadline <= m_held.begin()->first)) {
      const int64_t ends = *waiting->deadline;
      conclude(*waiting, m_steps.endWaits(*waiting, ends), ends, cause);
    } else if (hasRow) {
      const Held held = m_held.extract(m_held.begin()).mapped();
      takeAlone(held.port, *held.row, 0, cause);
    } else {
      return;
    }
  }
}

void PatternOperator::take(const Event& event, const Cause& cause) {
  const int64_t time = event.meta().time();
  ++m_events;
  m_greatest = std::max(m_greatest, time);
  m_leftGroup = false;
  giveUpOld(time, cause);
  moveMatches(event, cause);
  if (m_pattern.strict) endBrokenOnes();
  if (mayBegin()) begin(event, cause);
  noteSilence(event);
  noteAbsent(event);
}

// An event that is late for a match is in time for another: an old match goes once the watermark has passed it too.
// Where there is one at a time, a newer event takes its place.
void PatternOperator::giveUpOld(int64_t time, const Cause& cause) {
  if (m_pattern.withinMs < 0) return;
  if (m_active && time - m_active->earliest > m_pattern.withinMs) drop(*m_active);
  if (!m_store.firstToExpire()) return;
  const int64_t passed = std::min(m_greatest, m_context.watermark.atOrigin(cause.origin, cause.arrival));
  while (PartialMatch* match = m_store.firstToExpire()) {
    if (*match->expiry + m_pattern.withinMs >= passed) return;
    drop(*match);
  }
}

void PatternOperator::findHits(const Event& event) {
  m_hits.clear();
  const int64_t time = event.meta().time();
  for (const PreparedRows::Term& term : event.prepared.terms()) {
    if (!event.prepared.fits(term, event.row) || !event.prepared.key(term, event.row, m_key)) continue;
    const std::vector<PartialMatch*>& watching = m_store.watching(term.index, m_key);
    if (watching.empty()) continue;
    m_candidates.clear();
    const bool negated = m_steps.term(term.index).negated;
    for (PartialMatch* match : watching)
      if (negated || match->reaches(time, m_pattern.withinMs)) m_candidates.push_back(match);
    m_conditions.keepFitting(term.index, event.batch, event.row, m_candidates);
    for (PartialMatch* match : m_candidates) m_hits.push_back({match, term.index});
  }
  std::sort(m_hits.begin(), m_hits.end(), [](const Hit& a, const Hit& b) {
    return a.match->number != b.match->number ? a.match->number < b.match->number : a.term < b.term;
  });
}

void PatternOperator::moveMatches(const Event& event, const Cause& cause) {
  if (m_store.empty()) return;
  findHits(event);
  for (size_t i = 0; i < m_hits.size();) {
    PartialMatch& match = *m_hits[i].match;
    m_terms.clear();
    for (; i < m_hits.size() && m_hits[i].match == &match; ++i) m_terms.push_back(m_hits[i].term);
    const Outcome outcome = m_steps.offer(match, m_terms, event.batch, event.row);
    if (outcome == Outcome::Advanced) match.movedAt = m_events;
    if (outcome == Outcome::Killed && match.step == 0 && m_pattern.every == Every::Never) m_finished = true;
    conclude(match, outcome, event.meta().time(), cause);
  }
}

// SEQUENCE: whoever has no use for an event is broken by it.
void PatternOperator::endBrokenOnes() {
  m_store.forEach([this](PartialMatch& match) {
    if (match.movedAt != m_events) drop(match);
  });
}

bool PatternOperator::mayBegin() const {
  if (m_finished || m_leftGroup) return false;
  return m_pattern.every == Every::Event || !m_active;
}

bool PatternOperator::fitsFresh(const PreparedRows::Term& term, const Event& event) {
  if (std::find(m_freshTerms.begin(), m_freshTerms.end(), term.index) == m_freshTerms.end()) return false;
  // What a key or a condition would compare with has not come: it is NULL.
  if (!event.prepared.fits(term, event.row) || !term.keys.empty()) return false;
  m_candidates.assign(1, &m_fresh);
  m_conditions.keepFitting(term.index, event.batch, event.row, m_candidates);
  return !m_candidates.empty();
}

void PatternOperator::begin(const Event& event, const Cause& cause) {
  const int64_t time = event.meta().time();
  const std::optional<int64_t> since = m_leading ? silentSince(time) : time;
  if (!since) return;
  m_terms.clear();
  for (const PreparedRows::Term& term : event.prepared.terms())
    if (fitsFresh(term, event)) m_terms.push_back(term.index);
  if (m_terms.empty()) return;
  PartialMatch match = m_fresh;
  match.earliest = *since;
  match.since = time;
  const Outcome outcome = m_steps.offer(match, m_terms, event.batch, event.row);
  if (outcome == Outcome::Complete) return conclude(match, outcome, time, cause);
  if (outcome != Outcome::Advanced) return;
  PartialMatch& added = m_store.add(std::move(match));
  added.movedAt = m_events;
  if (m_pattern.every != Every::Event) m_active = &added;
  conclude(added, outcome, time, cause);
  if (m_store.size() <= kMostPartials) return;
  drop(m_store.oldest());
  ++m_context.forgotten;
}

void PatternOperator::conclude(PartialMatch& match, Outcome outcome, int64_t time, const Cause& cause) {
  const bool isKept = match.number != 0;
  const bool leaves = m_pattern.every == Every::Group &&
                      (outcome == Outcome::Advanced || outcome == Outcome::Complete) &&
                      match.step >= m_pattern.groupSteps && (!isKept || &match == m_active);
  if (leaves) leaveGroup(time);
  switch (outcome) {
    case Outcome::Ignored: break;
    case Outcome::Failed:
    case Outcome::Advanced: store(match); break;
    case Outcome::Complete:
      emit(match, cause);
      m_finished = m_finished || m_pattern.every == Every::Never;
      [[fallthrough]];
    case Outcome::Killed:
      if (isKept) drop(match);
  }
}

// The next match of the group begins behind the event that ended this one.
void PatternOperator::leaveGroup(int64_t time) {
  m_active = nullptr;
  m_leftGroup = true;
  if (m_leading) m_quietSince = time;
  m_quietUntil.reset();
}

void PatternOperator::store(PartialMatch& match) {
  m_store.unwatch(match);
  m_steps.watched(match, m_terms);
  for (const size_t term : m_terms)
    if (m_conditions.key(match, term, m_key)) m_store.watch(match, term, m_key);
  if (m_pattern.withinMs >= 0) m_store.setExpiry(match, match.earliest);
  m_store.setDeadline(match, m_steps.deadline(match));
}

void PatternOperator::drop(PartialMatch& match) {
  if (&match == m_active) m_active = nullptr;
  m_store.remove(match);
}

// Any silence that was long enough will do; the latest leaves most of WITHIN. A SEQUENCE bears nothing in between.
std::optional<int64_t> PatternOperator::silentSince(int64_t time) const {
  if (!m_quietSince) return std::nullopt;
  if (time - *m_quietSince >= m_leading->lastingMs) return time - m_leading->lastingMs;
  if (m_pattern.strict || !m_quietUntil) return std::nullopt;
  const int64_t since = *m_quietUntil - m_leading->lastingMs;
  if (m_pattern.withinMs >= 0 && time - since > m_pattern.withinMs) return std::nullopt;
  return since;
}

void PatternOperator::noteSilence(const Event& event) {
  if (!m_leading) return;
  const int64_t time = event.meta().time();
  if (!m_quietSince) m_quietSince = time;
  const auto breaks = [&](const PreparedRows::Term& term) {
    return term.index == 0 && event.prepared.fits(term, event.row);
  };
  const auto& terms = event.prepared.terms();
  if (!m_pattern.strict && std::none_of(terms.begin(), terms.end(), breaks)) return;
  if (time - *m_quietSince >= m_leading->lastingMs) m_quietUntil = time;
  m_quietSince = std::max(*m_quietSince, time);
}

// NOT without FOR in the first step looks from the start on: once such an event has come, no match can begin.
void PatternOperator::noteAbsent(const Event& event) {
  if (m_pattern.every != Every::Never || m_leading || m_finished) return;
  for (const PreparedRows::Term& term : event.prepared.terms())
    if (m_steps.term(term.index).negated && fitsFresh(term, event)) m_finished = true;
}

void PatternOperator::emit(const PartialMatch& match, const Cause& cause) {
  for (size_t c = 0; c < m_out.schema()->fields.size(); ++c) {
    const size_t slot = m_slots.of(c);
    if (slot == PatternSlots::kNone)
      m_out.column(c).appendNull();
    else
      m_out.column(c).append(match.values[slot]);
  }
  RowMeta meta = match.latest;
  meta.hasGap = match.hasGap;
  meta.arrival = cause.arrival;
  meta.origin = cause.origin;
  m_out.finishRow(meta);
}

void PatternOperator::sendMatches() {
  if (m_out.rows() > 0) send(*m_out.take());
  if (!m_held.empty()) m_timer.arm(m_held.begin()->first);
  if (const PartialMatch* waiting = m_store.firstToEnd()) m_timer.arm(*waiting->deadline);
}

}  // namespace weir
