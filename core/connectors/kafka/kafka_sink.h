// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>
#include <optional>

#include "core/connectors/connector.h"
#include "core/connectors/kafka/kafka_announcer.h"
#include "core/connectors/kafka/kafka_client.h"
#include "core/connectors/kafka/kafka_link.h"
#include "core/connectors/outgoing_queue.h"
#include "core/formats/decoder.h"

namespace weir {

/// Writes rows into a topic, a record each. Never blocks: what cannot leave waits in a queue that is bounded by rows
/// and bytes, and in front of librdkafka's own, which cannot let its oldest go. A row counts as sent once the broker
/// has said so, as failed after kafka.message.timeout.ms. published = sent + failed + dropped + queued, always.
class KafkaSink final : public QObject, public Sink {
  Q_OBJECT
public:
  KafkaSink(const EndpointSetup& setup, const logical::Stream& stream);
  ~KafkaSink() override;

  void start() override;
  void publish(const Batch& batch) override;
  void announce(Announcement&& what) override;
  void stop() override;
  void reconnect() override;
  bool drained() const override { return queued() == 0 && (!m_announcer || m_announcer->isQuiet()); }
  bool endedAtStart() const override { return state() == ConnectionState::Refused && !m_wasOpen; }
  ConnectionState state() const override { return m_link.state(); }
  ConnectionHealth health() const override;
  SinkCounters counters() const override { return {m_published, m_sent, m_failed, m_queue.dropped(), queued()}; }
  QString shown(const QString& said) const override { return said; }
  void watchFrames(FrameWatch watch) override { m_watch = std::move(watch); }

private:
  struct Record {
    std::string payload;
    std::optional<std::string> key;
    int64_t time = 0;  ///< ms since the epoch
    int64_t size() const { return static_cast<int64_t>(payload.size() + (key ? key->size() : 0)); }
  };
  uint64_t queued() const { return m_queue.size() + m_underWay + (m_next ? 1 : 0); }
  /// Rows that wait here no more: librdkafka has them, or nobody.
  uint64_t gone() const { return m_published - m_queue.size() - (m_next ? 1 : 0); }
  std::optional<std::string> keyOf(const Batch& batch, size_t row) const;
  int64_t timeOf(const Batch& batch, size_t row) const;
  void hand();
  rd_kafka_resp_err_t produce(const Record& record);
  void serve();
  void settle();
  void reported(const rd_kafka_message_t& record);
  void fail(uint64_t rows, const QString& why, const QString& hint);
  void failQueued(const QString& why);
  void refuse();
  void enter(ConnectionState state);

  KafkaLink m_link;
  std::string m_topic;
  KafkaClient::Settings m_settings;
  std::unique_ptr<Encoder> m_encoder;
  std::optional<size_t> m_keyColumn;
  std::optional<size_t> m_timeColumn;
  OutgoingQueue<Record> m_queue;
  std::optional<Record> m_next;  ///< that librdkafka had no room for
  std::unique_ptr<KafkaClient> m_client;
  std::unique_ptr<KafkaAnnouncer> m_announcer;  ///< once there was something to announce; of the present client
  uint64_t m_underWay = 0;                      ///< records that librdkafka has
  int64_t m_bytesUnderWay = 0;
  FrameWatch m_watch;
  bool m_wasOpen = false;
  bool m_isFull = false;
  bool m_isStopped = false;
  uint64_t m_published = 0, m_sent = 0, m_failed = 0;
  uint64_t m_bytes = 0;
  uint64_t m_failedNow = 0;  ///< in this turn, to be told together
  rd_kafka_resp_err_t m_failedWith = RD_KAFKA_RESP_ERR_NO_ERROR;
  QString m_reported;
};

}  // namespace weir
