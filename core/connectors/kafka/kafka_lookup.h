// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <librdkafka/rdkafka.h>

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/connectors/kafka/options/kafka_address.h"

namespace weir {

/// By partition, an offset.
using KafkaOffsets = std::map<int32_t, int64_t>;

/// What the brokers answered.
struct KafkaAnswer {
  KafkaOffsets offsets;
  QString error;  ///< why there is none
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
};

/// Asks the brokers what librdkafka only tells to those who wait. A thread waits; answers come in the thread of this
/// object. Of a client that must outlive it.
class KafkaLookup final : public QObject {
  Q_OBJECT
public:
  using Answered = std::function<void(const KafkaAnswer& answer)>;
  KafkaLookup(rd_kafka_t* handle, std::string topic);
  /// Waits for what is under way; nothing is answered any more.
  ~KafkaLookup() override;

  /// The partitions of the topic, with the offset to begin at: of a time the first record at or behind it.
  void partitions(const KafkaStart& start, Answered answered);
  /// The time of the newest record of all partitions, in ms, as the only offset of partition 0; none of an empty topic.
  void newestTime(std::map<std::string, std::string> settings, Answered answered);
  /// Where the partitions end now.
  void ends(const KafkaOffsets& partitions, Answered answered);

private:
  void ask(std::function<KafkaAnswer()> question, Answered answered);
  KafkaAnswer partitionsNow(const KafkaStart& start) const;
  KafkaAnswer endsNow(const KafkaOffsets& partitions) const;
  KafkaAnswer newestTimeNow(std::map<std::string, std::string> settings) const;

  rd_kafka_t* m_handle;
  std::string m_topic;
  std::atomic<bool> m_isOver = false;
  QThreadPool m_pool;
};

}  // namespace weir
