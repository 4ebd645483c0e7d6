// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/kafka/kafka_lookup.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>

namespace weir {

namespace {

// So long somebody may have to wait who closes the source.
constexpr int kPatienceMs = 1000;
// A consumer that is made for it has to log in first.
constexpr int kNewestPatienceMs = 3000;

KafkaAnswer failedWith(rd_kafka_resp_err_t code) { return {{}, QString::fromUtf8(rd_kafka_err2str(code)), code}; }

}  // namespace

KafkaLookup::KafkaLookup(rd_kafka_t* handle, std::string topic) : m_handle(handle), m_topic(std::move(topic)) {
  m_pool.setMaxThreadCount(1);
}

KafkaLookup::~KafkaLookup() {
  m_isOver = true;
  m_pool.waitForDone();
}

void KafkaLookup::ask(std::function<KafkaAnswer()> question, Answered answered) {
  m_pool.start([this, question = std::move(question), answered = std::move(answered)] {
    if (m_isOver) return;
    KafkaAnswer answer = question();
    // Dropped with this object, if it goes first.
    QMetaObject::invokeMethod(
        this, [answered, answer = std::move(answer)] { answered(answer); }, Qt::QueuedConnection);
  });
}

void KafkaLookup::partitions(const KafkaStart& start, Answered answered) {
  ask([this, start] { return partitionsNow(start); }, std::move(answered));
}

void KafkaLookup::ends(const KafkaOffsets& partitions, Answered answered) {
  ask([this, partitions] { return endsNow(partitions); }, std::move(answered));
}

void KafkaLookup::newestTime(std::map<std::string, std::string> settings, Answered answered) {
  ask([this, settings = std::move(settings)] { return newestTimeNow(settings); }, std::move(answered));
}

// A producer cannot read: a consumer is made for it, of the same settings, without those that it does not know.
KafkaAnswer KafkaLookup::newestTimeNow(std::map<std::string, std::string> settings) const {
  settings["group.id"] = "weir";
  settings["enable.auto.commit"] = "false";
  settings["enable.partition.eof"] = "true";
  std::array<char, 512> why{};
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  for (const auto& [name, value] : settings)
    rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size());
  rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int, const char*, const char*) {});
  rd_kafka_t* const made = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why.data(), why.size());
  if (!made) {
    rd_kafka_conf_destroy(conf);
    return failedWith(RD_KAFKA_RESP_ERR__INVALID_ARG);
  }
  const std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> consumer(made, rd_kafka_destroy);
  rd_kafka_poll_set_consumer(made);
  KafkaAnswer partitions = partitionsNow({});
  if (!partitions.error.isEmpty()) return partitions;
  const std::unique_ptr<rd_kafka_topic_partition_list_t, void (*)(rd_kafka_topic_partition_list_t*)> list(
      rd_kafka_topic_partition_list_new(1), rd_kafka_topic_partition_list_destroy);
  for (const auto& [partition, ignored] : partitions.offsets) {
    int64_t low = 0;
    int64_t high = 0;
    const auto code = rd_kafka_query_watermark_offsets(made, m_topic.c_str(), partition, &low, &high, kPatienceMs);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return failedWith(code);
    // The very last may be the end of a transaction, which is no record.
    constexpr int64_t kLast = 2;
    if (high > low)
      rd_kafka_topic_partition_list_add(list.get(), m_topic.c_str(), partition)->offset = std::max(low, high - kLast);
  }
  rd_kafka_assign(made, list.get());
  KafkaAnswer answer;
  constexpr int kLookMs = 100;
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(kNewestPatienceMs);
  while (list->cnt > 0 && !m_isOver) {
    if (std::chrono::steady_clock::now() > until) return failedWith(RD_KAFKA_RESP_ERR__TIMED_OUT);
    const std::unique_ptr<rd_kafka_message_t, void (*)(rd_kafka_message_t*)> record(
        rd_kafka_consumer_poll(made, kLookMs), rd_kafka_message_destroy);
    if (!record) continue;
    if (record->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
      rd_kafka_topic_partition_list_del(list.get(), m_topic.c_str(), record->partition);
    else if (record->err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return failedWith(record->err);
    else
      answer.offsets[0] = std::max(rd_kafka_message_timestamp(record.get(), nullptr),
                                   answer.offsets.contains(0) ? answer.offsets[0] : int64_t{0});
  }
  return answer;
}

KafkaAnswer KafkaLookup::partitionsNow(const KafkaStart& start) const {
  const std::unique_ptr<rd_kafka_topic_t, void (*)(rd_kafka_topic_t*)> topic(
      rd_kafka_topic_new(m_handle, m_topic.c_str(), nullptr), rd_kafka_topic_destroy);
  const rd_kafka_metadata_t* found = nullptr;
  const rd_kafka_resp_err_t code = rd_kafka_metadata(m_handle, 0, topic.get(), &found, kPatienceMs);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return failedWith(code);
  const std::unique_ptr<const rd_kafka_metadata_t, void (*)(const rd_kafka_metadata_t*)> metadata(
      found, rd_kafka_metadata_destroy);
  if (metadata->topic_cnt != 1) return failedWith(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC);
  const rd_kafka_metadata_topic& told = metadata->topics[0];
  if (told.err != RD_KAFKA_RESP_ERR_NO_ERROR) return failedWith(told.err);
  const std::unique_ptr<rd_kafka_topic_partition_list_t, void (*)(rd_kafka_topic_partition_list_t*)> list(
      rd_kafka_topic_partition_list_new(told.partition_cnt), rd_kafka_topic_partition_list_destroy);
  const int64_t begin = start.kind == KafkaStart::Kind::Time     ? start.ms
                        : start.kind == KafkaStart::Kind::Latest ? RD_KAFKA_OFFSET_END
                                                                 : RD_KAFKA_OFFSET_BEGINNING;
  for (int i = 0; i < told.partition_cnt; ++i)
    rd_kafka_topic_partition_list_add(list.get(), m_topic.c_str(), told.partitions[i].id)->offset = begin;
  if (start.kind == KafkaStart::Kind::Time)
    if (const auto why = rd_kafka_offsets_for_times(m_handle, list.get(), kPatienceMs)) return failedWith(why);
  KafkaAnswer answer;
  for (int i = 0; i < list->cnt; ++i) answer.offsets[list->elems[i].partition] = list->elems[i].offset;
  return answer;
}

KafkaAnswer KafkaLookup::endsNow(const KafkaOffsets& partitions) const {
  KafkaAnswer answer;
  for (const auto& [partition, ignored] : partitions) {
    int64_t low = 0;
    int64_t high = 0;
    if (m_isOver) return failedWith(RD_KAFKA_RESP_ERR__DESTROY);
    const auto why = rd_kafka_query_watermark_offsets(m_handle, m_topic.c_str(), partition, &low, &high, kPatienceMs);
    if (why != RD_KAFKA_RESP_ERR_NO_ERROR) return failedWith(why);
    answer.offsets[partition] = high;
  }
  return answer;
}

}  // namespace weir
