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

LiveFeed::LiveFeed(std::unique_ptr<Source> source, Clock& clock, Feeder& feeder, Intake& intake,
                   const Options& resolved, OpenedFeed opened)
    : m_source(std::move(source)),
      m_early(std::move(opened.events)),
      m_notKept(opened.notKept),
      m_clock(clock),
      m_feeder(&feeder),
      m_intake(&intake),
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
    if (m_capture) m_capture->event(m_intake->name(), "end", now);
    m_feeder->ended(*m_intake, now);
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
    m_feeder->lost(*m_intake, m_clock.now());
    if (m_source->isOpen()) m_feeder->opened(*m_intake, m_clock.now());
  }
  if (onStateChanged) onStateChanged();
}

void LiveFeed::lost() {
  if (m_isStopping) return;
  const Micros now = notBefore(m_clock.now());
  if (m_capture) m_capture->event(m_intake->name(), "close", now);
  if (m_lostAt == 0 && m_lastData > 0) m_lostAt = m_lastData;
  m_feeder->lost(*m_intake, now);
}

void LiveFeed::opened() {
  const Micros now = notBefore(m_clock.now());
  m_openedAt = now;
  m_lastWords.clear();
  if (m_capture) m_capture->event(m_intake->name(), "open", now);
  m_passedBefore = m_intake->counters().passed;
  m_feeder->opened(*m_intake, now);
}

void LiveFeed::said(std::string_view shown, bool isText) {
  if (m_capture) m_capture->said(m_intake->name(), shown, isText, notBefore(m_clock.now()));
}

void LiveFeed::trouble(const QString& what) {
  if (onTrouble) onTrouble(what);
}

void LiveFeed::setCapture(CaptureWriter* capture) {
  m_capture = capture;
  // A recording that begins over an open connection knows of nothing before.
  if (m_capture && m_source->isOpen())
    m_capture->alive(m_intake->name(), m_clock.now(), std::min(m_intake->life().proven(), m_clock.now()));
}

void LiveFeed::alive(Micros asked) {
  const Micros now = notBefore(m_clock.now());
  m_lastArrival = now;
  if (onArrival) onArrival(now);
  if (m_capture) m_capture->alive(m_intake->name(), now, asked);
  m_feeder->alive(*m_intake, now, asked);
  if (onFed) onFed();
}

void LiveFeed::askIfAwaited() {
  if (m_askTimer != TimerId::None || !m_intake->life().isAwaited()) return;
  const Micros quiet = fromMillis(static_cast<int64_t>(std::min(kLongestPatienceMs, 2 * m_usualGap.ms())));
  if (m_clock.now() >= m_lastArrival + quiet) return m_source->ask();
  m_askTimer = m_clock.callAt(m_lastArrival + quiet, [this] {
    m_askTimer = TimerId::None;
    askIfAwaited();
  });
}

void LiveFeed::stalled(Micros now, Micros since) {
  if (!m_source->isOpen()) return;
  if (m_capture) m_capture->stall(m_intake->name(), now, since);
  m_feeder->stalled(*m_intake, now, since);
  m_source->ask();
}

void LiveFeed::giveUpAsking(Micros now) {
  if (!m_intake->life().isAwaited()) return;
  if (m_capture) m_capture->event(m_intake->name(), "close", now);
  m_feeder->lost(*m_intake, now);
}

void LiveFeed::moveTo(Intake& intake) {
  m_intake = &intake;
  m_passedBefore = intake.counters().passed;
  if (m_source->isOpen()) m_feeder->opened(intake, m_clock.now());
}

void LiveFeed::stop() {
  m_isStopping = true;
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
  const Micros now = notBefore(at);
  if (onArrival) onArrival(now);
  m_lastArrival = now;
  if (m_capture) m_capture->message(m_intake->name(), payload, isText, now);
  const uint64_t before = m_intake->counters().decoded;
  const uint64_t passedBefore = m_intake->counters().passed;
  m_feeder->message(*m_intake, payload, now);
  if (m_intake->counters().decoded > before) {
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
  if (m_intake->counters().passed > passedBefore) m_source->rowPassed(m_intake->hasWholeRow());
  if (!m_source->hasPassedRow()) m_lastWords.hear(payload);
  if (m_intake->stopped() && !m_source->hasEnded())
    m_source->fail(QObject::tr("Stopped by error.strategy 'fail': %1")
                       .arg(QString::fromStdString(m_intake->rejects().back().reason)),
                   QObject::tr("error.strategy 'drop' counts such messages and goes on"));
  if (onFed) onFed();
}

ConnectionHealth LiveFeed::health() const {
  ConnectionHealth h = m_source->health();
  h.gaps = m_intake->gaps();
  h.bad = m_intake->counters().rejected;
  h.fromFuture = m_intake->counters().fromFuture;
  h.duplicates = m_intake->counters().duplicates;
  h.sequenceJumps = m_intake->counters().sequenceJumps;
  h.lost = m_lost;
  h.usualGapMs = m_usualGap.ms();
  h.openedAt = m_source->isOpen() ? m_openedAt : 0;
  h.newestEvent = m_intake->newestEvent();
  if (m_intake->life().isTracked()) h.lastProof = std::max(m_intake->life().proven(), h.lastMessage);
  const double silent = static_cast<double>(m_clock.now() - m_lastData) / 1000;
  h.stale = h.state == ConnectionState::Live && silent > std::max(5000.0, 10 * h.usualGapMs);
  return h;
}

}  // namespace weir
