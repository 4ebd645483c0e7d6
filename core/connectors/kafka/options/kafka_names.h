// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir {

/// What is wrong with a list of brokers, `HOST:PORT, ...`; nothing when it is right.
std::optional<std::string> serversComplaint(std::string_view servers);
/// What is wrong with the name of a topic.
std::optional<std::string> topicComplaint(std::string_view topic);
/// The settings of librdkafka that `kafka.rdkafka.*` may name: none that loads code, or that says what Weir needs to.
std::span<const std::string_view> tuningNames();

}  // namespace weir
