// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <limits>

#include "core/base/text.h"
#include "core/data/time_text.h"
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

constexpr std::array<std::pair<S, L>, 4> kFixed{{{"second", 1000}, {"minute", 60000}, {"hour", 3600000}, {"day", kDayMs}}};

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

std::string digits(L value, int width) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%0*lld", width, static_cast<long long>(value));
  return buffer;
}

constexpr std::array<S, 7> kDays{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<S, 12> kMonths{"January", "February", "March",     "April",   "May",      "June",
                                    "July",    "August",   "September", "October", "November", "December"};

// One directive of a pattern; names are the letters of yyyy-MM-dd patterns, `percent` those of %Y-%m-%d.
struct Directive {
  S letters;
  char percent;
  std::string (*text)(const CivilTime&, L ms);
};
constexpr auto kDirectives = std::to_array<Directive>({
    {"yyyy", 'Y', [](const CivilTime& t, L) { return digits(t.year, 4); }},
    {"yy", 'y', [](const CivilTime& t, L) { return digits(t.year % 100, 2); }},
    {"MMMM", 'B', [](const CivilTime& t, L) { return std::string(kMonths[t.month - 1]); }},
    {"MMM", 'b', [](const CivilTime& t, L) { return std::string(kMonths[t.month - 1].substr(0, 3)); }},
    {"MM", 'm', [](const CivilTime& t, L) { return digits(t.month, 2); }},
    {"dd", 'd', [](const CivilTime& t, L) { return digits(t.day, 2); }},
    {"HH", 'H', [](const CivilTime& t, L) { return digits(t.hour, 2); }},
    {"hh", 'I', [](const CivilTime& t, L) { return digits((t.hour + 11) % 12 + 1, 2); }},
    {"mm", 'M', [](const CivilTime& t, L) { return digits(t.minute, 2); }},
    {"ss", 'S', [](const CivilTime& t, L) { return digits(t.second, 2); }},
    {"SSS", 'L', [](const CivilTime& t, L) { return digits(t.millisecond, 3); }},
    {"EEEE", 'A', [](const CivilTime&, L ms) { return std::string(kDays[static_cast<size_t>(dayOfWeek(ms))]); }},
    {"EEE", 'a', [](const CivilTime&, L ms) { return std::string(kDays[static_cast<size_t>(dayOfWeek(ms))].substr(0, 3)); }},
    {"DDD", 'j', [](const CivilTime&, L ms) { return digits(extract("doy", ms).value, 3); }},
    {"a", 'p', [](const CivilTime& t, L) { return std::string(t.hour < 12 ? "AM" : "PM"); }},
});

Checked<std::string> formatDate(L ms, S pattern) {
  if (!inRange(ms)) return Issue::DomainError;
  const CivilTime time = civilFromMillis(ms);
  const bool percents = pattern.find('%') != S::npos;
  std::string out;
  for (size_t at = 0; at < pattern.size();) {
    const Directive* found = nullptr;
    size_t length = 1;
    if (percents) {
      if (pattern[at] == '%' && at + 1 < pattern.size()) {
        length = 2;
        for (const Directive& d : kDirectives)
          if (d.percent == pattern[at + 1]) found = &d;
        if (!found && pattern[at + 1] != '%') return Issue::DomainError;
        if (!found) ++at, length = 1;
      }
    } else if (pattern[at] == '\'') {
      const size_t close = std::min(pattern.find('\'', at + 1), pattern.size());
      out += close == at + 1 ? S("'") : pattern.substr(at + 1, close - at - 1);
      at = close + 1;
      continue;
    } else {
      const size_t end = std::min(pattern.find_first_not_of(pattern[at], at), pattern.size());
      for (const Directive& d : kDirectives)
        if (d.letters == pattern.substr(at, end - at)) found = &d;
      if (found) length = end - at;
    }
    if (found)
      out += found->text(time, ms);
    else
      out += pattern[at];
    at += length;
  }
  return out;
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
      {.name = "EXTRACT", .signature = "EXTRACT(field FROM ts), EXTRACT('field', ts)",
       .help = "Part of a time in UTC: year, quarter, month, week (ISO), day, dow (0 is Sunday), doy, hour, minute, "
               "second, millisecond, epoch (seconds).",
       .example = "EXTRACT(HOUR FROM 7200000)", .exampleResult = "2",
       .overloads = {{Long, {String, Long}, lift<&extract>}}},
      {.name = "DATE_TRUNC", .signature = "DATE_TRUNC('field', ts)",
       .help = "Start of the second, minute, hour, day, week (Monday), month, quarter or year, in UTC.",
       .example = "DATE_TRUNC('minute', 61500)", .exampleResult = "60000",
       .overloads = {{Long, {String, Long}, lift<&dateTrunc>}}},
      {.name = "FORMAT_DATE", .aliases = "DATE_FORMAT", .signature = "FORMAT_DATE(ts, pattern)",
       .help = "A time in UTC as text. Patterns: %Y %y %m %b %B %d %H %I %M %S %L (ms) %p %a %A %j %%, or yyyy MM dd HH "
               "mm ss SSS with texts in quotes.",
       .example = "FORMAT_DATE(61500, '%H:%M:%S.%L')", .exampleResult = "\"00:01:01.500\"",
       .overloads = {{String, {Long, String}, lift<&formatDate>}}},
      {.name = "TO_TIMESTAMP", .signature = "TO_TIMESTAMP(text)",
       .help = "Milliseconds since 1970 of an ISO 8601 time; without a zone it is UTC.",
       .example = "TO_TIMESTAMP('1970-01-01T00:01:00Z')", .exampleResult = "60000",
       .overloads = {{Long, {Long}, lift<&sameTime>}, {Long, {String}, lift<&toTimestamp>}}},
      {.name = "TO_TIMESTAMP_NS", .signature = "TO_TIMESTAMP_NS(text)",
       .help = "Nanoseconds since 1970 of an ISO 8601 time; without a zone it is UTC.",
       .example = "TO_TIMESTAMP_NS('1970-01-01T00:00:00.000001002Z')", .exampleResult = "1002",
       .overloads = {{Long, {String}, lift<&toTimestampNs>}}},
  };
}

}  // namespace weir
