// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/connectors/intake.h"

namespace weir {

/// One counter of a run, as docs/reference/metrics.md lists them.
struct Metric {
  std::string_view family;  ///< source, query, sink, expr
  std::string subject;      ///< the stream; nothing for expr
  std::string_view name;
  uint64_t value = 0;
  bool isGauge = false;  ///< may go down again
};

/// All counters. `sinks` are those of LiveRun::sinkMetrics: `NAME.counter`.
std::vector<Metric> metricsOf(const Pipeline& pipeline, const Feeder& feeder,
                              const std::map<std::string, uint64_t>& sinks);

/// The flat JSON object that a run leaves: `"source.NAME.messages": n` and so on.
std::string metricsJson(const std::vector<Metric>& metrics);

/// The same in Prometheus' text format 0.0.4: `weir_source_messages_total{source="NAME"} n`.
std::string metricsPrometheus(const std::vector<Metric>& metrics);

/// `{name="value"}` with the escapes of the format.
std::string prometheusLabel(std::string_view name, std::string_view value);

}  // namespace weir
