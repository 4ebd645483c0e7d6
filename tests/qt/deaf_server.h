// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCryptographicHash>
#include <QTcpServer>
#include <QTcpSocket>

namespace weir {

/// Shakes hands and never reads a byte more.
class DeafServer final : public QTcpServer {
 public:
  DeafServer() {
    listen(QHostAddress::LocalHost);
    connect(this, &QTcpServer::newConnection, this, [this] {
      QTcpSocket* peer = nextPendingConnection();
      connect(peer, &QTcpSocket::readyRead, peer, [peer] {
        if (peer->property("open").toBool()) return;
        const QByteArray request = peer->readAll();
        peer->setProperty("open", true);
        peer->setReadBufferSize(1);
        const auto at = request.toLower().indexOf("sec-websocket-key:") + 18;
        const QByteArray key = request.mid(at, request.indexOf("\r\n", at) - at).trimmed();
        peer->write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
                    QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1).toBase64() + "\r\n\r\n");
      });
    });
  }
};

}  // namespace weir
