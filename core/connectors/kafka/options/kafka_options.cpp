// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/connectors/kafka/options/kafka_address.h"
#include "core/connectors/kafka/options/kafka_names.h"
#include "core/options/connector_options.h"

namespace weir {

namespace {

using enum OptionType;
using enum OptionSide;

std::optional<OptionTrouble> serversTrouble(const OptionValue& option) {
  // What came from the environment is not printed.
  if (const auto why = serversComplaint(option.value))
    return OptionTrouble{option.key + ": " + (option.shown == option.value ? *why : "it is no list of HOST:PORT"),
                         "for example 'broker-1:9092, broker-2:9092'"};
  return std::nullopt;
}

std::optional<OptionTrouble> topicTrouble(const OptionValue& option) {
  if (const auto why = topicComplaint(option.value))
    return OptionTrouble{option.key + ": " + (option.shown == option.value ? *why : "it is no name of a topic"), {}};
  return std::nullopt;
}

std::optional<OptionTrouble> startTrouble(const OptionValue& option) {
  if (parseKafkaStart(option.value)) return std::nullopt;
  return OptionTrouble{
      "Invalid value '" + option.shown + "' for kafka.start: expected 'latest', 'earliest', 'committed', or a time",
      "a time is ISO 8601, as 2026-11-28T09:30:00Z, or ms since 1970"};
}

std::optional<OptionTrouble> tuningTrouble(const OptionValue& option) {
  const auto names = tuningNames();
  if (std::find(names.begin(), names.end(), option.name) != names.end()) return std::nullopt;
  const std::vector<std::string> known(names.begin(), names.end());
  const std::string guess = didYouMean(option.name, known);
  return OptionTrouble{"kafka.rdkafka.* does not set '" + option.name + "'",
                       guess.empty() ? "it sets " + joined(known, ", ", " and ") : guess, true};
}

void checkTogether(const Options& options, Diagnostics& found) {
  const auto fail = [&](std::string_view key, std::string message, std::string hint) {
    found.push_back({Severity::Error, Code::OptionValue, options.valueSpan(key), std::move(message), std::move(hint)});
  };
  const bool isOpen = !secretReferences(options.text("kafka.start")).empty();
  if (const auto start = parseKafkaStart(options.text("kafka.start"));
      !isOpen && start && start->kind == KafkaStart::Kind::Committed && !options.has("kafka.group.id"))
    fail("kafka.start", "kafka.start = 'committed' needs a group: without one nothing is committed",
         "name one with kafka.group.id");
  if (options.kind() == StreamKind::Sink && options.boolean("kafka.enable.idempotence") &&
      options.text("kafka.acks") != "all")
    fail("kafka.acks",
         "an idempotent producer waits for all replicas, but kafka.acks is '" + options.text("kafka.acks") + "'",
         "leave kafka.acks out, or set kafka.enable.idempotence = 'false'");
  const std::string protocol = options.text("kafka.security.protocol");
  const bool hasSasl = protocol.starts_with("sasl");
  for (const std::string_view key : {"kafka.sasl.mechanism", "kafka.sasl.username", "kafka.sasl.password"}) {
    if (options.has(key) && !hasSasl)
      fail(key, "option '" + std::string(key) + "' has no effect with kafka.security.protocol = '" + protocol + "'",
           "set kafka.security.protocol = 'sasl_ssl'");
    if (!options.has(key) && hasSasl)
      found.push_back({Severity::Error, Code::MissingOption, options.valueSpan("kafka.security.protocol"),
                       "Missing required property: " + std::string(key), "it comes with '" + protocol + "'"});
  }
  for (const auto& [key, value] : options.values())
    if (key.starts_with("kafka.ssl.") && !protocol.ends_with("ssl"))
      fail(key, "option '" + key + "' has no effect with kafka.security.protocol = '" + protocol + "'",
           "set kafka.security.protocol = 'ssl' or 'sasl_ssl'");
}

std::string shownEndpoint(const Options& written) {
  const std::string topic = written.written("kafka.topic");
  return "kafka://" + written.written("kafka.bootstrap.servers") + (topic.empty() ? "" : "/" + topic);
}

std::map<std::string, std::string> sourceAt(const std::string& text) {
  const KafkaAddress address = kafkaAddress(text);
  std::map<std::string, std::string> out{{"kafka.bootstrap.servers", address.servers}};
  if (!address.topic.empty()) out.emplace("kafka.topic", address.topic);
  return out;
}

constexpr auto kTable = std::to_array<OptionSpec>({
    {.key = "kafka.bootstrap.servers",
     .required = true,
     .complain = serversTrouble,
     .help = "Brokers to begin with: HOST:PORT, HOST:PORT."},
    {.key = "kafka.topic", .required = true, .ofStream = true, .complain = topicTrouble, .help = "The topic."},
    {.key = "kafka.group.id",
     .side = Source,
     .ofStream = true,
     .help = "The consumer group that shares the partitions, and for which offsets are committed once the sinks have "
             "reported the rows. Without one all partitions are read, and nothing is committed."},
    {.key = "kafka.start",
     .side = Source,
     .ofStream = true,
     .complain = startTrouble,
     .help = "Where to begin: latest (the default), earliest, committed (the default of a group; the beginning of what "
             "is there where nothing is), or a time."},
    {.key = "kafka.isolation",
     .type = Choice,
     .side = Source,
     .byDefault = "read_committed",
     .choices = "read_committed|read_uncommitted",
     .ofStream = true,
     .help = "Whether records of a transaction come once it is committed, or as they are written."},
    {.key = "kafka.key.field",
     .type = Column,
     .side = Both,
     .ofStream = true,
     .help =
         "The column that a record's key is made of; of a sink by default the first column of GROUP BY, if there is "
         "one. Rows of a source with one value there are one line of a chart."},
    {.key = "kafka.timestamp.field",
     .type = NumberColumn,
     .side = Sink,
     .ofStream = true,
     .help = "The column that holds a record's time, in ms; by default it is the row's event time."},
    {.key = "kafka.acks",
     .type = Choice,
     .side = Sink,
     .byDefault = "all",
     .choices = "all|1|0",
     .ofStream = true,
     .help = "Who must have a record before it counts as sent: all replicas, the leader, or nobody."},
    {.key = "kafka.enable.idempotence",
     .type = Boolean,
     .side = Sink,
     .byDefault = "true",
     .ofStream = true,
     .help = "Whether records that are sent again are stored once, and in order."},
    {.key = "kafka.compression",
     .type = Choice,
     .side = Sink,
     .byDefault = "lz4",
     .choices = "none|gzip|snappy|lz4|zstd",
     .ofStream = true,
     .help = "How batches of records are packed."},
    {.key = "kafka.linger.ms",
     .type = Integer,
     .side = Sink,
     .byDefault = "5",
     .least = 0,
     .most = 60'000,
     .ofStream = true,
     .help = "How long a record waits for others to go with."},
    {.key = "kafka.message.timeout.ms",
     .type = Integer,
     .side = Sink,
     .byDefault = "30000",
     .least = 100,
     .most = 86'400'000,
     .ofStream = true,
     .help = "After this long without the broker's word a row has failed."},
    {.key = "kafka.queue.max.events",
     .type = Integer,
     .side = Sink,
     .byDefault = "10000",
     .least = 1,
     .most = 1e8,
     .ofStream = true,
     .help = "Most rows that wait in the outgoing queue; as many, at most 10000, may be on their way."},
    {.key = "kafka.queue.max.bytes",
     .type = Integer,
     .side = Sink,
     .byDefault = "67108864",
     .least = 1,
     .most = 1ll << 40,
     .ofStream = true,
     .help = "Most bytes that wait in it, with those that are on their way."},
    {.key = "kafka.queue.full",
     .type = Choice,
     .side = Sink,
     .byDefault = "drop_oldest",
     .choices = "drop_oldest|drop_newest",
     .ofStream = true,
     .help = "What gives way when the queue is full."},
    {.key = "kafka.security.protocol",
     .type = Choice,
     .byDefault = "plaintext",
     .choices = "plaintext|ssl|sasl_plaintext|sasl_ssl",
     .help = "Whether the brokers are spoken to over TLS, and whether they want to know who we are."},
    {.key = "kafka.sasl.mechanism",
     .type = Choice,
     .choices = "plain|scram-sha-256|scram-sha-512",
     .help = "How we say who we are."},
    {.key = "kafka.sasl.username", .help = "Who we are."},
    {.key = "kafka.sasl.password", .help = "Its password; best as ${secret:NAME} or ${env:NAME}."},
    {.key = "kafka.ssl.ca.location",
     .type = Path,
     .help = "PEM file of the authorities to trust, instead of the system's."},
    {.key = "kafka.ssl.certificate.location", .type = Path, .help = "PEM file of our own certificate."},
    {.key = "kafka.ssl.key.location", .type = Path, .help = "PEM file of its key."},
    {.key = "kafka.ssl.key.password", .help = "The password of that key; best as ${secret:NAME}."},
    {.key = "kafka.rdkafka.*",
     .complain = tuningTrouble,
     .help = "A setting of librdkafka, such as fetch.min.bytes or socket.timeout.ms; those that Weir sets itself, and "
             "those that load code, are refused."},
});

}  // namespace

const ConnectorOptions kafkaOptions{
    .name = "kafka",
    .options = kTable,
    .address = "kafka.bootstrap.servers",
    .shown = shownEndpoint,
    .owns = isKafkaAddress,
    .sourceAt = sourceAt,
    .group = "kafka.key.field",
    .check = checkTogether,
};

}  // namespace weir
