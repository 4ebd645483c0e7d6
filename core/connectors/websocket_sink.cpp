// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/websocket_sink.h"

#include "core/base/text.h"

namespace weir {

WebSocketSink::WebSocketSink(const QString& name, const Options& resolved, const Options& written, Clock& clock,
                             QObject* parent)
    : QObject(parent),
      m_connection(connectionSettings(name, resolved, written), clock),
      m_encoder(makeEncoder(resolved.text("format"), resolved.text("csv.delimiter").front())),
      m_queue(static_cast<size_t>(resolved.integer("websocket.queue.max.events")),
              resolved.text("websocket.queue.full") == "drop_newest" ? WhenFull::DropNewest : WhenFull::DropOldest) {
  m_asText = resolved.has("websocket.message.type") ? resolved.text("websocket.message.type") == "text"
                                                    : resolved.text("format") != "bytes";
  m_connection.onOpen = [this] { drain(); };
  m_connection.onStateChanged = [this] { stateChanged(); };
}

void WebSocketSink::start() { m_connection.start(); }

void WebSocketSink::publish(const Batch& batch) {
  for (size_t row = 0; row < batch.rows(); ++row) {
    ++m_published;
    std::string message = m_encoder->encode(batch, row);
    // A text frame must be UTF-8; sending anything else would make the peer close the connection.
    if (m_connection.hasEnded() || (m_asText && !isUtf8(message)) ||
        (!m_connection.settings().backoff.reconnect && !m_connection.isOpen() && m_firstTryDone)) {
      ++m_failed;
      continue;
    }
    if (m_connection.isOpen() && m_queue.empty()) {
      m_connection.send(QByteArray::fromStdString(message), m_asText);
      ++m_sent;
      continue;
    }
    m_queue.push(QByteArray::fromStdString(message));
    m_connection.demand();
  }
}

void WebSocketSink::drain() {
  m_firstTryDone = true;
  while (!m_queue.empty() && m_connection.isOpen()) {
    m_connection.send(m_queue.pop(), m_asText);
    ++m_sent;
  }
}

void WebSocketSink::stateChanged() {
  const ConnectionState state = m_connection.state();
  if (state != ConnectionState::Connecting) m_firstTryDone = true;
  if (state == ConnectionState::Idle) {
    if (m_connection.machine().exhausted())
      failQueued();
    else if (!m_queue.empty())
      // The single attempt at the start failed while rows came: they start a series.
      QMetaObject::invokeMethod(this, [this] { m_connection.demand(); }, Qt::QueuedConnection);
  } else if (m_connection.hasEnded()) {
    failQueued();
  }
  if (onStateChanged) onStateChanged();
}

void WebSocketSink::failQueued() {
  if (m_queue.empty()) return;
  const uint64_t rows = m_queue.size();
  m_failed += rows;
  m_queue.clear();
  if (onRowsFailed) onRowsFailed(rows, m_connection.health().error);
}

void WebSocketSink::stop() {
  drain();
  m_connection.stop();
}

ConnectionHealth WebSocketSink::health() const {
  ConnectionHealth h = m_connection.health();
  h.isSink = true;
  h.published = m_published;
  h.sent = m_sent;
  h.failed = m_failed;
  h.dropped = dropped();
  h.queued = queued();
  h.queueMax = m_queue.capacity();
  return h;
}

}  // namespace weir
