// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/websocket_source.h"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

// Of a message in the mean time between messages.
constexpr double kWeightOfNewest = 0.02;
// Quieter than usual: twice the usual gap, but nobody waits longer than this before asking.
constexpr double kLongestPatienceMs = 500;

}  // namespace

WebSocketSource::WebSocketSource(const QString& name, const Options& resolved, const Options& written, Clock& clock,
                                 Feeder& feeder, Intake& intake, OpenedFeed opened, TransportFactory transports)
    : m_connection(opened.connection ? std::move(opened.connection)
                                     : std::make_unique<Connection>(connectionSettings(name, resolved, written), clock,
                                                                    std::move(transports))),
      m_early(std::move(opened.events)),
      m_notKept(opened.notKept),
      m_clock(clock),
      m_feeder(&feeder),
      m_intake(&intake),
      m_lastWords(resolved.text("websocket.heartbeat.answer")) {
  listen();
}

void WebSocketSource::listen() {
  // Two messages never share an instant out of order: the clock is monotonic.
  m_connection->onMessage = [this](const QByteArray& payload, bool isText) {
    received(payload, isText, notBefore(m_connection->lastMessage()));
  };
  m_connection->onOpen = [this] { opened(); };
  m_connection->onAlive = [this](Micros asked) { alive(asked); };
  m_connection->onLost = [this] { lost(); };
  m_connection->lastWords = [this] { return QString::fromStdString(m_lastWords.text()); };
  m_connection->onStateChanged = [this] {
    if (onStateChanged) onStateChanged();
  };
}

void WebSocketSource::start() {
  if (m_early.empty() && (m_connection->state() == ConnectionState::Idle || m_connection->hasEnded()))
    return m_connection->start();
  // All of it counts as coming now: the pipeline's time has only begun.
  for (const OpenedFeed::Event& event : std::exchange(m_early, {})) {
    switch (event.kind) {
      case OpenedFeed::Event::Kind::Opened: opened(); break;
      case OpenedFeed::Event::Kind::Lost: lost(); break;
      case OpenedFeed::Event::Kind::Message: received(event.payload, event.isText, notBefore(m_clock.now())); break;
    }
  }
  if (m_notKept > 0) {
    m_lost += std::exchange(m_notKept, 0);
    m_feeder->lost(*m_intake, m_clock.now());
    if (m_connection->isOpen()) m_feeder->opened(*m_intake, m_clock.now());
  }
  if (onStateChanged) onStateChanged();
}

void WebSocketSource::lost() {
  const Micros now = notBefore(m_clock.now());
  if (m_capture) m_capture->event(m_intake->name(), "close", now);
  if (m_lostAt == 0 && m_lastData > 0) m_lostAt = m_lastData;
  m_feeder->lost(*m_intake, now);
}

void WebSocketSource::opened() {
  const Micros now = notBefore(m_clock.now());
  m_openedAt = now;
  m_lastWords.clear();
  if (m_capture) m_capture->event(m_intake->name(), "open", now);
  m_passedBefore = m_intake->counters().passed;
  m_feeder->opened(*m_intake, now);
}

void WebSocketSource::setCapture(CaptureWriter* capture) {
  m_capture = capture;
  // A recording that begins over an open connection knows of nothing before.
  if (m_capture && m_connection->isOpen())
    m_capture->alive(m_intake->name(), m_clock.now(), std::min(m_intake->life().proven(), m_clock.now()));
}

void WebSocketSource::alive(Micros asked) {
  const Micros now = notBefore(m_clock.now());
  m_lastArrival = now;
  if (onArrival) onArrival(now);
  if (m_capture) m_capture->alive(m_intake->name(), now, asked);
  m_feeder->alive(*m_intake, now, asked);
  if (onFed) onFed();
}

void WebSocketSource::askIfAwaited() {
  if (m_askTimer != TimerId::None || !m_intake->life().isAwaited()) return;
  const Micros quiet = fromMillis(static_cast<int64_t>(std::min(kLongestPatienceMs, 2 * m_usualGap.ms())));
  if (m_clock.now() >= m_lastArrival + quiet) return m_connection->ask();
  m_askTimer = m_clock.callAt(m_lastArrival + quiet, [this] {
    m_askTimer = TimerId::None;
    askIfAwaited();
  });
}

void WebSocketSource::stalled(Micros now, Micros since) {
  if (!m_connection->isOpen()) return;
  if (m_capture) m_capture->stall(m_intake->name(), now, since);
  m_feeder->stalled(*m_intake, now, since);
  m_connection->ask();
}

void WebSocketSource::giveUpAsking(Micros now) {
  if (!m_intake->life().isAwaited()) return;
  if (m_capture) m_capture->event(m_intake->name(), "close", now);
  m_feeder->lost(*m_intake, now);
}

void WebSocketSource::moveTo(Intake& intake) {
  m_intake = &intake;
  m_passedBefore = intake.counters().passed;
  if (m_connection->isOpen()) m_feeder->opened(intake, m_clock.now());
}

void WebSocketSource::stop() {
  m_connection->onLost = nullptr;
  m_connection->stop();
}

// Messages that lay in the socket together share an instant, and may come after what a timer or an answer has done
// since.
Micros WebSocketSource::notBefore(Micros at) const { return std::max({at, m_lastArrival, m_feeder->latest()}); }

void WebSocketSource::leave() {
  m_clock.cancel(m_askTimer);
  m_askTimer = TimerId::None;
  m_connection->onAlive = nullptr;
  m_connection->onMessage = nullptr;
  m_connection->onOpen = nullptr;
  m_connection->onLost = nullptr;
  m_connection->lastWords = nullptr;
  m_connection->onStateChanged = nullptr;
}

void WebSocketSource::received(const QByteArray& payload, bool isText, Micros now) {
  if (onArrival) onArrival(now);
  m_lastArrival = now;
  const std::string_view view(payload.constData(), static_cast<size_t>(payload.size()));
  if (m_capture) m_capture->message(m_intake->name(), view, isText, now);
  const uint64_t before = m_intake->counters().decoded;
  const uint64_t passedBefore = m_intake->counters().passed;
  m_feeder->message(*m_intake, view, now);
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
    m_connection->decoded();
  }
  if (m_intake->counters().passed > passedBefore) m_connection->rowPassed(m_intake->hasWholeRow());
  if (!m_connection->hasPassedRow()) m_lastWords.hear(view);
  if (m_intake->stopped() && !m_connection->hasEnded())
    m_connection->stop(
        tr("Stopped by error.strategy 'fail': %1").arg(QString::fromStdString(m_intake->rejects().back().reason)),
        tr("error.strategy 'drop' counts such messages and goes on"));
  if (onFed) onFed();
}

ConnectionHealth WebSocketSource::health() const {
  ConnectionHealth h = m_connection->health();
  h.gaps = m_intake->gaps();
  h.bad = m_intake->counters().rejected;
  h.fromFuture = m_intake->counters().fromFuture;
  h.duplicates = m_intake->counters().duplicates;
  h.sequenceJumps = m_intake->counters().sequenceJumps;
  h.lost = m_lost;
  h.usualGapMs = m_usualGap.ms();
  h.openedAt = m_connection->isOpen() ? m_openedAt : 0;
  h.newestEvent = m_intake->newestEvent();
  if (m_intake->life().isTracked()) h.lastProof = std::max(m_intake->life().proven(), h.lastMessage);
  const double silent = static_cast<double>(m_clock.now() - m_lastData) / 1000;
  h.stale = h.state == ConnectionState::Live && silent > std::max(5000.0, 10 * h.usualGapMs);
  return h;
}

}  // namespace weir
