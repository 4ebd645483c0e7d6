// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/source_inference.h"

#include <algorithm>

#include "core/connectors/intake.h"
#include "core/connectors/websocket_settings.h"
#include "core/session/connection_log.h"
#include "core/session/secrets.h"

namespace weir {

namespace {

constexpr Micros kPatience = fromMillis(30'000);
// One event seldom shows all that a feed sends; this long after the first the others are not waited for.
constexpr Micros kFurtherEvents = fromMillis(1000);
constexpr qsizetype kMostKept = 64 << 20;

}  // namespace

SourceInference::SourceInference(const BoundResult& checked, std::shared_ptr<QtClock> clock,
                                 std::function<void(std::map<std::string, SchemaPtr>, Diagnostics)> done,
                                 QObject* parent)
    : QObject(parent), m_clock(clock), m_opened{std::move(clock), {}}, m_done(std::move(done)) {
  for (const std::string& name : checked.waiting) {
    const logical::Stream& stream = checked.script.stream(name);
    auto options = stream.options.resolved(lookUpSecret);
    if (!options) {
      m_trouble.insert(m_trouble.end(), options.diagnostics().begin(), options.diagnostics().end());
      continue;
    }
    auto connection = std::make_unique<Connection>(
        connectionSettings(QString::fromStdString(name), *options, stream.options), *m_clock);
    m_learning.try_emplace(name, decoderSettings(*options), *stream.schema);
    connection->onMessage = [this, name](const QByteArray& payload, bool isText) {
      m_opened.feeds.at(name).keep(payload, isText, kMostKept);
      if (m_done) learn(m_learning.at(name), {payload.constData(), static_cast<size_t>(payload.size())});
    };
    connection->onOpen = [this, name] {
      m_opened.feeds.at(name).events.push_back({OpenedFeed::Event::Kind::Opened, {}});
    };
    connection->onLost = [this, name] {
      m_opened.feeds.at(name).events.push_back({OpenedFeed::Event::Kind::Lost, {}});
    };
    connection->onStateChanged = [this, name, raw = connection.get()] {
      const ConnectionHealth h = raw->health();
      if (h.state == ConnectionState::Waiting && m_done && onEvent) onEvent(connectionEntry(h, m_clock->now()));
      if (!raw->hasEnded() || m_learning.at(name).hasEvent()) return;
      m_sourceEnded = true;
      Diagnostics why{failure(Code::NoInput, h.error.toStdString(), h.hint.toStdString())};
      finishSoon(why);
    };
    m_opened.feeds[name].connection = std::move(connection);
  }
}

SourceInference::~SourceInference() {
  m_clock->cancel(m_patience);
  m_clock->cancel(m_furtherEvents);
  for (auto& [name, feed] : m_opened.feeds) feed.connection->onStateChanged = nullptr;
}

OpenedFeeds SourceInference::takeOpened() {
  for (auto& [name, feed] : m_opened.feeds) {
    feed.connection->onMessage = nullptr;
    feed.connection->onOpen = nullptr;
    feed.connection->onLost = nullptr;
  }
  return std::exchange(m_opened, {});
}

void SourceInference::start() {
  if (!m_trouble.empty()) return finish(m_trouble);
  for (auto& [name, feed] : m_opened.feeds) feed.connection->start();
  m_patience = m_clock->callAt(m_clock->now() + kPatience, [this] {
    Diagnostics why;
    for (const auto& [name, feed] : m_opened.feeds)
      if (const ConnectionHealth h = feed.connection->health(); !m_learning.at(name).schema() && !h.error.isEmpty())
        why.push_back(failure(Code::NoInput, h.error.toStdString(), h.hint.toStdString()));
      else if (!m_learning.at(name).schema())
        why.push_back(
            failure(Code::NoInput, "no message came from " + name + " in 30 seconds to learn its columns from",
                    "write the columns into CREATE STREAM, or send a subscription with websocket.open.message"));
    finish(why);
  });
}

void SourceInference::learn(JsonInference& learning, std::string_view message) {
  const bool isFirst = !learning.hasEvent();
  learning.add(message);
  const auto all = [this](auto question) {
    return std::all_of(m_learning.begin(), m_learning.end(),
                       [&](const auto& entry) { return (entry.second.*question)(); });
  };
  if (all(&JsonInference::isSettled))
    finishSoon({});
  else if (isFirst && all(&JsonInference::hasEvent))
    m_furtherEvents = m_clock->callAt(m_clock->now() + kFurtherEvents, [this] { finish({}); });
}

// Not from inside a connection's own call.
void SourceInference::finishSoon(const Diagnostics& why) {
  QMetaObject::invokeMethod(
      this, [this, why] { finish(why); }, Qt::QueuedConnection);
}

void SourceInference::finish(Diagnostics why) {
  if (!m_done) return;
  for (auto& [name, feed] : m_opened.feeds) {
    feed.connection->onStateChanged = nullptr;
    if (!why.empty()) feed.connection->stop();
  }
  std::map<std::string, SchemaPtr> found;
  for (const auto& [name, learning] : m_learning)
    if (SchemaPtr schema = learning.schema()) found[name] = schema;
  std::exchange(m_done, nullptr)(std::move(found), std::move(why));
}

}  // namespace weir
