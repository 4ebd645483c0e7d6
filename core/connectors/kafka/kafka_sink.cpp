// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/kafka/kafka_sink.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/formats/format_list.h"
#include "core/options/connector_options.h"

namespace weir {

namespace {

constexpr size_t kMostUnderWay = 10'000;
constexpr int64_t kMostBytesUnderWay = 16 << 20;

std::optional<size_t> columnNamed(const logical::Stream& stream, const std::string& name) {
  return name.empty() ? std::nullopt : stream.schema->find(name);
}

}  // namespace

KafkaSink::KafkaSink(const EndpointSetup& setup, const logical::Stream& stream)
    : m_link(setup.clock, setup.name, QString::fromStdString(shownAddress(setup.written))),
      m_topic(setup.options.text("kafka.topic")),
      m_settings(KafkaClient::settingsOf(setup.options)),
      m_encoder(makeEncoder(encoderSettings(setup.options))),
      m_keyColumn(columnNamed(stream, setup.options.text("kafka.key.field"))),
      m_timeColumn(columnNamed(stream, setup.options.text("kafka.timestamp.field"))),
      m_queue(static_cast<size_t>(setup.options.integer("kafka.queue.max.events")),
              setup.options.integer("kafka.queue.max.bytes"),
              setup.options.text("kafka.queue.full") == "drop_newest" ? WhenFull::DropNewest : WhenFull::DropOldest) {
  if (!m_keyColumn && !stream.groupColumns.empty()) m_keyColumn = stream.groupColumns.front();
}

KafkaSink::~KafkaSink() = default;

void KafkaSink::enter(ConnectionState state) {
  if (!m_link.enter(state)) return;
  m_wasOpen = m_wasOpen || isOpen();
  if (listener()) listener()->stateChanged();
}

void KafkaSink::start() {
  m_isStopped = false;
  m_link.clear();
  auto client = KafkaClient::make(RD_KAFKA_PRODUCER, m_settings);
  if (!client) {
    m_link.note(QString::fromStdString(client.diagnostics().front().message), {});
    return refuse();
  }
  m_announcer.reset();
  m_client = std::move(*client);
  m_client->onReady = [this] { serve(); };
  m_client->onReported = [this](const rd_kafka_message_t& record) { reported(record); };
  enter(ConnectionState::Connecting);
}

void KafkaSink::reconnect() {
  if (hasEnded()) start();
}

std::optional<std::string> KafkaSink::keyOf(const Batch& batch, size_t row) const {
  if (!m_keyColumn) return std::nullopt;
  const Column& column = *batch.columns[*m_keyColumn];
  if (column.isNull(row)) return std::nullopt;
  switch (column.type()) {
    case Type::Bool: return column.integer(row) != 0 ? "true" : "false";
    case Type::Int:
    case Type::Long: return std::to_string(column.integer(row));
    case Type::Float:
    case Type::Double: {
      std::string out;
      if (column.type() == Type::Float)
        appendFloat(out, static_cast<float>(column.real(row)));
      else
        appendDouble(out, column.real(row));
      return out;
    }
    default: return std::string(column.text(row));
  }
}

int64_t KafkaSink::timeOf(const Batch& batch, size_t row) const {
  if (m_timeColumn && !batch.columns[*m_timeColumn]->isNull(row))
    return static_cast<int64_t>(batch.columns[*m_timeColumn]->number(row));
  return batch.meta[row].at;
}

void KafkaSink::publish(const Batch& batch) {
  uint64_t late = 0;
  for (size_t row = 0; row < batch.rows(); ++row) {
    ++m_published;
    if (hasEnded()) {
      ++late;
      continue;
    }
    Record record{m_encoder->encode(batch, row), keyOf(batch, row), timeOf(batch, row)};
    if (m_watch) m_watch(record.payload, true, true);
    const bool byBytes = m_queue.size() < m_queue.most();
    const bool hadRoom = m_queue.push(std::move(record), m_bytesUnderWay);
    if (!hadRoom && !std::exchange(m_isFull, true) && listener()) listener()->queueFull(byBytes);
    hand();
  }
  if (late > 0) fail(late, m_link.error().isEmpty() ? tr("not connected") : m_link.error(), m_link.hint());
}

void KafkaSink::announce(Announcement&& what) {
  if (!m_client || hasEnded()) return;
  if (!m_announcer) {
    m_announcer = std::make_unique<KafkaAnnouncer>(m_client->handle(), m_topic, m_settings);
    m_announcer->onReady = [this] { hand(); };
  }
  m_announcer->say(std::move(what), m_published);
  hand();
}

void KafkaSink::hand() {
  if (!m_client || m_isStopped) return;
  const size_t most = std::min(kMostUnderWay, m_queue.most());
  while (m_underWay < most && m_bytesUnderWay < kMostBytesUnderWay && (m_next || !m_queue.empty())) {
    if (m_announcer && !m_announcer->speak(gone())) return;
    if (!m_next) m_next = m_queue.pop();
    const rd_kafka_resp_err_t code = produce(*m_next);
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) return;
    const Record record = *std::exchange(m_next, std::nullopt);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      const QString why = QString::fromUtf8(rd_kafka_err2str(code));
      fail(1, why, kafkaHint(code, why));
      continue;
    }
    ++m_underWay;
    m_bytesUnderWay += record.size();
  }
  if (m_announcer) m_announcer->speak(gone());
}

