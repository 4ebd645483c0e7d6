// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/int128.h"

namespace weir {

/// A number that nothing was rounded off: words in base 2^64, least first, times 2^exponent. Large enough for sums of
/// products of three doubles, and for the product of two sums.
struct ExactNumber {
  static constexpr size_t kMostWords = 144;

  bool negative = false;
  int exponent = 0;
  size_t size = 0;  ///< words in use, the last one not zero; 0 has none
  // Not cleared: what is finished after each row must not pay for words that it does not use.
  std::array<uint64_t, kMostWords> words;  // NOLINT(cppcoreguidelines-pro-type-member-init)

  ExactNumber() {}  // NOLINT(modernize-use-equals-default): that would clear the words
  explicit ExactNumber(Int128 value);
  ExactNumber(const ExactNumber& other);
  ExactNumber& operator=(const ExactNumber& other);
  ~ExactNumber() = default;

  bool isZero() const { return size == 0; }
  /// How many bits the words take.
  int bits() const;
  /// Drops words that are zero at either end; 0 has no sign and no exponent.
  void trim();
};

/// Adds `words` to `sum` from bit `at` on, or takes them off: two's complement, least first, and wide enough.
void addShifted(std::span<uint64_t> sum, std::span<const uint64_t> words, size_t at, bool negative);
/// Reads two's complement words, of which the top one holds the sign.
ExactNumber fromComplement(std::span<const uint64_t> words, int exponent);

ExactNumber operator*(const ExactNumber& a, const ExactNumber& b);
ExactNumber operator-(const ExactNumber& a);
ExactNumber operator-(const ExactNumber& a, const ExactNumber& b);
ExactNumber operator+(const ExactNumber& a, const ExactNumber& b);

/// The nearest DOUBLE, of two equally near ones the even one. Nothing when it is beyond the range.
std::optional<double> rounded(const ExactNumber& a);
/// The same of a / b, which is not rounded before; b is not zero.
std::optional<double> roundedQuotient(const ExactNumber& a, const ExactNumber& b);
/// The square root of a / b within one unit in the last place; neither is negative, b is not zero.
std::optional<double> roundedRoot(const ExactNumber& a, const ExactNumber& b);

}  // namespace weir
