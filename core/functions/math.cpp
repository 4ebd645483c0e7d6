// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "core/functions/families.h"
#include "core/functions/lift.h"

namespace weir {

namespace {

using L = int64_t;
using D = double;

template <Type T>
Checked<L> absolute(L x) {
  const L least = T == Type::Int ? std::numeric_limits<int32_t>::min() : std::numeric_limits<L>::min();
  if (x == least) return Issue::Overflow;
  return x < 0 ? -x : x;
}
D absoluteReal(D x) { return std::fabs(x); }
L same(L x) { return x; }
D ceiling(D x) { return std::ceil(x); }
D floorOf(D x) { return std::floor(x); }
D roundOf(D x) { return std::round(x); }

D truncateOf(D x) { return std::trunc(x); }

enum class Cut { Round, Truncate };

// Binary cannot hold most decimals (1.005 is less, 0.29 * 100 is not 29), so the shortest digits that read back are
// cut, those of a FLOAT for a FLOAT.
template <class Real, Cut How>
D atDecimal(D x, L decimals) {
  char text[48];
  char* const end =
      std::to_chars(text, text + sizeof text, static_cast<Real>(std::fabs(x)), std::chars_format::scientific).ptr;
  char* const mark = std::find(text, end, 'e');
  int exponent = 0;
  std::from_chars(mark + (mark[1] == '+' ? 2 : 1), end, exponent);
  // The first digit takes the place of the point, and leaves one for what is carried.
  const L count = std::max<L>(mark - text - 1, 1);
  text[1] = std::exchange(text[0], '0');
  const L wanted = exponent + 1 + std::clamp<L>(decimals, -400, 400);
  if (std::is_same_v<Real, D> && wanted >= count) return x;
  const L kept = std::min(wanted, count);
  if (kept < 0) return std::copysign(0.0, x);
  char* last = text + kept;
  if (How == Cut::Round && kept < count && last[1] >= '5') {
    for (; *last == '9'; --last) *last = '0';
    ++*last;
  }
  char* at = text + kept + 1;
  *at++ = 'e';
  at = std::to_chars(at, text + sizeof text, exponent + 1 - kept).ptr;
  D value = 0;
  if (std::from_chars(text, at, value).ec == std::errc::result_out_of_range)
    value = exponent > 0 ? std::numeric_limits<D>::infinity() : 0;
  return std::copysign(value, x);
}

template <Type T, Cut How>
Checked<L> wholeAtDecimal(L x, L decimals) {
  if (decimals >= 0) return x;
  // Half of 10^20 is more than any LONG.
  if (decimals < -19) return 0;
  Int128 scale = 1;
  for (L i = decimals; i < 0; ++i) scale *= 10;
  const Int128 rest = x % scale;
  const Int128 base = x - rest;
  if (How == Cut::Truncate || 2 * (rest < 0 ? -rest : rest) < scale) return static_cast<L>(base);
  return fitted<T>(rest < 0 ? base - scale : base + scale);
}

L signInteger(L x) { return (x > 0) - (x < 0); }
L signReal(D x) { return (x > 0) - (x < 0); }
D squareRoot(D x) { return std::sqrt(x); }
D exponential(D x) { return std::exp(x); }
Checked<D> naturalLog(D x) {
  if (!(x > 0)) return Issue::DomainError;
  return std::log(x);
}
Checked<D> log10Of(D x) {
  if (!(x > 0)) return Issue::DomainError;
  return std::log10(x);
}
Checked<D> logBase(D base, D x) {
  if (!(x > 0) || !(base > 0) || base == 1) return Issue::DomainError;
  if (base == 2) return std::log2(x);
  if (base == 10) return std::log10(x);
  return std::log(x) / std::log(base);
}
Checked<D> power(D x, D y) {
  if (x == 0 && y < 0) return Issue::DomainError;
  return std::pow(x, y);
}
Checked<L> modulo(L a, L b) {
  if (b == 0) return Issue::DivByZero;
  return b == -1 ? 0 : a % b;
}
Checked<D> moduloReal(D a, D b) {
  if (b == 0) return Issue::DivByZero;
  return std::fmod(a, b);
}
D sine(D x) { return std::sin(x); }
D cosine(D x) { return std::cos(x); }
D tangent(D x) { return std::tan(x); }
D arcSine(D x) { return std::asin(x); }
D arcCosine(D x) { return std::acos(x); }
D arcTangent(D x) { return std::atan(x); }

// NULLs are skipped, as in an aggregate; all NULL is NULL.
template <bool Greatest>
void extreme(Call& call) {
  for (size_t row = 0; row < call.rows; ++row) {
    const Column* best = nullptr;
    for (const ColumnPtr& arg : call.args) {
      if (arg->isNull(row)) continue;
      const auto better = [&](auto get) { return Greatest ? get(*best) < get(*arg) : get(*arg) < get(*best); };
      const bool take = !best || (isReal(arg->type())   ? better([row](const Column& c) { return c.real(row); })
                                  : isText(arg->type()) ? better([row](const Column& c) { return c.text(row); })
                                                        : better([row](const Column& c) { return c.integer(row); }));
      if (take) best = arg.get();
    }
    if (best)
      call.out.appendFrom(*best, row);
    else
      call.out.appendNull();
  }
}

template <Cut How>
std::vector<Overload> withDecimals(Kernel toWhole) {
  using enum Type;
  return {{Int, {Int}, lift<&same>},
          {Long, {Long}, lift<&same>},
          {Double, {Double}, toWhole},
          {Int, {Int, Long}, lift<&wholeAtDecimal<Int, How>>},
          {Long, {Long, Long}, lift<&wholeAtDecimal<Long, How>>},
          {Double, {Float, Long}, lift<&atDecimal<float, How>>},
          {Double, {Double, Long}, lift<&atDecimal<D, How>>}};
}

std::vector<Overload> real1(Kernel kernel) { return {{Type::Double, {Type::Double}, kernel}}; }

}  // namespace

std::vector<ScalarFunction> mathFunctions() {
  using enum Type;
  const auto wholeOrReal = [](Kernel reals) {
    return std::vector<Overload>{{Int, {Int}, lift<&same>}, {Long, {Long}, lift<&same>}, {Double, {Double}, reals}};
  };
  return {
      {.name = "ABS",
       .signature = "ABS(x)",
       .help = "Size of a number without its sign.",
       .example = "ABS(-2)",
       .exampleResult = "2",
       .overloads = {{Int, {Int}, lift<&absolute<Int>>},
                     {Long, {Long}, lift<&absolute<Long>>},
                     {Double, {Double}, lift<&absoluteReal>}}},
      {.name = "CEIL",
       .aliases = "CEILING",
       .signature = "CEIL(x)",
       .help = "Least whole number not below x.",
       .example = "CEIL(1.2)",
       .exampleResult = "2.0",
       .overloads = wholeOrReal(lift<&ceiling>)},
      {.name = "FLOOR",
       .signature = "FLOOR(x)",
       .help = "Greatest whole number not above x.",
       .example = "FLOOR(-1.2)",
       .exampleResult = "-2.0",
       .overloads = wholeOrReal(lift<&floorOf>)},
      {.name = "ROUND",
       .signature = "ROUND(x [, digits])",
       .help = "Nearest number with that many decimals (0; negative ones count before the point), half away from zero.",
       .example = "ROUND(2.567, 2)",
       .exampleResult = "2.57",
       .overloads = withDecimals<Cut::Round>(lift<&roundOf>)},
      {.name = "TRUNC",
       .aliases = "TRUNCATE",
       .signature = "TRUNC(x [, digits])",
       .help = "Cuts off all but that many decimals (0).",
       .example = "TRUNC(-2.7)",
       .exampleResult = "-2.0",
       .overloads = withDecimals<Cut::Truncate>(lift<&truncateOf>)},
      {.name = "SIGN",
       .signature = "SIGN(x)",
       .help = "-1, 0 or 1.",
       .example = "SIGN(-2.5)",
       .exampleResult = "-1",
       .overloads = {{Int, {Long}, lift<&signInteger>}, {Int, {Double}, lift<&signReal>}}},
      {.name = "SQRT",
       .signature = "SQRT(x)",
       .help = "Square root; NULL below zero.",
       .example = "SQRT(9)",
       .exampleResult = "3.0",
       .overloads = real1(lift<&squareRoot>)},
      {.name = "EXP",
       .signature = "EXP(x)",
       .help = "e to the power of x.",
       .example = "EXP(0)",
       .exampleResult = "1.0",
       .overloads = real1(lift<&exponential>)},
      {.name = "LN",
       .signature = "LN(x)",
       .help = "Natural logarithm; NULL unless x > 0.",
       .example = "LN(1)",
       .exampleResult = "0.0",
       .overloads = real1(lift<&naturalLog>)},
      {.name = "LOG",
       .signature = "LOG([base,] x)",
       .help = "Logarithm to the base 10, or to a given base.",
       .example = "LOG(2, 8)",
       .exampleResult = "3.0",
       .overloads = {{Double, {Double}, lift<&log10Of>}, {Double, {Double, Double}, lift<&logBase>}}},
      {.name = "LOG10",
       .signature = "LOG10(x)",
       .help = "Logarithm to the base 10.",
       .example = "LOG10(1000)",
       .exampleResult = "3.0",
       .overloads = real1(lift<&log10Of>)},
      {.name = "POWER",
       .aliases = "POW",
       .signature = "POWER(x, y)",
       .help = "x to the power of y.",
       .example = "POWER(2, 10)",
       .exampleResult = "1024.0",
       .overloads = {{Double, {Double, Double}, lift<&power>}}},
      {.name = "MOD",
       .signature = "MOD(a, b)",
       .help = "Remainder with the sign of a, as a % b.",
       .example = "MOD(-7, 3)",
       .exampleResult = "-1",
       .overloads = {{Int, {Int, Int}, lift<&modulo>},
                     {Long, {Long, Long}, lift<&modulo>},
                     {Double, {Double, Double}, lift<&moduloReal>}}},
      {.name = "SIN",
       .signature = "SIN(x)",
       .help = "Sine of x in radians.",
       .example = "SIN(0)",
       .exampleResult = "0.0",
       .overloads = real1(lift<&sine>)},
      {.name = "COS",
       .signature = "COS(x)",
       .help = "Cosine of x in radians.",
       .example = "COS(0)",
       .exampleResult = "1.0",
       .overloads = real1(lift<&cosine>)},
      {.name = "TAN",
       .signature = "TAN(x)",
       .help = "Tangent of x in radians.",
       .example = "TAN(0)",
       .exampleResult = "0.0",
       .overloads = real1(lift<&tangent>)},
      {.name = "ASIN",
       .signature = "ASIN(x)",
       .help = "Arc sine in radians; NULL outside -1 to 1.",
       .example = "ASIN(0)",
       .exampleResult = "0.0",
       .overloads = real1(lift<&arcSine>)},
      {.name = "ACOS",
       .signature = "ACOS(x)",
       .help = "Arc cosine in radians; NULL outside -1 to 1.",
       .example = "ACOS(1)",
       .exampleResult = "0.0",
       .overloads = real1(lift<&arcCosine>)},
      {.name = "ATAN",
       .signature = "ATAN(x)",
       .help = "Arc tangent in radians.",
       .example = "ATAN(0)",
       .exampleResult = "0.0",
       .overloads = real1(lift<&arcTangent>)},
      {.name = "GREATEST",
       .aliases = "MAXIMUM",
       .signature = "GREATEST(a, b, ...)",
       .help = "Greatest of the values that are not NULL.",
       .example = "GREATEST(1, 3, 2)",
       .exampleResult = "3",
       .rule = TypeRule::Common,
       .least = 1,
       .most = 64,
       .kernel = &extreme<true>},
      {.name = "LEAST",
       .aliases = "MINIMUM",
       .signature = "LEAST(a, b, ...)",
       .help = "Least of the values that are not NULL.",
       .example = "LEAST(3, 1, 2)",
       .exampleResult = "1",
       .rule = TypeRule::Common,
       .least = 1,
       .most = 64,
       .kernel = &extreme<false>},
  };
}

}  // namespace weir
