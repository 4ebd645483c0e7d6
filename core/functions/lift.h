// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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
inline void put(Call& call, double value) { call.out.appendReal(value); }
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

/// Makes a kernel of a plain function over values: NULL in any argument gives NULL.
template <auto Function>
constexpr Kernel lift = &lifting::Lift<Function>::run;

}  // namespace weir
