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

std::optional<int64_t> asMillis(int64_t value, int64_t scale) {
  if (value <= -kFarthestMs / scale || value >= kFarthestMs / scale) return std::nullopt;
  return value * scale;
}

std::optional<int64_t> scaled(const Value& value, const std::string& unit) {
  const auto perUnit = [&](double number) -> std::optional<int64_t> {
    const double ms = unit == "s" ? number * 1e3 : unit == "us" ? number / 1e3 : unit == "ns" ? number / 1e6 : number;
    if (!(std::fabs(ms) < static_cast<double>(kFarthestMs))) return std::nullopt;
    return static_cast<int64_t>(std::floor(ms));
  };
  if (const int64_t* whole = std::get_if<int64_t>(&value)) {
    if (unit == "us") return asMillis(floorDivide(*whole, 1000), 1);
    if (unit == "ns") return floorDivide(*whole, 1'000'000);
    return asMillis(*whole, unit == "s" ? 1000 : 1);
  }
  if (const double* real = std::get_if<double>(&value)) return perUnit(*real);
  if (const std::string* text = std::get_if<std::string>(&value)) {
    if (unit == "iso8601") return parseIsoTime(*text);
    if (const auto whole = exactInteger(trimmed(*text))) return scaled(Value(*whole), unit);
    if (const auto real = decimalNumber(trimmed(*text))) return perUnit(*real);
  }
  return std::nullopt;
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

RowRules::RowRules(const BoundStream& stream, const Options& options, GapLog& gaps)
    : m_eventTime(stream.eventTime),
      m_gaps(gaps),
      m_dedupeMemory(static_cast<size_t>(options.integer("dedupe.memory"))) {
  const Schema& schema = *stream.schema;
  for (const std::string& column : options.list("dedupe.key")) m_dedupe.push_back(*schema.find(column));
  if (options.has("sequence.key")) m_sequence = schema.find(options.text("sequence.key"));
  if (options.has("sequence.partition")) m_partition = schema.find(options.text("sequence.partition"));
}

RowRules::Verdict RowRules::setEventTime(const Column& column, uint32_t row, RowMeta& meta) {
  auto time = scaled(column.value(row), m_eventTime->unit);
  const int64_t arrival = toMillis(meta.arrival);
  if (!time && m_eventTime->missingIsArrival) time = arrival;
  if (!time) {
    ++m_counters.noEventTime;
    return Verdict::NoEventTime;
  }
  meta.at = *time;
  meta.isWindowEnd = false;
  // One wrong clock would carry the watermark away, and all that comes after it would be late.
  if (m_eventTime->maxAheadMs && *time - arrival > *m_eventTime->maxAheadMs) {
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

void RowRules::checkSequence(const Column& column, const Column* partition, uint32_t row, int64_t time) {
  const int64_t number = wholeNumber(column.value(row)).value_or(INT64_MIN);
  if (number == INT64_MIN) return;
  std::string key;
  if (partition) {
    const ColumnPtr view(partition, [](const Column*) {});
    appendKey(key, {&view, 1}, row);
  }
  const auto found = m_last.find(key);
  if (found == m_last.end()) {
    if (m_last.size() < kMostPartitions) m_last.emplace(std::move(key), Last{number, number, time});
    return;
  }
  // It goes on from the message before, too: a sequence that the feed began anew jumps once, not until its old height.
  Last& last = found->second;
  if (number - 1 != last.value && number - 1 != last.greatest) {
    ++m_counters.sequenceJumps;
    m_gaps.add(std::min(last.time, time), std::max(last.time, time));
  }
  last = {number, std::max(number, last.greatest), time};
}

}  // namespace weir
