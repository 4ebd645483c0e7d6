// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/qt_transport.h"

#include <QNetworkRequest>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>
#include <algorithm>
#include <utility>

#include "core/net/failure_text.h"
#include "core/net/read_pace.h"
#include "core/net/socket_setup.h"
#include "core/net/url_parts.h"
#include "core/net/wire_watch.h"

namespace weir {

namespace {

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

// It compares the whole header, where the protocol asks for a word in it (RFC 6455, 4.1).
bool isLimitOfQt(const QString& words) {
  return words.startsWith(QLatin1String("Invalid parameter(s)")) &&
         words.contains(QLatin1String("upgrade: websocket"), Qt::CaseInsensitive);
}

}  // namespace

QtTransport::QtTransport(TransportListener& listener) : m_listener(listener) {}

QtTransport::~QtTransport() { abort(); }

void QtTransport::open(const TransportSettings& settings) {
  m_socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
  const auto limit = static_cast<quint64>(settings.maxMessageBytes);
  m_socket->setMaxAllowedIncomingMessageSize(limit);
  m_socket->setMaxAllowedIncomingFrameSize(limit);
  m_mostReadBuffer = settings.maxMessageBytes + 1024;
  setReadBuffer(kUsualRead);
  const QUrl url = urlParts(settings.url).url;
  if (const auto proxy = proxyFor(url, settings)) m_socket->setProxy(*proxy);
  if (url.scheme() == QLatin1String("wss")) m_socket->setSslConfiguration(tlsOf(settings));
  listen();
  QNetworkRequest request(url);
  for (const auto& [key, value] : settings.headers) request.setRawHeader(key, value);
  if (settings.subprotocol.isEmpty()) {
    m_socket->open(request);
  } else {
    // Qt 6.4 sends subprotocols through handshake options.
    QWebSocketHandshakeOptions options;
    options.setSubprotocols({settings.subprotocol});
    m_socket->open(request, options);
  }
  // It may have failed at once.
  if (m_socket) watch();
}

void QtTransport::listen() {
  connect(m_socket, &QWebSocket::connected, this, &QtTransport::isReady);
  connect(m_socket, &QWebSocket::disconnected, this, &QtTransport::ended);
  connect(m_socket, QOverload<QAbstractSocket::SocketError>::of(&QWebSocket::error), this, &QtTransport::broke);
  connect(m_socket, &QWebSocket::sslErrors, this, &QtTransport::sslErrors);
  connect(m_socket, &QWebSocket::textMessageReceived, this,
          [this](const QString& text) { received(utf8(text), true); });
  connect(m_socket, &QWebSocket::binaryMessageReceived, this,
          [this](const QByteArray& bytes) { received(bytes, false); });
  connect(m_socket, &QWebSocket::pong, this,
          [this](quint64, const QByteArray& payload) { m_listener.answered(payload); });
}

void QtTransport::watch() {
  m_watch = std::make_unique<WireWatch>(*m_socket);
  m_watch->onGone = [this] {
    if (m_socket) m_listener.written();
  };
  m_watch->onRead = [this](qint64 unread) { fitReadBuffer(unread); };
  m_watch->onFlood = [this] {
    if (m_isOpen) lose({TransportLoss::By::Flood, {}, {}});
  };
}

void QtTransport::isReady() {
  m_isOpen = true;
  m_listener.opened(m_socket->subprotocol());
}

void QtTransport::received(const QByteArray& payload, bool isText) {
  if (!std::exchange(m_turnAwaited, true)) {
    m_turn.start();
    QMetaObject::invokeMethod(
        this,
        [this] {
          m_turnAwaited = false;
          if (m_socket) m_listener.turned();
        },
        Qt::QueuedConnection);
  }
  m_listener.received(payload, isText);
}

// Into a buffer that stays: an allocation per message would cost more than the conversion.
QByteArray QtTransport::utf8(const QString& text) {
  const qsizetype room = m_toUtf8.requiredSpace(text.size());
  if (m_utf8.size() < room) m_utf8.resize(room * 2);
  char* const out = m_utf8.data();
  const qsizetype size = narrowed(text, out) ? text.size() : m_toUtf8.appendToBuffer(out, text) - out;
  return QByteArray::fromRawData(out, size);
}

void QtTransport::sslErrors(const QList<QSslError>& errors) {
  if (!errors.isEmpty()) m_sslTrouble = certificateTrouble(errors.first());
}

void QtTransport::broke(QAbstractSocket::SocketError error) {
  if (!m_socket) return;
  if (m_isOpen) return ended();
  const QString text = m_socket->errorString();
  const bool isTls = error == QAbstractSocket::SslHandshakeFailedError;
  // A handshake fails for other reasons too: a server without TLS, an alert. Those may pass; a certificate's do not.
  if (!m_sslTrouble.isEmpty() || (isTls && text.contains(QLatin1String("certificate"))))
    return fail(HandshakeFailure::Certificate, m_sslTrouble.isEmpty() ? text : m_sslTrouble);
  if (const QByteArray line = m_watch ? m_watch->statusLine() : QByteArray(); failureOfStatus(line))
    return fail(HandshakeFailure::Status, QString::fromUtf8(line));
  if (text.contains(QLatin1String("has not been requested"))) return fail(HandshakeFailure::Subprotocol, {});
  if (isTls) return fail(HandshakeFailure::Tls, text);
  if (error == QAbstractSocket::SocketTimeoutError) return fail(HandshakeFailure::Timeout, text);
  QString words = text;
  words.remove(QLatin1String("QWebSocketPrivate::processHandshake: "));
  fail(isLimitOfQt(words) ? HandshakeFailure::Limit : HandshakeFailure::Answer, words);
}

void QtTransport::ended() {
  if (!m_socket) return;
  if (!m_isOpen) {
    // `disconnected` may come ahead of `error`, which knows why.
    QMetaObject::invokeMethod(
        this,
        [this] {
          if (m_socket && !m_isOpen) fail(HandshakeFailure::Network, m_socket->errorString());
        },
        Qt::QueuedConnection);
    return;
  }
  const int code = m_socket->closeCode();
  if (const auto frame = m_watch->closeFrame())
    lose({TransportLoss::By::Server, frame->code, frame->reason});
  else if (code != QWebSocketProtocol::CloseCodeNormal)
    lose({TransportLoss::By::Weir, code, m_socket->closeReason(), code == QWebSocketProtocol::CloseCodeWrongDatatype});
  else
    lose({});
}

void QtTransport::fail(HandshakeFailure kind, const QString& cause) {
  abort();
  m_listener.failed(kind, cause);
}

void QtTransport::lose(const TransportLoss& loss) {
  abort();
  m_listener.lost(loss);
}

bool QtTransport::takesMessages() const {
  // While it closes, QWebSocket takes nothing.
  return m_socket && m_watch && m_socket->state() == QAbstractSocket::ConnectedState;
}

bool QtTransport::send(const QByteArray& payload, bool asText) {
  if (!takesMessages()) return false;
  const qint64 before = m_watch->written();
  const qint64 size =
      asText ? m_socket->sendTextMessage(QString::fromUtf8(payload)) : m_socket->sendBinaryMessage(payload);
  m_watch->countOwn(m_watch->written() - before);
  return size == payload.size();
}

void QtTransport::ping(const QByteArray& payload) {
  if (m_socket) m_socket->ping(payload);
}

// What still waits in this process when a connection is closed would go out later, when nobody counts it any more.
bool QtTransport::isFlushed() {
  for (int64_t gone = -1; m_socket && m_watch->waiting() > 0 && gone < m_watch->gone();) {
    gone = m_watch->gone();
    m_socket->flush();
  }
  return m_socket && m_watch->waiting() == 0;
}

// A socket may go on without us: it ends from a later event.
QWebSocket* QtTransport::release() {
  QWebSocket* socket = std::exchange(m_socket, nullptr);
  socket->disconnect(this);
  socket->setParent(nullptr);
  return socket;
}

void QtTransport::close() {
  if (m_socket) m_socket->disconnect(this);
  if (!m_isOpen || !isFlushed()) return abort();
  QWebSocket* socket = release();
  connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
  socket->close();
}

void QtTransport::abort() {
  if (!m_socket) return;
  // abort() emits from inside the call, and a refused handshake must be aborted from a later event.
  QWebSocket* socket = release();
  // What is counted as not sent must not leave before the socket is gone.
  if (m_watch && m_isOpen) m_watch->stopWriting();
  QMetaObject::invokeMethod(
      socket,
      [socket] {
        socket->abort();
        socket->deleteLater();
      },
      Qt::QueuedConnection);
}

int64_t QtTransport::written() const { return m_watch ? m_watch->written() : 0; }

int64_t QtTransport::gone() const { return m_watch ? m_watch->gone() : 0; }

int64_t QtTransport::waiting() const { return m_watch ? m_watch->waiting() : 0; }

void QtTransport::setReadBuffer(qint64 bytes) {
  m_readBuffer = std::min(bytes, m_mostReadBuffer);
  m_socket->setReadBufferSize(m_readBuffer);
}

// QWebSocket reads all that is buffered at one go. A frame that is larger than the buffer needs room.
void QtTransport::fitReadBuffer(qint64 unread) {
  if (!m_socket) return;
  const qint64 wanted = std::max<qint64>(pacedRead(m_readBuffer, m_turnAwaited ? m_turn.elapsed() : 0), unread * 2);
  if (wanted != m_readBuffer) setReadBuffer(wanted);
}

}  // namespace weir
