// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/functions/exact_number.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

namespace weir {

namespace {

// The exponent of the least digit of a DOUBLE that is not zero.
constexpr int kLeastExponent = -1074;

uint64_t wordOf(const ExactNumber& x, int index) {
  return index >= 0 && static_cast<size_t>(index) < x.size ? x.words[static_cast<size_t>(index)] : 0;
}

// `count` words from bit `from` on; outside the number there are zeros.
void cut(const ExactNumber& x, int from, uint64_t* out, size_t count) {
  const int word = from >> 6;
  const int bit = from & 63;
  uint64_t low = wordOf(x, word);
  for (size_t i = 0; i < count; ++i) {
    const uint64_t high = wordOf(x, word + static_cast<int>(i) + 1);
    out[i] = low >> bit | (high << 1) << (63 - bit);
    low = high;
  }
}

bool anyBelow(const ExactNumber& x, int bit) {
  if (bit <= 0) return false;
  const int word = bit >> 6;
  for (int i = 0; i < word; ++i)
    if (wordOf(x, i) != 0) return true;
  return (wordOf(x, word) & ((uint64_t{1} << (bit & 63)) - 1)) != 0;
}

// The first 62 to 64 bits of a number, and whether anything comes after them.
struct Leading {
  bool negative;
  uint64_t digits;
  int exponent;
  bool more;
};

Leading leading(const ExactNumber& a) {
  const int from = a.bits() - 64;
  uint64_t digits = 0;
  cut(a, from, &digits, 1);
  return {a.negative, digits, a.exponent + from, anyBelow(a, from)};
}

// One step of long division in base 2^64 (Knuth, The Art of Computer Programming 2, 4.3.1 D): the dividend is taken to
// as many bits as make the quotient one word.
Leading leading(const ExactNumber& a, const ExactNumber& b) {
  const size_t size = b.size;
  const int shiftB = std::countl_zero(b.words[size - 1]);
  const int from = a.bits() - (64 * static_cast<int>(size + 1) - 1);
  std::array<uint64_t, ExactNumber::kMostWords> divisor;
  std::array<uint64_t, ExactNumber::kMostWords + 1> rest;
  cut(b, -shiftB, divisor.data(), size);
  cut(a, from, rest.data(), size + 1);
  uint64_t& top = rest[size];
  auto quotient = static_cast<uint64_t>((UInt128{top} << 64 | rest[size - 1]) / divisor[size - 1]);
  uint64_t carry = 0;
  for (size_t i = 0; i < size; ++i) {
    const UInt128 product = UInt128{quotient} * divisor[i] + carry;
    const auto low = static_cast<uint64_t>(product);
    carry = static_cast<uint64_t>(product >> 64) + (rest[i] < low ? 1 : 0);
    rest[i] -= low;
  }
  bool below = top < carry;
  top -= carry;
  // The guess was at most two too high.
  while (below) {
    --quotient;
    uint64_t over = 0;
    for (size_t i = 0; i < size; ++i) {
      const UInt128 sum = UInt128{rest[i]} + divisor[i] + over;
      rest[i] = static_cast<uint64_t>(sum);
      over = static_cast<uint64_t>(sum >> 64);
    }
    top += over;
    below = over == 0 || top != 0;
  }
  bool more = anyBelow(a, from);
  for (size_t i = 0; i <= size && !more; ++i) more = rest[i] != 0;
  return {a.negative != b.negative, quotient, a.exponent + from - b.exponent + shiftB, more};
}

std::optional<double> rounded(const Leading& x) {
  const int width = 64 - std::countl_zero(x.digits);
  const int last = std::max(x.exponent + width - 53, kLeastExponent);
  const int drop = last - x.exponent;
  assert(drop > 0);
  uint64_t kept = 0;
  // Beyond 64 bits nothing comes near half of the least DOUBLE.
  if (drop <= 64) {
    kept = drop == 64 ? 0 : x.digits >> drop;
    const uint64_t half = uint64_t{1} << (drop - 1);
    const uint64_t rest = x.digits & (2 * half - 1);
    if (rest > half || (rest == half && (x.more || (kept & 1) != 0))) ++kept;
  }
  // The hidden bit of `kept`, where it is there, counts the exponent up by one.
  const int64_t power = int64_t{last} - kLeastExponent;
  if (power > 2046) return std::nullopt;
  const uint64_t bits = (static_cast<uint64_t>(power) << 52) + kept;
  if (bits >= uint64_t{0x7ff} << 52) return std::nullopt;
  const double value = std::bit_cast<double>(bits);
  return x.negative && value != 0 ? -value : value;
}

}  // namespace

ExactNumber::ExactNumber(Int128 value) : negative(value < 0) {
  const UInt128 digits = negative ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
  words[0] = static_cast<uint64_t>(digits);
  words[1] = static_cast<uint64_t>(digits >> 64);
  size = 2;
  trim();
}

ExactNumber::ExactNumber(const ExactNumber& other) { *this = other; }

ExactNumber& ExactNumber::operator=(const ExactNumber& other) {
  negative = other.negative;
  exponent = other.exponent;
  size = other.size;
  std::copy_n(other.words.begin(), size, words.begin());
  return *this;
}

int ExactNumber::bits() const {
  return size == 0 ? 0 : static_cast<int>(size) * 64 - std::countl_zero(words[size - 1]);
}

void ExactNumber::trim() {
  while (size > 0 && words[size - 1] == 0) --size;
  if (size == 0) {
    negative = false;
    exponent = 0;
    return;
  }
  size_t zeros = 0;
  while (zeros < size && words[zeros] == 0) ++zeros;
  if (zeros == 0) return;
  size -= zeros;
  for (size_t i = 0; i < size; ++i) words[i] = words[i + zeros];
  exponent += static_cast<int>(zeros) * 64;
}

void addShifted(std::span<uint64_t> sum, std::span<const uint64_t> words, size_t at, bool negative) {
  const unsigned bit = at % 64;
  // Taking off is adding the complement, with a carry of one, which runs on to the end.
  const uint64_t flip = negative ? ~uint64_t{0} : 0;
  uint64_t carry = negative ? 1 : 0;
  uint64_t below = 0;
  size_t i = at / 64;
  const auto add = [&](uint64_t part) {
    const UInt128 result = UInt128{sum[i]} + (part ^ flip) + carry;
    sum[i++] = static_cast<uint64_t>(result);
    carry = static_cast<uint64_t>(result >> 64);
  };
  for (const uint64_t word : words) {
    if (i == sum.size()) return;
    add(word << bit | below);
    below = (word >> 1) >> (63 - bit);
  }
  if (i < sum.size()) add(below);
  while (i < sum.size() && carry != flip % 2) add(0);
}

ExactNumber fromComplement(std::span<const uint64_t> words, int exponent) {
  assert(words.size() <= ExactNumber::kMostWords);
  ExactNumber out;
  out.exponent = exponent;
  out.size = words.size();
  out.negative = words.back() >> 63 != 0;
  uint64_t one = out.negative ? 1 : 0;
  const uint64_t flip = -one;
  for (size_t i = 0; i < words.size(); ++i) {
    out.words[i] = (words[i] ^ flip) + one;
    one = one != 0 && out.words[i] == 0 ? 1 : 0;
  }
  out.trim();
  return out;
}

ExactNumber operator*(const ExactNumber& a, const ExactNumber& b) {
  ExactNumber out;
  if (a.isZero() || b.isZero()) return out;
  out.negative = a.negative != b.negative;
  out.exponent = a.exponent + b.exponent;
  const size_t sizeA = a.size;
  const size_t sizeB = b.size;
  out.size = sizeA + sizeB;
  assert(out.size <= ExactNumber::kMostWords);
  for (size_t i = 0; i < sizeA; ++i) {
    const UInt128 factor = a.words[i];
    uint64_t* const to = &out.words[i];
    uint64_t carry = 0;
    for (size_t j = 0; j < sizeB; ++j) {
      const UInt128 sum = factor * b.words[j] + (i == 0 ? 0 : to[j]) + carry;
      to[j] = static_cast<uint64_t>(sum);
      carry = static_cast<uint64_t>(sum >> 64);
    }
    to[sizeB] = carry;
  }
  out.trim();
  return out;
}

ExactNumber operator-(const ExactNumber& a) {
  ExactNumber out = a;
  out.negative = !a.negative && !a.isZero();
  return out;
}

ExactNumber operator-(const ExactNumber& a, const ExactNumber& b) {
  if (b.isZero()) return a;
  if (a.isZero()) return -b;
  const int exponent = std::min(a.exponent, b.exponent);
  const auto shiftA = static_cast<size_t>(a.exponent - exponent);
  const auto shiftB = static_cast<size_t>(b.exponent - exponent);
  const size_t bits = std::max(shiftA + 64 * a.size, shiftB + 64 * b.size);
  // One word more holds the sign.
  std::array<uint64_t, ExactNumber::kMostWords> sum;
  const std::span<uint64_t> used(sum.data(), bits / 64 + 2);
  assert(used.size() <= sum.size());
  std::fill(used.begin(), used.end(), 0);
  addShifted(used, {a.words.data(), a.size}, shiftA, a.negative);
  addShifted(used, {b.words.data(), b.size}, shiftB, !b.negative);
  return fromComplement(used, exponent);
}

ExactNumber operator+(const ExactNumber& a, const ExactNumber& b) { return a - -b; }

std::optional<double> rounded(const ExactNumber& a) {
  if (a.isZero()) return 0.0;
  return rounded(leading(a));
}

std::optional<double> roundedQuotient(const ExactNumber& a, const ExactNumber& b) {
  if (a.isZero()) return 0.0;
  return rounded(leading(a, b));
}

std::optional<double> roundedRoot(const ExactNumber& a, const ExactNumber& b) {
  if (a.isZero()) return 0.0;
  const Leading square = leading(a, b);
  const bool isOdd = square.exponent % 2 != 0;
  // Both parts are exact; the root of the first is brought nearer to that of the whole by one step of Newton.
  constexpr uint64_t kLow = 0x7ff;
  const double high = static_cast<double>(square.digits & ~kLow) * (isOdd ? 2 : 1);
  const double low = static_cast<double>(square.digits & kLow) * (isOdd ? 2 : 1);
  const double first = std::sqrt(high);
  const double digits = first + (std::fma(-first, first, high) + low) / (2 * first);
  const double root = std::ldexp(digits, (square.exponent - (isOdd ? 1 : 0)) / 2);
  if (!std::isfinite(root)) return std::nullopt;
  return root;
}

}  // namespace weir
