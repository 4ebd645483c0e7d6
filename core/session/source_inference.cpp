// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/source_inference.h"

#include <algorithm>

#include "core/feed/intake.h"
#include "core/formats/json_inference.h"
#include "core/session/secrets.h"
#include "core/telemetry/connection_log.h"

namespace weir {

namespace {

constexpr Micros kPatience = fromMillis(30'000);
// One event seldom shows all that a feed sends; this long after the first the others are not waited for.
constexpr Micros kFurtherEvents = fromMillis(1000);
constexpr size_t kMostKept = 64 << 20;

}  // namespace

/// Hears one source, keeps what comes, and learns from it.
class SourceInference::Learner final : public SourceListener {
public:
  Learner(SourceInference& owner, std::string name, JsonInference inference, OpenedFeed& feed)
      : m_owner(owner), m_name(std::move(name)), m_inference(std::move(inference)), m_feed(feed) {
    m_feed.source->setListener(this);
  }

  const JsonInference& inference() const { return m_inference; }

  void message(std::string_view payload, bool isText, Micros) override {
    m_feed.keep(payload, isText, kMostKept);
    if (!m_owner.m_done) return;
    const bool isFirst = !m_inference.hasEvent();
    m_inference.add(payload);
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
    if (!m_feed.source->hasEnded() || m_inference.hasEvent()) return;
    m_owner.m_sourceEnded = true;
    m_owner.finishSoon({failure(Code::NoInput, h.error.toStdString(), h.hint.toStdString())});
  }

private:
  SourceInference& m_owner;
  std::string m_name;
  JsonInference m_inference;
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
    OpenedFeed& feed = m_opened.feeds[name];
    feed.source =
        connectorFor(*options).makeSource({QString::fromStdString(name), *options, stream.options, *m_clock}, stream);
    m_learners[name] =
        std::make_unique<Learner>(*this, name, JsonInference(decoderSettings(*options), *stream.schema), feed);
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
    for (const auto& [name, feed] : m_opened.feeds)
      if (const ConnectionHealth h = feed.source->health();
          !m_learners.at(name)->inference().schema() && !h.error.isEmpty())
        why.push_back(failure(Code::NoInput, h.error.toStdString(), h.hint.toStdString()));
      else if (!m_learners.at(name)->inference().schema())
        why.push_back(
            failure(Code::NoInput, "no message came from " + name + " in 30 seconds to learn its columns from",
                    "write the columns into CREATE STREAM, or send a subscription with websocket.open.message"));
    finish(why);
  });
}

void SourceInference::learnt(bool isFirst) {
  const auto all = [this](auto question) {
    return std::all_of(m_learners.begin(), m_learners.end(),
                       [&](const auto& entry) { return (entry.second->inference().*question)(); });
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
  const auto done = std::exchange(m_done, nullptr);
  if (!why.empty())
    for (auto& [name, feed] : m_opened.feeds) feed.source->stop();
  std::map<std::string, SchemaPtr> found;
  for (const auto& [name, learner] : m_learners)
    if (SchemaPtr schema = learner->inference().schema()) found[name] = schema;
  done(std::move(found), std::move(why));
}

}  // namespace weir
