// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/feed/feed_drops.h"

namespace weir {

namespace {

/// The words of a counter.
struct Words {
  std::string_view one, many, hint;
  LogLevel level = LogLevel::Warning;
};

// A counter more is a line more: of rows that a stream's rules drop, then of what a source alone can drop.
constexpr std::pair<uint64_t RowCounters::*, Words> kRowDrops[] = {
    {&RowCounters::noEventTime,
     {"row had no event time and was dropped", "rows had no event time and were dropped",
      "are event.time.field and event.time.unit right? event.time.missing = 'arrival' keeps such rows"}},
    {&RowCounters::fromFuture,
     {"row lay too far in the future and was dropped", "rows lay too far in the future and were dropped",
      "are event.time.unit and the clocks right? event.time.max.ahead.ms is how far ahead of its arrival a row may "
      "be"}},
    // Somebody asked for this one.
    {&RowCounters::duplicates,
     {"row was a repeat (dedupe.key) and was dropped", "rows were repeats (dedupe.key) and were dropped", "",
      LogLevel::Info}},
};
constexpr std::pair<uint64_t SourceCounters::*, Words> kSourceDrops[] = {
    {&SourceCounters::fieldMismatch,
     {"member had the wrong type and became NULL", "members had the wrong type and became NULL",
      "is the column's type that of the feed? json.on.mismatch = 'error' rejects the message instead"}},
};
constexpr Words kRejected{"message could not be decoded", "messages could not be decoded", ""};
constexpr Words kLate{"row came too late for its window and was dropped",
                      "rows came too late for their windows and were dropped",
                      "event.time.lateness.ms makes windows wait for rows that are late"};
constexpr Words kState{"piece of state (a match that had begun, a group, a key) was let go at its bound",
                       "pieces of state (matches that had begun, groups, keys) were let go at their bound",
                       "a window, WITHIN, or fewer keys keep it small"};
// Sinks tell the first one themselves.
constexpr std::pair<std::string_view, Words> kSinkDrops[] = {
    {"failed", {"row could not be sent", "rows could not be sent", ""}},
    {"dropped", {"row was dropped from the full queue", "rows were dropped from the full queue", ""}},
};

/// Collects what counts.
class Drops {
public:
  Drop* add(LogCategory category, const std::string& subject, const Words& words, uint64_t count, uint64_t of = 0) {
    if (count == 0) return nullptr;
    m_drops.push_back({words.level, category, subject, words.one, words.many, words.hint, count, of, {}});
    return &m_drops.back();
  }
  void addRows(const std::string& subject, const RowCounters& counters, uint64_t of) {
    for (const auto& [counter, words] : kRowDrops) add(LogCategory::Feed, subject, words, counters.*counter, of);
  }
  std::vector<Drop> take() { return std::move(m_drops); }

private:
  std::vector<Drop> m_drops;
};

}  // namespace

std::vector<Drop> dropsOf(const Pipeline& pipeline, const Feeder& feeder,
                          const std::map<std::string, uint64_t>& sinks) {
  Drops out;
  for (const auto& [name, intake] : feeder.intakes()) {
    const SourceCounters& counters = intake->counters();
    if (Drop* rejected = out.add(LogCategory::Feed, name, kRejected, counters.rejected, counters.messages); rejected)
      rejected->example = intake->lastRejection();
    out.addRows(name, counters, counters.rows);
    for (const auto& [counter, words] : kSourceDrops) out.add(LogCategory::Feed, name, words, counters.*counter);
  }
  for (const auto& [stream, rows] : pipeline.ruledRows()) out.addRows(stream, rows, 0);
  for (const auto& [stream, late] : pipeline.lateCounts()) out.add(LogCategory::Feed, stream, kLate, late);
  for (const auto& [stream, dropped] : pipeline.stateDropped()) out.add(LogCategory::Feed, stream, kState, dropped);
  for (const auto& [name, count] : sinks) {
    const size_t dot = name.rfind('.');
    for (const auto& [counter, words] : kSinkDrops) {
      if (name.substr(dot + 1) != counter) continue;
      const std::string sink = name.substr(0, dot);
      const auto published = sinks.find(sink + ".published");
      if (Drop* drop = out.add(LogCategory::Sink, sink, words, count, published == sinks.end() ? 0 : published->second))
        drop->isToldAtOnce = true;
    }
  }
  return out.take();
}

}  // namespace weir
