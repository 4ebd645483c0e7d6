// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/websocket/websocket_sink.h"

#include <utility>

#include "core/base/text.h"
#include "core/connectors/websocket/sharded_source.h"
#include "core/connectors/websocket/websocket_settings.h"
#include "core/formats/format_list.h"

namespace weir {

namespace {

// No more than this lies in the socket's own memory, so that the queue's bound holds when a peer does not read.
constexpr int64_t kMostInSocket = 256 << 10;

}  // namespace

WebSocketSink::WebSocketSink(const EndpointSetup& setup, TransportFactory transports)
    : m_shared(writable(setup.connection)),
      m_own(m_shared ? nullptr
                     : std::make_unique<Connection>(connectionSettings(setup.name, setup.options, setup.written),
                                                    setup.clock, std::move(transports))),
      m_connection(m_shared ? m_shared->connection() : *m_own),
      m_encoder(makeEncoder(encoderSettings(setup.options))),
      m_queue(
          static_cast<size_t>(setup.options.integer("websocket.queue.max.events")),
          setup.options.integer("websocket.queue.max.bytes"),
          setup.options.text("websocket.queue.full") == "drop_newest" ? WhenFull::DropNewest : WhenFull::DropOldest) {
  const Options& resolved = setup.options;
  m_asText = resolved.has("websocket.message.type") ? resolved.text("websocket.message.type") == "text"
                                                    : !formatNamed(resolved.text("format")).isBinary;
  if (m_shared) {
    m_wasOpen = m_connection.isOpen();
    m_shared->attach(*this);
    return;
  }
  m_own->onOpen = [this] { opened(); };
  m_own->onWritten = [this] { written(); };
  m_own->onStateChanged = [this] { stateChanged(); };
}

WebSocketSink::~WebSocketSink() {
  if (m_shared) m_shared->detach(*this);
}

void WebSocketSink::start() {
  if (m_own) m_own->start();
}

void WebSocketSink::opened() {
  m_wasOpen = true;
  m_reported.clear();
  drain();
}

// Where messages come over the connection too, its end is told as theirs.
bool WebSocketSink::endedAtStart() const {
  return hasEnded() && !m_wasOpen && m_connection.settings().backoff.onDemand;
}

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
    if (m_connection.hasEnded() ||
        (!m_connection.settings().backoff.reconnect && !m_connection.isOpen() && m_firstTryDone)) {
      ++late;
      continue;
    }
    const bool byBytes = m_queue.size() < m_queue.most();
    const bool hadRoom = m_queue.push(QByteArray::fromStdString(message), m_leavingBytes);
    if (!hadRoom && !std::exchange(m_isFull, true) && listener()) listener()->queueFull(byBytes);
    if (m_connection.isOpen())
      drain();
    else
      m_connection.demand();
  }
  fail(unsendable, tr("not valid UTF-8, which a text frame must be; websocket.message.type = 'binary' sends bytes"));
  fail(late, m_connection.health().error.isEmpty() ? tr("not connected") : m_connection.health().error);
}

void WebSocketSink::hand(Leaving& row) {
  row.isHanded = m_connection.send(row.message, m_asText);
  row.end = m_connection.bytesHanded();
}

void WebSocketSink::drain() {
  // The socket may tell of written bytes from inside a send: rows on their way out are not touched then.
  if (std::exchange(m_isHanding, true)) return;
  for (Leaving& row : m_leaving)
    if (!row.isHanded && m_connection.isOpen()) hand(row);
  const auto takesMore = [this] {
    const bool tookLast = m_leaving.empty() || m_leaving.back().isHanded;
    return tookLast && m_connection.isOpen() && m_connection.bytesToWrite() < kMostInSocket;
  };
  while (!m_queue.empty() && takesMore()) {
    m_leaving.push_back({m_queue.pop()});
    m_leavingBytes += m_leaving.back().message.size();
    hand(m_leaving.back());
  }
  m_isHanding = false;
  if (m_connection.isOpen())
    countGone();
  else
    takeBack();
}

void WebSocketSink::settleWritten() {
  // A socket that is not open yet writes its handshake.
  if (m_isHanding || !m_connection.isOpen()) return;
  countGone();
  drain();
}

void WebSocketSink::countGone() {
  while (!m_leaving.empty() && m_leaving.front().isHanded && m_leaving.front().end <= m_connection.bytesGone()) {
    m_leavingBytes -= m_leaving.front().message.size();
    m_leaving.pop_front();
    ++m_sent;
  }
  if (drained()) m_isFull = false;
}

// The socket is gone with the rows that it had not sent: half a frame is no message, so none is doubled.
void WebSocketSink::takeBack() {
  if (m_isHanding) return;
  countGone();
  for (Leaving& row : m_leaving) row.isHanded = false;
}

void WebSocketSink::stateChanged() {
  const ConnectionState state = m_connection.state();
  if (state != ConnectionState::Connecting) m_firstTryDone = true;
  if (!m_connection.isOpen()) takeBack();
  if (state == ConnectionState::Idle) {
    if (m_connection.machine().exhausted())
      failQueued();
    else if (queued() > 0)
      // The single attempt at the start failed while rows came: they start a series.
      QMetaObject::invokeMethod(
          this, [this] { m_connection.demand(); }, Qt::QueuedConnection);
  } else if (m_connection.hasEnded()) {
    failQueued();
  }
  if (listener()) listener()->stateChanged();
}

void WebSocketSink::fail(uint64_t rows, const QString& why) {
  if (rows == 0) return;
  m_failed += rows;
  if (std::exchange(m_reported, why) != why && listener()) listener()->rowsFailed(rows, why);
}

void WebSocketSink::failQueued() {
  // A socket may break from inside a send: then the rows fail once that is over.
  if (m_isHanding) {
    QMetaObject::invokeMethod(
        this, [this] { failQueued(); }, Qt::QueuedConnection);
    return;
  }
  const uint64_t rows = queued();
  m_queue.clear();
  m_leaving.clear();
  m_leavingBytes = 0;
  m_isFull = false;
  m_reported.clear();
  const QString why = m_connection.health().error;
  fail(rows, why.isEmpty() ? tr("the connection was closed while they waited") : why);
}

void WebSocketSink::stop() {
  drain();
  if (m_own) return m_own->stop();
  m_shared->detach(*this);
  failQueued();
}

// Whoever has a connection that is shared watches it.
void WebSocketSink::watchFrames(FrameWatch watch) {
  if (m_own) m_own->onFrame = watch ? frameWatch(std::move(watch)) : nullptr;
}

ConnectionHealth WebSocketSink::health() const {
  ConnectionHealth h = m_connection.health();
  h.isSink = true;
  h.published = m_published;
  h.sent = m_sent;
  h.failed = m_failed;
  h.dropped = m_queue.dropped();
  h.queued = queued();
  h.queueMax = m_queue.most();
  h.queuedBytes = static_cast<uint64_t>(m_queue.bytes() + m_leavingBytes);
  h.queueMaxBytes = static_cast<uint64_t>(m_queue.mostBytes());
  return h;
}

}  // namespace weir
