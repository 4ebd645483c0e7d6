// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/plain_number.h"

#include <array>

#include "core/base/text.h"

namespace weir {

namespace {

// So many digits fit 64 bits whatever they are.
constexpr int kSafeDigits = 19;

// All of them are exact as a DOUBLE too: that is so up to 10^22.
constexpr auto kPowersOfTen = [] {
  std::array<int64_t, kSafeDigits> powers{1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();
constexpr int64_t kExactlyADouble = int64_t{1} << 53;

}  // namespace

std::optional<double> plainReal(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  // Whole part and fraction are gathered apart, so that the processor does both at once.
  const char* const first = at;
  uint64_t whole = 0;
  while (at != end && isDecimalDigit(*at)) whole = whole * 10 + static_cast<uint64_t>(*at++ - '0');
  auto count = at - first;
  if (count == 0 || (count > 1 && *first == '0')) return std::nullopt;
  std::ptrdiff_t decimals = 0;
  uint64_t fraction = 0;
  if (at != end && *at == '.') {
    const char* const point = at++;
    while (at != end && isDecimalDigit(*at)) fraction = fraction * 10 + static_cast<uint64_t>(*at++ - '0');
    decimals = at - point - 1;
    count += decimals;
    if (decimals == 0) return std::nullopt;
  }
  // Both are exact then, and one division rounds once (Clinger 1990): nearly every price and quantity.
  if (at == end && count <= kSafeDigits) {
    const int64_t scale = kPowersOfTen[static_cast<size_t>(decimals)];
    const auto digits = static_cast<int64_t>(whole * static_cast<uint64_t>(scale) + fraction);
    if (digits >= 0 && digits <= kExactlyADouble) {
      const double value = static_cast<double>(digits) / static_cast<double>(scale);
      return negative ? -value : value;
    }
  }
  if (endOfPlainNumber(text.data(), end) != end) return std::nullopt;
  return parseNumber<double>(text);
}

std::optional<int64_t> plainInteger(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  const char* const first = at;
  int64_t value = 0;
  if (end - first >= kSafeDigits)
    return endOfPlainNumber(text.data(), end) == end ? parseNumber<int64_t>(text) : std::nullopt;
  while (at != end && isDecimalDigit(*at)) value = value * 10 + (*at++ - '0');
  if (at != end || at == first || (at - first > 1 && *first == '0')) return std::nullopt;
  return negative ? -value : value;
}

}  // namespace weir
