// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/websocket/sharded_source.h"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

// What matters most of several connections comes last.
int weightOf(ConnectionState state) {
  switch (state) {
    case ConnectionState::Live: return 0;
    case ConnectionState::Open: return 1;
    case ConnectionState::Idle: return 2;
    case ConnectionState::Closed: return 3;
    case ConnectionState::Connecting: return 4;
    case ConnectionState::Waiting: return 5;
    case ConnectionState::GaveUp: return 6;
    case ConnectionState::Refused: return 7;
  }
  return 0;
}

}  // namespace

class ShardedSource::Shard final : public SourceListener {
public:
  Shard(ShardedSource& owner, const EndpointSetup& setup, const std::vector<std::string>& symbols)
      : source(setup, makeTransport, symbols), m_owner(owner) {
    source.setListener(this);
  }
  ~Shard() override { source.setListener(nullptr); }
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  void message(std::string_view payload, bool isText, Micros at) override {
    Shard* const before = std::exchange(m_owner.m_speaking, this);
    if (m_owner.listener()) m_owner.listener()->message(payload, isText, at);
    m_owner.m_speaking = before;
  }
  void opened() override {
    isOpen = true;
    proven = 0;
    m_owner.opened();
  }
  void lost() override {
    isOpen = false;
    m_owner.lost();
  }
  void alive(Micros asked) override {
    proven = std::max(proven, asked);
    m_owner.alive();
  }
  void said(std::string_view shown, bool isText) override {
    if (m_owner.listener()) m_owner.listener()->said(shown, isText);
  }
  void trouble(const QString& what) override {
    if (m_owner.listener()) m_owner.listener()->trouble(what);
  }
  void stateChanged() override { m_owner.stateChanged(); }
  QString lastWords() const override { return m_owner.listener() ? m_owner.listener()->lastWords() : QString(); }

  WebSocketSource source;
  bool isOpen = false;
  Micros proven = 0;

private:
  ShardedSource& m_owner;
};

ShardedSource::ShardedSource(const EndpointSetup& setup, const std::vector<std::vector<std::string>>& groups) {
  for (const auto& symbols : groups) m_shards.push_back(std::make_unique<Shard>(*this, setup, symbols));
}

ShardedSource::~ShardedSource() = default;

WebSocketSource& ShardedSource::first() { return m_shards.front()->source; }

std::shared_ptr<WebSocketSource> writable(const std::shared_ptr<Source>& connection) {
  if (const auto sharded = std::dynamic_pointer_cast<ShardedSource>(connection)) return {sharded, &sharded->first()};
  return std::dynamic_pointer_cast<WebSocketSource>(connection);
}

void ShardedSource::start() {
  m_isEnding = false;
  for (const auto& shard : m_shards) shard->source.start();
}

void ShardedSource::stop() {
  m_isEnding = true;
  for (const auto& shard : m_shards) shard->source.stop();
}

void ShardedSource::fail(const QString& why, const QString& hint) {
  m_isEnding = true;
  for (const auto& shard : m_shards) shard->source.fail(why, hint);
}

void ShardedSource::reconnect() {
  m_isEnding = false;
  for (const auto& shard : m_shards) shard->source.reconnect();
}

void ShardedSource::ask() {
  for (const auto& shard : m_shards) shard->source.ask();
}

void ShardedSource::decoded() {
  if (m_speaking) m_speaking->source.decoded();
}

void ShardedSource::rowPassed(bool isWhole) {
  if (m_speaking) m_speaking->source.rowPassed(isWhole);
}

bool ShardedSource::hasPassedRow() const { return m_speaking && m_speaking->source.hasPassedRow(); }

const WebSocketSource& ShardedSource::worst() const {
  const auto weighsLess = [](const auto& a, const auto& b) {
    return weightOf(a->source.state()) < weightOf(b->source.state());
  };
  return (*std::max_element(m_shards.begin(), m_shards.end(), weighsLess))->source;
}

bool ShardedSource::areAllOpen() const {
  return std::all_of(m_shards.begin(), m_shards.end(), [](const auto& shard) { return shard->isOpen; });
}

void ShardedSource::opened() {
  if (m_isOpen || !areAllOpen()) return;
  m_isOpen = true;
  m_proven = 0;
  if (listener()) listener()->opened();
}

void ShardedSource::lost() {
  if (std::exchange(m_isOpen, false) && listener()) listener()->lost();
}

// Silence is proven as far as that of the last of them is.
void ShardedSource::alive() {
  if (!m_isOpen) return;
  Micros proven = kNever;
  for (const auto& shard : m_shards) proven = std::min(proven, shard->proven);
  if (proven <= m_proven) return;
  m_proven = proven;
  if (listener()) listener()->alive(proven);
}

// Some of the symbols are not what was asked for: where one connection has ended, all end.
void ShardedSource::stateChanged() {
  const bool hasEnded = std::any_of(m_shards.begin(), m_shards.end(), [](const auto& shard) {
    return shard->source.state() == ConnectionState::Refused || shard->source.state() == ConnectionState::GaveUp;
  });
  if (hasEnded && !std::exchange(m_isEnding, true))
    for (const auto& shard : m_shards)
      if (!shard->source.hasEnded()) shard->source.stop();
  if (listener()) listener()->stateChanged();
}

ConnectionHealth ShardedSource::health() const {
  ConnectionHealth out = worst().health();
  out.sockets = static_cast<int>(m_shards.size());
  out.errors = out.messages = out.bytes = 0;
  out.pingMs = -1;
  out.lastMessage = 0;
  for (const auto& shard : m_shards) {
    const ConnectionHealth h = shard->source.health();
    out.errors += h.errors;
    out.messages += h.messages;
    out.bytes += h.bytes;
    out.pingMs = std::max(out.pingMs, h.pingMs);
    out.lastMessage = std::max(out.lastMessage, h.lastMessage);
    if (out.error.isEmpty()) out.error = h.error;
  }
  return out;
}

void ShardedSource::watchFrames(FrameWatch watch) {
  for (const auto& shard : m_shards) shard->source.watchFrames(watch);
}

}  // namespace weir
