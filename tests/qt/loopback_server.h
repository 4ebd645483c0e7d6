// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QNetworkRequest>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>
#include <functional>
#include <memory>

#include "core/bind/checker.h"
#include "core/connectors/websocket/websocket_sink.h"
#include "core/connectors/websocket/websocket_source.h"
#include "core/session/live_run.h"
#include "tests/support/tested_transport.h"

namespace weir {

/// A server that keeps what its clients said and how they came.
class Server final : public QObject {
public:
  explicit Server(const QStringList& subprotocols = {})
      : m_server(QStringLiteral("t"), QWebSocketServer::NonSecureMode) {
    m_server.setSupportedSubprotocols(subprotocols);
    if (!m_server.listen(QHostAddress::LocalHost)) qFatal("no port");
    connect(&m_server, &QWebSocketServer::newConnection, this, [this] {
      QWebSocket* client = m_server.nextPendingConnection();
      client->setParent(this);
      clients << client;
      requests << client->request();
      connect(client, &QWebSocket::textMessageReceived, this, [this](const QString& text) { texts << text; });
      connect(client, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray& bytes) { binaries << bytes; });
      connect(client, &QWebSocket::disconnected, this, [this, client] { clients.removeAll(client); });
      if (onClient) onClient(client);
    });
  }
  quint16 port() const { return m_server.serverPort(); }
  std::function<void(QWebSocket*)> onClient;
  QList<QWebSocket*> clients;
  QList<QNetworkRequest> requests;
  QStringList texts;
  QList<QByteArray> binaries;

private:
  QWebSocketServer m_server;
};

/// Closes with any code.
inline void closeWith(QWebSocket* client, int code, const QString& reason = {}) {
  client->close(static_cast<QWebSocketProtocol::CloseCode>(code), reason);
}

/// The WebSocket connection of a run's sink or source, which the run itself knows nothing of.
inline WebSocketSink& webSocketSink(LiveRun& run, const QString& name) {
  return dynamic_cast<WebSocketSink&>(*run.sink(name));
}
inline Connection& connectionOf(LiveRun& run, const QString& source) {
  return dynamic_cast<WebSocketSource&>(run.source(source)->source()).connection();
}

/// Checks and starts a script; its first error ends the test.
inline std::shared_ptr<LiveRun> start(const QString& sql) {
  BoundResult checked = checkScript(overTestedTransport(sql));
  for (const Diagnostic& d : checked.diagnostics)
    if (d.severity == Severity::Error) qFatal("%s", d.message.c_str());
  auto run = LiveRun::create(std::move(checked.script), {});
  if (!run) qFatal("%s", run.diagnostics().front().message.c_str());
  (*run)->start();
  return *run;
}

}  // namespace weir
