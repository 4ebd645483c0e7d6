// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/pattern_operator.h"

#include <algorithm>

namespace weir {

namespace {

// EVERY over a busy stream may start more matches than can ever end; the oldest go.
constexpr size_t kMostPartials = 10'000;

}  // namespace

PatternOperator::PatternOperator(NodeContext& context, const BoundPattern& pattern, SchemaPtr schema)
    : Operator(context), m_pattern(pattern), m_out(std::move(schema)) {
  for (const BoundPatternStep& step : pattern.steps) {
    m_firstTerm.push_back(m_terms.size());
    for (const BoundPatternTerm& term : step.terms) m_terms.push_back(&term);
  }
}

Micros PatternOperator::earliestTimer(Micros from) const {
  Micros earliest = kNever;
  for (const BoundPatternTerm* term : m_terms)
    if (term->negated && term->lastingMs > 0) earliest = std::min(earliest, from + fromMillis(term->lastingMs));
  return earliest;
}

void PatternOperator::process(const std::vector<std::pair<size_t, BatchPtr>>& input) {
  struct Position {
    size_t port;
    const BatchPtr* batch;
    uint32_t row;
    uint32_t origin;
  };
  std::vector<Position> rows;
  for (const auto& [port, batch] : input)
    for (uint32_t row = 0; row < batch->rows(); ++row) rows.push_back({port, &batch, row, batch->meta[row].origin});
  std::stable_sort(rows.begin(), rows.end(), [](const Position& a, const Position& b) {
    return a.origin != b.origin ? a.origin < b.origin : a.port < b.port;
  });
  for (const Position& at : rows) take(at.port, *at.batch, at.row);
  if (m_out.rows() > 0) send(*m_out.take());
}

void PatternOperator::take(size_t port, const BatchPtr& batch, uint32_t row) {
  const RowMeta& meta = batch->meta[row];
  for (auto partial = m_partials.begin(); partial != m_partials.end();) {
    Outcome outcome = Outcome::Killed;
    if (m_pattern.withinMs < 0 || meta.time() - partial->started <= m_pattern.withinMs) outcome = offer(*partial, port, batch, row);
    if (outcome == Outcome::Complete) emitMatch(*partial, meta);
    const bool ends = outcome == Outcome::Complete || outcome == Outcome::Killed || (m_pattern.strict && outcome == Outcome::Ignored);
    partial = ends ? m_partials.erase(partial) : partial + 1;
    if (outcome == Outcome::Complete && !m_pattern.overlapping) return;
  }
  if (m_finished || (!m_pattern.overlapping && !m_partials.empty())) return;
  Partial fresh;
  fresh.rows.resize(m_terms.size());
  fresh.firsts.resize(m_terms.size());
  fresh.done.resize(m_pattern.steps[0].terms.size());
  fresh.started = meta.time();
  const Outcome outcome = offer(fresh, port, batch, row);
  if (outcome == Outcome::Complete) emitMatch(fresh, meta);
  if (outcome != Outcome::Advanced) return;
  m_partials.push_back(std::move(fresh));
  if (m_partials.size() > kMostPartials) m_partials.pop_front();
}

PatternOperator::Outcome PatternOperator::next(Partial& partial, const RowMeta& cause) {
  if (++partial.step == m_pattern.steps.size()) return Outcome::Complete;
  const BoundPatternStep& step = m_pattern.steps[partial.step];
  partial.count = 0;
  partial.done.assign(step.terms.size(), false);
  const BoundPatternTerm& term = step.terms.front();
  if (step.kind == BoundPatternStep::Kind::Single && term.negated) {
    partial.waitUntil = cause.arrival + fromMillis(term.lastingMs);
    arm(partial.waitUntil);
  }
  return Outcome::Advanced;
}

// One timer for the earliest wait: partials are given up in numbers, and theirs would stay behind.
void PatternOperator::arm(Micros due) {
  if (due >= m_armed) return;
  if (m_timer != TimerId::None) m_context.clock.cancel(m_timer);
  m_armed = due;
  m_timer = m_context.callAt(due, [this, due] {
    m_timer = TimerId::None;
    m_armed = kNever;
    waited(due);
    for (const Partial& partial : m_partials)
      if (waits(partial)) arm(partial.waitUntil);
  });
}

bool PatternOperator::waits(const Partial& partial) const {
  if (partial.step >= m_pattern.steps.size()) return false;
  const BoundPatternStep& step = m_pattern.steps[partial.step];
  return step.kind == BoundPatternStep::Kind::Single && step.terms.front().negated;
}

void PatternOperator::waited(Micros now) {
  for (auto partial = m_partials.begin(); partial != m_partials.end();) {
    if (!waits(*partial) || partial->waitUntil > now) {
      ++partial;
      continue;
    }
    RowMeta cause = partial->latest;
    cause.arrival = now;
    cause.origin = 0;
    if (next(*partial, cause) != Outcome::Complete) {
      ++partial;
      continue;
    }
    emitMatch(*partial, cause);
    partial = m_partials.erase(partial);
  }
  if (m_out.rows() > 0) send(*m_out.take());
}

PatternOperator::Outcome PatternOperator::offer(Partial& partial, size_t port, const BatchPtr& batch, uint32_t row) {
  const RowMeta& meta = batch->meta[row];
  const BoundPatternStep& step = m_pattern.steps[partial.step];
  const size_t first = m_firstTerm[partial.step];
  if (step.kind == BoundPatternStep::Kind::Single) {
    const BoundPatternTerm& term = step.terms.front();
    const bool fits = term.port == port && matches(partial, term, first, batch, row);
    if (term.negated) return fits ? Outcome::Killed : Outcome::Ignored;
    // Enough of this step: the event may belong to the next one already.
    if (partial.count >= step.least && partial.step + 1 < m_pattern.steps.size()) {
      Partial moved = partial;
      if (next(moved, meta) == Outcome::Advanced) {
        const Outcome outcome = offer(moved, port, batch, row);
        if (outcome == Outcome::Advanced || outcome == Outcome::Complete) {
          partial = std::move(moved);
          return outcome;
        }
      }
    }
    if (!fits || partial.count >= step.most) return Outcome::Ignored;
    capture(partial, first, batch, row);
    ++partial.count;
    const bool last = partial.step + 1 == m_pattern.steps.size();
    if (partial.count >= step.least && (last || partial.count == step.most)) return next(partial, meta);
    return Outcome::Advanced;
  }
  bool advanced = false;
  for (size_t i = 0; i < step.terms.size(); ++i) {
    const BoundPatternTerm& term = step.terms[i];
    if (partial.done[i] || term.port != port || !matches(partial, term, first + i, batch, row)) continue;
    if (term.negated) return Outcome::Killed;
    capture(partial, first + i, batch, row);
    partial.done[i] = true;
    advanced = true;
    if (step.kind == BoundPatternStep::Kind::Or) return next(partial, meta);
    break;
  }
  if (!advanced) return Outcome::Ignored;
  for (size_t i = 0; i < step.terms.size(); ++i)
    if (!partial.done[i] && !step.terms[i].negated) return Outcome::Advanced;
  return next(partial, meta);
}

void PatternOperator::append(BatchBuilder& out, size_t firstColumn, size_t columns, const Captured& row) {
  for (size_t c = 0; c < columns; ++c) {
    Column& column = out.column(firstColumn + c);
    if (row.batch)
      column.appendFrom(*row.batch->columns[c], row.row);
    else
      column.appendNull();
  }
}

std::shared_ptr<Batch> PatternOperator::combined(const Partial& partial, size_t candidate, const BatchPtr& batch, uint32_t row) const {
  BatchBuilder out(m_out.schema());
  for (size_t t = 0; t < m_terms.size(); ++t) {
    const BoundPatternTerm& term = *m_terms[t];
    const bool isCandidate = t == candidate;
    append(out, term.firstColumn, term.columns, isCandidate ? Captured{batch, row} : partial.rows[t]);
    if (term.firstMatch)
      append(out, *term.firstMatch, term.columns, isCandidate && !partial.firsts[t].batch ? Captured{batch, row} : partial.firsts[t]);
  }
  out.finishRow(batch ? batch->meta[row] : partial.latest);
  return out.take();
}

bool PatternOperator::matches(const Partial& partial, const BoundPatternTerm& term, size_t index, const BatchPtr& batch, uint32_t row) {
  if (!term.condition) return true;
  return !m_context.evaluator.select(*term.condition, *combined(partial, index, batch, row), {0}).empty();
}

void PatternOperator::capture(Partial& partial, size_t index, const BatchPtr& batch, uint32_t row) {
  partial.rows[index] = {batch, row};
  if (!partial.firsts[index].batch) partial.firsts[index] = {batch, row};
  if (partial.latest.arrival == 0 || batch->meta[row].time() >= partial.latest.time()) partial.latest = batch->meta[row];
}

void PatternOperator::emitMatch(const Partial& partial, const RowMeta& cause) {
  const auto row = combined(partial, m_terms.size(), nullptr, 0);
  for (size_t c = 0; c < row->columns.size(); ++c) m_out.column(c).appendFrom(*row->columns[c], 0);
  RowMeta meta = partial.latest;
  meta.arrival = cause.arrival;
  meta.origin = cause.origin;
  m_out.finishRow(meta);
  if (!m_pattern.every) m_finished = true;
}

}  // namespace weir
