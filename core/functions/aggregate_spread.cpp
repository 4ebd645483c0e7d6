// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/functions/aggregate_of.h"
#include "core/functions/families.h"

namespace weir {

namespace {

// Weighted moments about the running mean (Welford 1962, West 1979), joined as Chan, Golub and LeVeque (1979) do.
struct Moments {
  double weight = 0;
  double mean = 0;
  double m2 = 0;
  int64_t n = 0;

  void add(double x, double w) {
    ++n;
    if (w == 0) return;
    weight += w;
    const double delta = x - mean;
    mean += delta * w / weight;
    m2 += w * delta * (x - mean);
  }
  void combine(const Moments& later) {
    n += later.n;
    if (later.weight == 0) return;
    const double total = weight + later.weight;
    const double delta = later.mean - mean;
    m2 += later.m2 + delta * delta * weight * later.weight / total;
    mean += delta * later.weight / total;
    weight = total;
  }
};

enum class Spread { PopulationVariance, SampleVariance, PopulationDeviation, SampleDeviation };

template <Spread Kind>
struct SpreadOf {
  using Input = std::tuple<double>;
  static constexpr bool kSkipsNull = true;
  Moments moments;
  void update(RowTime, const Input& in) { moments.add(std::get<0>(in), 1); }
  void combine(const SpreadOf& later) { moments.combine(later.moments); }
  void finish(Column& out, Issues& issues, uint32_t weight) const {
    constexpr bool kSample = Kind == Spread::SampleVariance || Kind == Spread::SampleDeviation;
    constexpr bool kRoot = Kind == Spread::PopulationDeviation || Kind == Spread::SampleDeviation;
    const double n = moments.weight - (kSample ? 1 : 0);
    if (moments.n == 0 || n <= 0) return out.appendNull();
    const double variance = std::max(0.0, moments.m2 / n);
    if (!std::isfinite(moments.m2)) {
      out.appendNull();
      issues.count(Issue::DomainError, weight);
      return;
    }
    out.appendReal(kRoot ? std::sqrt(variance) : variance);
  }
};

struct VwapDeviation {
  using Input = std::tuple<double, double>;
  static constexpr bool kSkipsNull = true;
  Moments moments;
  void update(RowTime, const Input& in) { moments.add(std::get<0>(in), std::get<1>(in)); }
  void combine(const VwapDeviation& later) { moments.combine(later.moments); }
  void finish(Column& out, Issues& issues, uint32_t weight) const {
    if (moments.n == 0) return out.appendNull();
    if (moments.weight == 0 || !std::isfinite(moments.m2)) {
      out.appendNull();
      issues.count(moments.weight == 0 ? Issue::DivByZero : Issue::DomainError, weight);
      return;
    }
    out.appendReal(std::sqrt(std::max(0.0, moments.m2 / moments.weight)));
  }
};

template <Spread Kind>
std::vector<AggregateOverload> spread() {
  return {aggregateOf<SpreadOf<Kind>>(Type::Double, {Type::Double})};
}

}  // namespace

std::vector<AggregateFunction> spreadAggregates() {
  return {
      {.name = "STDDEV", .aliases = "STDDEV_POP", .signature = "STDDEV(x)",
       .help = "Standard deviation of the population (Welford).", .example = "STDDEV(x)",
       .exampleResult = "1.247219128924647", .overloads = spread<Spread::PopulationDeviation>()},
      {.name = "STDDEV_SAMP", .signature = "STDDEV_SAMP(x)", .help = "Standard deviation of a sample; NULL for one value.",
       .example = "STDDEV_SAMP(x)", .exampleResult = "1.5275252316519465",
       .overloads = spread<Spread::SampleDeviation>()},
      {.name = "VARIANCE", .aliases = "VAR_POP", .signature = "VARIANCE(x)", .help = "Variance of the population.",
       .example = "VARIANCE(x)", .exampleResult = "1.5555555555555554",
       .overloads = spread<Spread::PopulationVariance>()},
      {.name = "VAR_SAMP", .signature = "VAR_SAMP(x)", .help = "Variance of a sample; NULL for one value.",
       .example = "VAR_SAMP(x)", .exampleResult = "2.333333333333333", .overloads = spread<Spread::SampleVariance>()},
      {.name = "VWAP_STDDEV", .signature = "VWAP_STDDEV(price, quantity)",
       .help = "Volume-weighted standard deviation of the price around the VWAP.", .example = "VWAP_STDDEV(x, y)",
       .exampleResult = "1.299038105676658",
       .overloads = {aggregateOf<VwapDeviation>(Type::Double, {Type::Double, Type::Double})}},
  };
}

}  // namespace weir
