// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <deque>
#include <memory>

#include "core/connectors/connector.h"
#include "core/connectors/outgoing_queue.h"
#include "core/connectors/websocket/websocket_source.h"
#include "core/formats/decoder.h"
#include "core/net/connection.h"

namespace weir {

/// Sends rows to a WebSocket server, one message each, in order. Never blocks: what cannot go out waits in a queue that
/// is bounded by rows and bytes. A row counts as sent once all of it may have left this process, and is not sent again;
/// one that cannot have left when the connection is lost goes out over the next.
/// published = sent + failed + dropped + queued, always. Over a connection that it shares it sends in the same way, and
/// leaves opening and closing to whoever has it.
class WebSocketSink final : public QObject, public Sink, private WebSocketWriter {
  Q_OBJECT
public:
  explicit WebSocketSink(const EndpointSetup& setup, TransportFactory transports = makeTransport);
  ~WebSocketSink() override;

  /// A first, single attempt. Rows may be published before it succeeds.
  void start() override;
  void publish(const Batch& batch) override;
  /// Sends what is queued and closes; the rest has failed. Call once `drained` or the deadline has passed.
  void stop() override;
  void reconnect() override { m_connection.reconnectNow(); }
  bool drained() const override { return queued() == 0; }
  bool endedAtStart() const override;
  ConnectionState state() const override { return m_connection.state(); }
  ConnectionHealth health() const override;
  SinkCounters counters() const override { return {m_published, m_sent, m_failed, m_queue.dropped(), queued()}; }
  QString shown(const QString& said) const override { return m_connection.shown(said); }
  void watchFrames(FrameWatch watch) override;
  Connection& connection() { return m_connection; }

private:
  /// A row on its way out: gone when `end` bytes have left of what was handed to the socket.
  struct Leaving {
    QByteArray message;
    bool isHanded = false;
    int64_t end = 0;
  };
  uint64_t queued() const { return m_queue.size() + m_leaving.size(); }
  void drain();
  void hand(Leaving& row);
  void settleWritten();
  void countGone();
  void takeBack();
  void fail(uint64_t rows, const QString& why);
  void opened() override;
  void written() override { settleWritten(); }
  void stateChanged() override;
  void failQueued();

  std::shared_ptr<WebSocketSource> m_shared;
  std::unique_ptr<Connection> m_own;  ///< where it shares none
  Connection& m_connection;
  std::unique_ptr<Encoder> m_encoder;
  bool m_asText = true;
  OutgoingQueue<QByteArray> m_queue;
  std::deque<Leaving> m_leaving;
  int64_t m_leavingBytes = 0;
  QString m_reported;  ///< why rows failed, so that it is said once
  uint64_t m_published = 0;
  uint64_t m_sent = 0;
  uint64_t m_failed = 0;
  bool m_firstTryDone = false;
  bool m_wasOpen = false;
  bool m_isHanding = false;
  bool m_isFull = false;
};

}  // namespace weir
