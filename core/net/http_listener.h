// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the one it was made on.
#pragma once

#include <QElapsedTimer>
#include <QHostAddress>
#include <QObject>
#include <QStringList>
#include <QTcpServer>
#include <functional>

class QTcpSocket;
class QWebSocket;
class QWebSocketServer;

namespace weir {

/// Waits for HTTP clients, WebSocket ones among them, and hands over those whose request's head has come. Never grows:
/// clients are bounded in number, their heads in bytes and time, what they do not read in bytes. Only requests that
/// name this server pass (Host, and Origin where a browser sends one), so that no web page reaches it through its
/// reader's browser.
class HttpListener final : public QObject {
  Q_OBJECT
public:
  struct Limits {
    int clients = 32;
    qint64 headBytes = 16384;
    int headMs = 5000;
    qint64 unsentBytes = 8 << 20;
    /// Of a WebSocket client's message: the default of websocket.max.message.bytes.
    qint64 messageBytes = 1 << 20;
  };
  struct Request {
    QByteArray method, target;
  };

  /// `names` are further hosts by which clients may call this server; loopback and the address that they reached need
  /// none.
  HttpListener(const Limits& limits, QStringList names, QObject* parent = nullptr);

  bool listen(const QHostAddress& address, quint16 port, QString* error);
  void close() { m_server.close(); }
  quint16 port() const { return m_server.serverPort(); }
  /// Of port and address, with `scheme`; empty before `listen`.
  QString url(const QString& scheme) const;
  bool isLoopbackOnly() const { return m_server.serverAddress().isLoopback(); }

  /// A whole head; the socket has not been read. Whoever takes it answers or upgrades it within the time for heads.
  std::function<void(QTcpSocket* socket, const Request& request)> onRequest;
  /// Asked with each connection; false drops it. Nothing lets all in.
  std::function<bool()> accepts;
  /// A client that was turned away or dropped, and why; at most one a second.
  std::function<void(const QString& what)> onDropped;

  /// Writes an answer and closes.
  static void answer(QTcpSocket* socket, const QByteArray& status, const QByteArray& body, bool headOnly = false,
                     const QByteArray& type = "text/plain");
  /// Makes a WebSocket client of it, which `server` announces; its messages and what it does not read are bounded.
  void upgrade(QTcpSocket* socket, QWebSocketServer& server);
  /// For a client that `server` has announced, before anything else is done with it.
  void bound(QWebSocket& client) const;
  /// Whether a client leaves more unread than it may: nothing more is sent to it, and it is dropped.
  bool isBehind(const QWebSocket& client) const;
  void drop(QWebSocket& client);

private:
  void accept();
  void inspect(QTcpSocket* socket);
  bool isOurName(const QString& host, const QTcpSocket& socket) const;
  void tell(const QString& what);

  const Limits m_limits;
  const QStringList m_names;
  QTcpServer m_server;
  int m_clients = 0;
  QElapsedTimer m_lastTold;
};

}  // namespace weir
