// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/plan/logical.h"

namespace weir {

/// Where an edge publishes.
struct EdgeSettings {
  std::string brokers;                         ///< of Kafka
  std::string prefix = "weir";                 ///< of the topics, PREFIX.STREAM
  std::map<std::string, std::string> options;  ///< further ones of the Kafka sinks
};

/// A source and the topic that its rows go into; the sink of that name is in the plan.
struct EdgeTopic {
  std::string source;
  std::string topic;
};

/// Makes an edge of a script: its sources, each with a query that publishes its rows as they are, with their event time
/// beside them, keyed by the first column that a query groups it by. Nothing else of it runs.
Result<std::vector<EdgeTopic>> makeEdge(logical::Plan& plan, const EdgeSettings& settings);

}  // namespace weir
