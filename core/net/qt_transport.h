// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the one it was made on.
#pragma once

#include <QAbstractSocket>
#include <QElapsedTimer>
#include <QObject>
#include <QStringConverter>
#include <memory>

#include "core/net/transport.h"

class QSslError;
class QWebSocket;

namespace weir {

class WireWatch;

/// Carries messages by a QWebSocket, and a WireWatch that knows what it does not tell.
class QtTransport final : public QObject, public Transport {
public:
  explicit QtTransport(TransportListener& listener);
  ~QtTransport() override;

  void open(const TransportSettings& settings) override;
  bool takesMessages() const override;
  bool send(const QByteArray& payload, bool asText) override;
  void ping(const QByteArray& payload) override;
  void close() override;
  void abort() override;
  int64_t written() const override;
  int64_t gone() const override;
  int64_t waiting() const override;

private:
  void listen();
  void watch();
  void isReady();
  void received(const QByteArray& payload, bool isText);
  QByteArray utf8(const QString& text);
  void sslErrors(const QList<QSslError>& errors);
  void broke(QAbstractSocket::SocketError error);
  void ended();
  void fail(HandshakeFailure kind, const QString& cause);
  void lose(const TransportLoss& loss);
  bool isFlushed();
  QWebSocket* release();
  void setReadBuffer(qint64 bytes);
  void fitReadBuffer(qint64 unread);

  TransportListener& m_listener;
  QWebSocket* m_socket = nullptr;
  std::unique_ptr<WireWatch> m_watch;
  bool m_isOpen = false;
  QString m_sslTrouble;
  QStringEncoder m_toUtf8{QStringConverter::Utf8};
  QByteArray m_utf8;
  bool m_turnAwaited = false;
  QElapsedTimer m_turn;
  qint64 m_readBuffer = 0;
  qint64 m_mostReadBuffer = 0;
};

}  // namespace weir
