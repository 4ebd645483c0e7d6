// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/connection.h"

#include <QObject>
#include <QRandomGenerator>
#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/net/failure_text.h"
#include "core/net/url_parts.h"

namespace weir {

using Event = ConnectionMachine::Event;
using Action = ConnectionMachine::Action;

namespace {

// Reading the clock costs a thirtieth of a message. Of those that lay in the socket together, so many share an instant:
// they have come before it anyway. Once the event loop has turned, the next one reads the clock.
constexpr int kMessagesToAnInstant = 16;

// A timer that comes so late was due while the program slept. What then lies in the socket is read within a second.
constexpr Micros kCameLate = 500'000;
constexpr Micros kReadAfterSleep = 1'000'000;

}  // namespace

Connection::Connection(ConnectionSettings settings, Clock& clock, TransportFactory transports)
    : m_settings(std::move(settings)),
      m_clock(clock),
      m_machine(m_settings.backoff),
      m_transports(std::move(transports)) {
  m_since = clock.now();
  const UrlParts parts = urlParts(m_settings.url);
  const auto& headers = m_settings.headers;
  const bool isGiven = std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return header.first.compare("Authorization", Qt::CaseInsensitive) == 0;
  });
  if (!parts.authorization.isEmpty() && !isGiven) m_settings.addHeader("Authorization", parts.authorization);
  m_settings.hide(parts.password);
  m_settings.hide(QString::fromUtf8(QByteArray::fromPercentEncoding(parts.password.toUtf8())));
}

Connection::~Connection() {
  cancelTimers();
  m_clock.cancel(m_retryTimer);
  drop();
}

void Connection::start() { handle(Event::Start); }

void Connection::validateConnectivity(std::function<void(const QString& error)> done) {
  m_validated = std::move(done);
  start();
}

void Connection::reconnectNow() {
  m_clock.cancel(m_retryTimer);
  if (isOpen()) {
    lose(QObject::tr("reconnecting on request"));
    m_clock.cancel(m_retryTimer);
  }
  handle(Event::Start);
}

void ConnectionSettings::hide(const QString& secret) {
  constexpr qsizetype kShortestSecret = 6;
  if (secret.size() >= kShortestSecret && !secrets.contains(secret)) secrets << secret;
}

void ConnectionSettings::addHeader(const QByteArray& header, const QByteArray& value) {
  headers.append({header, value});
  hide(QString::fromUtf8(value));
  for (const QByteArray& word : value.split(' ')) hide(QString::fromUtf8(word));
}

void Connection::demand() { handle(Event::Demand); }

void Connection::stop(const QString& why, const QString& hint) {
  const bool wasOpen = isOpen();
  if (!why.isEmpty()) setError(why, hint);
  if (wasOpen) m_transport->close();
  // Whoever waits for a proof of this connection waits no longer.
  if (wasOpen && onLost) onLost();
  handle(Event::Stop);
}

void Connection::decoded() {
  if (m_machine.state() == ConnectionState::Live) return;
  handle(Event::Decoded);
  m_error.clear();
  m_hint.clear();
}

void Connection::rowPassed(bool isWhole) {
  if (m_hasPassedRow) return;
  if (isWhole) {
    m_hasPassedRow = true;
    return handle(Event::Passed);
  }
  // An error message may fill a column. But a connection that outlives the longest delay needs no slowing down.
  if (m_stayTimer != TimerId::None) return;
  m_stayTimer = m_clock.callAt(m_clock.now() + fromMillis(m_settings.backoff.maxDelayMs), [this] { rowPassed(true); });
}

bool Connection::isOpen() const {
  return m_isUp && (m_machine.state() == ConnectionState::Open || m_machine.state() == ConnectionState::Live);
}

bool Connection::hasEnded() const {
  const ConnectionState s = m_machine.state();
  return s == ConnectionState::Refused || s == ConnectionState::GaveUp || s == ConnectionState::Closed;
}

int64_t Connection::bytesToWrite() const { return m_isUp ? m_transport->waiting() : 0; }

int64_t Connection::bytesHanded() const { return m_transport ? m_transport->written() : 0; }

int64_t Connection::bytesGone() const { return m_transport ? m_transport->gone() : 0; }

bool Connection::send(const QByteArray& payload, bool asText) {
  if (!isOpen() || !m_transport->takesMessages()) return false;
  if (onFrame) onFrame(payload, asText, true);
  return m_transport->send(payload, asText);
}

