// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "core/connectors/connector.h"
#include "core/connectors/kafka/kafka_client.h"
#include "core/connectors/kafka/kafka_link.h"
#include "core/connectors/kafka/kafka_lookup.h"

namespace weir {

/// Brings the records of a topic, of all its partitions or of those that its group gives it. Brokers that are away are
/// a delay and no loss: what was written meanwhile comes when they are back.
class KafkaSource final : public QObject, public Source {
  Q_OBJECT
public:
  KafkaSource(const EndpointSetup& setup, const logical::Stream& stream);
  ~KafkaSource() override;

  void start() override;
  void stop() override;
  void fail(const QString& why, const QString& hint) override;
  void reconnect() override;
  void ask() override;
  void decoded() override;
  void rowPassed(bool) override { m_hasPassedRow = true; }
  bool hasPassedRow() const override { return m_hasPassedRow; }
  ConnectionState state() const override { return m_link.state(); }
  Micros since() const override { return m_link.since(); }
  ConnectionHealth health() const override;
  QString shown(const QString& said) const override { return said; }
  void watchFrames(FrameWatch watch) override { m_watch = std::move(watch); }
  void hold(bool holds) override;
  bool canHold() const override { return true; }
  bool isCommitted() const override { return m_isInGroup; }
  void mark() override { m_marked = m_positions; }
  void commit() override;

private:
  using KafkaRecord = std::unique_ptr<rd_kafka_message_t, void (*)(rd_kafka_message_t*)>;
  /// What was fetched of a partition and waits for its turn, ends among it.
  struct Ahead {
    std::deque<KafkaRecord> records;
    size_t bytes = 0;
    bool isPaused = false;
  };
  void close();
  void begin();
  void assign(const KafkaOffsets& offsets);
  void lookForMore();
  void drain();
  size_t fetch();
  KafkaRecord nextInOrder();
  void pace(int32_t partition, Ahead& ahead);
  void catchUp();
  bool isBehind(int32_t partition) const;
  void tellError(const rd_kafka_message_t& record);
  void take(const rd_kafka_message_t& record);
  void settle();
  void assigned(rd_kafka_topic_partition_list_t* partitions);
  void answerIfCaughtUp();
  void forgetQuestion();
  void opened();
  void refuse();
  void enter(ConnectionState state);

  KafkaLink m_link;
  Clock& m_clock;
  std::string m_topic;
  KafkaClient::Settings m_settings;
  KafkaStart m_start;
  bool m_isInGroup;
  bool m_isText;
  std::unique_ptr<KafkaClient> m_client;
  std::unique_ptr<KafkaLookup> m_lookup;
  KafkaOffsets m_positions;  ///< the next record of each partition; negative where none has come
  KafkaOffsets m_marked;
  std::map<int32_t, Ahead> m_ahead;  ///< by partition
  bool m_isCatchingUp = false;
  uint64_t m_catchUps = 0;
  KafkaOffsets m_catchUpTo;  ///< where the partitions ended; empty while that is not known
  TimerId m_catchUpTimer = TimerId::None;
  std::optional<Micros> m_asked;             ///< whether silence is one
  std::optional<KafkaOffsets> m_wantedEnds;  ///< up to which that is known
  TimerId m_askTimer = TimerId::None;
  TimerId m_timer = TimerId::None;
  bool m_isAssigned = false;
  bool m_hasOpened = false;  ///< and told so
  bool m_isHeld = false;
  bool m_isDraining = false;
  FrameWatch m_watch;
  bool m_hasPassedRow = false;
  uint64_t m_messages = 0;
  uint64_t m_bytes = 0;
  Micros m_lastMessage = 0;
};

}  // namespace weir
