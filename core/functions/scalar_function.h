// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "core/data/column.h"

namespace weir {

/// Why an expression gave NULL where its inputs were there. Counted, never fatal.
enum class Issue : uint8_t { None, CastFailed, DivByZero, Overflow, DomainError, Approximated };
constexpr size_t kIssueKinds = 6;

/// Counts issues; each kind keeps the first expression and row that had it. One thread only.
struct Issues {
  std::array<uint64_t, kIssueKinds> counts{};
  void count(Issue issue, uint64_t times = 1) { counts[static_cast<size_t>(issue)] += times; }
  uint64_t of(Issue issue) const { return counts[static_cast<size_t>(issue)]; }
};

/// One call of a function over a column's worth of rows. All arguments have `rows` values of the overload's types.
struct Call {
  std::span<const ColumnPtr> args;
  size_t rows = 0;
  Column& out;
  Issues& issues;
  uint32_t weight = 1;  ///< how many written occurrences this call stands for

  void fail(Issue issue) const {
    out.appendNull();
    issues.count(issue, weight);
  }
};

using Kernel = void (*)(Call&);

/// One typed form of a function. Arguments that widen to `params` are widened first.
struct Overload {
  Type result = Type::Null;
  std::vector<Type> params;
  Kernel kernel = nullptr;
  bool variadic = false;  ///< the last parameter repeats
};

/// How the result's type follows from the arguments'.
enum class TypeRule {
  Overloads,  ///< the first overload whose parameters the arguments widen to
  Common,     ///< all arguments take their common type, which is the result's
  First,      ///< arguments have a common type, numbers keep their own; the result is the first one's
};

/// A function of the language with what its user needs to know. `example` is an expression over literals whose value,
/// written as JSON, is `exampleResult`; tests run it.
struct ScalarFunction {
  std::string_view name;
  std::string_view aliases;  ///< `|` between them
  std::string_view signature;
  std::string_view help;
  std::string_view example;
  std::string_view exampleResult;
  TypeRule rule = TypeRule::Overloads;
  size_t least = 1;  ///< arguments, under Common and First
  size_t most = 1;
  Kernel kernel = nullptr;  ///< under Common and First
  std::vector<Overload> overloads;
};

}  // namespace weir
