// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/kafka/kafka_lookup.h"

#include <memory>
#include <utility>

namespace weir {

namespace {

// So long somebody may have to wait who closes the source.
constexpr int kPatienceMs = 1000;

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
