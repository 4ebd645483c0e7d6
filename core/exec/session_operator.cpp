// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/session_operator.h"

#include <algorithm>

namespace weir {

SessionOperator::SessionOperator(NodeContext& context, const physical::Select& select)
    : Operator(context), m_select(select), m_steps(context), m_timer(context, [this](int64_t watermark) {
        closeUpTo(watermark, 0, m_context.clock.now());
        arm();
      }) {
  for (const physical::Aggregate& aggregate : select.aggregates)
    m_aggregators.push_back(aggregate.distinct ? aggregate.overload->makeDistinct() : aggregate.overload->make());
  if (select.output.kind == logical::Output::Kind::Snapshot)
    m_ticks.emplace(context, select.output.everyMs, [this] { tick(); });
}

uint32_t SessionOperator::takeSlot() {
  if (m_freeSlots.empty()) {
    for (auto& aggregator : m_aggregators) aggregator->grow(m_slots + 1);
    return m_slots++;
  }
  const uint32_t slot = m_freeSlots.back();
  m_freeSlots.pop_back();
  return slot;
}

void SessionOperator::consume(const Batch& batch) {
  const PreparedInput input = prepare(m_select, m_context.evaluator, batch);
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    m_steps.before(batch.meta[row].origin, [&](int64_t watermark, uint32_t origin) {
      closeUpTo(watermark, origin, m_context.arrivalOf(origin));
    });
    if (m_ticks) m_ticks->start(batch.meta[row].arrival);
    add(input, row);
  }
  arm();
}

void SessionOperator::add(const PreparedInput& input, uint32_t row) {
  const RowMeta& meta = input.batch->meta[row];
  const int64_t time = meta.time();
  const int64_t gap = m_select.window.sizeMs;
  std::string key;
  appendKey(key, input.keys, row);
  Sessions& sessions = m_open[key];
  auto home = homeOf(sessions, time);
  if (home == sessions.end()) {
    const bool closed = time + gap <= m_closedUpTo || (!m_context.watermark.hasSources() &&
                                                       m_context.watermark.clockReaches(time + gap) < meta.arrival);
    if (closed) {
      ++m_context.late;
      if (sessions.empty()) m_open.erase(key);
      return;
    }
    Session fresh;
    fresh.start = time;
    fresh.end = fresh.noted = time + gap;
    fresh.slot = takeSlot();
    fresh.order = m_order++;
    for (const ColumnPtr& column : input.keys) fresh.keys.push_back(column->value(row));
    m_ends.emplace(fresh.noted, key);
    home = sessions.emplace(time, std::move(fresh)).first;
  }
  Session& session = home->second;
  session.end = std::max(session.end, time + gap);
  for (size_t a = 0; a < m_aggregators.size(); ++a)
    m_aggregators[a]->update(input.of(a), {&row, 1}, {&session.slot, 1});
  if (m_select.output.kind == logical::Output::Kind::Changes) emitSession(session, true, meta.origin, meta.arrival);
}

// The session that a row of this time belongs to, made one where the row bridges two.
SessionOperator::Sessions::iterator SessionOperator::homeOf(Sessions& sessions, int64_t time) {
  const int64_t gap = m_select.window.sizeMs;
  auto later = sessions.upper_bound(time);
  const bool joinsLater = later != sessions.end() && time + gap > later->first;
  auto home = later == sessions.begin() ? sessions.end() : std::prev(later);
  if (home != sessions.end() && time >= home->second.end) home = sessions.end();
  if (!joinsLater) return home;
  if (home == sessions.end()) {
    // The row begins the session: it stands under its new start.
    auto moved = sessions.extract(later);
    moved.key() = moved.mapped().start = time;
    return sessions.insert(std::move(moved)).position;
  }
  Session& early = home->second;
  const Session& late = later->second;
  for (auto& aggregator : m_aggregators) aggregator->merge(late.slot, early.slot);
  m_freeSlots.push_back(late.slot);
  early.end = std::max(early.end, late.end);
  early.order = std::min(early.order, late.order);
  sessions.erase(later);
  return home;
}

void SessionOperator::finishPush() {
  m_steps.rest([&](int64_t watermark, uint32_t origin) { closeUpTo(watermark, origin, m_context.arrivalOf(origin)); });
  arm();
}

