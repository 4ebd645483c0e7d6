// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace weir {

inline bool isDecimalDigit(char c) { return c >= '0' && c <= '9'; }

/// Returns the first character that is no decimal digit, at or behind `at`.
inline const char* endOfDigits(const char* at, const char* end) {
  if constexpr (std::endian::native == std::endian::little) {
    // Eight at a time: of a byte that is no digit the high bit is set, right for the lowest such byte.
    constexpr uint64_t kOnes = 0x0101010101010101;
    for (; end - at >= 8; at += 8) {
      uint64_t word = 0;
      std::memcpy(&word, at, sizeof word);
      word ^= kOnes * '0';
      const uint64_t found = (word | (word + kOnes * (0x80 - 10))) & kOnes << 7;
      if (found) return at + std::countr_zero(found) / 8;
    }
  }
  while (at != end && isDecimalDigit(*at)) ++at;
  return at;
}

/// Finds the end of a number in the form that JSON gives it: `-1`, `0.50`, `1e9`; no leading zeros, no `+1`, no `.5`.
/// Returns nullptr when none begins at `at`.
inline const char* endOfPlainNumber(const char* at, const char* end) {
  if (at != end && *at == '-') ++at;
  if (at == end || !isDecimalDigit(*at)) return nullptr;
  const bool zero = *at == '0';
  const char* const whole = at;
  at = endOfDigits(at, end);
  if (zero && at - whole > 1) return nullptr;
  if (at != end && *at == '.') {
    const char* const fraction = ++at;
    at = endOfDigits(at, end);
    if (at == fraction) return nullptr;
  }
  if (at != end && (*at | 0x20) == 'e') {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    const char* const exponent = at;
    at = endOfDigits(at, end);
    if (at == exponent) return nullptr;
  }
  return at;
}

/// Reads the whole of `text` as such a number, correctly rounded. Nothing when it is anything else, or out of range.
std::optional<double> plainReal(std::string_view text);
/// Reads the whole of `text` as a whole number without fraction or exponent. Nothing when it is not, or past 64 bits.
std::optional<int64_t> plainInteger(std::string_view text);

}  // namespace weir
