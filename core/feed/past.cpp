// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/feed/past.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/formats/json_inference.h"

namespace weir {

PastPlayer::PastPlayer(Past& past, Pipeline& pipeline, Feeder& feeder)
    : m_past(past), m_pipeline(pipeline), m_feeder(feeder) {
  feeder.setSilence(past.provesSilence() ? Feeder::Silence::Proven : Feeder::Silence::Trusted);
}

Result<std::optional<Micros>> PastPlayer::nextAt() {
  if (!m_next) {
    auto read = m_past.next();
    if (!read) return read.diagnostics();
    m_next = std::move(*read);
  }
  return m_next ? std::optional(m_next->at) : std::nullopt;
}

Diagnostics PastPlayer::play() {
  Diagnostics wrong = play(*m_next);
  m_next.reset();
  return wrong;
}

Diagnostics PastPlayer::play(const FeedEvent& event) {
  // The clock jumps to the first one: there is nothing between the start and it that could matter.
  if (std::exchange(m_isFirst, false)) m_feeder.advance(event.at);
  if (event.kind == FeedEvent::Kind::Advance) {
    m_feeder.advance(event.at);
    return {};
  }
  Feed* feed = m_feeder.find(event.stream);
  if (!feed) {
    std::vector<std::string> known = m_pipeline.script().feeds();
    for (const auto& [name, connection] : m_pipeline.script().connections) known.push_back(name);
    return {failure(Code::Capture, m_past.place() + ": unknown stream '" + event.stream + "'",
                    didYouMean(event.stream, known))};
  }
  switch (event.kind) {
    case FeedEvent::Kind::Message: m_feeder.message(*feed, event.payload, event.at, event.origin); break;
    case FeedEvent::Kind::Open: m_feeder.opened(*feed, event.at); break;
    case FeedEvent::Kind::Alive: m_feeder.alive(*feed, event.at, event.since); break;
    case FeedEvent::Kind::Stall: m_feeder.stalled(*feed, event.at, event.since); break;
    case FeedEvent::Kind::End: m_feeder.ended(*feed, event.at); break;
    default: m_feeder.lost(*feed, event.at);
  }
  return {};
}

Diagnostics playPast(Past& past, Pipeline& pipeline, Feeder& feeder, const std::function<bool(Micros)>& wait) {
  PastPlayer player(past, pipeline, feeder);
  while (true) {
    const auto at = player.nextAt();
    if (!at) return at.diagnostics();
    if (!*at || (wait && !wait(**at))) break;
    if (Diagnostics wrong = player.play(); !wrong.empty()) return wrong;
  }
  feeder.flush();
  return {};
}

std::map<std::string, SchemaPtr> inferFromPast(Past& past, const logical::Plan& script,
                                               const std::vector<std::string>& waiting) {
  std::map<std::string, JsonInference> learning;
  for (const std::string& name : waiting) {
    const logical::Stream& stream = script.stream(name);
    learning.try_emplace(name, decoderSettings(stream.options), *stream.schema);
  }
  for (auto line = past.next(); line && *line; line = past.next()) {
    if ((*line)->kind != FeedEvent::Kind::Message) continue;
    for (auto& [name, learner] : learning)
      if (name == (*line)->stream || script.stream(name).connection() == (*line)->stream) learner.add((*line)->payload);
    if (std::all_of(learning.begin(), learning.end(), [](const auto& entry) { return entry.second.isSettled(); }))
      break;
  }
  std::map<std::string, SchemaPtr> inferred;
  for (const auto& [name, learner] : learning)
    if (SchemaPtr schema = learner.schema()) inferred[name] = schema;
  return inferred;
}

}  // namespace weir
