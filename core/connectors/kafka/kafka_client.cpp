// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/kafka/kafka_client.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <QJsonDocument>
#include <QJsonObject>
#include <array>
#include <utility>

#include "core/base/text.h"

namespace weir {

namespace {

struct Named {
  std::string_view option;
  std::string_view setting;
  StreamKind kind;  ///< that it is of; Internal: of all
};

constexpr auto kNamed = std::to_array<Named>({
    {"kafka.bootstrap.servers", "bootstrap.servers", StreamKind::Internal},
    {"kafka.security.protocol", "security.protocol", StreamKind::Internal},
    {"kafka.sasl.mechanism", "sasl.mechanisms", StreamKind::Internal},
    {"kafka.sasl.username", "sasl.username", StreamKind::Internal},
    {"kafka.sasl.password", "sasl.password", StreamKind::Internal},
    {"kafka.ssl.ca.location", "ssl.ca.location", StreamKind::Internal},
    {"kafka.ssl.certificate.location", "ssl.certificate.location", StreamKind::Internal},
    {"kafka.ssl.key.location", "ssl.key.location", StreamKind::Internal},
    {"kafka.ssl.key.password", "ssl.key.password", StreamKind::Internal},
    {"kafka.group.id", "group.id", StreamKind::Source},
    {"kafka.isolation", "isolation.level", StreamKind::Source},
    {"kafka.acks", "acks", StreamKind::Sink},
    {"kafka.enable.idempotence", "enable.idempotence", StreamKind::Sink},
    {"kafka.compression", "compression.codec", StreamKind::Sink},
    {"kafka.linger.ms", "linger.ms", StreamKind::Sink},
    {"kafka.message.timeout.ms", "message.timeout.ms", StreamKind::Sink},
});
constexpr std::string_view kTuning = "kafka.rdkafka.";
// Who reads all partitions by itself commits nothing, but librdkafka wants a name.
constexpr std::string_view kNoGroup = "weir";

void ignoreLog(const rd_kafka_t*, int, const char*, const char*) {}

}  // namespace

KafkaClient::Settings KafkaClient::settingsOf(const Options& resolved) {
  const bool isSource = resolved.kind() == StreamKind::Source;
  // What is not said by an option: how often a broker that is away is tried, and how soon it is known to be back.
  Settings out{{"reconnect.backoff.max.ms", std::to_string(toMillis(kKafkaRetry))},
               {"statistics.interval.ms", "250"},
               {"topic.metadata.refresh.interval.ms", "60000"}};
  if (isSource)
    out.insert({{"group.id", std::string(kNoGroup)},
                {"enable.auto.commit", "false"},
                {"enable.auto.offset.store", "false"},
                {"auto.offset.reset", "earliest"},
                {"enable.partition.eof", "true"},
                // Requests wait behind a fetch that waits for records, and so would the proof that there are none.
                {"fetch.wait.max.ms", "100"},
                // A source that holds back for its sinks has not died.
                {"max.poll.interval.ms", "86400000"},
                {"queued.max.messages.kbytes", "16384"}});
  else
    out.insert({{"queue.buffering.max.messages", "0"}, {"queue.buffering.max.kbytes", "2097151"}});
  for (const Named& each : kNamed)
    if (each.kind == StreamKind::Internal || each.kind == resolved.kind())
      if (const std::string value = resolved.text(each.option); !value.empty()) out[std::string(each.setting)] = value;
  if (const auto sasl = out.find("sasl.mechanisms"); sasl != out.end()) sasl->second = uppered(sasl->second);
  for (const auto& [name, value] : resolved.under(kTuning)) out[name] = value;
  return out;
}

std::string KafkaClient::optionOf(const std::string& setting) {
  for (const Named& each : kNamed)
    if (each.setting == setting) return std::string(each.option);
  return std::string(kTuning) + setting;
}

Result<std::unique_ptr<KafkaClient>> KafkaClient::make(rd_kafka_type_t kind, const Settings& settings) {
  std::unique_ptr<KafkaClient> client(new KafkaClient);
  std::unique_ptr<rd_kafka_conf_t, void (*)(rd_kafka_conf_t*)> conf(rd_kafka_conf_new(), rd_kafka_conf_destroy);
  std::array<char, 512> why{};
  for (const auto& [name, value] : settings)
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why.data(), why.size()) != RD_KAFKA_CONF_OK)
      return failure(Code::OptionValue, why.data(), optionOf(name));
  rd_kafka_conf_set_opaque(conf.get(), client.get());
  rd_kafka_conf_set_log_cb(conf.get(), ignoreLog);
  rd_kafka_conf_set_error_cb(conf.get(), failed);
  rd_kafka_conf_set_stats_cb(conf.get(), counted);
  if (kind == RD_KAFKA_PRODUCER)
    rd_kafka_conf_set_dr_msg_cb(conf.get(), reported);
  else
    rd_kafka_conf_set_rebalance_cb(conf.get(), rebalanced);
  client->m_handle = rd_kafka_new(kind, conf.get(), why.data(), why.size());
  if (!client->m_handle) return failure(Code::OptionValue, why.data());
  // It belongs to the handle now.
  (void)conf.release();
  client->hear();
  return client;
}

