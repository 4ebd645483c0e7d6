// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/functions/exact_number.h"

namespace weir {

/// Holds what lies outside the few words that a sum keeps at hand: two's complement words that grow at both ends.
class FarDigits {
public:
  void add(std::span<const uint64_t> words, int exponent, bool negative);
  bool isZero() const;
  ExactNumber total() const { return fromComplement(m_words, m_base); }

private:
  int m_base = 0;
  std::vector<uint64_t> m_words;
};

/// Sums products of `Factors` finite doubles (1 to 3) and rounds nothing: rows can be taken back, and neither their
/// order nor how sums are joined is seen in the result. A few words hold the bits near those of the first value; what
/// lies further off, a hostile feed's, goes to the heap.
template <size_t Factors>
class ExactSum {
public:
  using Term = std::array<double, Factors>;

  void add(const Term& term) { put(term, false); }
  void takeBack(const Term& term) { put(term, true); }
  void add(const ExactSum& other) {
    ExactNumber total = other.total();
    if (!total.isZero()) place({total.words.data(), total.size}, total.exponent + kBias, total.negative);
  }
  ExactNumber total() const {
    ExactNumber out = fromComplement(m_words, m_base - kBias);
    if (m_far) out = out + far();
    return out;
  }

private:
  static constexpr int kDigits = 53 * static_cast<int>(Factors);
  // Shifted digits take so many words, in pairs, and begin in one of the first three.
  static constexpr size_t kParts = Factors == 1 ? 2 : 4;
  static constexpr size_t kWords = kParts + 2;
  // The top word holds the sign and what is carried, so that no number of rows overflows it.
  static constexpr int kBits = 64 * (static_cast<int>(kWords) - 1);
  static constexpr unsigned kRoom = static_cast<unsigned>(std::min(kBits - kDigits, 3 * 64 - 1));
  // Exponents are counted as in the bits of the factors, from this below the exponent of the last digit.
  static constexpr int kBias = 1075 * static_cast<int>(Factors);
  static constexpr uint64_t kHidden = uint64_t{1} << 52;
  using Digits = std::array<uint64_t, Factors>;

  // Of `digits` the first `known` are there.
  static void multiply(Digits& digits, size_t known, uint64_t by) {
    uint64_t carry = known == 0 ? by : 0;
    for (size_t i = 0; i <= known; ++i) {
      const UInt128 product = UInt128{i < known ? digits[i] : 0} * by + carry;
      digits[i] = static_cast<uint64_t>(product);
      carry = static_cast<uint64_t>(product >> 64);
    }
  }

  void put(const Term& term, bool back) {
    uint64_t sign = back ? 1 : 0;
    unsigned plain = 1;
    unsigned exponent = 0;
    Digits digits{};
    for (size_t i = 0; i < Factors; ++i) {
      const auto bits = std::bit_cast<uint64_t>(term[i]);
      const auto signAndPower = static_cast<unsigned>(bits >> 52);
      const unsigned power = signAndPower & 0x7ff;
      plain &= power - 1 < 0x7fe ? 1 : 0;  // not zero, subnormal, or infinite
      exponent += power;
      sign ^= bits >> 63;
      multiply(digits, i, (bits & (kHidden - 1)) | kHidden);
    }
    const unsigned at = exponent - static_cast<unsigned>(m_base);
    if (plain == 0 || at > kRoom) return putOther(term, back);
    const unsigned bit = at & 63;
    std::array<uint64_t, kParts> parts{};
    parts[0] = digits[0] << bit;
    for (size_t i = 1; i < Factors; ++i) parts[i] = digits[i] << bit | (digits[i - 1] >> 1) >> (63 - bit);
    parts[Factors] = (digits[Factors - 1] >> 1) >> (63 - bit);
    if (sign == 0)
      addParts<false>(parts, at >> 6);
    else
      addParts<true>(parts, at >> 6);
  }

  // Two words at a time, which compilers turn into an addition with carry.
  template <bool Minus>
  void addParts(const std::array<uint64_t, kParts>& parts, size_t word) {
    unsigned carry = 0;
    for (size_t i = 0; i < kParts; i += 2, word += 2) {
      const UInt128 part = (UInt128{parts[i + 1]} << 64 | parts[i]) + carry;
      const UInt128 old = UInt128{m_words[word + 1]} << 64 | m_words[word];
      const UInt128 now = Minus ? old - part : old + part;
      carry = Minus ? old < part : now < old;
      m_words[word] = static_cast<uint64_t>(now);
      m_words[word + 1] = static_cast<uint64_t>(now >> 64);
    }
    for (; carry != 0 && word < kWords; ++word) {
      m_words[word] += Minus ? ~uint64_t{0} : 1;
      carry = m_words[word] == (Minus ? ~uint64_t{0} : 0);
    }
  }

  void putOther(const Term& term, bool back);
  /// Adds words of any number and size.
  void place(std::span<const uint64_t> words, int exponent, bool negative);
  ExactNumber far() const {
    ExactNumber out = m_far->total();
    out.exponent -= kBias;
    return out;
  }

  std::array<uint64_t, kWords> m_words{};  ///< two's complement, least first
  int m_base = 1 << 24;                    ///< exponent of the first bit; far from all of them before the first value
  std::unique_ptr<FarDigits> m_far;
};

extern template class ExactSum<1>;
extern template class ExactSum<2>;
extern template class ExactSum<3>;

}  // namespace weir
