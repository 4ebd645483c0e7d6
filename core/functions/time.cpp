// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <chrono>
#include <functional>
#include <limits>

#include "core/base/text.h"
#include "core/data/time_text.h"
#include "core/functions/date_pattern.h"
#include "core/functions/families.h"
#include "core/functions/function_list.h"
#include "core/functions/lift.h"

namespace weir {

namespace {

using L = int64_t;
using S = std::string_view;

// Event times beyond these years are mistakes of unit; the calendar's arithmetic holds within them.
constexpr L kEarliest = -62135596800000;
constexpr L kLatest = 253402300799999;
constexpr L kDayMs = 86'400'000;

bool inRange(L ms) { return ms >= kEarliest && ms <= kLatest; }

L dayOfWeek(L ms) {
  const L day = (floorDivide(ms, kDayMs) + 4) % 7;
  return day < 0 ? day + 7 : day;
}

L startOfYear(int year) { return *millisFromCivil({.year = year}); }

L isoWeek(L ms) {
  // The ISO week of a day is that of its Thursday.
  const L thursday = floorDivide(ms, kDayMs) + 3 - (dayOfWeek(ms) + 6) % 7;
  const L yearStart = floorDivide(startOfYear(civilFromMillis(thursday * kDayMs).year), kDayMs);
  return (thursday - yearStart) / 7 + 1;
}

struct TimeField {
  S name;
  L (*get)(L ms);
};
constexpr auto kFields = std::to_array<TimeField>({
    {"year", [](L ms) -> L { return civilFromMillis(ms).year; }},
    {"quarter", [](L ms) -> L { return (civilFromMillis(ms).month + 2) / 3; }},
    {"month", [](L ms) -> L { return civilFromMillis(ms).month; }},
    {"week", isoWeek},
    {"day", [](L ms) -> L { return civilFromMillis(ms).day; }},
    {"dow", dayOfWeek},
    {"doy", [](L ms) -> L { return floorDivide(ms - startOfYear(civilFromMillis(ms).year), kDayMs) + 1; }},
    {"hour", [](L ms) -> L { return civilFromMillis(ms).hour; }},
    {"minute", [](L ms) -> L { return civilFromMillis(ms).minute; }},
    {"second", [](L ms) -> L { return civilFromMillis(ms).second; }},
    {"millisecond", [](L ms) -> L { return civilFromMillis(ms).millisecond; }},
    {"epoch", [](L ms) -> L { return floorDivide(ms, 1000); }},
});

Checked<L> extract(S field, L ms) {
  if (!inRange(ms)) return Issue::DomainError;
  for (const TimeField& known : kFields)
    if (equalsIgnoringCase(known.name, field)) return known.get(ms);
  return Issue::DomainError;
}

constexpr std::array<std::pair<S, L>, 4> kFixed{
    {{"second", 1000}, {"minute", 60000}, {"hour", 3600000}, {"day", kDayMs}}};

Checked<L> dateTrunc(S field, L ms) {
  if (!inRange(ms)) return Issue::DomainError;
  for (const auto& [name, length] : kFixed)
    if (equalsIgnoringCase(name, field)) return floorDivide(ms, length) * length;
  const CivilTime time = civilFromMillis(ms);
  if (equalsIgnoringCase(field, "week")) return (floorDivide(ms, kDayMs) - (dayOfWeek(ms) + 6) % 7) * kDayMs;
  if (equalsIgnoringCase(field, "month")) return *millisFromCivil({.year = time.year, .month = time.month});
  if (equalsIgnoringCase(field, "quarter"))
    return *millisFromCivil({.year = time.year, .month = (time.month - 1) / 3 * 3 + 1});
  if (equalsIgnoringCase(field, "year")) return startOfYear(time.year);
  return Issue::DomainError;
}

Checked<std::string> formatDate(L ms, S pattern) {
  if (!inRange(ms)) return Issue::DomainError;
  auto text = formattedDate(ms, pattern);
  if (!text) return Issue::DomainError;
  return std::move(*text);
}

Checked<L> toTimestamp(S text) {
  const auto ms = parseIsoTime(text);
  if (!ms) return Issue::CastFailed;
  return *ms;
}
Checked<L> toTimestampNs(S text) {
  constexpr L kFarthest = std::numeric_limits<L>::max() / 1'000'000 - 1;
  const auto instant = parseIsoInstant(text);
  if (!instant) return Issue::CastFailed;
  if (instant->ms > kFarthest || instant->ms < -kFarthest) return Issue::Overflow;
  return instant->ms * 1'000'000 + instant->nanos;
}
L sameTime(L ms) { return ms; }

}  // namespace

std::vector<std::string> timeFields(std::string_view function) {
  std::vector<std::string> out;
  if (function == "EXTRACT")
    for (const TimeField& field : kFields) out.emplace_back(field.name);
  if (function == "DATE_TRUNC") {
    for (const auto& [name, length] : kFixed) out.emplace_back(name);
    for (const char* name : {"week", "month", "quarter", "year"}) out.emplace_back(name);
  }
  return out;
}

std::vector<ScalarFunction> timeFunctions() {
  using enum Type;
  return {
      {.name = "EXTRACT",
       .signature = "EXTRACT(field FROM ts), EXTRACT('field', ts)",
       .help = "Part of a time in UTC: year, quarter, month, week (ISO), day, dow (0 is Sunday), doy, hour, minute, "
               "second, millisecond, epoch (seconds).",
       .example = "EXTRACT(HOUR FROM 7200000)",
       .exampleResult = "2",
       .overloads = {{Long, {String, Long}, lift<&extract>}}},
      {.name = "DATE_TRUNC",
       .signature = "DATE_TRUNC('field', ts)",
       .help = "Start of the second, minute, hour, day, week (Monday), month, quarter or year, in UTC.",
       .example = "DATE_TRUNC('minute', 61500)",
       .exampleResult = "60000",
       .overloads = {{Long, {String, Long}, lift<&dateTrunc>}}},
      {.name = "FORMAT_DATE",
       .aliases = "DATE_FORMAT",
       .signature = "FORMAT_DATE(ts, pattern)",
       .help = "A time in UTC as text. Patterns: %Y %y %m %b %B %d %H %I %M %S %L (ms) %p %a %A %j %F (%Y-%m-%d) %T "
               "(%H:%M:%S) %%, or the letters of Java: yyyy yy M MM MMM MMMM d dd H HH h hh m mm s ss S SS SSS SSSSSS "
               "E EEEE "
               "DDD a with texts in quotes. Another letter is an error.",
       .example = "FORMAT_DATE(61500, '%H:%M:%S.%L')",
       .exampleResult = "\"00:01:01.500\"",
       .overloads = {{String, {Long, String}, lift<&formatDate>}}},
      {.name = "TO_TIMESTAMP",
       .signature = "TO_TIMESTAMP(text)",
       .help = "Milliseconds since 1970 of an ISO 8601 time; without a zone it is UTC.",
       .example = "TO_TIMESTAMP('1970-01-01T00:01:00Z')",
       .exampleResult = "60000",
       .overloads = {{Long, {Long}, lift<&sameTime>}, {Long, {String}, lift<&toTimestamp>}}},
      {.name = "TO_TIMESTAMP_NS",
       .signature = "TO_TIMESTAMP_NS(text)",
       .help = "Nanoseconds since 1970 of an ISO 8601 time; without a zone it is UTC.",
       .example = "TO_TIMESTAMP_NS('1970-01-01T00:00:00.000001002Z')",
       .exampleResult = "1002",
       .overloads = {{Long, {String}, lift<&toTimestampNs>}}},
  };
}

}  // namespace weir