void Connection::handle(Event event, FailureKind kind) {
  const ConnectionState before = m_machine.state();
  const double random = m_settings.backoff.jitter > 0 ? QRandomGenerator::global()->generateDouble() : 0;
  const Action action = m_machine.handle(event, kind, random);
  if (m_machine.state() != before) m_since = m_clock.now();
  act(action);
  if (m_validated && m_machine.state() != ConnectionState::Connecting && m_machine.state() != ConnectionState::Idle)
    std::exchange(m_validated, nullptr)(isOpen() ? QString() : m_error);
  else if (m_validated && action == Action::Sleep)
    std::exchange(m_validated, nullptr)(m_error);
  if ((m_machine.state() != before || action != Action::None) && onStateChanged) onStateChanged();
}

void Connection::act(Action action) {
  switch (action) {
    case Action::None: break;
    case Action::Connect: open(); break;
    case Action::Wait:
      m_nextTry = m_clock.now() + fromMillis(m_machine.delayMs());
      m_retryTimer = m_clock.callAt(m_nextTry, [this] { handle(Event::RetryDue); });
      break;
    case Action::Drop:
    case Action::Finish:
    case Action::Sleep:
      m_clock.cancel(m_retryTimer);
      drop();
      break;
  }
}

void Connection::open() {
  drop();
  m_hasPassedRow = false;
  m_readAgainIn = 0;
  m_connectTimer = m_clock.callAt(m_clock.now() + fromMillis(m_settings.connectTimeoutMs), [this] { timedOut(); });
  m_transport = m_transports(m_settings, *this);
  m_isUp = true;
  m_transport->open(m_settings);
}

void Connection::drop() {
  cancelTimers();
  if (std::exchange(m_isUp, false)) m_transport->abort();
}

void Connection::timedOut() {
  setError(QObject::tr("Connection to WebSocket %1 timed out after %2 seconds")
               .arg(m_settings.shownUrl)
               .arg(static_cast<double>(m_settings.connectTimeoutMs) / 1000),
           QLatin1String(kHintTimeout));
  drop();
  handle(Event::Failed);
}

void Connection::opened(const QString& subprotocol) {
  m_clock.cancel(m_connectTimer);
  if (!m_settings.subprotocol.isEmpty() && subprotocol != m_settings.subprotocol)
    return fail(failureOfNoSubprotocol(m_settings.subprotocol));
  handle(Event::HandshakeDone);
  for (const QString& message : m_settings.openMessages) send(message.toUtf8(), true);
  // A send may have broken the socket.
  if (!m_isUp) return;
  schedulePing();
  scheduleIdle();
  scheduleHeartbeat();
  if (onOpen) onOpen();
}

void Connection::written() {
  if (onWritten) onWritten();
}

void Connection::failed(HandshakeFailure kind, const QString& cause) {
  fail(failureOfHandshake(kind, cause, m_settings.subprotocol));
}

void Connection::fail(const Failure& failure) {
  setError(QObject::tr("Failed to connect to WebSocket %1: %2").arg(m_settings.shownUrl, failure.cause), failure.hint);
  drop();
  handle(Event::Failed, failure.kind);
}

void Connection::lost(const TransportLoss& loss) {
  Failure failure = failureOfLoss(loss, m_settings.maxMessageBytes);
  // What a server says ahead of its close is why it closes; one that was content said nothing of the kind.
  const bool mayBeSaid = loss.by != TransportLoss::By::Flood && !m_hasPassedRow && lastWords;
  if (const QString said = mayBeSaid ? shown(lastWords()) : QString(); !said.isEmpty())
    failure.cause = QObject::tr("%1 (the server said: %2)").arg(failure.cause, said);
  lose(failure);
}

void Connection::lose(const Failure& failure) {
  setError(QObject::tr("Lost WebSocket %1: %2").arg(m_settings.shownUrl, failure.cause), failure.hint);
  drop();
  if (onLost) onLost();
  handle(Event::Lost, failure.kind);
}

void Connection::lose(const QString& cause) { lose({FailureKind::Retryable, cause, {}}); }

void Connection::received(const QByteArray& payload, bool isText) {
  ++m_messages;
  m_bytes += static_cast<uint64_t>(payload.size());
  if (m_readAgainIn-- == 0) {
    m_lastMessage = m_clock.now();
    m_readAgainIn = kMessagesToAnInstant - 1;
  }
  // What looks on keeps the payload, which is only borrowed.
  if (onFrame) onFrame(QByteArray(payload.constData(), payload.size()), isText, false);
  if (onMessage) onMessage(payload, isText);
}

void Connection::turned() { m_readAgainIn = 0; }

void Connection::schedulePing() {
  if (m_settings.pingIntervalMs <= 0) return;
  m_pingTimer = m_clock.callAt(m_clock.now() + fromMillis(m_settings.pingIntervalMs), [this] {
    if (!isOpen()) return;
    ping();
    schedulePing();
  });
}

void Connection::ask() {
  if (m_settings.pingIntervalMs > 0 && isOpen() && m_unanswered.empty()) ping();
}

