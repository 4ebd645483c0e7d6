// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/pattern_steps.h"

#include <algorithm>

namespace weir {

using Term = PartialMatch::Term;
using Outcome = PatternSteps::Outcome;
using StepKind = physical::PatternStep::Kind;

PatternSteps::PatternSteps(const physical::Pattern& pattern, const PatternSlots& slots)
    : m_pattern(pattern), m_slots(slots) {
  for (const physical::PatternStep& step : pattern.steps) {
    m_firstTerm.push_back(m_terms.size());
    for (const physical::PatternTerm& term : step.terms) m_terms.push_back(&term);
  }
}

PartialMatch PatternSteps::fresh(size_t step) const {
  PartialMatch match;
  match.values.resize(m_slots.size());
  match.captured.resize(m_terms.size());
  enter(match, step, 0);
  return match;
}

void PatternSteps::reachable(const PartialMatch& match, std::vector<size_t>& steps) const {
  const auto& all = m_pattern.steps;
  if (!all[match.step].isEvent() || match.count < all[match.step].least) return;
  for (size_t step = match.step + 1; step < all.size(); ++step) {
    steps.push_back(step);
    if (!all[step].isEvent() || all[step].least > 0) return;
  }
}

void PatternSteps::watched(const PartialMatch& match, std::vector<size_t>& terms) const {
  terms.clear();
  const physical::PatternStep& step = m_pattern.steps[match.step];
  const size_t first = m_firstTerm[match.step];
  for (size_t i = 0; i < step.terms.size(); ++i)
    if (match.terms[i] == Term::Open && !(step.isEvent() && match.count >= step.most)) terms.push_back(first + i);
  std::vector<size_t> later;
  reachable(match, later);
  for (const size_t other : later)
    for (size_t i = 0; i < m_pattern.steps[other].terms.size(); ++i) terms.push_back(m_firstTerm[other] + i);
}

std::optional<int64_t> PatternSteps::deadline(const PartialMatch& match) const {
  std::optional<int64_t> earliest;
  const physical::PatternStep& step = m_pattern.steps[match.step];
  for (size_t i = 0; i < step.terms.size(); ++i) {
    if (!step.terms[i].waits() || match.terms[i] != Term::Open) continue;
    const int64_t ends = match.since + step.terms[i].lastingMs;
    if (!earliest || ends < *earliest) earliest = ends;
  }
  return earliest;
}

bool PatternSteps::takes(size_t step, std::span<const size_t> fitting) const {
  const size_t first = m_firstTerm[step];
  const size_t end = first + m_pattern.steps[step].terms.size();
  return std::any_of(fitting.begin(), fitting.end(),
                     [&](size_t term) { return term >= first && term < end && !m_terms[term]->negated; });
}

Outcome PatternSteps::offer(PartialMatch& match, std::span<const size_t> fitting, const Batch& batch,
                            uint32_t row) const {
  // The furthest step first: what is enough of a repeated event ends with what follows it.
  std::vector<size_t> later;
  reachable(match, later);
  const int64_t time = batch.meta[row].time();
  const auto target = std::find_if(later.rbegin(), later.rend(), [&](size_t step) { return takes(step, fitting); });
  if (target != later.rend()) enter(match, *target, time);
  const physical::PatternStep& step = m_pattern.steps[match.step];
  if (step.kind != StepKind::Single) return fillGroup(match, fitting, batch, row);
  const size_t term = m_firstTerm[match.step];
  if (std::find(fitting.begin(), fitting.end(), term) == fitting.end()) return Outcome::Ignored;
  if (step.terms.front().negated) return Outcome::Killed;
  if (match.count >= step.most) return Outcome::Ignored;
  capture(match, term, batch, row);
  ++match.count;
  const bool last = match.step + 1 == m_pattern.steps.size();
  if (match.count >= step.least && (last || match.count == step.most)) return next(match, time);
  return Outcome::Advanced;
}

// An event belongs to one term; what it is taken for comes before what it rules out.
Outcome PatternSteps::fillGroup(PartialMatch& match, std::span<const size_t> fitting, const Batch& batch,
                                uint32_t row) const {
  const physical::PatternStep& step = m_pattern.steps[match.step];
  const size_t first = m_firstTerm[match.step];
  const int64_t time = batch.meta[row].time();
  bool failed = false;
  for (const bool negated : {false, true})
    for (const size_t term : fitting) {
      if (term < first || term >= first + step.terms.size() || m_terms[term]->negated != negated) continue;
      Term& state = match.terms[term - first];
      if (state != Term::Open) continue;
      if (!negated) {
        capture(match, term, batch, row);
        state = Term::Done;
        return step.kind == StepKind::Or ? next(match, time) : leaveFilled(match, time);
      }
      if (step.kind == StepKind::And) return Outcome::Killed;
      state = Term::Failed;
      failed = true;
    }
  if (!failed) return Outcome::Ignored;
  const bool any = std::any_of(match.terms.begin(), match.terms.end(), [](Term t) { return t == Term::Open; });
  return any ? Outcome::Failed : Outcome::Killed;
}

// A step of AND is done once its events have come and its waits have ended; NOT without FOR then has held.
Outcome PatternSteps::leaveFilled(PartialMatch& match, int64_t time) const {
  const physical::PatternStep& step = m_pattern.steps[match.step];
  for (size_t i = 0; i < step.terms.size(); ++i)
    if (match.terms[i] == Term::Open && (!step.terms[i].negated || step.terms[i].waits())) return Outcome::Advanced;
  return next(match, time);
}

Outcome PatternSteps::endWaits(PartialMatch& match, int64_t time) const {
  const physical::PatternStep& step = m_pattern.steps[match.step];
  const bool inBounds = m_pattern.withinMs < 0 || time - match.earliest <= m_pattern.withinMs;
  bool open = false;
  for (size_t i = 0; i < step.terms.size(); ++i) {
    Term& state = match.terms[i];
    if (state != Term::Open) continue;
    if (!step.terms[i].waits() || match.since + step.terms[i].lastingMs > time) {
      open = true;
      continue;
    }
    state = inBounds ? Term::Done : Term::Failed;
    if (!inBounds && step.kind != StepKind::Or) return Outcome::Killed;
    if (inBounds && step.kind != StepKind::And) return next(match, time);
  }
  if (step.kind == StepKind::And) return leaveFilled(match, time);
  return open ? Outcome::Failed : Outcome::Killed;
}

void PatternSteps::enter(PartialMatch& match, size_t step, int64_t time) const {
  match.step = step;
  match.count = 0;
  match.since = time;
  match.terms.assign(m_pattern.steps[step].terms.size(), Term::Open);
}

Outcome PatternSteps::next(PartialMatch& match, int64_t time) const {
  if (match.step + 1 == m_pattern.steps.size()) {
    match.step = m_pattern.steps.size();
    return Outcome::Complete;
  }
  enter(match, match.step + 1, time);
  return Outcome::Advanced;
}

void PatternSteps::capture(PartialMatch& match, size_t term, const Batch& batch, uint32_t row) const {
  const RowMeta& meta = batch.meta[row];
  m_slots.capture(match, *m_terms[term], term, batch, row);
  match.earliest = std::min(match.earliest, meta.time());
  if (!match.hasEvent || meta.instant() >= match.latest.instant()) match.latest = meta;
  match.hasEvent = true;
  match.hasGap = match.hasGap || meta.hasGap;
}

}  // namespace weir
