// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/live_feed.h"

#include <QObject>
#include <algorithm>
#include <utility>

namespace weir {

namespace {

// Of a message in the mean time between messages.
constexpr double kWeightOfNewest = 0.02;
// Quieter than usual: twice the usual gap, but nobody waits longer than this before asking.
constexpr double kLongestPatienceMs = 500;

}  // namespace

LiveFeed::LiveFeed(std::shared_ptr<Source> source, Clock& clock, Feeder& feeder, Feed& feed, const Options& resolved,
                   OpenedFeed opened)
    : m_name(feed.name),
      m_source(std::move(source)),
      m_early(std::move(opened.events)),
      m_notKept(opened.notKept),
      m_clock(clock),
      m_feeder(&feeder),
      m_feed(&feed),
      m_lastWords(resolved.text("websocket.heartbeat.answer")) {
  if (const auto hint = connectorFor(resolved).silenceHint) m_silenceHint = hint();
  m_source->setListener(this);
}

LiveFeed::~LiveFeed() {
  m_clock.cancel(m_askTimer);
  m_source->setListener(nullptr);
}

void LiveFeed::stateChanged() {
  if (m_source->isFinished() && !std::exchange(m_isFinished, true)) {
    const Micros now = notBefore(m_clock.now());
    if (m_capture) m_capture->event(m_name, "end", now);
    m_feeder->ended(*m_feed, now);
  }
  if (onStateChanged) onStateChanged();
}

void LiveFeed::start() {
  if (m_early.empty() && (m_source->state() == ConnectionState::Idle || m_source->hasEnded())) return m_source->start();
  // All of it counts as coming now: the pipeline's time has only begun.
  for (const OpenedFeed::Event& event : std::exchange(m_early, {})) {
    switch (event.kind) {
      case OpenedFeed::Event::Kind::Opened: opened(); break;
      case OpenedFeed::Event::Kind::Lost: lost(); break;
      case OpenedFeed::Event::Kind::Message: message(event.payload, event.isText, m_clock.now()); break;
    }
  }
  if (m_notKept > 0) {
    m_lost += std::exchange(m_notKept, 0);
    m_feeder->lost(*m_feed, m_clock.now());
    if (m_source->isOpen()) m_feeder->opened(*m_feed, m_clock.now());
  }
  if (onStateChanged) onStateChanged();
}

// What comes over a connection that is only written to is nobody's, and moves no clock that a capture knows of.
bool LiveFeed::isDeaf() const { return m_isStopping || m_feed->intakes.empty(); }

void LiveFeed::lost() {
  if (isDeaf()) return;
  const Micros now = notBefore(m_clock.now());
  if (m_capture) m_capture->event(m_name, "close", now);
  if (m_lostAt == 0 && m_lastData > 0) m_lostAt = m_lastData;
  m_feeder->lost(*m_feed, now);
}

void LiveFeed::opened() {
  const Micros now = notBefore(m_clock.now());
  m_openedAt = now;
  m_isFinished = false;
  if (isDeaf()) return;
  m_lastWords.clear();
  if (m_capture) m_capture->event(m_name, "open", now);
  m_hasBroughtRows = false;
  m_feeder->opened(*m_feed, now);
}

void LiveFeed::said(std::string_view shown, bool isText) {
  if (m_capture && !isDeaf()) m_capture->said(m_name, shown, isText, notBefore(m_clock.now()));
}

void LiveFeed::trouble(const QString& what) {
  if (onTrouble) onTrouble(what);
}

void LiveFeed::setCapture(CaptureWriter* capture) {
  m_capture = capture;
  if (!m_capture || !m_source->isOpen() || isDeaf()) return;
  // A recording that begins over an open connection knows of nothing before.
  Micros proven = m_clock.now();
  for (const Intake* intake : m_feed->intakes) proven = std::min(proven, intake->life().proven());
  m_capture->alive(m_name, m_clock.now(), proven);
}

void LiveFeed::alive(Micros asked) {
  if (isDeaf()) return;
  const Micros now = notBefore(m_clock.now());
  m_lastArrival = now;
  if (onArrival) onArrival(now);
  if (m_capture) m_capture->alive(m_name, now, asked);
  m_feeder->alive(*m_feed, now, asked);
  if (onFed) onFed();
}

bool LiveFeed::isAwaited() const {
  return std::any_of(m_feed->intakes.begin(), m_feed->intakes.end(),
                     [](const Intake* intake) { return intake->life().isAwaited(); });
}

uint64_t LiveFeed::sum(uint64_t SourceCounters::*counter) const {
  uint64_t out = 0;
  for (const Intake* intake : m_feed->intakes) out += intake->counters().*counter;
  return out;
}

void LiveFeed::askIfAwaited() {
  if (m_askTimer != TimerId::None || !isAwaited()) return;
  const Micros quiet = fromMillis(static_cast<int64_t>(std::min(kLongestPatienceMs, 2 * m_usualGap.ms())));
  if (m_clock.now() >= m_lastArrival + quiet) return m_source->ask();
  m_askTimer = m_clock.callAt(m_lastArrival + quiet, [this] {
    m_askTimer = TimerId::None;
    askIfAwaited();
  });
}

void LiveFeed::stalled(Micros now, Micros since) {
  if (!m_source->isOpen() || isDeaf()) return;
  if (m_capture) m_capture->stall(m_name, now, since);
  m_feeder->stalled(*m_feed, now, since);
  m_source->ask();
}

void LiveFeed::giveUpAsking(Micros now) {
  if (!isAwaited()) return;
  if (m_capture) m_capture->event(m_name, "close", now);
  m_feeder->lost(*m_feed, now);
}

void LiveFeed::goOn(Feed& feed, const std::set<std::string>& kept) {
  m_feed = &feed;
  bool anyKept = false;
  for (const Intake* intake : feed.intakes) {
    const bool isKept = kept.contains(intake->name());
    anyKept = anyKept || isKept;
    if (!isKept && m_source->isOpen()) m_feeder->opened(*m_feeder->find(intake->name()), m_clock.now());
  }
  m_hasBroughtRows = m_hasBroughtRows && anyKept;
}

void LiveFeed::stop() {
  finish();
  m_source->stop();
}

// Messages that lay in the socket together share an instant, and may come after what a timer or an answer has done
// since.
Micros LiveFeed::notBefore(Micros at) const { return std::max({at, m_lastArrival, m_feeder->latest()}); }

void LiveFeed::leave() {
  m_clock.cancel(m_askTimer);
  m_askTimer = TimerId::None;
  m_source->setListener(nullptr);
}

void LiveFeed::message(std::string_view payload, bool isText, Micros at) {
  if (isDeaf()) return;
  const Micros now = notBefore(at);
  if (onArrival) onArrival(now);
  m_lastArrival = now;
  if (m_capture) m_capture->message(m_name, payload, isText, now);
  const Fed fed = m_feeder->message(*m_feed, payload, now);
  if (fed.isDecoded) {
    if (m_lostAt > 0) {
      // Half of what the usual pace would have brought is an understatement on purpose.
      if (m_meanGap > 0) m_lost += static_cast<uint64_t>(static_cast<double>(now - m_lostAt) / m_meanGap / 2);
      m_lostAt = 0;
    } else if (m_lastData > 0) {
      const Micros gap = now - m_lastData;
      m_usualGap.add(gap);
      m_meanGap = m_meanGap == 0 ? static_cast<double>(gap)
                                 : m_meanGap + (static_cast<double>(gap) - m_meanGap) * kWeightOfNewest;
    }
    m_lastData = now;
    m_source->decoded();
  }
  const std::vector<Intake*>& intakes = m_feed->intakes;
  if (fed.hasPassed) {
    m_hasBroughtRows = true;
    m_source->rowPassed(
        std::any_of(intakes.begin(), intakes.end(), [](const Intake* intake) { return intake->hasWholeRow(); }));
  }
  if (!m_source->hasPassedRow()) m_lastWords.hear(payload);
  const auto stopped =
      std::find_if(intakes.begin(), intakes.end(), [](const Intake* intake) { return intake->stopped(); });
  if (stopped != intakes.end() && !m_source->hasEnded())
    m_source->fail(QObject::tr("Stopped by error.strategy 'fail': %1")
                       .arg(QString::fromStdString((*stopped)->rejects().back().reason)),
                   QObject::tr("error.strategy 'drop' counts such messages and goes on"));
  if (onFed) onFed();
}

ConnectionHealth LiveFeed::health() const {
  ConnectionHealth h = m_source->health();
  h.isSink = m_feed->intakes.empty();
  h.bad = sum(&SourceCounters::rejected);
  h.fromFuture = sum(&SourceCounters::fromFuture);
  h.duplicates = sum(&SourceCounters::duplicates);
  h.sequenceJumps = sum(&SourceCounters::sequenceJumps);
  h.lost = m_lost;
  h.usualGapMs = m_usualGap.ms();
  h.openedAt = m_source->isOpen() ? m_openedAt : 0;
  if (m_feed->table) h.tableRows = m_feed->table->loadedRows();
  for (const Intake* intake : m_feed->intakes) {
    h.gaps = std::max(h.gaps, intake->gaps());
    h.newestEvent = std::max(h.newestEvent, intake->newestEvent());
    if (intake->life().isTracked()) h.lastProof = std::max(intake->life().proven(), h.lastMessage);
    // A stream that has its connection alone is named by it.
    if (intake->name() != m_name)
      h.streams.push_back(
          {QString::fromStdString(intake->name()), false, intake->counters().passed, intake->counters().rejected});
  }
  const double silent = static_cast<double>(m_clock.now() - m_lastData) / 1000;
  h.stale = h.state == ConnectionState::Live && silent > std::max(5000.0, 10 * h.usualGapMs);
  return h;
}

}  // namespace weir
