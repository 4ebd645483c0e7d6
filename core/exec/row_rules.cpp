// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/row_rules.h"

#include <cmath>

#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/data/time_text.h"
#include "core/exec/group_table.h"

namespace weir {

namespace {

constexpr size_t kMostPartitions = 100'000;

std::optional<EventInstant> within(int64_t ms, uint32_t nanos) {
  if (ms <= -kFarthestMs || ms >= kFarthestMs) return std::nullopt;
  return EventInstant{ms, nanos};
}

// `perMs` of the unit make a millisecond; 0 stands for seconds.
int64_t perMs(std::string_view unit) { return unit == "s" ? 0 : unit == "us" ? 1000 : unit == "ns" ? 1'000'000 : 1; }

std::optional<EventInstant> ofWhole(int64_t value, int64_t perMs) {
  if (perMs == 0)
    return value <= -kFarthestMs / 1000 || value >= kFarthestMs / 1000 ? std::nullopt : within(value * 1000, 0);
  const int64_t ms = floorDivide(value, perMs);
  return within(ms, static_cast<uint32_t>((value - ms * perMs) * (1'000'000 / perMs)));
}

// A double of today's time in seconds knows a quarter of a microsecond: what it says beyond that is noise.
std::optional<EventInstant> ofReal(double value, int64_t perMs) {
  const double ms = perMs == 0 ? value * 1e3 : value / static_cast<double>(perMs);
  if (!(std::fabs(ms) < static_cast<double>(kFarthestMs))) return std::nullopt;
  const double whole = std::floor(ms);
  const auto micros = static_cast<uint32_t>(std::min(999.0, std::round((ms - whole) * 1e3)));
  return EventInstant{static_cast<int64_t>(whole), micros * 1000};
}

// A decimal number as it is written, to the ns: a double would lose digits.
std::optional<EventInstant> ofDecimal(std::string_view text, int64_t perMs) {
  const size_t dot = text.find('.');
  const auto whole = exactInteger(text.substr(0, dot));
  const auto real = decimalNumber(text);
  if (!real) return std::nullopt;
  const std::string_view decimals = dot == text.npos ? std::string_view() : text.substr(dot + 1);
  if (!whole || text.starts_with('-') || decimals.find_first_not_of("0123456789") != decimals.npos)
    return ofReal(*real, perMs);
  const auto base = ofWhole(*whole, perMs);
  if (!base) return std::nullopt;
  // One of the unit is so many ns.
  uint64_t scale = perMs == 0 ? 1'000'000'000 : static_cast<uint64_t>(1'000'000 / perMs);
  uint64_t nanos = base->nanos;
  for (const char digit : decimals) {
    scale /= 10;
    nanos += static_cast<uint64_t>(digit - '0') * scale;
  }
  return within(base->ms + static_cast<int64_t>(nanos / 1'000'000), static_cast<uint32_t>(nanos % 1'000'000));
}

// The number that a sequence's column holds; a fraction, or one that a DOUBLE cannot tell from its neighbours, is none.
std::optional<int64_t> wholeNumber(const Value& value) {
  if (const int64_t* whole = std::get_if<int64_t>(&value)) return *whole;
  // An OBJECT is JSON: what a text in it says counts.
  if (const std::string* text = std::get_if<std::string>(&value)) return exactInteger(jsonPlainText(*text));
  constexpr double kExact = 9007199254740992;
  const double* real = std::get_if<double>(&value);
  if (real && *real == std::trunc(*real) && std::fabs(*real) < kExact) return static_cast<int64_t>(*real);
  return std::nullopt;
}

}  // namespace

std::optional<EventInstant> eventInstant(const Value& value, std::string_view unit) {
  if (const int64_t* whole = std::get_if<int64_t>(&value)) return ofWhole(*whole, perMs(unit));
  if (const double* real = std::get_if<double>(&value)) return ofReal(*real, perMs(unit));
  if (const std::string* text = std::get_if<std::string>(&value))
    return unit == "iso8601" ? parseIsoInstant(*text) : ofDecimal(trimmed(*text), perMs(unit));
  return std::nullopt;
}

RowRules::RowRules(const logical::Stream& stream, const Options& options, GapLog& gaps)
    : m_eventTime(stream.eventTime),
      m_gaps(gaps),
      m_dedupeMemory(static_cast<size_t>(options.integer("dedupe.memory"))) {
  const Schema& schema = *stream.schema;
  for (const std::string& column : options.list("dedupe.key")) m_dedupe.push_back(*schema.find(column));
  if (options.has("sequence.key")) m_sequence = schema.find(options.text("sequence.key"));
  if (options.has("sequence.partition")) m_partition = schema.find(options.text("sequence.partition"));
}

RowRules::Verdict RowRules::setEventTime(const Column& column, uint32_t row, RowMeta& meta) {
  auto time = eventInstant(column.value(row), m_eventTime->unit);
  const int64_t arrival = toMillis(meta.arrival);
  if (!time && m_eventTime->missingIsArrival) time = EventInstant{arrival, 0};
  if (!time) {
    ++m_counters.noEventTime;
    return Verdict::NoEventTime;
  }
  meta.at = time->ms;
  meta.nanos = time->nanos;
  meta.isWindowEnd = false;
  // One wrong clock would carry the watermark away, and all that comes after it would be late.
  if (m_eventTime->maxAheadMs && time->ms - arrival > *m_eventTime->maxAheadMs) {
    ++m_counters.fromFuture;
    return Verdict::FromFuture;
  }
  return Verdict::Pass;
}

std::string RowRules::aheadText(int64_t time, Micros arrival) const {
  return "event time " + isoTime(time) + " is more than " + std::to_string(m_eventTime->maxAheadMs.value_or(0)) +
         " ms ahead of its arrival at " + isoTime(toMillis(arrival)) + " (event.time.max.ahead.ms)";
}

bool RowRules::isRepeat(uint32_t row) {
  std::string key;
  for (const Column* column : m_columns) {
    const ColumnPtr view(column, [](const Column*) {});
    // NULL identifies nothing, so such a row repeats none.
    if (view->isNull(row)) return false;
    appendKey(key, {&view, 1}, row);
  }
  if (!m_seen.insert(key).second) {
    ++m_counters.duplicates;
    return true;
  }
  m_seenOrder.push_back(std::move(key));
  if (m_seenOrder.size() > m_dedupeMemory) {
    m_seen.erase(m_seenOrder.front());
    m_seenOrder.pop_front();
  }
  return false;
}

void RowRules::checkSequence(const Column& column, const Column* partition, uint32_t row, int64_t time,
                             uint32_t origin) {
  const int64_t number = wholeNumber(column.value(row)).value_or(INT64_MIN);
  if (number == INT64_MIN) return;
  std::string key;
  if (partition) {
    const ColumnPtr view(partition, [](const Column*) {});
    appendKey(key, {&view, 1}, row);
  }
  const auto found = m_last.find(key);
  if (found == m_last.end()) {
    if (m_last.size() < kMostPartitions) m_last.emplace(std::move(key), Last{number, number, time, m_connections});
    return;
  }
  // It goes on from the message before, too: a sequence that the feed began anew jumps once, not until its old height.
  Last& last = found->second;
  if (number - 1 != last.value && number - 1 != last.greatest) {
    ++m_counters.sequenceJumps;
    m_gaps.add(std::min(last.time, time), std::max(last.time, time));
    if (last.connection == m_connections) m_gaps.lose(origin);
  }
  last = {number, std::max(number, last.greatest), time, m_connections};
}

}  // namespace weir
