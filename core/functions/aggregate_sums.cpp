// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits>
#include <optional>

#include "core/base/int128.h"
#include "core/functions/aggregate_of.h"
#include "core/functions/exact_sum.h"
#include "core/functions/families.h"

namespace weir {

namespace {

struct CountRows {
  using Input = std::tuple<>;
  static constexpr bool kSkipsNull = false;
  static constexpr bool kRetracts = true;
  static constexpr bool kAnyOrder = true;
  int64_t n = 0;
  void update(RowTime, const Input&) { ++n; }
  void retract(RowTime, const Input&) { --n; }
  void combine(const CountRows& later) { n += later.n; }
  void finish(Column& out, Issues&, uint32_t) const { out.appendInteger(n); }
};

template <class T>
struct Count {
  using Input = std::tuple<T>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kRetracts = true;
  static constexpr bool kAnyOrder = true;
  int64_t n = 0;
  void update(RowTime, const Input&) { ++n; }
  void retract(RowTime, const Input&) { --n; }
  void combine(const Count& later) { n += later.n; }
  void finish(Column& out, Issues&, uint32_t) const { out.appendInteger(n); }
};

struct IntegerSum {
  using Input = std::tuple<int64_t>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kRetracts = true;
  static constexpr bool kAnyOrder = true;
  Int128 sum = 0;
  int64_t n = 0;
  void update(RowTime, const Input& in) {
    sum += std::get<0>(in);
    ++n;
  }
  void retract(RowTime, const Input& in) {
    sum -= std::get<0>(in);
    --n;
  }
  void combine(const IntegerSum& later) {
    sum += later.sum;
    n += later.n;
  }
  void finish(Column& out, Issues& issues, uint32_t weight) const {
    if (n == 0) return out.appendNull();
    if (sum < std::numeric_limits<int64_t>::min() || sum > std::numeric_limits<int64_t>::max()) {
      out.appendNull();
      issues.count(Issue::Overflow, weight);
      return;
    }
    out.appendInteger(static_cast<int64_t>(sum));
  }
};

struct IntegerAverage : IntegerSum {
  void combine(const IntegerAverage& later) { IntegerSum::combine(later); }
  void finish(Column& out, Issues& issues, uint32_t weight) const {
    if (n == 0) return out.appendNull();
    putRounded(out, issues, weight, roundedQuotient(ExactNumber(sum), ExactNumber(n)));
  }
};

struct RealSum {
  using Input = std::tuple<double>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kRetracts = true;
  static constexpr bool kAnyOrder = true;
  ExactSum<1> sum;
  int64_t n = 0;
  void update(RowTime, const Input& in) {
    sum.add({std::get<0>(in)});
    ++n;
  }
  void retract(RowTime, const Input& in) {
    sum.takeBack({std::get<0>(in)});
    --n;
  }
  void combine(const RealSum& later) {
    sum.add(later.sum);
    n += later.n;
  }
  void finish(Column& out, Issues& issues, uint32_t weight) const {
    if (n == 0) return out.appendNull();
    putRounded(out, issues, weight, rounded(sum.total()));
  }
};

struct RealAverage : RealSum {
  void combine(const RealAverage& later) { RealSum::combine(later); }
  void finish(Column& out, Issues& issues, uint32_t weight) const {
    if (n == 0) return out.appendNull();
    putRounded(out, issues, weight, roundedQuotient(sum.total(), ExactNumber(n)));
  }
};

// Of exact sums: with quantities of one sign the rounded quotient cannot leave the range of the prices.
struct Vwap {
  using Input = std::tuple<double, double>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kRetracts = true;
  static constexpr bool kAnyOrder = true;
  ExactSum<2> amount;
  ExactSum<1> quantity;
  int64_t n = 0;
  void update(RowTime, const Input& in) {
    amount.add({std::get<0>(in), std::get<1>(in)});
    quantity.add({std::get<1>(in)});
    ++n;
  }
  void retract(RowTime, const Input& in) {
    amount.takeBack({std::get<0>(in), std::get<1>(in)});
    quantity.takeBack({std::get<1>(in)});
    --n;
  }
  void combine(const Vwap& later) {
    amount.add(later.amount);
    quantity.add(later.quantity);
    n += later.n;
  }
  void finish(Column& out, Issues& issues, uint32_t weight) const {
    if (n == 0) return out.appendNull();
    const ExactNumber total = quantity.total();
    if (total.isZero()) {
      out.appendNull();
      issues.count(Issue::DivByZero, weight);
      return;
    }
    putRounded(out, issues, weight, roundedQuotient(amount.total(), total));
  }
};

template <bool All>
struct Logic {
  using Input = std::tuple<bool>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kRetracts = true;
  static constexpr bool kAnyOrder = true;
  int64_t yes = 0;
  int64_t no = 0;
  void update(RowTime, const Input& in) { ++(std::get<0>(in) ? yes : no); }
  void retract(RowTime, const Input& in) { --(std::get<0>(in) ? yes : no); }
  void combine(const Logic& later) {
    yes += later.yes;
    no += later.no;
  }
  void finish(Column& out, Issues&, uint32_t) const {
    if (yes + no == 0) return out.appendNull();
    out.appendInteger((All ? no == 0 : yes > 0) ? 1 : 0);
  }
};

}  // namespace

std::vector<AggregateFunction> sumAggregates() {
  using enum Type;
  return {
      {.name = "COUNT",
       .signature = "COUNT(*), COUNT([DISTINCT] x)",
       .help = "Rows, or rows where x is not NULL.",
       .example = "COUNT(*)",
       .exampleResult = "3",
       .overloads = {aggregateOf<CountRows>(Long, {}), aggregateOf<Count<bool>>(Long, {Bool}),
                     aggregateOf<Count<int64_t>>(Long, {Long}), aggregateOf<Count<double>>(Long, {Double}),
                     aggregateOf<Count<std::string>>(Long, {String}), aggregateOf<Count<std::string>>(Long, {Object}),
                     aggregateOf<Count<std::string>>(Long, {Bytes})}},
      {.name = "SUM",
       .signature = "SUM([DISTINCT] x)",
       .help = "Sum, exact: only the result must fit LONG, or is rounded to DOUBLE once.",
       .example = "SUM(x)",
       .exampleResult = "7",
       .overloads = {aggregateOf<IntegerSum>(Long, {Long}), aggregateOf<RealSum>(Double, {Double})}},
      {.name = "AVG",
       .aliases = "MEAN",
       .signature = "AVG([DISTINCT] x)",
       .help = "Mean, as DOUBLE: of the exact sum, rounded once.",
       .example = "AVG(y)",
       .exampleResult = "1.3333333333333333",
       .overloads = {aggregateOf<IntegerAverage>(Double, {Long}), aggregateOf<RealAverage>(Double, {Double})}},
      {.name = "VWAP",
       .signature = "VWAP(price, quantity)",
       .help = "Volume-weighted average price: SUM(price * quantity) / SUM(quantity), both exact, rounded once. It "
               "lies between "
               "the prices unless quantities differ in sign: a negative one takes its price back.",
       .example = "VWAP(x, y)",
       .exampleResult = "2.75",
       .overloads = {aggregateOf<Vwap>(Double, {Double, Double})}},
      {.name = "AND",
       .aliases = "BOOL_AND|EVERY",
       .signature = "AND(b)",
       .help = "Whether all are TRUE.",
       .example = "AND(x > 1)",
       .exampleResult = "false",
       .overloads = {aggregateOf<Logic<true>>(Bool, {Bool})}},
      {.name = "OR",
       .aliases = "BOOL_OR",
       .signature = "OR(b)",
       .help = "Whether any is TRUE.",
       .example = "OR(x > 1)",
       .exampleResult = "true",
       .overloads = {aggregateOf<Logic<false>>(Bool, {Bool})}},
  };
}

}  // namespace weir
