// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCryptographicHash>
#include <QTcpServer>
#include <QTcpSocket>
#include <utility>

namespace weir {

/// Shakes hands, says what it has to say, and never reads a byte more.
class DeafServer final : public QTcpServer {
 public:
  explicit DeafServer(QByteArray said = {}) : m_said(std::move(said)) {
    listen(QHostAddress::LocalHost);
    connect(this, &QTcpServer::newConnection, this, [this] {
      QTcpSocket* peer = nextPendingConnection();
      connect(peer, &QTcpSocket::readyRead, peer, [this, peer] {
        if (peer->property("open").toBool()) return;
        const QByteArray request = peer->readAll();
        peer->setProperty("open", true);
        peer->setReadBufferSize(1);
        const auto at = request.toLower().indexOf("sec-websocket-key:") + 18;
        const QByteArray key = request.mid(at, request.indexOf("\r\n", at) - at).trimmed();
        peer->write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
                    QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1).toBase64() + "\r\n\r\n");
        if (m_said.isEmpty()) return;
        peer->write(QByteArray("\x81", 1) + static_cast<char>(m_said.size()) + m_said);
      });
    });
  }

 private:
  QByteArray m_said;  ///< a text message of at most 125 bytes
};

}  // namespace weir
