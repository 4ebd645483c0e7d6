// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/functions/aggregate_of.h"
#include "core/functions/families.h"
#include "core/functions/quantile_sketch.h"

namespace weir {

namespace {

constexpr size_t kExactValues = 100'000;

// Exact while the values are few enough, then a sketch that says so.
struct Quantile {
  std::vector<double> values;
  QuantileSketch sketch;
  bool sketching = false;

  void add(double x) {
    if (sketching) return sketch.add(x);
    values.push_back(x);
    if (values.size() <= kExactValues) return;
    sketching = true;
    for (const double v : values) sketch.add(v);
    values = {};
  }
  void remove(double x) {
    if (sketching) return;  // a sketch cannot forget; it keeps describing all it has seen
    const auto found = std::find(values.begin(), values.end(), x);
    if (found == values.end()) return;
    *found = values.back();
    values.pop_back();
  }
  void combine(const Quantile& later) {
    if (later.sketching) {
      if (!sketching) {
        for (const double v : values) sketch.add(v);
        values = {};
        sketching = true;
      }
      sketch.combine(later.sketch);
    }
    for (const double v : later.values) add(v);
  }
  void finish(double p, Column& out, Issues& issues, uint32_t weight) const {
    if (!(p >= 0 && p <= 1)) {
      out.appendNull();
      issues.count(Issue::DomainError, weight);
      return;
    }
    if (sketching) {
      issues.count(Issue::Approximated, weight);
      return out.appendReal(sketch.quantile(p));
    }
    if (values.empty()) return out.appendNull();
    std::vector<double> sorted = values;
    const double rank = p * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<size_t>(rank);
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<ptrdiff_t>(low), sorted.end());
    const double below = sorted[low];
    if (low + 1 == sorted.size()) return out.appendReal(below);
    const double above = *std::min_element(sorted.begin() + static_cast<ptrdiff_t>(low) + 1, sorted.end());
    // lerp: the difference of two finite values may not be finite.
    out.appendReal(std::lerp(below, above, rank - static_cast<double>(low)));
  }
};

struct Percentile {
  using Input = std::tuple<double, double>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kRetracts = true;
  Quantile quantile;
  double p = 0;
  void update(RowTime, const Input& in) {
    quantile.add(std::get<0>(in));
    p = std::get<1>(in);
  }
  void retract(RowTime, const Input& in) { quantile.remove(std::get<0>(in)); }
  void combine(const Percentile& later) {
    p = later.p;
    quantile.combine(later.quantile);
  }
  void finish(Column& out, Issues& issues, uint32_t weight) const { quantile.finish(p, out, issues, weight); }
};

struct Median {
  using Input = std::tuple<double>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kRetracts = true;
  Quantile quantile;
  void update(RowTime, const Input& in) { quantile.add(std::get<0>(in)); }
  void retract(RowTime, const Input& in) { quantile.remove(std::get<0>(in)); }
  void combine(const Median& later) { quantile.combine(later.quantile); }
  void finish(Column& out, Issues& issues, uint32_t weight) const { quantile.finish(0.5, out, issues, weight); }
};

}  // namespace

std::vector<AggregateFunction> quantileAggregates() {
  using enum Type;
  return {
      {.name = "MEDIAN",
       .signature = "MEDIAN(x)",
       .help =
           "Middle value, interpolated; exact up to 100,000 values a group, then a sketch (counted as approximated).",
       .example = "MEDIAN(x)",
       .exampleResult = "2.0",
       .overloads = {aggregateOf<Median>(Double, {Double})}},
      {.name = "PERCENTILE",
       .signature = "PERCENTILE(x, p)",
       .help =
           "Value below which the share p (0 to 1) lies, interpolated linearly; exact up to 100,000 values a group.",
       .example = "PERCENTILE(x, 0.75)",
       .exampleResult = "3.0",
       .overloads = {aggregateOf<Percentile>(Double, {Double, Double})}},
  };
}

}  // namespace weir
