// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/kafka/kafka_announcer.h"

#include <QTimer>
#include <utility>

namespace weir {

namespace {

// While nobody answers, what was announced is kept; the newest say most.
constexpr size_t kMostWaiting = 10'000;
constexpr int kAgainMs = 200;
constexpr int kMostAttempts = 25;

}  // namespace

KafkaAnnouncer::KafkaAnnouncer(rd_kafka_t* producer, std::string topic, std::map<std::string, std::string> settings)
    : m_producer(producer), m_topic(topic), m_settings(std::move(settings)), m_lookup(producer, std::move(topic)) {
  look();
}

// What was in the log before is asked first: what comes of asking for partitions may be a new topic.
void KafkaAnnouncer::look() {
  m_isLooking = true;
  m_lookup.partitions(KafkaStart{}, [this](const KafkaAnswer& partitions) {
    if (!partitions.error.isEmpty()) return lookAgain(partitions.code);
    m_lookup.newestTime(m_settings, [this, partitions](const KafkaAnswer& newest) {
      // Who may write need not be allowed to read: in the end it goes without.
      if (!newest.error.isEmpty() && m_attempts < kMostAttempts) return lookAgain(newest.code);
      if (const auto at = newest.offsets.find(0); at != newest.offsets.end()) m_before = at->second;
      for (const auto& [partition, ignored] : partitions.offsets) m_partitions.push_back(partition);
      m_isUnknown = false;
      m_isLooking = false;
      if (onReady) onReady();
    });
  });
}

// Asking for a topic that is not there yet makes it, which takes the brokers a moment. One that never comes is told by
// the rows that fail; while brokers are away rows wait, so that what the log held before is known before they are in
// it.
void KafkaAnnouncer::lookAgain(rd_kafka_resp_err_t why) {
  const bool isAway = why == RD_KAFKA_RESP_ERR__TRANSPORT || why == RD_KAFKA_RESP_ERR__TIMED_OUT ||
                      why == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || why == RD_KAFKA_RESP_ERR__RESOLVE;
  m_isUnknown = ++m_attempts >= kMostAttempts && !isAway;
  if (m_isUnknown && onReady) onReady();
  QTimer::singleShot(kAgainMs, &m_lookup, [this] { look(); });
}

void KafkaAnnouncer::say(Announcement what, uint64_t behind) {
  m_waiting.push_back({std::move(what), behind});
  if (m_waiting.size() > kMostWaiting) m_waiting.pop_front();
}

bool KafkaAnnouncer::speak(uint64_t gone) {
  while (!m_waiting.empty() && m_waiting.front().behind <= gone) {
    if (m_isLooking) return m_isUnknown;
    const Announcement what = std::move(m_waiting.front().what);
    m_waiting.pop_front();
    for (const std::string& record : what.records(m_before))
      for (const int32_t partition : m_partitions) write(partition, record, what.at);
  }
  return true;
}

bool KafkaAnnouncer::write(int32_t partition, const std::string& record, int64_t at) {
  void* const payload = const_cast<char*>(record.data());
  const auto code =
      rd_kafka_producev(m_producer, RD_KAFKA_V_TOPIC(m_topic.c_str()), RD_KAFKA_V_PARTITION(partition),
                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(payload, record.size()),
                        RD_KAFKA_V_TIMESTAMP(at), RD_KAFKA_V_OPAQUE(this), RD_KAFKA_V_END);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) ++m_underWay;
  return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace weir
