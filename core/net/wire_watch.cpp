// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/wire_watch.h"

#include <QSslSocket>
#include <QTcpSocket>
#include <QWebSocket>
#include <algorithm>

namespace weir {

namespace {

constexpr qint64 kLongestStatusLine = 512;
// More than QWebSocket answers at one go: a peer that reads any of it does not get there.
constexpr qint64 kMostAnswersUnsent = 4 << 20;
constexpr qint64 kMostLookedAhead = 64 << 10;

}  // namespace

// Every QWebSocket makes the socket below it its child.
WireWatch::WireWatch(QWebSocket& socket)
    : m_socket(&socket),
      m_tcp(socket.findChild<QTcpSocket*>({}, Qt::FindDirectChildrenOnly)),
      m_tls(qobject_cast<QSslSocket*>(m_tcp.data())),
      m_sent(*m_tcp) {
  Q_ASSERT(m_tcp);
  if (m_tls)
    connect(m_tls, &QSslSocket::encrypted, this, &WireWatch::watchReads);
  else if (m_tcp->state() == QAbstractSocket::ConnectedState)
    watchReads();
  else
    connect(m_tcp, &QTcpSocket::connected, this, &WireWatch::watchReads);
  // QWebSocket reads in the signal's course, or over TLS once the event loop has turned.
  const auto read = [this] {
    take();
    if (onRead && m_tcp) onRead(m_tcp->bytesAvailable());
    checkFlood();
  };
  connect(m_tcp, &QIODevice::readyRead, this, read);
  if (m_tls) connect(m_tcp, &QIODevice::readyRead, this, read, Qt::QueuedConnection);
  connect(m_tcp, &QIODevice::aboutToClose, this, [this] { take(); });
  m_sent.onGone = [this] {
    if (onGone) onGone();
  };
}

WireWatch::~WireWatch() = default;

// A transaction keeps what is read: QWebSocket gets every byte as it would without one, and afterwards it is here.
void WireWatch::watchReads() {
  if (!m_tcp->isTransactionStarted()) m_tcp->startTransaction();
}

void WireWatch::take() {
  if (!m_tcp || !m_tcp->isOpen() || !m_tcp->isTransactionStarted()) return;
  const qint64 unread = m_tcp->bytesAvailable();
  m_tcp->rollbackTransaction();
  const qint64 read = m_tcp->bytesAvailable() - unread;
  if (m_statusLine.isEmpty() && read > 0) {
    m_statusLine = m_tcp->peek(std::min(read, kLongestStatusLine));
    m_statusLine.truncate(std::max<qsizetype>(m_statusLine.indexOf('\n'), 0));
    m_statusLine = m_statusLine.trimmed();
  }
  // A frame's header may have come before its payload.
  const qint64 kept = std::min<qint64>(read, kLongestCloseFrame);
  m_tcp->skip(read - kept);
  if (kept > 0) {
    m_end += m_tcp->read(kept);
    m_end = m_end.right(kLongestCloseFrame);
  }
  m_tcp->startTransaction();
}

QByteArray WireWatch::statusLine() {
  take();
  return m_statusLine;
}

std::optional<CloseFrame> WireWatch::closeFrame() {
  take();
  if (!m_socket) return std::nullopt;
  if (auto frame = closeFrameAtEnd(m_end, m_socket->closeCode(), m_socket->closeReason())) return frame;
  // Over TLS the connection may end before QWebSocket has read what the server said.
  const bool closedHere = m_socket->closeCode() != QWebSocketProtocol::CloseCodeNormal;
  return closedHere || !m_tcp || !m_tcp->isOpen() ? std::nullopt : closeFrameAhead(m_tcp->peek(kMostLookedAhead));
}

// Answers up to a point of the stream have left once that point has: exact enough, and the stream is not kept.
void WireWatch::checkFlood() {
  const qint64 answers = written() - m_own;
  if (gone() >= m_point) {
    m_answersGone = m_answersAtPoint;
    m_answersAtPoint = answers;
    m_point = written();
  }
  if (answers - m_answersGone > kMostAnswersUnsent && waiting() > kMostAnswersUnsent && onFlood) onFlood();
}

void WireWatch::stopWriting() {
  if (m_tcp) weir::stopWriting(*m_tcp);
}

}  // namespace weir
