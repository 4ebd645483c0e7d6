// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/kafka/options/kafka_address.h"

#include "core/base/text.h"
#include "core/connectors/kafka/options/kafka_names.h"
#include "core/data/time_text.h"

namespace weir {

namespace {

constexpr std::string_view kScheme = "kafka://";

}  // namespace

bool isKafkaAddress(std::string_view address) { return lowered(address.substr(0, kScheme.size())) == kScheme; }

std::optional<KafkaAddress> parseKafkaAddress(std::string_view address) {
  if (!isKafkaAddress(address)) return std::nullopt;
  address.remove_prefix(kScheme.size());
  const size_t slash = address.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  KafkaAddress out{std::string(address.substr(0, slash)), std::string(address.substr(slash + 1))};
  if (serversComplaint(out.servers) || topicComplaint(out.topic)) return std::nullopt;
  return out;
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
