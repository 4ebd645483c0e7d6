// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace weir {

/// Returns how many of a word's bytes, in the order of memory, come before a quote, a backslash, a control character
/// or, with `AsciiOnly`, one beyond ASCII: 8 when all are plain. Always 0 where memory has the high byte first.
template <bool AsciiOnly>
inline size_t plainBytes(uint64_t word) {
  if constexpr (std::endian::native != std::endian::little) return 0;
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHigh = kOnes << 7;
  // Of each byte the high bit, right for the lowest one that is set: zero after XOR, or below space.
  const uint64_t quote = word ^ kOnes * '"';
  const uint64_t backslash = word ^ kOnes * '\\';
  uint64_t hits = ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) | ((word - kOnes * 0x20) & ~word);
  if constexpr (AsciiOnly) hits |= word;
  hits &= kHigh;
  return hits == 0 ? sizeof word : static_cast<size_t>(std::countr_zero(hits)) / 8;
}

}  // namespace weir
