// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/int128.h"
#include "core/functions/scalar_function.h"

namespace weir {

/// A result that may be NULL for a reason that is counted.
template <class T>
struct Checked {
  T value{};
  Issue issue = Issue::None;
  Checked(T v) : value(std::move(v)) {}
  Checked(Issue i) : issue(i) {}
};

/// A whole number as INT or LONG; what does not fit is an overflow.
template <Type T>
Checked<int64_t> fitted(Int128 value) {
  const Int128 least = T == Type::Int ? std::numeric_limits<int32_t>::min() : std::numeric_limits<int64_t>::min();
  const Int128 most = T == Type::Int ? std::numeric_limits<int32_t>::max() : std::numeric_limits<int64_t>::max();
  if (value < least || value > most) return Issue::Overflow;
  return static_cast<int64_t>(value);
}

namespace lifting {

template <class T>
T cell(const Column& column, size_t row) {
  if constexpr (std::same_as<T, bool>)
    return column.integer(row) != 0;
  else if constexpr (std::same_as<T, int64_t>)
    return column.integer(row);
  else if constexpr (std::same_as<T, double>)
    return column.real(row);
  else
    return column.text(row);
}

inline void put(Call& call, bool value) { call.out.appendInteger(value ? 1 : 0); }
inline void put(Call& call, int64_t value) { call.out.appendInteger(value); }
// Here, so that no function lets infinity stand for a value that is not there.
inline void put(Call& call, double value) {
  if (std::isfinite(value))
    call.out.appendReal(value);
  else
    call.fail(std::isnan(value) ? Issue::DomainError : Issue::Overflow);
}
inline void put(Call& call, std::string_view value) { call.out.appendText(value); }
inline void put(Call& call, const std::string& value) { call.out.appendText(value); }
template <class T>
void put(Call& call, const std::optional<T>& value) {
  if (value)
    put(call, *value);
  else
    call.out.appendNull();
}
template <class T>
void put(Call& call, const Checked<T>& value) {
  if (value.issue == Issue::None)
    put(call, value.value);
  else
    call.fail(value.issue);
}

template <auto Function>
struct Lift;

template <class R, class... A, R (*Function)(A...)>
struct Lift<Function> {
  static void run(Call& call) { rows(call, std::index_sequence_for<A...>{}); }

private:
  template <size_t... I>
  static void rows(Call& call, std::index_sequence<I...>) {
    call.out.reserve(call.rows);
    for (size_t row = 0; row < call.rows; ++row) {
      if ((call.args[I]->isNull(row) || ...))
        call.out.appendNull();
      else
        put(call, Function(cell<A>(*call.args[I], row)...));
    }
  }
};

template <class R, R (*Function)()>
struct Lift<Function> {
  static void run(Call& call) {
    for (size_t row = 0; row < call.rows; ++row) put(call, Function());
  }
};

}  // namespace lifting

/// Makes a kernel of a plain function over values: NULL in any argument gives NULL. A DOUBLE beyond the range is NULL
/// and counts as overflow, NaN as domain error.
template <auto Function>
constexpr Kernel lift = &lifting::Lift<Function>::run;

}  // namespace weir
