// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "core/base/int128.h"
#include "core/functions/families.h"
#include "core/functions/lift.h"

namespace weir {

namespace {

using L = int64_t;
using D = double;
using S = std::string_view;

template <Type T>
Checked<L> add(L a, L b) {
  return fitted<T>(Int128{a} + b);
}
template <Type T>
Checked<L> subtract(L a, L b) {
  return fitted<T>(Int128{a} - b);
}
template <Type T>
Checked<L> multiply(L a, L b) {
  return fitted<T>(Int128{a} * b);
}
template <Type T>
Checked<L> negate(L a) {
  return fitted<T>(-Int128{a});
}
template <Type T>
Checked<L> integerDivide(L a, L b) {
  if (b == 0) return Issue::DivByZero;
  return fitted<T>(Int128{a} / b);
}
Checked<L> remainder(L a, L b) {
  if (b == 0) return Issue::DivByZero;
  return static_cast<L>(Int128{a} % b);
}

D addReal(D a, D b) { return a + b; }
D subtractReal(D a, D b) { return a - b; }
D multiplyReal(D a, D b) { return a * b; }
Checked<D> divideReal(D a, D b) {
  if (b == 0) return Issue::DivByZero;
  return a / b;
}
Checked<D> integerDivideReal(D a, D b) {
  if (b == 0) return Issue::DivByZero;
  return std::trunc(a / b);
}
Checked<D> remainderReal(D a, D b) {
  if (b == 0) return Issue::DivByZero;
  return std::fmod(a, b);
}
D negateReal(D a) { return -a; }

std::string concatenate(S a, S b) { return std::string(a).append(b); }

// INT with INT stays INT; anything wider goes its own way.
std::vector<Overload> arithmetic(Kernel ints, Kernel longs, Kernel reals) {
  return {{Type::Int, {Type::Int, Type::Int}, ints},
          {Type::Long, {Type::Long, Type::Long}, longs},
          {Type::Double, {Type::Double, Type::Double}, reals}};
}

}  // namespace

std::vector<ScalarFunction> operatorFunctions() {
  std::vector<ScalarFunction> list;
  const auto add2 = [&list](std::string_view name, std::string_view help, std::string_view example,
                            std::string_view result, std::vector<Overload> overloads) {
    list.push_back({.name = name,
                    .signature = "a op b",
                    .help = help,
                    .example = example,
                    .exampleResult = result,
                    .overloads = std::move(overloads)});
  };
  add2("+", "Sum; integers that overflow give NULL.", "1 + 2", "3",
       arithmetic(lift<&add<Type::Int>>, lift<&add<Type::Long>>, lift<&addReal>));
  add2("-", "Difference.", "1 - 2", "-1",
       arithmetic(lift<&subtract<Type::Int>>, lift<&subtract<Type::Long>>, lift<&subtractReal>));
  add2("*", "Product.", "3 * 4", "12",
       arithmetic(lift<&multiply<Type::Int>>, lift<&multiply<Type::Long>>, lift<&multiplyReal>));
  add2("/", "Quotient, always DOUBLE; a zero divisor gives NULL.", "7 / 2", "3.5",
       {{Type::Double, {Type::Double, Type::Double}, lift<&divideReal>}});
  add2("//", "Quotient cut to a whole number.", "-7 // 2", "-3",
       arithmetic(lift<&integerDivide<Type::Int>>, lift<&integerDivide<Type::Long>>, lift<&integerDivideReal>));
  add2("%", "Remainder with the sign of the dividend.", "-7 % 2", "-1",
       arithmetic(lift<&remainder>, lift<&remainder>, lift<&remainderReal>));
  add2("||", "Joins two texts; NULL with anything is NULL.", "'a' || 'b'", "\"ab\"",
       {{Type::String, {Type::String, Type::String}, lift<&concatenate>}});
  list.push_back({.name = "negate",
                  .signature = "-a",
                  .help = "Changes the sign.",
                  .example = "-(1 + 2)",
                  .exampleResult = "-3",
                  .overloads = {{Type::Int, {Type::Int}, lift<&negate<Type::Int>>},
                                {Type::Long, {Type::Long}, lift<&negate<Type::Long>>},
                                {Type::Double, {Type::Double}, lift<&negateReal>}}});
  return list;
}

}  // namespace weir
