// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/kafka/options/kafka_address.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/data/time_text.h"

namespace weir {

namespace {

constexpr std::string_view kScheme = "kafka://";

}  // namespace

bool isKafkaAddress(std::string_view address) { return lowered(address.substr(0, kScheme.size())) == kScheme; }

KafkaAddress kafkaAddress(std::string_view address) {
  if (isKafkaAddress(address)) address.remove_prefix(kScheme.size());
  const size_t slash = std::min(address.find('/'), address.size());
  return {std::string(address.substr(0, slash)), std::string(address.substr(std::min(slash + 1, address.size())))};
}

std::optional<KafkaStart> parseKafkaStart(std::string_view text) {
  const std::string word = lowered(trimmed(text));
  if (word == "latest") return KafkaStart{KafkaStart::Kind::Latest};
  if (word == "earliest") return KafkaStart{KafkaStart::Kind::Earliest};
  if (word == "committed") return KafkaStart{KafkaStart::Kind::Committed};
  if (const auto ms = parseNumber<int64_t>(word); ms && *ms >= 0) return KafkaStart{KafkaStart::Kind::Time, *ms};
  if (const auto time = parseIsoTime(trimmed(text))) return KafkaStart{KafkaStart::Kind::Time, *time};
  return std::nullopt;
}

}  // namespace weir
