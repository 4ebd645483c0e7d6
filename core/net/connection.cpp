// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/connection.h"

#include <QFile>
#include <QHostAddress>
#include <QNetworkProxy>
#include <QNetworkRequest>
#include <QRandomGenerator>
#include <QSslConfiguration>
#include <QSslKey>
#include <QUrl>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>
#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/net/failure_text.h"
#include "core/net/url_parts.h"
#include "core/net/wire_watch.h"

namespace weir {

using Event = ConnectionMachine::Event;
using Action = ConnectionMachine::Action;

namespace {

bool isLoopback(const QString& host) { return host == QLatin1String("localhost") || QHostAddress(host).isLoopback(); }

// Writes ASCII text, which is nearly all of it, a vector of characters at a time; false when there is anything else.
bool narrowed(const QString& text, char* out) {
  const auto* in = reinterpret_cast<const char16_t*>(text.utf16());
  const auto size = static_cast<size_t>(text.size());
  char16_t seen = 0;
  for (size_t i = 0; i < size; ++i) {
    seen |= in[i];
    out[i] = static_cast<char>(in[i]);
  }
  return seen < 0x80;
}

// Reading the clock costs a thirtieth of a message. Of those that lay in the socket together, so many share an instant:
// they have come before it anyway. Once the event loop has turned, the next one reads the clock.
constexpr int kMessagesToAnInstant = 16;

// A timer that comes so late was due while the program slept. What then lies in the socket is read within a second.
constexpr Micros kCameLate = 500'000;
constexpr Micros kReadAfterSleep = 1'000'000;

constexpr qint64 kUsualReadBuffer = 64 << 10;
constexpr qint64 kLeastReadBuffer = 2 << 10;
constexpr Micros kLongestTurn = 20'000;

}  // namespace

Connection::Connection(ConnectionSettings settings, Clock& clock, QObject* parent)
    : QObject(parent), m_settings(std::move(settings)), m_clock(clock), m_machine(m_settings.backoff) {
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
  dropSocket();
}

void Connection::start() { handle(Event::Start); }

void Connection::validateConnectivity(std::function<void(const QString& error)> done) {
  m_validated = std::move(done);
  start();
}

void Connection::reconnectNow() {
  m_clock.cancel(m_retryTimer);
  if (isOpen()) {
    socketGone(tr("reconnecting on request"));
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
  if (m_socket && isOpen() && flushed()) {
    QWebSocket* socket = m_socket;
    m_socket = nullptr;
    socket->disconnect(this);
    socket->setParent(nullptr);
    connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
    socket->close();
  }
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
  return m_socket && (m_machine.state() == ConnectionState::Open || m_machine.state() == ConnectionState::Live);
}

bool Connection::hasEnded() const {
  const ConnectionState s = m_machine.state();
  return s == ConnectionState::Refused || s == ConnectionState::GaveUp || s == ConnectionState::Closed;
}

int64_t Connection::bytesToWrite() const { return m_socket && m_watch ? m_watch->waiting() : 0; }

int64_t Connection::bytesHanded() const { return m_watch ? m_watch->written() : 0; }

int64_t Connection::bytesGone() const { return m_watch ? m_watch->gone() : 0; }

bool Connection::send(const QByteArray& payload, bool asText) {
  // While it closes, QWebSocket takes nothing.
  if (!isOpen() || m_socket->state() != QAbstractSocket::ConnectedState) return false;
  if (onFrame) onFrame(payload, asText, true);
  const qint64 before = m_watch->written();
  const qint64 size =
      asText ? m_socket->sendTextMessage(QString::fromUtf8(payload)) : m_socket->sendBinaryMessage(payload);
  m_watch->countOwn(m_watch->written() - before);
  return size == payload.size();
}

// What still waits in this process when a connection is closed would go out later, when nobody counts it any more.
bool Connection::flushed() {
  for (int64_t gone = -1; m_socket && m_watch->waiting() > 0 && gone < m_watch->gone();) {
    gone = m_watch->gone();
    m_socket->flush();
  }
  return m_socket && m_watch->waiting() == 0;
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
    case Action::Connect: openSocket(); break;
    case Action::Wait:
      m_nextTry = m_clock.now() + fromMillis(m_machine.delayMs());
      m_retryTimer = m_clock.callAt(m_nextTry, [this] { handle(Event::RetryDue); });
      break;
    case Action::Drop:
    case Action::Finish:
    case Action::Sleep:
      m_clock.cancel(m_retryTimer);
      dropSocket();
      break;
  }
}

void Connection::openSocket() {
  dropSocket();
  m_sslTrouble.clear();
  m_wasOpen = false;
  m_hasPassedRow = false;
  m_socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
  const auto limit = static_cast<quint64>(m_settings.maxMessageBytes);
  m_socket->setMaxAllowedIncomingMessageSize(limit);
  m_socket->setMaxAllowedIncomingFrameSize(limit);
  setReadBuffer(kUsualReadBuffer);
  const QUrl url = urlParts(m_settings.url).url;
  if (m_settings.proxy == QLatin1String("none") || isLoopback(url.host())) {
    m_socket->setProxy(QNetworkProxy::NoProxy);
  } else if (!m_settings.proxy.isEmpty()) {
    const QUrl proxy(m_settings.proxy);
    const auto type = proxy.scheme() == QLatin1String("socks5") ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy;
    m_socket->setProxy(
        QNetworkProxy(type, proxy.host(), static_cast<quint16>(proxy.port(1080)), proxy.userName(), proxy.password()));
  }
  if (url.scheme() == QLatin1String("wss")) {
    QSslConfiguration ssl = QSslConfiguration::defaultConfiguration();
    if (!m_settings.caFile.isEmpty()) ssl.addCaCertificates(m_settings.caFile);
    if (!m_settings.certFile.isEmpty()) {
      QFile key(m_settings.keyFile);
      if (key.open(QIODevice::ReadOnly)) {
        const QByteArray pem = key.readAll();
        QSslKey read(pem, QSsl::Rsa);
        if (read.isNull()) read = QSslKey(pem, QSsl::Ec);
        ssl.setPrivateKey(read);
      }
      ssl.setLocalCertificateChain(QSslCertificate::fromPath(m_settings.certFile));
    }
    if (m_settings.insecure) ssl.setPeerVerifyMode(QSslSocket::VerifyNone);
    m_socket->setSslConfiguration(ssl);
  }
  connect(m_socket, &QWebSocket::connected, this, &Connection::handshakeDone);
  connect(m_socket, &QWebSocket::disconnected, this, [this] { socketGone(); });
  connect(m_socket, QOverload<QAbstractSocket::SocketError>::of(&QWebSocket::error), this, &Connection::socketFailed);
  connect(m_socket, &QWebSocket::sslErrors, this, [this](const QList<QSslError>& errors) {
    if (errors.isEmpty()) return;
    const QSslError& first = errors.first();
    const bool selfSigned =
        first.error() == QSslError::SelfSignedCertificate || first.error() == QSslError::SelfSignedCertificateInChain;
    m_sslTrouble = selfSigned ? QStringLiteral("self-signed certificate") : first.errorString();
  });
  connect(m_socket, &QWebSocket::textMessageReceived, this,
          [this](const QString& text) { received(utf8(text), true); });
  connect(m_socket, &QWebSocket::binaryMessageReceived, this,
          [this](const QByteArray& bytes) { received(bytes, false); });
  connect(m_socket, &QWebSocket::pong, this, [this](quint64, const QByteArray& payload) { answered(payload); });
  m_connectTimer = m_clock.callAt(m_clock.now() + fromMillis(m_settings.connectTimeoutMs), [this] {
    setError(tr("Connection to WebSocket %1 timed out after %2 seconds")
                 .arg(m_settings.shownUrl)
                 .arg(static_cast<double>(m_settings.connectTimeoutMs) / 1000),
             QLatin1String(kHintTimeout));
    dropSocket();
    handle(Event::Failed);
  });
  QNetworkRequest request(url);
  for (const auto& [key, value] : m_settings.headers) request.setRawHeader(key, value);
  if (m_settings.subprotocol.isEmpty()) {
    m_socket->open(request);
  } else {
    // Qt 6.4 sends subprotocols through handshake options.
    QWebSocketHandshakeOptions options;
    options.setSubprotocols({m_settings.subprotocol});
    m_socket->open(request, options);
  }
  // It may have failed at once.
  if (!m_socket) return;
  m_watch = std::make_unique<WireWatch>(*m_socket);
  m_watch->onGone = [this] {
    if (m_socket && onWritten) onWritten();
  };
  m_watch->onRead = [this](qint64 unread) { fitReadBuffer(unread); };
  m_watch->onFlood = [this] {
    socketGone(tr("the server sends pings and does not read the answers"),
               tr("see what the server does, or write to whoever runs it"));
  };
}

void Connection::dropSocket() {
  cancelTimers();
  if (!m_socket) return;
  QWebSocket* socket = m_socket;
  m_socket = nullptr;
  // abort() emits from inside the call, and a refused handshake must be aborted from a later event.
  socket->disconnect(this);
  socket->setParent(nullptr);
  // What is counted as not sent must not leave before the socket is gone.
  if (m_watch && m_wasOpen) m_watch->stopWriting();
  QMetaObject::invokeMethod(
      socket,
      [socket] {
        socket->abort();
        socket->deleteLater();
      },
      Qt::QueuedConnection);
}

void Connection::handshakeDone() {
  m_clock.cancel(m_connectTimer);
  if (!m_settings.subprotocol.isEmpty() && m_socket->subprotocol() != m_settings.subprotocol) {
    fail(FailureKind::Refused,
         tr("subprotocol not supported (offered '%1', server chose none)").arg(m_settings.subprotocol),
         QLatin1String(kHintSubprotocol));
    return;
  }
  m_wasOpen = true;
  handle(Event::HandshakeDone);
  for (const QString& message : m_settings.openMessages) send(message.toUtf8(), true);
  // A send may have broken the socket.
  if (!m_socket) return;
  schedulePing();
  scheduleIdle();
  scheduleHeartbeat();
  if (onOpen) onOpen();
}

void Connection::socketFailed(QAbstractSocket::SocketError error) {
  if (!m_socket) return;
  if (m_wasOpen) return socketGone();
  const QString text = m_socket->errorString();
  // A handshake fails for other reasons too: a server without TLS, an alert. Those may pass; a certificate's do not.
  if (!m_sslTrouble.isEmpty() ||
      (error == QAbstractSocket::SslHandshakeFailedError && text.contains(QLatin1String("certificate"))))
    return fail(FailureKind::Refused,
                tr("certificate verify failed (%1)").arg(m_sslTrouble.isEmpty() ? text : m_sslTrouble),
                QLatin1String(kHintCertificate));
  if (const auto status = m_watch ? failureOfStatus(m_watch->statusLine()) : std::nullopt)
    return fail(status->kind, status->cause, status->hint);
  if (text.contains(QLatin1String("has not been requested")))
    return m_settings.subprotocol.isEmpty()
               ? fail(FailureKind::Refused, tr("subprotocol not supported (none was offered, server chose one)"),
                      QLatin1String(kHintNoSubprotocol))
               : fail(FailureKind::Refused,
                      tr("subprotocol not supported (offered '%1', server chose another)").arg(m_settings.subprotocol),
                      QLatin1String(kHintSubprotocol));
  if (error == QAbstractSocket::SslHandshakeFailedError)
    return fail(FailureKind::Retryable, tr("TLS handshake failed (%1)").arg(text), QLatin1String(kHintTls));
  if (error == QAbstractSocket::SocketTimeoutError)
    return fail(FailureKind::Retryable, text, QLatin1String(kHintTimeout));
  const Failure failure = failureOfHandshake(text);
  fail(failure.kind, failure.cause, failure.hint);
}

void Connection::fail(FailureKind kind, const QString& cause, const QString& hint) {
  setError(tr("Failed to connect to WebSocket %1: %2").arg(m_settings.shownUrl, cause), hint);
  dropSocket();
  handle(Event::Failed, kind);
}

void Connection::socketGone(const QString& found, const QString& hint) {
  if (!m_socket) return;
  // Before a handshake `disconnected` may come ahead of `error`, which knows why.
  if (!m_wasOpen) {
    QWebSocket* socket = m_socket;
    QMetaObject::invokeMethod(
        this,
        [this, socket] {
          if (m_socket == socket && !m_wasOpen)
            fail(FailureKind::Retryable,
                 m_socket->errorString().isEmpty() ? tr("connection closed") : m_socket->errorString(),
                 QLatin1String(kHintRefused));
        },
        Qt::QueuedConnection);
    return;
  }
  Failure failure{FailureKind::Retryable, found, hint};
  if (found.isEmpty()) {
    const int code = m_socket->closeCode();
    if (const auto frame = m_watch->closeFrame())
      failure = failureOfClose(*frame);
    else if (code != QWebSocketProtocol::CloseCodeNormal)
      failure = failureOfOwnClose(code, m_socket->closeReason(), m_settings.maxMessageBytes);
    else
      failure.cause = tr("connection lost");
    // What a server says ahead of its close is why it closes; one that was content said nothing of the kind.
    if (const QString said = !m_hasPassedRow && lastWords ? shown(lastWords()) : QString(); !said.isEmpty())
      failure.cause = tr("%1 (the server said: %2)").arg(failure.cause, said);
  }
  setError(tr("Lost WebSocket %1: %2").arg(m_settings.shownUrl, failure.cause), failure.hint);
  dropSocket();
  m_wasOpen = false;
  if (onLost) onLost();
  handle(Event::Lost, failure.kind);
}

// Into a buffer that stays: an allocation per message would cost more than the conversion.
QByteArray Connection::utf8(const QString& text) {
  const qsizetype room = m_toUtf8.requiredSpace(text.size());
  if (m_utf8.size() < room) m_utf8.resize(room * 2);
  char* const out = m_utf8.data();
  const qsizetype size = narrowed(text, out) ? text.size() : m_toUtf8.appendToBuffer(out, text) - out;
  return QByteArray::fromRawData(out, size);
}

void Connection::received(const QByteArray& payload, bool isText) {
  ++m_messages;
  m_bytes += static_cast<uint64_t>(payload.size());
  if (m_readAgainIn-- == 0) {
    m_lastMessage = m_clock.now();
    m_readAgainIn = kMessagesToAnInstant - 1;
    if (!std::exchange(m_turnAwaited, true)) {
      m_turnBegan = m_lastMessage;
      QMetaObject::invokeMethod(
          this,
          [this] {
            m_turnAwaited = false;
            m_readAgainIn = 0;
          },
          Qt::QueuedConnection);
    }
  }
  // What looks on keeps the payload, which is only borrowed.
  if (onFrame) onFrame(QByteArray(payload.constData(), payload.size()), isText, false);
  if (onMessage) onMessage(payload, isText);
}

void Connection::setReadBuffer(qint64 bytes) {
  m_readBuffer = std::min<qint64>(bytes, m_settings.maxMessageBytes + 1024);
  m_socket->setReadBufferSize(m_readBuffer);
}

// QWebSocket reads all that is buffered before timers, signals and other sockets have their turn: where messages take
// long, less is buffered, and the rest waits with the peer. A frame that is larger than the buffer needs room.
void Connection::fitReadBuffer(qint64 unread) {
  if (!m_socket) return;
  const Micros spent = m_turnAwaited ? m_clock.now() - m_turnBegan : 0;
  const qint64 usual = spent > kLongestTurn ? std::max<qint64>(m_readBuffer * kLongestTurn / spent, kLeastReadBuffer)
                                            : std::min(m_readBuffer * 2, kUsualReadBuffer);
  const qint64 wanted = std::max(usual, unread * 2);
  if (wanted != m_readBuffer) setReadBuffer(wanted);
}

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
  m_socket->ping(QByteArray::number(static_cast<qlonglong>(now)));
  // The oldest unanswered ping counts, however often more are sent.
  m_unanswered.push_back(now);
  if (m_unanswered.size() == 1) awaitPong();
}

void Connection::answered(const QByteArray& payload) {
  if (m_unanswered.empty()) return;
  bool isNumber = false;
  const Micros claimed = payload.toLongLong(&isNumber);
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
  socketGone(tr("no answer to a ping in %1 s").arg(static_cast<double>(m_settings.pingTimeoutMs) / 1000));
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
      socketGone(tr("no message in %1 s").arg(static_cast<double>(m_settings.idleTimeoutMs) / 1000));
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
