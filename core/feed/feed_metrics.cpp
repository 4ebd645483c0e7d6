// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/feed/feed_metrics.h"

#include <algorithm>

namespace weir {

std::vector<Metric> metricsOf(const Pipeline& pipeline, const Feeder& feeder,
                              const std::map<std::string, uint64_t>& sinks) {
  std::vector<Metric> out;
  for (const auto& [name, intake] : feeder.intakes()) {
    const SourceCounters& c = intake->counters();
    const std::pair<std::string_view, uint64_t> counters[] = {{"messages", c.messages},
                                                              {"decoded", c.decoded},
                                                              {"rejected", c.rejected},
                                                              {"control", c.control},
                                                              {"rows", c.rows},
                                                              {"passed", c.passed},
                                                              {"control_records", c.controlRecords},
                                                              {"duplicates", c.duplicates},
                                                              {"no_event_time", c.noEventTime},
                                                              {"from_future", c.fromFuture},
                                                              {"field_mismatch", c.fieldMismatch},
                                                              {"gaps", intake->gaps()},
                                                              {"sequence_jumps", c.sequenceJumps}};
    for (const auto& [counter, value] : counters) out.push_back({"source", name, counter, value});
  }
  for (const auto& [target, late] : pipeline.lateCounts()) out.push_back({"query", target, "late", late});
  for (const auto& [target, dropped] : pipeline.stateDropped())
    out.push_back({"query", target, "state_dropped", dropped});
  for (const auto& [target, rows] : pipeline.ruledRows()) {
    const std::pair<std::string_view, uint64_t> counters[] = {{"duplicates", rows.duplicates},
                                                              {"no_event_time", rows.noEventTime},
                                                              {"from_future", rows.fromFuture},
                                                              {"sequence_jumps", rows.sequenceJumps}};
    for (const auto& [counter, value] : counters) out.push_back({"query", target, counter, value});
  }
  static constexpr std::string_view kSink[] = {"dropped", "failed", "published", "queued", "sent"};
  for (const auto& [name, value] : sinks) {
    const size_t dot = name.rfind('.');
    const auto counter = std::find(std::begin(kSink), std::end(kSink), std::string_view(name).substr(dot + 1));
    if (counter != std::end(kSink)) out.push_back({"sink", name.substr(0, dot), *counter, value, *counter == "queued"});
  }
  const std::pair<std::string_view, Issue> issues[] = {{"cast_failed", Issue::CastFailed},
                                                       {"div_by_zero", Issue::DivByZero},
                                                       {"overflow", Issue::Overflow},
                                                       {"domain_error", Issue::DomainError},
                                                       {"approximated", Issue::Approximated}};
  for (const auto& [name, issue] : issues) out.push_back({"expr", "", name, pipeline.issues().of(issue)});
  return out;
}

}  // namespace weir
