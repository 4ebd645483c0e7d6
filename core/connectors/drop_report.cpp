// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/drop_report.h"

namespace weir {

namespace {

/// A source's counter and its words.
struct SourceDrop {
  uint64_t SourceCounters::*counter;
  uint64_t SourceCounters::*of;
  LogLevel level;
  std::string_view one, many, hint;
};

// A counter more is a line more.
constexpr SourceDrop kSourceDrops[] = {
    {&SourceCounters::rejected, &SourceCounters::messages, LogLevel::Warning, "message could not be decoded", "messages could not be decoded", ""},
    {&SourceCounters::noEventTime, &SourceCounters::rows, LogLevel::Warning, "row had no event time and was dropped",
     "rows had no event time and were dropped", "are event.time.field and event.time.unit right? event.time.missing = 'arrival' keeps such rows"},
    // Somebody asked for this one.
    {&SourceCounters::duplicates, &SourceCounters::rows, LogLevel::Info, "row was a repeat (dedupe.key) and was dropped",
     "rows were repeats (dedupe.key) and were dropped", ""},
    {&SourceCounters::fieldMismatch, nullptr, LogLevel::Warning, "member had the wrong type and became NULL",
     "members had the wrong type and became NULL", "is the column's type that of the feed? json.on.mismatch = 'error' rejects the message instead"},
};

constexpr std::string_view kLateOne = "row came too late for its window and was dropped";
constexpr std::string_view kLateMany = "rows came too late for their windows and were dropped";
constexpr std::string_view kLateHint = "event.time.lateness.ms makes windows wait for rows that are late";

/// A sink's counter and its words. Sinks tell the first one themselves.
struct SinkDrop {
  std::string_view counter, one, many;
};
constexpr SinkDrop kSinkDrops[] = {{"failed", "row could not be sent", "rows could not be sent"},
                                   {"dropped", "row was dropped from the full queue", "rows were dropped from the full queue"}};

}  // namespace

std::vector<Drop> dropsOf(const Pipeline& pipeline, const Feeder& feeder, const std::map<std::string, uint64_t>& sinks) {
  std::vector<Drop> out;
  for (const auto& [name, intake] : feeder.intakes()) {
    const SourceCounters& counters = intake->counters();
    for (const SourceDrop& d : kSourceDrops) {
      if (counters.*d.counter == 0) continue;
      out.push_back({d.level, LogCategory::Feed, name, d.one, d.many, d.hint, counters.*d.counter, d.of ? counters.*d.of : 0, {}});
      if (d.counter == &SourceCounters::rejected && !intake->rejects().empty()) out.back().example = intake->rejects().back().reason;
    }
  }
  for (const auto& [stream, late] : pipeline.lateCounts())
    if (late > 0) out.push_back({LogLevel::Warning, LogCategory::Feed, stream, kLateOne, kLateMany, kLateHint, late, 0, {}});
  for (const auto& [name, count] : sinks) {
    const size_t dot = name.rfind('.');
    for (const SinkDrop& d : kSinkDrops) {
      if (count == 0 || name.substr(dot + 1) != d.counter) continue;
      const std::string sink = name.substr(0, dot);
      const auto published = sinks.find(sink + ".published");
      out.push_back({LogLevel::Warning, LogCategory::Sink, sink, d.one, d.many, {}, count, published == sinks.end() ? 0 : published->second, {}, true});
    }
  }
  return out;
}

void DropReport::look(const std::vector<Drop>& drops) {
  for (const Drop& d : drops) {
    if (d.isToldAtOnce || !m_told.insert({d.subject, d.many}).second) continue;
    m_tell({d.level, d.category, d.subject, d.subject + ": a " + std::string(d.one) + (d.example.empty() ? "" : ": " + d.example), std::string(d.hint), {}});
  }
}

bool DropReport::sum(const std::vector<Drop>& drops) {
  look(drops);
  for (const Drop& d : drops)
    m_tell({d.level, d.category, d.subject,
            d.subject + ": " + std::to_string(d.count) + (d.of > 0 ? " of " + std::to_string(d.of) : "") + " " + std::string(d.count == 1 && d.of <= 1 ? d.one : d.many) +
                (d.example.empty() ? "" : "; the last one: " + d.example),
            {}, {}});
  return !drops.empty();
}

}  // namespace weir
