// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/http_listener.h"

#include <QTcpSocket>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>
#include <QWebSocketServer>
#include <optional>

namespace weir {

namespace {

constexpr int kTellEveryMs = 1000;
constexpr const char* kTimerName = "time for the head";

/// The value of a header that comes at most once; nothing when it comes twice.
std::optional<QByteArray> header(const QByteArray& head, const QByteArray& name) {
  std::optional<QByteArray> found;
  for (const QByteArray& line : head.split('\n')) {
    const qsizetype colon = line.indexOf(':');
    if (colon < 0 || line.left(colon).compare(name, Qt::CaseInsensitive) != 0) continue;
    if (found) return std::nullopt;
    found = line.mid(colon + 1).trimmed();
  }
  return found.value_or(QByteArray());
}

// Without port, brackets and the dot at the end.
QString hostOf(const QString& authority) {
  const QUrl url(QStringLiteral("http://") + authority, QUrl::StrictMode);
  QString host =
      url.isValid() && url.userInfo().isEmpty() && url.path().isEmpty() && !url.hasQuery() && !url.hasFragment()
          ? url.host()
          : QString();
  if (host.endsWith(QLatin1Char('.'))) host.chop(1);
  return host;
}

}  // namespace

HttpListener::HttpListener(const Limits& limits, QStringList names, QObject* parent)
    : QObject(parent), m_limits(limits), m_names(std::move(names)), m_server(this) {
  connect(&m_server, &QTcpServer::newConnection, this, &HttpListener::accept);
}

bool HttpListener::listen(const QHostAddress& address, quint16 port, QString* error) {
  if (m_server.listen(address, port)) return true;
  if (error) *error = m_server.errorString();
  return false;
}

QString HttpListener::url(const QString& scheme) const {
  if (!m_server.isListening()) return {};
  QUrl url;
  url.setScheme(scheme);
  url.setHost(m_server.serverAddress().toString());
  url.setPort(m_server.serverPort());
  return url.toString();
}

void HttpListener::accept() {
  while (QTcpSocket* socket = m_server.nextPendingConnection()) {
    const bool isFull = m_clients >= m_limits.clients;
    if (isFull || (accepts && !accepts())) {
      if (isFull) tell(tr("a client was turned away: there are %1 already").arg(m_clients));
      socket->abort();
      socket->deleteLater();
      continue;
    }
    ++m_clients;
    connect(socket, &QTcpSocket::disconnected, this, [this] { --m_clients; });
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    // What comes leaves at once, and not when there is company.
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    socket->setReadBufferSize(m_limits.headBytes);
    auto* patience = new QTimer(socket);
    patience->setObjectName(QLatin1String(kTimerName));
    patience->setSingleShot(true);
    connect(patience, &QTimer::timeout, socket, &QTcpSocket::abort);
    patience->start(m_limits.headMs);
    connect(socket, &QTcpSocket::readyRead, this, [this, socket] { inspect(socket); });
    if (socket->bytesAvailable() > 0) inspect(socket);
  }
}

// Looks at the head without taking it, so that a WebSocket server can still read it.
void HttpListener::inspect(QTcpSocket* socket) {
  const QByteArray seen = socket->peek(m_limits.headBytes);
  const qsizetype end = seen.indexOf("\r\n\r\n");
  const bool isTooLarge = end < 0 && seen.size() >= m_limits.headBytes;
  if (end < 0 && !isTooLarge) return;
  disconnect(socket, &QTcpSocket::readyRead, this, nullptr);
  if (isTooLarge) return answer(socket, "431 Request Header Fields Too Large", "The request is too large.\n");
  const QByteArray head = seen.left(end);
  const QList<QByteArray> words = head.left(head.indexOf("\r\n")).split(' ');
  const std::optional<QByteArray> host = header(head, "Host"), origin = header(head, "Origin");
  if (words.size() != 3 || !words[2].startsWith("HTTP/1.") || !host || host->isEmpty() || !origin)
    return answer(socket, "400 Bad Request", "Not an HTTP/1.1 request.\n");
  const bool isOurs =
      isOurName(hostOf(QString::fromLatin1(*host)), *socket) &&
      (origin->isEmpty() || isOurName(hostOf(QString::fromLatin1(*origin).section(QStringLiteral("://"), 1)), *socket));
  if (!isOurs) {
    tell(tr("a request for a host or from a page that is none of this server's was refused"));
    return answer(socket, "403 Forbidden",
                  "This is no name of this server (Host, Origin); --allow-host gives it another one.\n");
  }
  onRequest(socket, {words[0], words[1]});
}

bool HttpListener::isOurName(const QString& host, const QTcpSocket& socket) const {
  if (host.isEmpty()) return false;
  if (m_names.contains(host, Qt::CaseInsensitive)) return true;
  const QHostAddress address(host);
  // A name could be made to lead here by whoever owns it; an address cannot.
  if (address.isNull()) return host.compare(QLatin1String("localhost"), Qt::CaseInsensitive) == 0;
  return address.isLoopback() || address.isEqual(socket.localAddress(), QHostAddress::ConvertV4MappedToIPv4);
}

void HttpListener::answer(QTcpSocket* socket, const QByteArray& status, const QByteArray& body, bool headOnly,
                          const QByteArray& type) {
  socket->write("HTTP/1.1 " + status + "\r\nContent-Type: " + type +
                "\r\nContent-Length: " + QByteArray::number(body.size()) +
                "\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n" + (headOnly ? QByteArray() : body));
  socket->disconnectFromHost();
}

void HttpListener::upgrade(QTcpSocket* socket, QWebSocketServer& server) {
  delete socket->findChild<QTimer*>(QLatin1String(kTimerName));
  disconnect(socket, &QTcpSocket::disconnected, socket, nullptr);
  // A frame is read once all of it is there.
  socket->setReadBufferSize(m_limits.messageBytes + m_limits.headBytes);
  // Each ping is answered: who sends many and reads no answer is behind too.
  connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
    if (socket->bytesToWrite() <= m_limits.unsentBytes) return;
    tell(tr("a client that does not read was dropped"));
    socket->abort();
  });
  server.handleConnection(socket);
  // The bytes have come already, so the server must be told to look.
  emit socket->readyRead();
}

void HttpListener::bound(QWebSocket& client) const {
  client.setMaxAllowedIncomingMessageSize(static_cast<quint64>(m_limits.messageBytes));
  client.setMaxAllowedIncomingFrameSize(static_cast<quint64>(m_limits.messageBytes));
}

bool HttpListener::isBehind(const QWebSocket& client) const { return client.bytesToWrite() > m_limits.unsentBytes; }

void HttpListener::drop(QWebSocket& client) {
  tell(tr("a client that does not read was dropped"));
  client.abort();
}

void HttpListener::tell(const QString& what) {
  if (!onDropped || (m_lastTold.isValid() && m_lastTold.elapsed() < kTellEveryMs)) return;
  m_lastTold.start();
  onDropped(what);
}

}  // namespace weir
