// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// `kafka://HOST:PORT[,HOST:PORT]/TOPIC`, as commands take it and health shows it.
struct KafkaAddress {
  std::string servers;
  std::string topic;
};

bool isKafkaAddress(std::string_view address);
/// Its parts, whatever they are; of one without a topic that is empty.
KafkaAddress kafkaAddress(std::string_view address);

/// Where a source begins to read.
struct KafkaStart {
  enum class Kind { Latest, Earliest, Committed, Time } kind = Kind::Latest;
  int64_t ms = 0;  ///< of Time, since the epoch
};
/// Reads `latest`, `earliest`, `committed`, ms since the epoch, or ISO text.
std::optional<KafkaStart> parseKafkaStart(std::string_view text);

}  // namespace weir
