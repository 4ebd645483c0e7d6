// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/source_inference.h"

#include <algorithm>

#include "core/feed/intake.h"
#include "core/formats/json_inference.h"
#include "core/session/secrets.h"
#include "core/session/shared_connections.h"
#include "core/telemetry/connection_log.h"

namespace weir {

namespace {

constexpr Micros kPatience = fromMillis(30'000);
// One event seldom shows all that a feed sends; this long after the first the others are not waited for.
constexpr Micros kFurtherEvents = fromMillis(1000);
constexpr size_t kMostKept = 64 << 20;

}  // namespace

/// Hears one source, keeps what comes, and learns from it: the columns of a stream, or of several that go over it.
class SourceInference::Learner final : public SourceListener {
public:
  Learner(SourceInference& owner, OpenedFeed& feed) : m_owner(owner), m_feed(feed) { m_feed.source->setListener(this); }

  void learn(const std::string& stream, JsonInference inference) {
    m_inferences.try_emplace(stream, std::move(inference));
  }
  const std::map<std::string, JsonInference>& inferences() const { return m_inferences; }
  bool haveEvents() const { return haveAll(&JsonInference::hasEvent); }
  bool areSettled() const { return haveAll(&JsonInference::isSettled); }

  void message(std::string_view payload, bool isText, Micros) override {
    m_feed.keep(payload, isText, kMostKept);
    if (!m_owner.m_done) return;
    const bool isFirst = !haveEvents();
    for (auto& [stream, inference] : m_inferences) inference.add(payload);
    m_owner.learnt(isFirst);
  }
  void opened() override { m_feed.events.push_back({OpenedFeed::Event::Kind::Opened, {}}); }
  void lost() override { m_feed.events.push_back({OpenedFeed::Event::Kind::Lost, {}}); }
  void alive(Micros) override {}
  QString lastWords() const override { return {}; }
  void stateChanged() override {
    if (!m_owner.m_done) return;
    const ConnectionHealth h = m_feed.source->health();
    if (h.state == ConnectionState::Waiting && m_owner.onEvent)
      m_owner.onEvent(connectionEntry(h, m_owner.m_clock->now()));
    if (!m_feed.source->hasEnded() || haveEvents()) return;
    m_owner.m_sourceEnded = true;
    m_owner.finishSoon({failure(Code::NoInput, h.error.toStdString(), h.hint.toStdString())});
  }

private:
  bool haveAll(bool (JsonInference::*question)() const) const {
    return std::all_of(m_inferences.begin(), m_inferences.end(),
                       [&](const auto& entry) { return (entry.second.*question)(); });
  }

  SourceInference& m_owner;
  std::map<std::string, JsonInference> m_inferences;  ///< by stream
  OpenedFeed& m_feed;
};

SourceInference::SourceInference(const BoundResult& checked, std::shared_ptr<QtClock> clock,
                                 const SecretLookup& secrets,
                                 std::function<void(std::map<std::string, SchemaPtr>, Diagnostics)> done,
                                 QObject* parent)
    : QObject(parent), m_clock(clock), m_opened{std::move(clock), {}}, m_done(std::move(done)) {
  for (const std::string& name : checked.waiting) {
    const logical::Stream& stream = checked.script.stream(name);
    auto options = stream.options.resolved(secrets);
    if (!options) {
      m_trouble.insert(m_trouble.end(), options.diagnostics().begin(), options.diagnostics().end());
      continue;
    }
    const std::string from = feedOf(stream);
    OpenedFeed& feed = m_opened.feeds[from];
    if (!feed.source && isShared(stream))
      feed.source = makeConnection(checked.script.connections.at(from), options->ofConnection(), *m_clock);
    else if (!feed.source)
      feed.source =
          connectorFor(*options).makeSource({QString::fromStdString(name), *options, stream.options, *m_clock}, stream);
    auto& learner = m_learners[from];
    if (!learner) learner = std::make_unique<Learner>(*this, feed);
    learner->learn(name, JsonInference(decoderSettings(*options), *stream.schema));
  }
}

SourceInference::~SourceInference() {
  m_clock->cancel(m_patience);
  m_clock->cancel(m_furtherEvents);
  for (auto& [name, feed] : m_opened.feeds) feed.source->setListener(nullptr);
}

OpenedFeeds SourceInference::takeOpened() {
  for (auto& [name, feed] : m_opened.feeds) feed.source->setListener(nullptr);
  return std::exchange(m_opened, {});
}

void SourceInference::start() {
  if (!m_trouble.empty()) return finish(m_trouble);
  for (auto& [name, feed] : m_opened.feeds) feed.source->start();
  m_patience = m_clock->callAt(m_clock->now() + kPatience, [this] {
    Diagnostics why;
    for (const auto& [from, learner] : m_learners)
      for (const auto& [name, inference] : learner->inferences()) {
        if (inference.schema()) continue;
        const ConnectionHealth h = m_opened.feeds.at(from).source->health();
        why.push_back(
            h.error.isEmpty()
                ? failure(Code::NoInput, "no message came from " + name + " in 30 seconds to learn its columns from",
                          "write the columns into CREATE STREAM, or send a subscription with websocket.open.message")
                : failure(Code::NoInput, h.error.toStdString(), h.hint.toStdString()));
      }
    finish(why);
  });
}

void SourceInference::learnt(bool isFirst) {
  const auto all = [this](auto question) {
    return std::all_of(m_learners.begin(), m_learners.end(),
                       [&](const auto& entry) { return (*entry.second.*question)(); });
  };
  if (all(&Learner::areSettled))
    finishSoon({});
  else if (isFirst && all(&Learner::haveEvents))
    m_furtherEvents = m_clock->callAt(m_clock->now() + kFurtherEvents, [this] { finish({}); });
}

// Not from inside a connection's own call.
void SourceInference::finishSoon(const Diagnostics& why) {
  QMetaObject::invokeMethod(
      this, [this, why] { finish(why); }, Qt::QueuedConnection);
}

void SourceInference::finish(Diagnostics why) {
  if (!m_done) return;
  const auto done = std::exchange(m_done, nullptr);
  if (!why.empty())
    for (auto& [name, feed] : m_opened.feeds) feed.source->stop();
  std::map<std::string, SchemaPtr> found;
  for (const auto& [from, learner] : m_learners)
    for (const auto& [name, inference] : learner->inferences())
      if (SchemaPtr schema = inference.schema()) found[name] = schema;
  done(std::move(found), std::move(why));
}

}  // namespace weir
