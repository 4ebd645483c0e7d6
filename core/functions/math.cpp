// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <limits>

#include "core/functions/families.h"
#include "core/functions/lift.h"

namespace weir {

namespace {

using L = int64_t;
using D = double;

Checked<D> real(D value) {
  if (std::isnan(value)) return Issue::DomainError;
  return value;
}

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

// Scaling by a power of ten misplaces halves that binary cannot hold (1.005), so the decimal digits decide: the value
// is printed exactly once more than asked and rounded there, half away from zero.
D roundTo(D x, L digits) {
  if (!std::isfinite(x) || digits > 17) return x;
  if (digits < -308) return 0;
  const D scale = std::pow(10.0, static_cast<D>(digits < 0 ? -digits : digits));
  if (digits < 0) return std::round(x / scale) * scale;
  const D scaled = x * scale;
  if (!std::isfinite(scaled) || std::fabs(scaled) >= 9007199254740992.0) return x;
  D rounded = std::round(scaled);
  // A product just below a half because of its own rounding error belongs above it.
  const D next = std::nextafter(scaled, scaled < 0 ? -std::numeric_limits<D>::infinity() : std::numeric_limits<D>::infinity());
  if (std::round(next) != rounded && std::fabs(next) - std::floor(std::fabs(next)) == 0.5) rounded = std::round(next);
  return rounded / scale;
}
L roundInteger(L x, L digits) {
  if (digits >= 0) return x;
  if (digits < -18) return 0;
  L scale = 1;
  for (L i = 0; i > digits; --i) scale *= 10;
  const L rest = x % scale;
  const L base = x - rest;
  const L half = scale / 2;
  return rest >= half ? base + scale : rest <= -half ? base - scale : base;
}
D truncateOf(D x) { return std::trunc(x); }
D truncateTo(D x, L digits) {
  if (digits > 17 || !std::isfinite(x)) return x;
  if (digits < -308) return 0;
  const D scale = std::pow(10.0, static_cast<D>(digits < 0 ? -digits : digits));
  return digits < 0 ? std::trunc(x / scale) * scale : std::trunc(x * scale) / scale;
}
L signInteger(L x) { return (x > 0) - (x < 0); }
L signReal(D x) { return (x > 0) - (x < 0); }
Checked<D> squareRoot(D x) {
  if (x < 0) return Issue::DomainError;
  return real(std::sqrt(x));
}
// Too large for a DOUBLE, where the arguments were not infinite themselves.
Checked<D> finite(D result, bool wasFinite) {
  if (std::isinf(result) && wasFinite) return Issue::Overflow;
  return real(result);
}
Checked<D> exponential(D x) { return finite(std::exp(x), std::isfinite(x)); }
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
  return real(std::log(x) / std::log(base));
}
Checked<D> power(D x, D y) {
  if (x == 0 && y < 0) return Issue::DomainError;
  return finite(std::pow(x, y), std::isfinite(x) && std::isfinite(y));
}
Checked<L> modulo(L a, L b) {
  if (b == 0) return Issue::DivByZero;
  return b == -1 ? 0 : a % b;
}
Checked<D> moduloReal(D a, D b) {
  if (b == 0) return Issue::DivByZero;
  return real(std::fmod(a, b));
}
Checked<D> sine(D x) { return real(std::sin(x)); }
Checked<D> cosine(D x) { return real(std::cos(x)); }
Checked<D> tangent(D x) { return real(std::tan(x)); }
Checked<D> arcSine(D x) { return real(std::asin(x)); }
Checked<D> arcCosine(D x) { return real(std::acos(x)); }
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

std::vector<Overload> real1(Kernel kernel) { return {{Type::Double, {Type::Double}, kernel}}; }

}  // namespace

