// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <librdkafka/rdkafka.h>

#include <QObject>
#include <QSocketNotifier>
#include <QString>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/options/options.h"

namespace weir {

/// What a client is told of its brokers while its queue is served.
struct KafkaNews {
  std::optional<bool> isReached;  ///< whether any broker is connected
  QString error;                  ///< the newest, with the broker that it is about
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  bool isFatal = false;  ///< nothing will come of it any more
};

/// A producer or consumer of librdkafka. What its threads have to say waits in a queue, and `onReady` is called in the
/// thread of this object when there is something.
class KafkaClient final : public QObject {
  Q_OBJECT
public:
  using Settings = std::map<std::string, std::string>;
  /// What the options of a source or a sink say to librdkafka.
  static Settings settingsOf(const Options& resolved);
  /// The option that a setting comes from, for an error that is about it.
  static std::string optionOf(const std::string& setting);

  /// Fails with librdkafka's word for what is wrong with a setting.
  static Result<std::unique_ptr<KafkaClient>> make(rd_kafka_type_t kind, const Settings& settings);
  ~KafkaClient() override;

  std::function<void()> onReady;
  /// Of a producer, while it is served: a record has arrived, or why it has not.
  std::function<void(const rd_kafka_message_t& record)> onReported;
  /// Of a consumer in a group, while it is served: the partitions that are its own from now on; none when it has none.
  std::function<void(rd_kafka_topic_partition_list_t* partitions)> onAssigned;

  rd_kafka_t* handle() const { return m_handle; }
  /// Reports and news of a producer.
  void serve();
  /// The next records of a consumer, `most` of them, which the caller destroys; news on the way.
  std::vector<rd_kafka_message_t*> take(size_t most);
  KafkaNews takeNews() { return std::exchange(m_news, {}); }

private:
  KafkaClient() = default;
  void hear();
  static void failed(rd_kafka_t*, int code, const char* reason, void* self);
  static int counted(rd_kafka_t*, char* json, size_t size, void* self);
  static void reported(rd_kafka_t*, const rd_kafka_message_t* record, void* self);
  static void rebalanced(rd_kafka_t* handle, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions,
                         void* self);

  rd_kafka_t* m_handle = nullptr;
  rd_kafka_queue_t* m_queue = nullptr;
  int m_event = -1;
  std::unique_ptr<QSocketNotifier> m_notifier;
  KafkaNews m_news;
  QString m_lastError;
};

/// Brokers that are away are tried as often.
inline constexpr Micros kKafkaRetry = 1'000'000;

/// What to do about an error.
QString kafkaHint(rd_kafka_resp_err_t code, const QString& error);

}  // namespace weir
