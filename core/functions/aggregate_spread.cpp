// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/functions/aggregate_of.h"
#include "core/functions/exact_sum.h"
#include "core/functions/families.h"

namespace weir {

namespace {

enum class Spread { PopulationVariance, SampleVariance, PopulationDeviation, SampleDeviation };

// (n * SUM(x * x) - SUM(x) * SUM(x)) / (n * n), or / (n * (n - 1)) of a sample: of exact sums nothing cancels wrongly.
template <Spread Kind>
struct SpreadOf {
  using Input = std::tuple<double>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kRetracts = true;
  static constexpr bool kAnyOrder = true;
  ExactSum<1> sum;
  ExactSum<2> squares;
  int64_t n = 0;
  void update(RowTime, const Input& in) {
    const double x = std::get<0>(in);
    sum.add({x});
    squares.add({x, x});
    ++n;
  }
  void retract(RowTime, const Input& in) {
    const double x = std::get<0>(in);
    sum.takeBack({x});
    squares.takeBack({x, x});
    --n;
  }
  void combine(const SpreadOf& later) {
    sum.add(later.sum);
    squares.add(later.squares);
    n += later.n;
  }
  void finish(Column& out, Issues& issues, uint32_t weight) const {
    constexpr bool kSample = Kind == Spread::SampleVariance || Kind == Spread::SampleDeviation;
    constexpr bool kRoot = Kind == Spread::PopulationDeviation || Kind == Spread::SampleDeviation;
    const int64_t free = n - (kSample ? 1 : 0);
    if (n == 0 || free == 0) return out.appendNull();
    const ExactNumber total = sum.total();
    const ExactNumber above = ExactNumber(n) * squares.total() - total * total;
    const ExactNumber below(Int128{n} * free);
    putRounded(out, issues, weight, kRoot ? roundedRoot(above, below) : roundedQuotient(above, below));
  }
};

// The same with weights: (W * SUM(w * x * x) - SUM(w * x) * SUM(w * x)) / (W * W), W being SUM(w).
struct VwapDeviation {
  using Input = std::tuple<double, double>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kRetracts = true;
  static constexpr bool kAnyOrder = true;
  ExactSum<1> quantity;
  ExactSum<2> amount;
  ExactSum<3> squares;
  int64_t n = 0;
  void update(RowTime, const Input& in) {
    const auto [x, w] = in;
    quantity.add({w});
    amount.add({x, w});
    squares.add({x, x, w});
    ++n;
  }
  void retract(RowTime, const Input& in) {
    const auto [x, w] = in;
    quantity.takeBack({w});
    amount.takeBack({x, w});
    squares.takeBack({x, x, w});
    --n;
  }
  void combine(const VwapDeviation& later) {
    quantity.add(later.quantity);
    amount.add(later.amount);
    squares.add(later.squares);
    n += later.n;
  }
  void finish(Column& out, Issues& issues, uint32_t weight) const {
    if (n == 0) return out.appendNull();
    const ExactNumber total = quantity.total();
    const ExactNumber weighted = amount.total();
    const ExactNumber above = total * squares.total() - weighted * weighted;
    if (total.isZero() || above.negative) {
      out.appendNull();
      issues.count(total.isZero() ? Issue::DivByZero : Issue::DomainError, weight);
      return;
    }
    putRounded(out, issues, weight, roundedRoot(above, total * total));
  }
};

template <Spread Kind>
std::vector<AggregateOverload> spread() {
  return {aggregateOf<SpreadOf<Kind>>(Type::Double, {Type::Double})};
}

}  // namespace

std::vector<AggregateFunction> spreadAggregates() {
  return {
      {.name = "STDDEV",
       .aliases = "STDDEV_POP",
       .signature = "STDDEV(x)",
       .help = "Standard deviation of the population, of exact sums.",
       .example = "STDDEV(x)",
       .exampleResult = "1.247219128924647",
       .overloads = spread<Spread::PopulationDeviation>()},
      {.name = "STDDEV_SAMP",
       .signature = "STDDEV_SAMP(x)",
       .help = "Standard deviation of a sample; NULL for one value.",
       .example = "STDDEV_SAMP(x)",
       .exampleResult = "1.5275252316519465",
       .overloads = spread<Spread::SampleDeviation>()},
      {.name = "VARIANCE",
       .aliases = "VAR_POP",
       .signature = "VARIANCE(x)",
       .help = "Variance of the population.",
       .example = "VARIANCE(x)",
       .exampleResult = "1.5555555555555556",
       .overloads = spread<Spread::PopulationVariance>()},
      {.name = "VAR_SAMP",
       .signature = "VAR_SAMP(x)",
       .help = "Variance of a sample; NULL for one value.",
       .example = "VAR_SAMP(x)",
       .exampleResult = "2.3333333333333335",
       .overloads = spread<Spread::SampleVariance>()},
      {.name = "VWAP_STDDEV",
       .signature = "VWAP_STDDEV(price, quantity)",
       .help =
           "Volume-weighted standard deviation of the price around the VWAP. A negative quantity takes its price back; "
           "NULL where that leaves a variance below zero.",
       .example = "VWAP_STDDEV(x, y)",
       .exampleResult = "1.299038105676658",
       .overloads = {aggregateOf<VwapDeviation>(Type::Double, {Type::Double, Type::Double})}},
  };
}

}  // namespace weir
