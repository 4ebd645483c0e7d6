// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/feed/feeder.h"

#include <algorithm>
#include <utility>

namespace weir {

Feeder::Feeder(Pipeline& pipeline, size_t batchRows, const ResolvedOptions& options, Silence silence)
    : m_pipeline(pipeline), m_batchRows(batchRows), m_provesSilence(silence == Silence::Proven) {
  followChange({}, options);
}

void Feeder::followChange(const std::set<std::string>& kept, const ResolvedOptions& options) {
  std::erase_if(m_intakes, [&](const auto& entry) { return !kept.contains(entry.first); });
  for (const std::string& name : m_pipeline.script().feeds())
    if (!m_intakes.contains(name)) {
      const logical::Stream& stream = m_pipeline.script().stream(name);
      const auto resolved = options.find(name);
      m_intakes.emplace(name, std::make_unique<Intake>(
                                  stream, resolved == options.end() ? stream.options : resolved->second, m_pipeline));
    }
}

Intake* Feeder::find(const std::string& stream) {
  const auto found = m_intakes.find(stream);
  return found == m_intakes.end() ? nullptr : found->second.get();
}

void Feeder::message(Intake& intake, std::string_view payload, Micros at, std::string_view origin) {
  if (m_pending && (m_pending != &intake || at >= m_horizon || intake.life().isAwaited())) flush();
  if (!m_pending) {
    // What arrives late may have happened in time: of event times, a message proves no silence before it.
    if (m_provesSilence && !intake.watermark()) m_pipeline.prove(intake.life(), at);
    m_pipeline.advanceTo(at);
    m_horizon = m_pipeline.horizon(at);
    m_mostRows = std::min(m_batchRows, m_pipeline.mostRows());
  }
  const Intake::Held held = intake.decode(payload, at, origin);
  m_last = at;
  m_latest = std::max(m_latest, at);
  if (intake.pendingRows() > 0) m_pending = &intake;
  if (held == Intake::Held::Control) m_control = at;
  if (!m_pending) settle(intake);
  if (auto letter = intake.takeDeadLetter()) {
    flush();
    m_pipeline.advanceTo(at);
    m_pipeline.push(intake.deadLetterStream(), letter);
  }
  if (m_pending && m_pending->pendingRows() >= m_mostRows) flush();
}

void Feeder::flush() {
  if (!m_pending) return;
  Intake* intake = std::exchange(m_pending, nullptr);
  if (m_provesSilence && !intake->watermark()) intake->life().prove(m_last);
  // No timer is due before the horizon, so the clock may stand at the last row for all of them.
  m_pipeline.advanceTo(m_last);
  m_pipeline.push(intake->name(), intake->take());
  settle(*intake);
}

// What the messages up to now say of the feed's silence, once their rows have been pushed.
void Feeder::settle(Intake& intake) {
  if (SourceWatermark* watermark = intake.watermark()) watermark->touch(intake.lastMessage());
  if (m_provesSilence && m_control > 0) m_pipeline.prove(intake.life(), m_control);
  m_control = 0;
  m_pipeline.retryAwaited(intake.life());
}

void Feeder::advance(Micros at) {
  flush();
  m_latest = std::max(m_latest, at);
  m_pipeline.advanceTo(at);
}

void Feeder::opened(Intake& intake, Micros at) {
  advance(at);
  intake.opened();
  if (m_provesSilence) m_pipeline.prove(intake.life(), at);
}

void Feeder::lost(Intake& intake, Micros at) {
  advance(at);
  intake.lost(at);
  if (m_provesSilence) m_pipeline.trust(intake.life());
}

void Feeder::ended(Intake& intake, Micros at) {
  advance(at);
  m_pipeline.endFeed(intake.name());
  if (m_provesSilence) m_pipeline.trust(intake.life());
}

void Feeder::alive(Intake& intake, Micros at, Micros asked) {
  advance(at);
  if (!m_provesSilence) return;
  m_pipeline.prove(intake.life(), asked);
  intake.caughtUp(at, asked);
}

void Feeder::stalled(Intake& intake, Micros at, Micros since) {
  advance(at);
  intake.stalled(since, at);
}

}  // namespace weir
