// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// One counter of a run, as docs/reference/metrics.md lists them.
struct Metric {
  std::string_view family;  ///< source, query, sink, expr
  std::string subject;      ///< the stream; nothing for expr
  std::string_view name;
  uint64_t value = 0;
  bool isGauge = false;  ///< may go down again
};

/// The flat JSON object that a run leaves: `"source.NAME.messages": n` and so on.
std::string metricsJson(const std::vector<Metric>& metrics);

/// The same in Prometheus' text format 0.0.4: `weir_source_messages_total{source="NAME"} n`.
std::string metricsPrometheus(const std::vector<Metric>& metrics);

/// `{name="value"}` with the escapes of the format.
std::string prometheusLabel(std::string_view name, std::string_view value);

}  // namespace weir