std::vector<ScalarFunction> mathFunctions() {
  using enum Type;
  const auto wholeOrReal = [](Kernel reals) {
    return std::vector<Overload>{{Int, {Int}, lift<&same>}, {Long, {Long}, lift<&same>}, {Double, {Double}, reals}};
  };
  return {
      {.name = "ABS", .signature = "ABS(x)", .help = "Size of a number without its sign.", .example = "ABS(-2)",
       .exampleResult = "2",
       .overloads = {{Int, {Int}, lift<&absolute<Int>>}, {Long, {Long}, lift<&absolute<Long>>},
                     {Double, {Double}, lift<&absoluteReal>}}},
      {.name = "CEIL", .aliases = "CEILING", .signature = "CEIL(x)", .help = "Least whole number not below x.",
       .example = "CEIL(1.2)", .exampleResult = "2.0", .overloads = wholeOrReal(lift<&ceiling>)},
      {.name = "FLOOR", .signature = "FLOOR(x)", .help = "Greatest whole number not above x.",
       .example = "FLOOR(-1.2)", .exampleResult = "-2.0", .overloads = wholeOrReal(lift<&floorOf>)},
      {.name = "ROUND", .signature = "ROUND(x [, digits])",
       .help = "Nearest number with that many decimals (0), half away from zero.", .example = "ROUND(2.567, 2)",
       .exampleResult = "2.57",
       .overloads = {{Int, {Int}, lift<&same>}, {Long, {Long}, lift<&same>}, {Double, {Double}, lift<&roundOf>},
                     {Long, {Long, Long}, lift<&roundInteger>}, {Double, {Double, Long}, lift<&roundTo>}}},
      {.name = "TRUNC", .aliases = "TRUNCATE", .signature = "TRUNC(x [, digits])", .help = "Cuts decimals off.",
       .example = "TRUNC(-2.7)", .exampleResult = "-2.0",
       .overloads = {{Int, {Int}, lift<&same>}, {Long, {Long}, lift<&same>}, {Double, {Double}, lift<&truncateOf>},
                     {Double, {Double, Long}, lift<&truncateTo>}}},
      {.name = "SIGN", .signature = "SIGN(x)", .help = "-1, 0 or 1.", .example = "SIGN(-2.5)", .exampleResult = "-1",
       .overloads = {{Int, {Long}, lift<&signInteger>}, {Int, {Double}, lift<&signReal>}}},
      {.name = "SQRT", .signature = "SQRT(x)", .help = "Square root; NULL below zero.", .example = "SQRT(9)",
       .exampleResult = "3.0", .overloads = real1(lift<&squareRoot>)},
      {.name = "EXP", .signature = "EXP(x)", .help = "e to the power of x.", .example = "EXP(0)",
       .exampleResult = "1.0", .overloads = real1(lift<&exponential>)},
      {.name = "LN", .signature = "LN(x)", .help = "Natural logarithm; NULL unless x > 0.", .example = "LN(1)",
       .exampleResult = "0.0", .overloads = real1(lift<&naturalLog>)},
      {.name = "LOG", .signature = "LOG([base,] x)", .help = "Logarithm to the base 10, or to a given base.",
       .example = "LOG(2, 8)", .exampleResult = "3.0",
       .overloads = {{Double, {Double}, lift<&log10Of>}, {Double, {Double, Double}, lift<&logBase>}}},
      {.name = "LOG10", .signature = "LOG10(x)", .help = "Logarithm to the base 10.", .example = "LOG10(1000)",
       .exampleResult = "3.0", .overloads = real1(lift<&log10Of>)},
      {.name = "POWER", .aliases = "POW", .signature = "POWER(x, y)", .help = "x to the power of y.",
       .example = "POWER(2, 10)", .exampleResult = "1024.0",
       .overloads = {{Double, {Double, Double}, lift<&power>}}},
      {.name = "MOD", .signature = "MOD(a, b)", .help = "Remainder with the sign of a, as a % b.",
       .example = "MOD(-7, 3)", .exampleResult = "-1",
       .overloads = {{Int, {Int, Int}, lift<&modulo>}, {Long, {Long, Long}, lift<&modulo>},
                     {Double, {Double, Double}, lift<&moduloReal>}}},
      {.name = "SIN", .signature = "SIN(x)", .help = "Sine of x in radians.", .example = "SIN(0)",
       .exampleResult = "0.0", .overloads = real1(lift<&sine>)},
      {.name = "COS", .signature = "COS(x)", .help = "Cosine of x in radians.", .example = "COS(0)",
       .exampleResult = "1.0", .overloads = real1(lift<&cosine>)},
      {.name = "TAN", .signature = "TAN(x)", .help = "Tangent of x in radians.", .example = "TAN(0)",
       .exampleResult = "0.0", .overloads = real1(lift<&tangent>)},
      {.name = "ASIN", .signature = "ASIN(x)", .help = "Arc sine in radians; NULL outside -1 to 1.",
       .example = "ASIN(0)", .exampleResult = "0.0", .overloads = real1(lift<&arcSine>)},
      {.name = "ACOS", .signature = "ACOS(x)", .help = "Arc cosine in radians; NULL outside -1 to 1.",
       .example = "ACOS(1)", .exampleResult = "0.0", .overloads = real1(lift<&arcCosine>)},
      {.name = "ATAN", .signature = "ATAN(x)", .help = "Arc tangent in radians.", .example = "ATAN(0)",
       .exampleResult = "0.0", .overloads = real1(lift<&arcTangent>)},
      {.name = "GREATEST", .aliases = "MAXIMUM", .signature = "GREATEST(a, b, ...)",
       .help = "Greatest of the values that are not NULL.", .example = "GREATEST(1, 3, 2)", .exampleResult = "3",
       .rule = TypeRule::Common, .least = 1, .most = 64, .kernel = &extreme<true>},
      {.name = "LEAST", .aliases = "MINIMUM", .signature = "LEAST(a, b, ...)",
       .help = "Least of the values that are not NULL.", .example = "LEAST(3, 1, 2)", .exampleResult = "1",
       .rule = TypeRule::Common, .least = 1, .most = 64, .kernel = &extreme<false>},
  };
}

}  // namespace weir
