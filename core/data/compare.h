// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/data/column.h"

namespace weir {

/// Compares a LONG with a finite DOUBLE by their values; neither is brought to the other's type, which would round it.
inline std::weak_ordering orderOf(int64_t a, double b) {
  // 2^63 is a DOUBLE, the greatest LONG is not.
  constexpr double kLimit = 9223372036854775808.0;
  if (b >= kLimit) return std::weak_ordering::less;
  if (b < -kLimit) return std::weak_ordering::greater;
  const auto whole = static_cast<int64_t>(b);
  if (a != whole) return a < whole ? std::weak_ordering::less : std::weak_ordering::greater;
  const double rest = b - static_cast<double>(whole);
  return rest > 0 ? std::weak_ordering::less : rest < 0 ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

/// A number of any type. An OBJECT's is a LONG where it is one exactly.
struct Number {
  bool isWhole = true;
  int64_t whole = 0;
  double real = 0;

  Number() = default;
  explicit Number(int64_t value) : whole(value) {}
  explicit Number(double value) : isWhole(false), real(value) {}
};

inline std::weak_ordering orderOf(const Number& a, const Number& b) {
  if (a.isWhole && b.isWhole) return a.whole <=> b.whole;
  if (a.isWhole) return orderOf(a.whole, b.real);
  if (b.isWhole) {
    const auto turned = orderOf(b.whole, a.real);
    return std::is_lt(turned)   ? std::weak_ordering::greater
           : std::is_gt(turned) ? std::weak_ordering::less
                                : std::weak_ordering::equivalent;
  }
  return a.real < b.real   ? std::weak_ordering::less
         : a.real > b.real ? std::weak_ordering::greater
                           : std::weak_ordering::equivalent;
}

/// The number that JSON text says, also within quotes; nothing when it says none.
std::optional<Number> numberIn(std::string_view json);
/// The number in a row of a column of numbers or of OBJECTs. The row is not NULL.
std::optional<Number> numberAt(const Column& column, size_t row);
/// Whether two values of comparable types are equal; numbers are whatever their types. Neither is NULL.
bool sameValue(const Column& a, size_t i, const Column& b, size_t j);

}  // namespace weir
