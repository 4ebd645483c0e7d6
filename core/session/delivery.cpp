// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/delivery.h"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

constexpr Micros kBetweenLooks = 20'000;
constexpr Micros kBetweenCommits = 1'000'000;

}  // namespace

Delivery::Delivery(Clock& clock, RunSinks& sinks, std::vector<Source*> sources, std::function<void()> flush)
    : m_clock(clock),
      m_sinks(sinks),
      m_sources(std::move(sources)),
      m_flush(std::move(flush)),
      m_anyCommits(std::any_of(m_sources.begin(), m_sources.end(), [](const Source* s) { return s->isCommitted(); })) {
  // The run before may have left them held.
  for (Source* source : m_sources) source->hold(false);
  look();
}

Delivery::~Delivery() { m_clock.cancel(m_timer); }

void Delivery::look() {
  const bool isCrowded = m_sinks.isCrowded();
  if (std::exchange(m_isHeld, isCrowded) != isCrowded)
    for (Source* source : m_sources) source->hold(isCrowded);
  if (m_anyCommits && m_marked && m_sinks.haveReported(*m_marked)) commit();
  if (m_anyCommits && !m_marked && m_clock.now() >= m_markAt) mark();
  m_timer = m_clock.callAt(m_clock.now() + kBetweenLooks, [this] { look(); });
}

void Delivery::mark() {
  m_flush();
  for (Source* source : m_sources) source->mark();
  m_marked = m_sinks.published();
  m_markAt = m_clock.now() + kBetweenCommits;
}

void Delivery::conclude() {
  m_clock.cancel(m_timer);
  mark();
  m_failedBefore = m_sinks.rowsFailed();
}

void Delivery::commitAtEnd() {
  if (m_sinks.rowsFailed() == m_failedBefore) commit();
}

void Delivery::commit() {
  if (!std::exchange(m_marked, std::nullopt)) return;
  for (Source* source : m_sources) source->commit();
}

}  // namespace weir
