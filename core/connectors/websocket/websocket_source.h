// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/connector.h"
#include "core/net/connection.h"

namespace weir {

/// Hears of a connection that it only writes to.
class WebSocketWriter {
public:
  virtual ~WebSocketWriter() = default;
  virtual void opened() = 0;
  virtual void written() = 0;
  virtual void stateChanged() = 0;
};

/// Brings the messages of a WebSocket server. Sinks may write over its connection.
class WebSocketSource final : public Source {
public:
  /// `symbols` are those of `websocket.each` that it is to bring.
  explicit WebSocketSource(const EndpointSetup& setup, TransportFactory transports = makeTransport,
                           const std::vector<std::string>& symbols = {});

  void start() override { m_connection.start(); }
  void stop() override { m_connection.stop(); }
  void fail(const QString& why, const QString& hint) override { m_connection.stop(why, hint); }
  void reconnect() override { m_connection.reconnectNow(); }
  void ask() override { m_connection.ask(); }
  void decoded() override { m_connection.decoded(); }
  void rowPassed(bool isWhole) override { m_connection.rowPassed(isWhole); }
  bool hasPassedRow() const override { return m_connection.hasPassedRow(); }
  ConnectionState state() const override { return m_connection.state(); }
  Micros since() const override { return m_connection.since(); }
  ConnectionHealth health() const override { return m_connection.health(); }
  QString shown(const QString& said) const override { return m_connection.shown(said); }
  void watchFrames(FrameWatch watch) override;
  Connection& connection() { return m_connection; }
  void attach(WebSocketWriter& writer) { m_writers.push_back(&writer); }
  void detach(WebSocketWriter& writer) { std::erase(m_writers, &writer); }

private:
  void tell(void (WebSocketWriter::*what)());

  std::vector<WebSocketWriter*> m_writers;
  Connection m_connection;
};

}  // namespace weir
