// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/data/batch.h"

namespace weir {

/// A moment in UTC, taken apart.
struct CivilTime {
  int year = 1970;
  unsigned month = 1;
  unsigned day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
};

CivilTime civilFromMillis(int64_t ms);
/// Returns nothing for a date that does not exist.
std::optional<int64_t> millisFromCivil(const CivilTime& time);

/// Reads ISO 8601, e.g. 2023-09-25T07:49:37.708706Z: date alone or with a time, `T` or a space between, any number of
/// decimals (cut to ms, or to ns), `Z`, `+hh:mm` or no zone (UTC).
std::optional<int64_t> parseIsoTime(std::string_view text);
std::optional<EventInstant> parseIsoInstant(std::string_view text);

/// "2023-09-25T07:49:37.708Z".
std::string isoTime(int64_t ms);

}  // namespace weir
