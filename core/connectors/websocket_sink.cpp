// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/websocket_sink.h"

#include <utility>

#include "core/base/text.h"

namespace weir {

namespace {

// No more than this lies in the socket's own memory, so that the queue's bound holds when a peer does not read.
constexpr int64_t kMostInSocket = 256 << 10;

}  // namespace

WebSocketSink::WebSocketSink(const QString& name, const Options& resolved, const Options& written, Clock& clock,
                             QObject* parent)
    : QObject(parent),
      m_connection(connectionSettings(name, resolved, written), clock),
      m_encoder(makeEncoder(resolved.text("format"), resolved.text("csv.delimiter").front())),
      m_queue(static_cast<size_t>(resolved.integer("websocket.queue.max.events")),
              resolved.text("websocket.queue.full") == "drop_newest" ? WhenFull::DropNewest : WhenFull::DropOldest) {
  m_asText = resolved.has("websocket.message.type") ? resolved.text("websocket.message.type") == "text"
                                                    : resolved.text("format") != "bytes";
  m_connection.onOpen = [this] {
    m_wasOpen = true;
    m_reported.clear();
    // The socket before took these with it; half a frame is no message, so none is doubled.
    for (Leaving& row : m_leaving) row.end = 0;
    drain();
  };
  m_connection.onWritten = [this] { settleWritten(); };
  m_connection.onStateChanged = [this] { stateChanged(); };
}

void WebSocketSink::start() { m_connection.start(); }

void WebSocketSink::publish(const Batch& batch) {
  uint64_t unsendable = 0;
  uint64_t late = 0;
  for (size_t row = 0; row < batch.rows(); ++row) {
    ++m_published;
    std::string message = m_encoder->encode(batch, row);
    // A text frame must be UTF-8; sending anything else would make the peer close the connection.
    if (m_asText && !isUtf8(message)) {
      ++unsendable;
      continue;
    }
    if (m_connection.hasEnded() || (!m_connection.settings().backoff.reconnect && !m_connection.isOpen() && m_firstTryDone)) {
      ++late;
      continue;
    }
    const uint64_t before = dropped();
    m_queue.push(QByteArray::fromStdString(message));
    if (dropped() > before && !std::exchange(m_isFull, true) && onQueueFull) onQueueFull();
    if (m_connection.isOpen())
      drain();
    else
      m_connection.demand();
  }
  fail(unsendable, tr("not valid UTF-8, which a text frame must be; websocket.message.type = 'binary' sends bytes"));
  fail(late, m_connection.health().error.isEmpty() ? tr("not connected") : m_connection.health().error);
}

void WebSocketSink::hand(Leaving& row) {
  m_connection.send(row.message, m_asText);
  row.end = m_connection.bytesHanded();
}

void WebSocketSink::drain() {
  // The socket may tell of written bytes from inside a send: rows on their way out are not touched then.
  if (std::exchange(m_isHanding, true)) return;
  for (Leaving& row : m_leaving)
    if (row.end == 0 && m_connection.isOpen()) hand(row);
  while (!m_queue.empty() && m_connection.isOpen() && m_connection.bytesToWrite() < kMostInSocket) {
    m_leaving.push_back({m_queue.pop(), 0});
    hand(m_leaving.back());
  }
  m_isHanding = false;
  countWritten();
}

void WebSocketSink::settleWritten() {
  if (m_isHanding) return;
  countWritten();
  drain();
}

void WebSocketSink::countWritten() {
  if (!m_connection.isOpen()) return;
  const int64_t left = m_connection.bytesHanded() - m_connection.bytesToWrite();
  while (!m_leaving.empty() && m_leaving.front().end > 0 && m_leaving.front().end <= left) {
    m_leaving.pop_front();
    ++m_sent;
  }
  if (drained()) m_isFull = false;
}

void WebSocketSink::stateChanged() {
  const ConnectionState state = m_connection.state();
  if (state != ConnectionState::Connecting) m_firstTryDone = true;
  if (state == ConnectionState::Idle) {
    if (m_connection.machine().exhausted())
      failQueued();
    else if (queued() > 0)
      // The single attempt at the start failed while rows came: they start a series.
      QMetaObject::invokeMethod(this, [this] { m_connection.demand(); }, Qt::QueuedConnection);
  } else if (m_connection.hasEnded()) {
    failQueued();
  }
  if (onStateChanged) onStateChanged();
}

void WebSocketSink::fail(uint64_t rows, const QString& why) {
  if (rows == 0) return;
  m_failed += rows;
  if (std::exchange(m_reported, why) != why && onRowsFailed) onRowsFailed(rows, why);
}

void WebSocketSink::failQueued() {
  // A socket may break from inside a send: then the rows fail once that is over.
  if (m_isHanding) {
    QMetaObject::invokeMethod(this, [this] { failQueued(); }, Qt::QueuedConnection);
    return;
  }
  const uint64_t rows = queued();
  m_queue.clear();
  m_leaving.clear();
  m_isFull = false;
  m_reported.clear();
  const QString why = m_connection.health().error;
  fail(rows, why.isEmpty() ? tr("the connection was closed while they waited") : why);
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
