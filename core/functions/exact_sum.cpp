// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/functions/exact_sum.h"

#include <algorithm>
#include <cassert>

namespace weir {

void FarDigits::add(std::span<const uint64_t> words, int exponent, bool negative) {
  if (m_words.empty()) {
    m_base = exponent;
    m_words.assign(1, 0);
  }
  if (exponent < m_base) {
    const auto more = static_cast<size_t>((m_base - exponent + 63) / 64);
    m_words.insert(m_words.begin(), more, 0);
    m_base -= static_cast<int>(more) * 64;
  }
  const auto at = static_cast<size_t>(exponent - m_base);
  // The top word holds the sign and what is carried.
  const uint64_t sign = m_words.back() >> 63 != 0 ? ~uint64_t{0} : 0;
  const size_t needed = at / 64 + words.size() + 2;
  if (m_words.size() < needed) m_words.resize(needed, sign);
  addShifted(m_words, words, at, negative);
}

bool FarDigits::isZero() const {
  return std::all_of(m_words.begin(), m_words.end(), [](uint64_t word) { return word == 0; });
}

template <size_t Factors>
void ExactSum<Factors>::putOther(const Term& term, bool back) {
  bool negative = back;
  int exponent = 0;
  Digits digits{};
  for (size_t i = 0; i < Factors; ++i) {
    if (term[i] == 0) return;
    const auto bits = std::bit_cast<uint64_t>(term[i]);
    const auto power = static_cast<int>(bits >> 52 & 0x7ff);
    assert(power != 0x7ff);
    // Subnormal numbers have the exponent of the least normal ones, and no hidden bit.
    exponent += std::max(power, 1);
    negative = negative != (bits >> 63 != 0);
    multiply(digits, i, (bits & (kHidden - 1)) | (power == 0 ? 0 : kHidden));
  }
  place(digits, exponent, negative);
}

template <size_t Factors>
void ExactSum<Factors>::place(std::span<const uint64_t> words, int exponent, bool negative) {
  while (words.back() == 0) words = words.first(words.size() - 1);
  while (words.front() == 0) {
    words = words.subspan(1);
    exponent += 64;
  }
  const bool isEmpty = std::all_of(m_words.begin(), m_words.end(), [](uint64_t word) { return word == 0; });
  if (isEmpty) m_base = exponent - static_cast<int>(kRoom / 2);
  const int at = exponent - m_base;
  const int bits = static_cast<int>(words.size()) * 64 - std::countl_zero(words.back());
  if (at >= 0 && at + bits <= kBits) return addShifted(m_words, words, static_cast<size_t>(at), negative);
  if (!m_far) m_far = std::make_unique<FarDigits>();
  m_far->add(words, exponent, negative);
  if (m_far->isZero()) m_far = nullptr;
}

template class ExactSum<1>;
template class ExactSum<2>;
template class ExactSum<3>;

}  // namespace weir
