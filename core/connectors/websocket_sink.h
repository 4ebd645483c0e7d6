// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/base/bounded_queue.h"
#include "core/connectors/websocket_settings.h"
#include "core/data/batch.h"
#include "core/formats/decoder.h"

namespace weir {

/// Sends rows to a WebSocket server, one message each, in order. Never blocks: what cannot go out waits in a bounded
/// queue. published = sent + failed + dropped + queued, always.
class WebSocketSink final : public QObject {
  Q_OBJECT
 public:
  WebSocketSink(const QString& name, const Options& resolved, const Options& written, Clock& clock,
                QObject* parent = nullptr);

  std::function<void()> onStateChanged;
  /// Rows that failed when the attempts were used up: how many, and why.
  std::function<void(uint64_t rows, const QString& why)> onRowsFailed;

  /// A first, single attempt. Rows may be published before it succeeds.
  void start();
  void publish(const Batch& batch);
  /// Sends what is queued and closes; the rest has failed. Call once `drained` or the deadline has passed.
  void stop();
  bool drained() const { return m_queue.empty() && m_connection.bytesToWrite() == 0; }
  bool hasEnded() const { return m_connection.hasEnded(); }
  Connection& connection() { return m_connection; }
  ConnectionHealth health() const;

  uint64_t published() const { return m_published; }
  uint64_t sent() const { return m_sent; }
  uint64_t failed() const { return m_failed; }
  uint64_t dropped() const { return m_queue.dropped(); }
  uint64_t queued() const { return m_queue.size(); }

 private:
  void drain();
  void stateChanged();
  void failQueued();

  Connection m_connection;
  std::unique_ptr<Encoder> m_encoder;
  bool m_asText = true;
  BoundedQueue<QByteArray> m_queue;
  uint64_t m_published = 0;
  uint64_t m_sent = 0;
  uint64_t m_failed = 0;
  bool m_firstTryDone = false;
};

}  // namespace weir
