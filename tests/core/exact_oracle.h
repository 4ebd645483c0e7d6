// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace weir {

/// A whole number of any size, slow and plain: the judge of sums must share nothing with them.
class Big {
public:
  Big() = default;
  explicit Big(int64_t value) : m_negative(value < 0) {
    uint64_t size = value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
    for (; size != 0; size >>= 32) m_digits.push_back(static_cast<uint32_t>(size));
  }
  /// x / 2^exponent, which must be whole.
  Big(double x, int exponent) {
    int power = 0;
    const double fraction = std::frexp(x, &power);
    int64_t digits = static_cast<int64_t>(std::ldexp(fraction, 53));
    for (power -= 53; digits != 0 && power < exponent; ++power) digits /= 2;
    *this = Big(digits).times2(power < exponent ? 0 : power - exponent);
  }

  bool isZero() const { return m_digits.empty(); }
  bool isNegative() const { return m_negative; }
  Big operator-() const {
    Big out = *this;
    out.m_negative = !m_negative && !isZero();
    return out;
  }
  Big magnitude() const { return m_negative ? -*this : *this; }
  Big times2(int power) const {
    if (isZero()) return *this;
    Big out;
    out.m_negative = m_negative;
    out.m_digits.assign(static_cast<size_t>(power / 32), 0);
    uint64_t carry = 0;
    for (const uint32_t digit : m_digits) {
      carry |= uint64_t{digit} << (power % 32);
      out.m_digits.push_back(static_cast<uint32_t>(carry));
      carry >>= 32;
    }
    if (carry != 0) out.m_digits.push_back(static_cast<uint32_t>(carry));
    return out;
  }
  friend Big operator+(const Big& a, const Big& b) {
    if (a.m_negative != b.m_negative) {
      const bool aIsLess = compareSizes(a, b) < 0;
      Big out = aIsLess ? difference(b, a) : difference(a, b);
      out.m_negative = (aIsLess ? b : a).m_negative && !out.isZero();
      return out;
    }
    Big out;
    out.m_negative = a.m_negative;
    uint64_t carry = 0;
    for (size_t i = 0; i < std::max(a.m_digits.size(), b.m_digits.size()) || carry != 0; ++i) {
      carry += uint64_t{a.digit(i)} + b.digit(i);
      out.m_digits.push_back(static_cast<uint32_t>(carry));
      carry >>= 32;
    }
    return out;
  }
  friend Big operator-(const Big& a, const Big& b) { return a + -b; }
  friend Big operator*(const Big& a, const Big& b) {
    Big out;
    out.m_negative = a.m_negative != b.m_negative && !a.isZero() && !b.isZero();
    out.m_digits.assign(a.m_digits.size() + b.m_digits.size(), 0);
    for (size_t i = 0; i < a.m_digits.size(); ++i) {
      uint64_t carry = 0;
      for (size_t j = 0; j < b.m_digits.size() || carry != 0; ++j) {
        carry += uint64_t{a.m_digits[i]} * b.digit(j) + out.m_digits[i + j];
        out.m_digits[i + j] = static_cast<uint32_t>(carry);
        carry >>= 32;
      }
    }
    out.trim();
    return out;
  }
  friend bool operator<=(const Big& a, const Big& b) { return !(b - a).isNegative(); }
  /// a / b within a few units of the last place of a DOUBLE.
  friend double ratio(const Big& a, const Big& b) {
    int powerA = 0;
    int powerB = 0;
    const double quotient = a.leading(powerA) / b.leading(powerB);
    return std::ldexp(quotient, powerA - powerB);
  }

private:
  uint32_t digit(size_t i) const { return i < m_digits.size() ? m_digits[i] : 0; }
  void trim() {
    while (!m_digits.empty() && m_digits.back() == 0) m_digits.pop_back();
  }
  static int compareSizes(const Big& a, const Big& b) {
    if (a.m_digits.size() != b.m_digits.size()) return a.m_digits.size() < b.m_digits.size() ? -1 : 1;
    for (size_t i = a.m_digits.size(); i-- > 0;)
      if (a.m_digits[i] != b.m_digits[i]) return a.m_digits[i] < b.m_digits[i] ? -1 : 1;
    return 0;
  }
  static Big difference(const Big& a, const Big& b) {
    Big out;
    int64_t borrow = 0;
    for (size_t i = 0; i < a.m_digits.size(); ++i) {
      int64_t digit = int64_t{a.m_digits[i]} - b.digit(i) - borrow;
      borrow = digit < 0 ? 1 : 0;
      if (borrow != 0) digit += int64_t{1} << 32;
      out.m_digits.push_back(static_cast<uint32_t>(digit));
    }
    out.trim();
    return out;
  }
  double leading(int& power) const {
    double out = 0;
    const size_t from = m_digits.size() > 4 ? m_digits.size() - 4 : 0;
    for (size_t i = m_digits.size(); i-- > from;) out = out * 4294967296.0 + m_digits[i];
    power = static_cast<int>(from) * 32;
    return m_negative ? -out : out;
  }

  bool m_negative = false;
  std::vector<uint32_t> m_digits;  ///< least first
};

/// above / below * 2^exponent; `below` is positive.
struct Ratio {
  Big above;
  Big below;
  int exponent = 0;

  bool fitsDouble() const {
    // Half a unit beyond the greatest DOUBLE is where rounding goes to infinity.
    const Big limit = Big((int64_t{1} << 54) - 1).times2(970 + 2200) * below;
    return !(limit <= above.magnitude().times2(exponent + 2200));
  }
  /// How far `got` is from it, in units of got's last place.
  double unitsFrom(double got) const {
    int power = 0;
    std::frexp(got, &power);
    const int unit = got == 0 ? -1074 : std::max(power - 53, -1074);
    const int least = std::min(unit, exponent);
    const Big distance = above.times2(exponent - least) - Big(got, unit).times2(unit - least) * below;
    return ratio(distance.magnitude(), below.times2(unit - least));
  }
};

}  // namespace weir
