// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCryptographicHash>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>
#include <atomic>
#include <optional>

namespace bench {

/// Hands out sockets that speak TLS when it is given a configuration.
class Listener final : public QTcpServer {
public:
  explicit Listener(std::optional<QSslConfiguration> tls) : m_tls(std::move(tls)) { listen(QHostAddress::LocalHost); }

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
};

/// A trade as Binance sends it, 136 bytes.
inline QByteArray trade(int number) {
  return QByteArray("{\"e\":\"trade\",\"E\":1672515782136,\"s\":\"BTCUSDT\",\"t\":") +
         QByteArray::number(10000000 + number) +
         ",\"p\":\"50000.00\",\"q\":\"0.500\",\"T\":1672515782136,\"m\":true,\"M\":true,\"x\":\"NONE\"}";
}

/// Sends a number of trades to each WebSocket client that comes, from a thread of its own. The frames are made
/// beforehand, so that the receiver is what is measured.
class Flood final : public QThread {
public:
  explicit Flood(int count, std::optional<QSslConfiguration> tls = {}) : m_tls(std::move(tls)) {
    for (int i = 0; i < count; ++i) {
      const QByteArray text = trade(i);
      m_frames += '\x81';
      if (text.size() >= 126) {
        m_frames += '\x7e';
        m_frames += static_cast<char>(text.size() >> 8);
      }
      m_frames += static_cast<char>(text.size() & 0xff);
      m_frames += text;
    }
    start();
    while (m_port == 0) QThread::usleep(100);
  }
  ~Flood() override {
    quit();
    wait();
  }
  quint16 port() const { return m_port; }

protected:
  void run() override {
    Listener server(m_tls);
    QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
      QTcpSocket* peer = server.nextPendingConnection();
      QObject::connect(peer, &QTcpSocket::readyRead, peer, [this, peer] {
        if (peer->property("open").toBool()) return (void)peer->readAll();
        const QByteArray request = peer->peek(65536);
        if (!request.contains("\r\n\r\n")) return;
        peer->readAll();
        peer->setProperty("open", true);
        const auto at = request.toLower().indexOf("sec-websocket-key:") + 18;
        const QByteArray key = request.mid(at, request.indexOf("\r\n", at) - at).trimmed();
        const QByteArray accept =
            QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1).toBase64();
        peer->write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
            accept + "\r\n\r\n");
        send(peer, 0);
      });
    });
    m_port = server.serverPort();
    exec();
  }

private:
  // As the peer takes it: never more than a little ahead.
  void send(QTcpSocket* peer, qsizetype from) {
    const qsizetype kChunk = 256 << 10;
    auto* at = new qsizetype(from);
    const auto more = [this, peer, at, kChunk] {
      while (*at < m_frames.size() && peer->bytesToWrite() < 2 * kChunk) {
        const qsizetype n = std::min(kChunk, m_frames.size() - *at);
        peer->write(m_frames.constData() + *at, n);
        *at += n;
      }
    };
    QObject::connect(peer, &QTcpSocket::bytesWritten, peer, more);
    QObject::connect(peer, &QObject::destroyed, peer, [at] { delete at; });
    more();
  }

  std::optional<QSslConfiguration> m_tls;
  QByteArray m_frames;
  std::atomic<quint16> m_port{0};
};

}  // namespace bench