void SessionOperator::closeUpTo(int64_t watermark, uint32_t origin, Micros at) {
  std::vector<Session> closed;
  while (!m_ends.empty() && m_ends.begin()->first <= watermark) {
    const auto noted = m_ends.extract(m_ends.begin());
    const int64_t end = noted.key();
    const std::string& key = noted.mapped();
    const auto found = m_open.find(key);
    if (found == m_open.end()) continue;
    // Sessions do not overlap: those with the earliest starts end first.
    Sessions& sessions = found->second;
    while (!sessions.empty() && sessions.begin()->second.end <= watermark)
      closed.push_back(std::move(sessions.extract(sessions.begin()).mapped()));
    // One that has grown since covers the end that was noted for it.
    auto grown = sessions.lower_bound(end);
    if (grown != sessions.begin() && (--grown)->second.noted == end) {
      grown->second.noted = grown->second.end;
      m_ends.emplace(grown->second.noted, key);
    }
    if (found->second.empty()) m_open.erase(found);
  }
  std::sort(closed.begin(), closed.end(),
            [](const Session& a, const Session& b) { return a.end != b.end ? a.end < b.end : a.order < b.order; });
  for (const Session& session : closed) {
    m_closedUpTo = std::max(m_closedUpTo, session.end);
    emitSession(session, false, origin, at);
    for (auto& aggregator : m_aggregators) aggregator->clear(session.slot);
    m_freeSlots.push_back(session.slot);
  }
  if (m_context.watermark.hasSources()) m_closedUpTo = std::max(m_closedUpTo, watermark);
}

void SessionOperator::emitSession(const Session& session, bool provisional, uint32_t origin, Micros at) {
  auto columns = layoutColumns(m_select);
  for (size_t k = 0; k < session.keys.size(); ++k) columns[k]->append(session.keys[k]);
  for (size_t a = 0; a < m_aggregators.size(); ++a)
    m_aggregators[a]->finish(session.slot, *columns[session.keys.size() + a], m_context.evaluator.issues(),
                             m_select.aggregates[a].weight);
  columns[columns.size() - 2]->appendInteger(session.start);
  columns.back()->appendInteger(session.end);
  Batch batch;
  batch.schema = m_select.layout;
  batch.columns.assign(columns.begin(), columns.end());
  RowMeta meta;
  meta.at = session.end;
  meta.arrival = at;
  meta.origin = origin;
  meta.isWindowEnd = true;
  meta.isProvisional = provisional;
  meta.hasGap = m_context.hasGap(session.start, session.end);
  batch.meta.push_back(meta);
  send(batch);
}

std::vector<const SessionOperator::Session*> SessionOperator::inOrder() const {
  std::vector<const Session*> all;
  for (const auto& [key, sessions] : m_open)
    for (const auto& [start, session] : sessions) all.push_back(&session);
  std::sort(all.begin(), all.end(), [](const Session* a, const Session* b) {
    return a->end != b->end ? a->end < b->end : a->order < b->order;
  });
  return all;
}

void SessionOperator::arm() {
  if (!m_ends.empty()) m_timer.arm(m_ends.begin()->first);
}

Micros SessionOperator::earliestTimer(Micros from) const {
  const int64_t watermark = m_context.watermark.at(from);
  // A session may end at any moment.
  Micros earliest =
      m_context.watermark.earliestIdle(from, watermark == kNoWatermark ? watermark / 4096 : watermark + 1);
  if (m_context.watermark.hasClock())
    earliest = std::min(earliest, fromMillis(toMillis(from) + m_select.window.sizeMs));
  if (m_ticks) earliest = std::min(earliest, m_ticks->nextAfter(from));
  return earliest;
}

void SessionOperator::tick() {
  closeUpTo(m_context.watermark.at(m_context.clock.now()), 0, m_context.clock.now());
  emitOpen();
  if (!m_open.empty()) m_ticks->start(m_context.clock.now());
}

void SessionOperator::emitOpen() {
  for (const Session* session : inOrder()) emitSession(*session, true, 0, m_context.clock.now());
}

void SessionOperator::flush() { emitOpen(); }

}  // namespace weir
