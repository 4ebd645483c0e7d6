// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/sent_count.h"

#include <QSslSocket>
#include <QTcpSocket>
#include <algorithm>

#include <sys/socket.h>

namespace weir {

SentCount::SentCount(QTcpSocket& socket)
    : m_tcp(&socket), m_tls(qobject_cast<QSslSocket*>(&socket)), m_isTls(m_tls != nullptr) {
  connect(m_tcp, &QIODevice::bytesWritten, this, [this](qint64 bytes) {
    m_left += bytes;
    if (!m_isTls && onGone) onGone();
  });
  if (m_tls) connect(m_tls, &QSslSocket::encryptedBytesWritten, this, &SentCount::encryptedLeft);
}

void SentCount::encryptedLeft(qint64 bytes) {
  m_encryptedLeft += bytes;
  if (m_tls->encryptedBytesToWrite() == 0) {
    m_leftAtRest = m_left;
    m_encryptedLeftAtRest = m_encryptedLeft;
  }
  if (onGone) onGone();
}

qint64 SentCount::waiting() const {
  return (m_tcp ? m_tcp->bytesToWrite() : 0) + (m_tls ? m_tls->encryptedBytesToWrite() : 0);
}

qint64 SentCount::written() const { return m_left + (m_tcp ? m_tcp->bytesToWrite() : 0); }

qint64 SentCount::gone() const {
  return m_isTls ? std::min(m_left, m_leftAtRest + m_encryptedLeft - m_encryptedLeftAtRest) : m_left;
}

void stopWriting(const QTcpSocket& socket) {
  // The number of a socket that is closed may be another's by now.
  const bool isOpen = socket.state() != QAbstractSocket::UnconnectedState;
  const qintptr descriptor = isOpen ? socket.socketDescriptor() : -1;
  if (descriptor > 0) ::shutdown(static_cast<int>(descriptor), SHUT_WR);
}

}  // namespace weir
