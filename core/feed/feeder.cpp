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
  const logical::Plan& script = m_pipeline.script();
  std::erase_if(m_intakes, [&](const auto& entry) { return !kept.contains(entry.first); });
  for (const std::string& name : script.feeds())
    if (!m_intakes.contains(name)) {
      const logical::Stream& stream = script.stream(name);
      const auto resolved = options.find(name);
      m_intakes.emplace(name, std::make_unique<Intake>(
                                  stream, resolved == options.end() ? stream.options : resolved->second, m_pipeline));
    }
  std::erase_if(m_feeds, [&](const auto& entry) {
    return !m_intakes.contains(entry.first) && !script.connections.contains(entry.first);
  });
  for (const auto& [name, intake] : m_intakes)
    m_feeds[name] = {name, {intake.get()}, script.stream(name).isLoaded() ? intake.get() : nullptr};
  for (const auto& [name, connection] : script.connections) {
    Feed& feed = m_feeds[name] = {name, {}, nullptr};
    for (const std::string& stream : script.sourcesOver(name)) feed.intakes.push_back(intake(stream));
  }
}

Feed* Feeder::find(const std::string& name) {
  const auto found = m_feeds.find(name);
  return found == m_feeds.end() ? nullptr : &found->second;
}

Intake* Feeder::intake(const std::string& stream) {
  const auto found = m_intakes.find(stream);
  return found == m_intakes.end() ? nullptr : found->second.get();
}

// What comes from now on is gathered anew.
void Feeder::begin(Feed& feed, Micros at) {
  // What arrives late may have happened in time: of event times, a message proves no silence before it.
  if (m_provesSilence)
    for (Intake* intake : feed.intakes)
      if (!intake->watermark()) m_pipeline.prove(intake->life(), at);
  m_pipeline.advanceTo(at);
  m_horizon = m_pipeline.horizon(at);
  m_mostRows = std::min(m_batchRows, m_pipeline.mostRows());
}

Fed Feeder::load(Intake& table, std::string_view payload, Micros at, std::string_view origin) {
  m_latest = std::max(m_latest, at);
  const Intake::Held held = table.read(payload, at);
  if (held == Intake::Held::Rows || held == Intake::Held::Nothing) return {true, table.keep(payload, at)};
  table.reject(payload, at, origin);
  return {};
}

Fed Feeder::message(Feed& feed, std::string_view payload, Micros at, std::string_view origin) {
  if (feed.table && feed.table->isLoading()) return load(*feed.table, payload, at, origin);
  const auto isAwaited = [](Intake* intake) { return intake->life().isAwaited(); };
  if (m_pending &&
      (m_pendingFeed != &feed || at >= m_horizon || std::any_of(feed.intakes.begin(), feed.intakes.end(), isAwaited)))
    flush();
  if (!m_pending) begin(feed, at);
  m_last = at;
  m_latest = std::max(m_latest, at);
  Fed fed;
  m_takers.clear();
  m_unreadable.clear();
  for (Intake* intake : feed.intakes) {
    const Intake::Held held = intake->read(payload, at);
    if (held == Intake::Held::Control) intake->passOver(payload, at);
    if (held == Intake::Held::Unreadable) m_unreadable.push_back(intake);
    if (held != Intake::Held::Rows && held != Intake::Held::Nothing) continue;
    if (held == Intake::Held::Rows) m_takers.push_back(intake);
    if (m_pending && m_pending != intake && held == Intake::Held::Rows) {
      // Rows of several streams leave in the order in which they came.
      flush();
      begin(feed, at);
    }
    fed.isDecoded = true;
    fed.hasPassed = intake->keep(payload, at) || fed.hasPassed;
    if (intake->pendingRows() == 0) continue;
    m_pending = intake;
    m_pendingFeed = &feed;
  }
  for (Intake* intake : m_unreadable)
    if (isOfAnother(*intake))
      intake->passOver(payload, at);
    else
      intake->reject(payload, at, origin);
  if (!m_pending) settle(feed);
  for (Intake* intake : m_unreadable) sendDeadLetter(*intake, at);
  if (m_pending && m_pending->pendingRows() >= m_mostRows) flush();
  return fed;
}

// A stream that tells its own records apart has found them, if others could read the message in the same format.
bool Feeder::isOfAnother(const Intake& intake) const {
  const auto isAlike = [&](const Intake* taker) { return &taker->format() == &intake.format(); };
  if (intake.choosesRecords() && std::any_of(m_takers.begin(), m_takers.end(), isAlike)) return false;
  return !m_takers.empty();
}

void Feeder::sendDeadLetter(Intake& intake, Micros at) {
  const auto letter = intake.takeDeadLetter();
  if (!letter) return;
  flush();
  m_pipeline.advanceTo(at);
  m_pipeline.push(intake.deadLetterStream(), letter);
}

void Feeder::flush() {
  if (!m_pending) return;
  Intake* intake = std::exchange(m_pending, nullptr);
  if (m_provesSilence)
    for (Intake* each : m_pendingFeed->intakes)
      if (!each->watermark()) each->life().prove(m_last);
  // No timer is due before the horizon, so the clock may stand at the last row for all of them.
  m_pipeline.advanceTo(m_last);
  m_pipeline.push(intake->name(), intake->take());
  settle(*m_pendingFeed);
}

// What the messages up to now say of the feed's silence, once their rows have been pushed.
void Feeder::settle(Feed& feed) {
  for (Intake* intake : feed.intakes) {
    if (SourceWatermark* watermark = intake->watermark()) watermark->touch(intake->lastMessage());
    if (const Micros control = intake->takeControl(); m_provesSilence && control > 0)
      m_pipeline.prove(intake->life(), control);
    m_pipeline.retryAwaited(intake->life());
  }
}

void Feeder::advance(Micros at) {
  flush();
  m_latest = std::max(m_latest, at);
  m_pipeline.advanceTo(at);
}

void Feeder::opened(Feed& feed, Micros at) {
  advance(at);
  if (feed.table) return feed.table->beginLoad();
  for (Intake* intake : feed.intakes) {
    intake->opened();
    if (m_provesSilence) m_pipeline.prove(intake->life(), at);
  }
}

void Feeder::lost(Feed& feed, Micros at) {
  advance(at);
  if (feed.table) return feed.table->giveUpLoad();
  for (Intake* intake : feed.intakes) {
    intake->lost(at);
    if (m_provesSilence) m_pipeline.trust(intake->life());
  }
}

void Feeder::ended(Feed& feed, Micros at) {
  advance(at);
  if (feed.table) {
    if (feed.table->isLoading()) m_pipeline.replaceTable(feed.table->name(), feed.table->takeLoad());
    return;
  }
  for (Intake* intake : feed.intakes) {
    m_pipeline.endFeed(intake->name());
    if (m_provesSilence) m_pipeline.trust(intake->life());
  }
}

void Feeder::alive(Feed& feed, Micros at, Micros asked) {
  advance(at);
  if (!m_provesSilence) return;
  for (Intake* intake : feed.intakes) {
    m_pipeline.prove(intake->life(), asked);
    intake->caughtUp(at, asked);
  }
}

void Feeder::stalled(Feed& feed, Micros at, Micros since) {
  advance(at);
  for (Intake* intake : feed.intakes) intake->stalled(since, at);
}

}  // namespace weir
