// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/time_text.h"

#include <chrono>
#include <cstdio>

#include "core/base/clock.h"
#include "core/base/text.h"

namespace weir {

namespace {

constexpr int64_t kDayMs = 86'400'000;

// Reads exactly `digits` digits off the front.
std::optional<int> takeDigits(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  for (size_t i = 0; i < digits; ++i)
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  const auto value = parseNumber<int>(text.substr(0, digits));
  text.remove_prefix(digits);
  return value;
}

bool takeChar(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

CivilTime civilFromMillis(int64_t ms) {
  const int64_t days = floorDivide(ms, kDayMs);
  const auto rest = static_cast<int>(ms - days * kDayMs);
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return {int{date.year()},  unsigned{date.month()}, unsigned{date.day()}, rest / 3600000,
          rest / 60000 % 60, rest / 1000 % 60,       rest % 1000};
}

std::optional<int64_t> millisFromCivil(const CivilTime& t) {
  const std::chrono::year_month_day date{std::chrono::year{t.year}, std::chrono::month{t.month},
                                         std::chrono::day{t.day}};
  if (!date.ok() || t.hour < 0 || t.hour > 23 || t.minute < 0 || t.minute > 59 || t.second < 0 || t.second > 60 ||
      t.millisecond < 0 || t.millisecond > 999)
    return std::nullopt;
  const int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  return days * kDayMs + ((t.hour * 60LL + t.minute) * 60 + t.second) * 1000 + t.millisecond;
}

std::optional<int64_t> parseIsoTime(std::string_view text) {
  const auto instant = parseIsoInstant(text);
  return instant ? std::optional<int64_t>(instant->ms) : std::nullopt;
}

std::optional<EventInstant> parseIsoInstant(std::string_view text) {
  text = trimmed(text);
  uint32_t nanos = 0;
  CivilTime time;
  const auto year = takeDigits(text, 4);
  if (!year || !takeChar(text, '-')) return std::nullopt;
  const auto month = takeDigits(text, 2);
  if (!month || !takeChar(text, '-')) return std::nullopt;
  const auto day = takeDigits(text, 2);
  if (!day) return std::nullopt;
  time.year = *year;
  time.month = static_cast<unsigned>(*month);
  time.day = static_cast<unsigned>(*day);
  int64_t zoneMinutes = 0;
  if (!text.empty()) {
    if (!takeChar(text, 'T') && !takeChar(text, 't') && !takeChar(text, ' ')) return std::nullopt;
    const auto hour = takeDigits(text, 2);
    if (!hour || !takeChar(text, ':')) return std::nullopt;
    const auto minute = takeDigits(text, 2);
    if (!minute) return std::nullopt;
    time.hour = *hour;
    time.minute = *minute;
    if (takeChar(text, ':')) {
      const auto second = takeDigits(text, 2);
      if (!second) return std::nullopt;
      time.second = *second;
      if (takeChar(text, '.') || takeChar(text, ',')) {
        uint32_t scale = 100'000'000;
        size_t digits = 0;
        for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits, scale /= 10)
          nanos += static_cast<uint32_t>(text[digits] - '0') * scale;
        if (digits == 0) return std::nullopt;
        time.millisecond = static_cast<int>(nanos / 1'000'000);
        text.remove_prefix(digits);
      }
    }
    if (!takeChar(text, 'Z') && !takeChar(text, 'z') && !text.empty()) {
      const bool west = text.front() == '-';
      if (!takeChar(text, '+') && !takeChar(text, '-')) return std::nullopt;
      const auto hours = takeDigits(text, 2);
      takeChar(text, ':');
      const auto minutes = text.empty() ? std::optional<int>(0) : takeDigits(text, 2);
      if (!hours || !minutes || *hours > 18 || *minutes > 59) return std::nullopt;
      zoneMinutes = (west ? -1 : 1) * (int64_t{*hours} * 60 + *minutes);
    }
    if (!text.empty()) return std::nullopt;
  }
  const auto ms = millisFromCivil(time);
  if (!ms) return std::nullopt;
  return EventInstant{*ms - zoneMinutes * 60000, nanos % 1'000'000};
}

std::string isoTime(int64_t ms) {
  const CivilTime t = civilFromMillis(ms);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", t.year, t.month, t.day, t.hour, t.minute,
                t.second, t.millisecond);
  return buffer;
}

}  // namespace weir
