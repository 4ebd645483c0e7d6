// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCryptographicHash>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTcpServer>
#include <QTcpSocket>
#include <optional>
#include <utility>

namespace weir {

/// Shakes hands, says what it has to say, and never reads a byte more until it wakes up.
class DeafServer final : public QTcpServer {
public:
  /// `said` is a text message of at most 125 bytes.
  explicit DeafServer(const QByteArray& said = {}, std::optional<QSslConfiguration> tls = {}) : m_tls(std::move(tls)) {
    if (!said.isEmpty()) greeting = QByteArray("\x81", 1) + static_cast<char>(said.size()) + said;
    listen(QHostAddress::LocalHost);
    connect(this, &QTcpServer::newConnection, this, [this] {
      QTcpSocket* peer = nextPendingConnection();
      peers << peer;
      connect(peer, &QTcpSocket::readyRead, peer, [this, peer] {
        if (peer->property("open").toBool()) {
          if (m_isAwake) peer->setProperty("heard", peer->property("heard").toByteArray() + peer->readAll());
          return;
        }
        const QByteArray request = peer->readAll();
        peer->setProperty("open", true);
        if (!m_isAwake) peer->setReadBufferSize(1);
        const auto at = request.toLower().indexOf("sec-websocket-key:") + 18;
        const QByteArray key = request.mid(at, request.indexOf("\r\n", at) - at).trimmed();
        peer->write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
            QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1)
                .toBase64() +
            "\r\n\r\n" + greeting);
        if (hangsUp) peer->disconnectFromHost();
        if (endless.isEmpty()) return;
        // For ever, as fast as it is taken.
        const auto more = [this, peer] {
          while (peer->bytesToWrite() < (1 << 20)) peer->write(endless);
        };
        if (m_tls)
          connect(static_cast<QSslSocket*>(peer), &QSslSocket::encryptedBytesWritten, peer, more);
        else
          connect(peer, &QIODevice::bytesWritten, peer, more);
        more();
      });
    });
  }

  /// Reads all that has come, and what comes from now on.
  void wake() {
    m_isAwake = true;
    for (QTcpSocket* peer : peers) {
      peer->setReadBufferSize(0);
      emit peer->readyRead();
    }
  }
  /// Of the frames of all peers that have come whole and hold text, the payloads.
  QList<QByteArray> texts() const {
    QList<QByteArray> out;
    for (const QTcpSocket* peer : peers) {
      const QByteArray heard = peer->property("heard").toByteArray();
      for (qsizetype at = 0; at + 2 <= heard.size();) {
        const int marked = heard[at + 1] & 127;
        const qsizetype more = marked == 127 ? 8 : marked == 126 ? 2 : 0;
        qsizetype length = more == 0 ? marked : 0;
        if (at + 2 + more + 4 > heard.size()) break;
        for (qsizetype i = 0; i < more; ++i) length = length << 8 | static_cast<uchar>(heard[at + 2 + i]);
        const qsizetype begin = at + 2 + more + 4;
        if (begin + length > heard.size()) break;
        QByteArray payload = heard.mid(begin, length);
        for (qsizetype i = 0; i < length; ++i) payload[i] = static_cast<char>(payload[i] ^ heard[begin - 4 + i % 4]);
        if ((heard[at] & 15) == 1) out << payload;
        at = begin + length;
      }
    }
    return out;
  }

  QByteArray greeting;  ///< right behind the handshake
  QByteArray endless;
  bool hangsUp = false;
  QList<QTcpSocket*> peers;

protected:
  void incomingConnection(qintptr descriptor) override {
    if (!m_tls) return QTcpServer::incomingConnection(descriptor);
    auto* peer = new QSslSocket(this);
    peer->setSslConfiguration(*m_tls);
    if (!peer->setSocketDescriptor(descriptor)) return;
    peer->startServerEncryption();
    addPendingConnection(peer);
  }

private:
  std::optional<QSslConfiguration> m_tls;
  bool m_isAwake = false;
};

}  // namespace weir
