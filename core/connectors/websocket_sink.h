// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <deque>
#include <memory>

#include "core/connectors/outgoing_queue.h"
#include "core/connectors/websocket_settings.h"
#include "core/data/batch.h"
#include "core/formats/decoder.h"

namespace weir {

/// Sends rows to a WebSocket server, one message each, in order. Never blocks: what cannot go out waits in a queue that
/// is bounded by rows and bytes. A row counts as sent once all of it may have left this process, and is not sent again;
/// one that cannot have left when the connection is lost goes out over the next.
/// published = sent + failed + dropped + queued, always.
class WebSocketSink final : public QObject {
  Q_OBJECT
public:
  WebSocketSink(const QString& name, const Options& resolved, const Options& written, Clock& clock,
                TransportFactory transports = makeTransport);

  std::function<void()> onStateChanged;
  /// Rows that failed when the attempts were used up: how many, and why.
  std::function<void(uint64_t rows, const QString& why)> onRowsFailed;
  /// The first row gave way to the queue's bound since the queue was last empty: that of its bytes, or of its rows.
  std::function<void(bool byBytes)> onQueueFull;

  /// A first, single attempt. Rows may be published before it succeeds.
  void start();
  void publish(const Batch& batch);
  /// Sends what is queued and closes; the rest has failed. Call once `drained` or the deadline has passed.
  void stop();
  bool drained() const { return queued() == 0; }
  bool hasEnded() const { return m_connection.hasEnded(); }
  /// It ended without ever having been connected.
  bool endedAtStart() const { return hasEnded() && !m_wasOpen; }
  Connection& connection() { return m_connection; }
  ConnectionHealth health() const;

  uint64_t published() const { return m_published; }
  uint64_t sent() const { return m_sent; }
  uint64_t failed() const { return m_failed; }
  uint64_t dropped() const { return m_queue.dropped(); }
  uint64_t queued() const { return m_queue.size() + m_leaving.size(); }

private:
  /// A row on its way out: gone when `end` bytes have left of what was handed to the socket.
  struct Leaving {
    QByteArray message;
    bool isHanded = false;
    int64_t end = 0;
  };
  void drain();
  void hand(Leaving& row);
  void settleWritten();
  void countGone();
  void takeBack();
  void fail(uint64_t rows, const QString& why);
  void stateChanged();
  void failQueued();

  Connection m_connection;
  std::unique_ptr<Encoder> m_encoder;
  bool m_asText = true;
  OutgoingQueue m_queue;
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