rd_kafka_resp_err_t KafkaSink::produce(const Record& record) {
  // It is copied.
  void* const payload = const_cast<char*>(record.payload.data());
  const char* const key = record.key ? record.key->data() : nullptr;
  const size_t keySize = record.key ? record.key->size() : 0;
  const int64_t time = std::max<int64_t>(0, record.time);
  return rd_kafka_producev(m_client->handle(), RD_KAFKA_V_TOPIC(m_topic.c_str()),
                           RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(payload, record.payload.size()),
                           RD_KAFKA_V_KEY(key, keySize), RD_KAFKA_V_TIMESTAMP(time), RD_KAFKA_V_END);
}

void KafkaSink::serve() {
  if (!m_client) return;
  m_client->serve();
  settle();
}

// Called while the client is served: what is told of it waits until then.
void KafkaSink::reported(const rd_kafka_message_t& record) {
  if (KafkaAnnouncer::isOwn(record)) {
    if (m_announcer) m_announcer->reported();
    return;
  }
  --m_underWay;
  m_bytesUnderWay -= static_cast<int64_t>(record.len + record.key_len);
  if (record.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++m_sent;
    m_bytes += record.len;
    return;
  }
  ++m_failedNow;
  m_failedWith = record.err;
}

void KafkaSink::settle() {
  const KafkaLink::Turn turn = m_link.hear(m_client->takeNews());
  if (m_failedNow > 0) {
    const rd_kafka_resp_err_t code = m_failedWith;
    QString why = QString::fromUtf8(rd_kafka_err2str(code));
    if (code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT && !m_link.error().isEmpty())
      why = tr("no broker took them in kafka.message.timeout.ms: %1").arg(m_link.error());
    fail(std::exchange(m_failedNow, 0), why, kafkaHint(code, why));
  }
  if (turn == KafkaLink::Turn::Refused) return refuse();
  if (turn == KafkaLink::Turn::Down && !hasEnded()) enter(ConnectionState::Waiting);
  if (turn == KafkaLink::Turn::Back && !isOpen() && !hasEnded()) {
    m_link.clear();
    m_reported.clear();
    enter(ConnectionState::Open);
  }
  hand();
  if (drained()) m_isFull = false;
}

void KafkaSink::fail(uint64_t rows, const QString& why, const QString& hint) {
  m_failed += rows;
  const QString told = hint.isEmpty() ? why : tr("%1 (%2)").arg(why, hint);
  if (std::exchange(m_reported, told) != told && listener()) listener()->rowsFailed(rows, told);
}

void KafkaSink::failQueued(const QString& why) {
  const uint64_t waiting = m_queue.size() + (m_next ? 1 : 0);
  m_queue.clear();
  m_next.reset();
  if (m_client && m_underWay > 0) {
    rd_kafka_purge(m_client->handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    m_client->serve();
  }
  if (m_client) m_client->onReported = nullptr;
  // What librdkafka does not give an account of may be there or not: it is not called sent.
  const uint64_t lost = waiting + std::exchange(m_failedNow, 0) + std::exchange(m_underWay, 0);
  m_bytesUnderWay = 0;
  if (lost > 0) fail(lost, why, {});
}

void KafkaSink::refuse() {
  m_isStopped = true;
  failQueued(m_link.error());
  enter(ConnectionState::Refused);
}

void KafkaSink::stop() {
  serve();
  m_isStopped = true;
  failQueued(m_link.error().isEmpty() ? tr("the run ended while they waited") : m_link.error());
  m_announcer.reset();
  m_client.reset();
  if (!hasEnded()) enter(ConnectionState::Closed);
}

ConnectionHealth KafkaSink::health() const {
  ConnectionHealth h;
  m_link.fill(h);
  h.isSink = true;
  h.bytes = m_bytes;
  h.published = m_published;
  h.sent = m_sent;
  h.failed = m_failed;
  h.dropped = m_queue.dropped();
  h.queued = queued();
  h.queueMax = m_queue.most();
  h.queuedBytes = static_cast<uint64_t>(m_queue.bytes() + m_bytesUnderWay);
  h.queueMaxBytes = static_cast<uint64_t>(m_queue.mostBytes());
  return h;
}

}  // namespace weir
