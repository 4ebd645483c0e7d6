// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/connectors/connector.h"
#include "core/connectors/kafka/kafka_lookup.h"

namespace weir {

/// Writes what a sink announces into every partition of its topic, each announcement behind the rows that were
/// published before it and in front of those after it. Of a producer that must outlive it.
class KafkaAnnouncer {
public:
  KafkaAnnouncer(rd_kafka_t* producer, std::string topic, std::map<std::string, std::string> settings);

  /// The partitions are known by now: what waited may go.
  std::function<void()> onReady;
  /// `behind` is how many rows were published before it.
  void say(Announcement what, uint64_t behind);
  /// Sends what stands before the next row, `gone` rows being on their way. Returns false when that has to wait, and
  /// the row with it.
  bool speak(uint64_t gone);
  /// Nothing waits, and nothing is on its way.
  bool isQuiet() const { return (m_waiting.empty() || m_isUnknown) && m_underWay == 0; }

  static bool isOwn(const rd_kafka_message_t& record) { return record._private != nullptr; }
  void reported() { --m_underWay; }

private:
  struct Waiting {
    Announcement what;
    uint64_t behind;
  };
  void look();
  void lookAgain(rd_kafka_resp_err_t why);
  bool write(int32_t partition, const std::string& record, int64_t at);

  rd_kafka_t* m_producer;
  std::string m_topic;
  std::map<std::string, std::string> m_settings;
  KafkaLookup m_lookup;
  std::vector<int32_t> m_partitions;
  std::optional<int64_t> m_before;
  bool m_isLooking = false;
  int m_attempts = 0;
  bool m_isUnknown = false;  ///< nobody answers: rows do not wait for that
  std::deque<Waiting> m_waiting;
  uint64_t m_underWay = 0;
};

}  // namespace weir