KafkaClient::~KafkaClient() {
  m_notifier.reset();
  if (m_queue) {
    rd_kafka_queue_io_event_enable(m_queue, -1, nullptr, 0);
    rd_kafka_queue_destroy(m_queue);
  }
  if (m_handle) rd_kafka_destroy_flags(m_handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  if (m_event >= 0) close(m_event);
}

void KafkaClient::hear() {
  if (rd_kafka_type(m_handle) == RD_KAFKA_CONSUMER) {
    rd_kafka_poll_set_consumer(m_handle);
    m_queue = rd_kafka_queue_get_consumer(m_handle);
  } else {
    m_queue = rd_kafka_queue_get_main(m_handle);
  }
  m_event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  m_notifier = std::make_unique<QSocketNotifier>(m_event, QSocketNotifier::Read);
  connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] {
    uint64_t told = 0;
    if (read(m_event, &told, sizeof told) == sizeof told && onReady) onReady();
  });
  const uint64_t one = 1;
  rd_kafka_queue_io_event_enable(m_queue, m_event, &one, sizeof one);
  // What has come before, it would never tell of: it tells that the queue is not empty any more.
  (void)!write(m_event, &one, sizeof one);
}

void KafkaClient::serve() { rd_kafka_poll(m_handle, 0); }

std::vector<rd_kafka_message_t*> KafkaClient::take(size_t most) {
  std::vector<rd_kafka_message_t*> out(most);
  const ssize_t count = rd_kafka_consume_batch_queue(m_queue, 0, out.data(), most);
  out.resize(count > 0 ? static_cast<size_t>(count) : 0);
  return out;
}

void KafkaClient::failed(rd_kafka_t* handle, int code, const char* reason, void* self) {
  KafkaNews& news = static_cast<KafkaClient*>(self)->m_news;
  auto error = static_cast<rd_kafka_resp_err_t>(code);
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    // The reason is told by itself, now or before.
    news.isReached = false;
    if (news.error.isEmpty()) news.error = static_cast<KafkaClient*>(self)->m_lastError;
    return;
  }
  if (error == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, 512> why{};
    news.isFatal = true;
    news.code = rd_kafka_fatal_error(handle, why.data(), why.size());
    news.error = QString::fromUtf8(why.data());
    return;
  }
  news.code = error;
  news.error = QString::fromUtf8(reason);
  static_cast<KafkaClient*>(self)->m_lastError = news.error;
}

int KafkaClient::counted(rd_kafka_t*, char* json, size_t size, void* self) {
  const QJsonObject brokers = QJsonDocument::fromJson(QByteArray::fromRawData(json, static_cast<qsizetype>(size)))
                                  .object()
                                  .value(QLatin1String("brokers"))
                                  .toObject();
  bool isUp = false;
  for (const auto& broker : brokers)
    isUp = isUp || broker.toObject().value(QLatin1String("state")).toString() == QLatin1String("UP");
  KafkaNews& news = static_cast<KafkaClient*>(self)->m_news;
  // One that is idle need not be connected: that it is away is told by an error.
  if (isUp) news.isReached = true;
  return 0;
}

void KafkaClient::reported(rd_kafka_t*, const rd_kafka_message_t* record, void* self) {
  const auto& told = static_cast<KafkaClient*>(self)->onReported;
  if (told) told(*record);
}

void KafkaClient::rebalanced(rd_kafka_t* handle, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions,
                             void* self) {
  const auto& told = static_cast<KafkaClient*>(self)->onAssigned;
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    if (told) told(partitions);
    rd_kafka_assign(handle, partitions);
    return;
  }
  rd_kafka_assign(handle, nullptr);
  if (told) told(nullptr);
}

QString kafkaHint(rd_kafka_resp_err_t code, const QString& error) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__RESOLVE: return QObject::tr("is the host's name right?");
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return QObject::tr("are kafka.sasl.username, kafka.sasl.password and kafka.sasl.mechanism right?");
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      return QObject::tr("the brokers know who we are, but do not let us: ask whoever keeps their access lists");
    case RD_KAFKA_RESP_ERR__SSL: return QObject::tr("is kafka.security.protocol right, and kafka.ssl.ca.location?");
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC: return QObject::tr("create it, or look at kafka.topic");
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return QObject::tr("raise kafka.rdkafka.message.max.bytes, and the topic's max.message.bytes");
    case RD_KAFKA_RESP_ERR__TRANSPORT:
      if (error.contains(QLatin1String("refused"))) return QObject::tr("does a broker listen there?");
      return QObject::tr("does a broker listen there, and is kafka.security.protocol what it speaks?");
    default: return {};
  }
}

}  // namespace weir
