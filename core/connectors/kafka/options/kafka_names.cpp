// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/kafka/options/kafka_names.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace weir {

namespace {

constexpr size_t kLongestTopic = 249;

constexpr auto kTuning = std::to_array<std::string_view>({
    "batch.num.messages",
    "batch.size",
    "broker.address.family",
    "client.id",
    "client.rack",
    "connections.max.idle.ms",
    "fetch.error.backoff.ms",
    "fetch.max.bytes",
    "fetch.message.max.bytes",
    "fetch.min.bytes",
    "fetch.wait.max.ms",
    "group.instance.id",
    "heartbeat.interval.ms",
    "max.in.flight.requests.per.connection",
    "max.poll.interval.ms",
    "message.max.bytes",
    "metadata.max.age.ms",
    "partition.assignment.strategy",
    "partitioner",
    "queued.max.messages.kbytes",
    "queued.min.messages",
    "receive.message.max.bytes",
    "reconnect.backoff.max.ms",
    "reconnect.backoff.ms",
    "retries",
    "retry.backoff.ms",
    "session.timeout.ms",
    "socket.connection.setup.timeout.ms",
    "socket.keepalive.enable",
    "socket.nagle.disable",
    "socket.receive.buffer.bytes",
    "socket.send.buffer.bytes",
    "socket.timeout.ms",
    "sticky.partitioning.linger.ms",
    "topic.metadata.refresh.interval.ms",
});

bool isOfTopic(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

std::optional<std::string> serverComplaint(std::string_view server) {
  const size_t colon = server.rfind(':');
  if (colon == std::string_view::npos) return "'" + std::string(server) + "' has no port";
  if (colon == 0) return "'" + std::string(server) + "' has no host";
  const std::string_view host = server.substr(0, colon);
  if (host.find('/') != std::string_view::npos) return "'" + std::string(server) + "' is a URL";
  const bool isBracketed = host.front() == '[' && host.back() == ']';
  if (!isBracketed && host.find_first_of(": ") != std::string_view::npos)
    return "'" + std::string(server) + "' is no HOST:PORT";
  const auto port = parseNumber<int>(server.substr(colon + 1));
  if (!port || *port < 1 || *port > 65535) return "'" + std::string(server) + "' has a port that is none";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> serversComplaint(std::string_view servers) {
  if (trimmed(servers).empty()) return "no broker is named";
  for (const std::string& server : split(servers, ','))
    if (auto why = serverComplaint(server)) return why;
  return std::nullopt;
}

std::optional<std::string> topicComplaint(std::string_view topic) {
  if (topic.empty()) return "a topic has a name";
  if (topic == "." || topic == "..") return "'" + std::string(topic) + "' is no name of a topic";
  if (topic.size() > kLongestTopic) return "a topic's name has at most 249 characters";
  if (!std::all_of(topic.begin(), topic.end(), isOfTopic))
    return "'" + std::string(topic) +
           "' has a character that a topic cannot have: letters, digits, '.', '_' and '-' it is";
  return std::nullopt;
}

std::span<const std::string_view> tuningNames() { return kTuning; }

}  // namespace weir