void Connection::ping() {
  const Micros now = m_clock.now();
  m_transport->ping(QByteArray::number(static_cast<qlonglong>(now)));
  // The oldest unanswered ping counts, however often more are sent.
  m_unanswered.push_back(now);
  if (m_unanswered.size() == 1) awaitPong();
}

void Connection::answered(const QByteArray& ping) {
  if (m_unanswered.empty()) return;
  bool isNumber = false;
  const Micros claimed = ping.toLongLong(&isNumber);
  // An answer covers what was asked before it. One that names nothing we sent is for the oldest.
  const auto known = std::find(m_unanswered.begin(), m_unanswered.end(), isNumber ? claimed : m_unanswered.front());
  const Micros asked = known == m_unanswered.end() ? m_unanswered.front() : *known;
  while (!m_unanswered.empty() && m_unanswered.front() <= asked) m_unanswered.pop_front();
  m_pingMs = static_cast<double>(m_clock.now() - asked) / 1000;
  awaitPong();
  if (onAlive) onAlive(asked);
}

void Connection::awaitPong() {
  m_clock.cancel(m_pongTimer);
  m_pongTimer = TimerId::None;
  if (m_unanswered.empty()) return;
  const Micros due = m_unanswered.front() + fromMillis(m_settings.pingTimeoutMs);
  m_pongTimer = m_clock.callAt(due, [this, due] {
    if (m_clock.now() - due < kCameLate) return pongOverdue();
    // The program has slept: the answer may lie in the socket.
    m_pongTimer = m_clock.callAt(m_clock.now() + std::min(kReadAfterSleep, fromMillis(m_settings.pingTimeoutMs)),
                                 [this] { pongOverdue(); });
  });
}

void Connection::pongOverdue() {
  lose(QObject::tr("no answer to a ping in %1 s").arg(static_cast<double>(m_settings.pingTimeoutMs) / 1000));
}

void Connection::scheduleHeartbeat() {
  if (m_settings.heartbeatMessage.isEmpty()) return;
  m_heartbeatTimer = m_clock.callAt(m_clock.now() + fromMillis(m_settings.heartbeatMs), [this] {
    send(m_settings.heartbeatMessage.toUtf8(), true);
    scheduleHeartbeat();
  });
}

void Connection::scheduleIdle() {
  if (m_settings.idleTimeoutMs <= 0) return;
  const Micros last = std::max(m_lastMessage, m_since);
  const Micros due = std::max(last + fromMillis(m_settings.idleTimeoutMs), m_idleNotBefore);
  m_idleTimer = m_clock.callAt(due, [this, due] {
    const Micros now = m_clock.now();
    // After a sleep, what lies in the socket is read first.
    if (now - due >= kCameLate) m_idleNotBefore = now + kReadAfterSleep;
    if (now >= m_idleNotBefore && now - std::max(m_lastMessage, m_since) >= fromMillis(m_settings.idleTimeoutMs))
      lose(QObject::tr("no message in %1 s").arg(static_cast<double>(m_settings.idleTimeoutMs) / 1000));
    else
      scheduleIdle();
  });
}

void Connection::cancelTimers() {
  m_unanswered.clear();
  for (TimerId* timer : {&m_connectTimer, &m_pingTimer, &m_pongTimer, &m_idleTimer, &m_heartbeatTimer, &m_stayTimer}) {
    m_clock.cancel(*timer);
    *timer = TimerId::None;
  }
}

// A server may repeat what it was sent, and what comes from it stays on its line.
QString ConnectionSettings::masked(QString text) const {
  for (const QString& secret : secrets) text.replace(secret, QStringLiteral("***"));
  return QString::fromStdString(oneLine(text.toStdString()));
}

QString Connection::shown(const QString& said) const {
  constexpr qsizetype kMostShown = 200;
  const QString text = m_settings.masked(said.trimmed());
  return text.size() <= kMostShown ? text : text.left(kMostShown) + QStringLiteral("…");
}

void Connection::setError(const QString& text, const QString& hint) {
  m_error = m_settings.masked(text);
  m_hint = hint;
  ++m_errors;
}

ConnectionHealth Connection::health() const {
  ConnectionHealth h;
  h.name = m_settings.name;
  h.url = m_settings.shownUrl;
  h.state = m_machine.state();
  h.since = m_since;
  h.attempt = m_machine.attempt();
  h.maxAttempts = m_settings.backoff.maxAttempts;
  h.nextTry = m_nextTry;
  h.error = m_error;
  h.hint = m_hint;
  h.errors = m_errors;
  h.messages = m_messages;
  h.bytes = m_bytes;
  h.lastMessage = m_lastMessage;
  h.pingMs = m_pingMs;
  h.insecure = m_settings.insecure;
  return h;
}

}  // namespace weir
