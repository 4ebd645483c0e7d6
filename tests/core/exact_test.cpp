// SPDX-License-Identifier: GPL-3.0-or-later
// Exact rationals as the judge of sums, means and spreads, over random windows, hostile ones among them. Each window
// comes four ways: whole, joined of parts, rolling, and with rows taken back. WEIR_EXACT_WINDOWS asks for more windows.
#include <doctest/doctest.h>

#include <cstdlib>
#include <numeric>
#include <random>
#include <string>

#include "core/base/text.h"
#include "core/functions/function_list.h"
#include "exact_oracle.h"

using namespace weir;

namespace {

struct Row {
  double x;
  double w;
};

class Windows {
public:
  explicit Windows(uint64_t seed) : m_random(seed) {}

  std::vector<Row> next() {
    const auto kind = below(9);
    const auto weights = below(5);
    const size_t rows = 1 + below(below(4) == 0 ? 60 : 8);
    const double mean = std::ldexp(1.0 + unit(), static_cast<int>(below(60)) - 30);
    const double deviation = mean * std::pow(10.0, -static_cast<double>(below(10)));
    std::vector<Row> out;
    for (size_t i = 0; i < rows; ++i) out.push_back({value(kind, mean, deviation), weight(weights)});
    // What cancels: each value comes again with the other sign, all but one.
    if (kind == 3) {
      for (size_t i = 1; i < rows; ++i) out.push_back({-out[i].x, below(3) == 0 ? out[i].w : weight(weights)});
      std::shuffle(out.begin(), out.end(), m_random);
    }
    return out;
  }
  uint64_t below(uint64_t n) { return m_random() % n; }
  std::mt19937_64& random() { return m_random; }

private:
  double unit() { return static_cast<double>(m_random() >> 11) * 0x1p-53; }
  double sign() { return below(2) == 0 ? 1 : -1; }
  double anywhere() { return sign() * std::bit_cast<double>(m_random() % (uint64_t{0x7ff} << 52)); }
  double value(uint64_t kind, double mean, double deviation) {
    switch (kind) {
      case 0: return static_cast<double>(below(10'000'000)) / 100;
      case 1: return mean + deviation * (unit() - 0.5);
      case 2: return anywhere();
      case 3: return below(2) == 0 ? anywhere() : mean * unit();
      case 4: return sign() * std::ldexp(1 + unit(), 1023);
      case 5: return sign() * std::bit_cast<double>(below(uint64_t{3} << 52));
      case 6: return mean;
      case 7: return static_cast<double>(m_random() >> below(40));
      default: return below(3) == 0 ? 0.0 : sign() * std::pow(10.0, static_cast<double>(below(400)) - 200);
    }
  }
  double weight(uint64_t kind) {
    switch (kind) {
      case 0: return static_cast<double>(1 + below(1'000'000)) / 1000;
      case 1: return below(4) == 0 ? 0.0 : unit() * 1e-6;
      case 2: return std::fabs(anywhere());
      case 3: return sign() * unit();
      default: return static_cast<double>(below(100));
    }
  }
  std::mt19937_64 m_random;
};

// The columns of the rows, as an aggregate of one or two arguments reads them.
struct Input {
  std::vector<ColumnPtr> args;
  std::vector<RowMeta> meta;
  Input(const std::vector<Row>& rows, size_t arguments) : meta(rows.size()) {
    auto x = std::make_shared<Column>(Type::Double);
    auto w = std::make_shared<Column>(Type::Double);
    for (const Row& row : rows) {
      x->appendReal(row.x);
      w->appendReal(row.w);
    }
    args = {x};
    if (arguments == 2) args.push_back(w);
  }
  AggregateInput input() const { return {args, nullptr, meta.data()}; }
};

struct Result {
  bool isNull = false;
  double value = 0;
  uint64_t overflows = 0;
  bool operator==(const Result&) const = default;
};

template <class Made>
Result resultOf(const Made& made) {
  Column out(Type::Double);
  Issues issues;
  made.finish(0, out, issues, 1);
  return {out.isNull(0), out.real(0), issues.of(Issue::Overflow)};
}

const AggregateOverload& overloadOf(std::string_view name) {
  for (const AggregateOverload& overload : findAggregate(name)->overloads)
    if (overload.params[0] == Type::Double) return overload;
  throw std::string(name);
}

Result whole(const AggregateOverload& overload, const std::vector<Row>& rows) {
  const Input input(rows, overload.params.size());
  const auto made = overload.make();
  made->grow(1);
  std::vector<uint32_t> numbers(rows.size());
  std::iota(numbers.begin(), numbers.end(), 0U);
  made->update(input.input(), numbers, std::vector<uint32_t>(rows.size(), 0));
  return resultOf(*made);
}

Result joined(const AggregateOverload& overload, const std::vector<Row>& rows, Windows& windows) {
  const Input input(rows, overload.params.size());
  const auto made = overload.make();
  made->grow(4);
  for (uint32_t row = 0; row < rows.size(); ++row) {
    const auto group = static_cast<uint32_t>(windows.below(4));
    made->update(input.input(), {&row, 1}, {&group, 1});
  }
  std::vector<uint32_t> order{1, 2, 3};
  std::shuffle(order.begin(), order.end(), windows.random());
  for (const uint32_t from : order) made->merge(from, 0);
  return resultOf(*made);
}

Result rolling(const AggregateOverload& overload, const std::vector<Row>& before, const std::vector<Row>& rows) {
  const auto made = overload.makeRolling();
  made->grow(1);
  const Input old(before, overload.params.size());
  const Input input(rows, overload.params.size());
  for (uint32_t row = 0; row < before.size(); ++row) made->push(old.input(), row, 0);
  size_t left = before.size();
  for (uint32_t row = 0; row < rows.size(); ++row) {
    made->push(input.input(), row, 0);
    if (left > 0) {
      made->popOldest(0);
      --left;
    }
  }
  for (; left > 0; --left) made->popOldest(0);
  return resultOf(*made);
}

Result takenBack(const AggregateOverload& overload, const std::vector<Row>& others, const std::vector<Row>& rows) {
  const auto made = overload.make();
  made->grow(1);
  const Input other(others, overload.params.size());
  const Input input(rows, overload.params.size());
  const uint32_t group = 0;
  for (uint32_t row = 0; row < std::max(rows.size(), others.size()); ++row) {
    if (row < others.size()) made->update(other.input(), {&row, 1}, {&group, 1});
    if (row < rows.size()) made->update(input.input(), {&row, 1}, {&group, 1});
  }
  for (uint32_t row = 0; row < others.size(); ++row) REQUIRE(made->takeBack(other.input(), row, group));
  return resultOf(*made);
}

// Exact sums of a window, all whole numbers of one least step.
struct Sums {
  Big w, x, xx, wx, wxx;
  int64_t n = 0;
  int stepX = 0;
  int stepW = 0;

  explicit Sums(const std::vector<Row>& rows) : n(static_cast<int64_t>(rows.size())) {
    stepX = stepOf(rows, &Row::x);
    stepW = stepOf(rows, &Row::w);
    for (const Row& row : rows) {
      const Big a(row.x, stepX);
      const Big b(row.w, stepW);
      x = x + a;
      w = w + b;
      xx = xx + a * a;
      wx = wx + a * b;
      wxx = wxx + a * a * b;
    }
  }
  Ratio sum() const { return {x, Big(1), stepX}; }
  Ratio mean() const { return {x, Big(n), stepX}; }
  Ratio vwap() const { return w.isNegative() ? Ratio{-wx, -w, stepX} : Ratio{wx, w, stepX}; }
  Ratio variance(int64_t without) const { return {Big(n) * xx - x * x, Big(n) * Big(n - without), 2 * stepX}; }
  Ratio weightedVariance() const { return {w * wxx - wx * wx, w * w, 2 * stepX}; }

private:
  static int stepOf(const std::vector<Row>& rows, double Row::*member) {
    int least = 1024;
    for (const Row& row : rows) {
      int power = 0;
      if (row.*member != 0) {
        std::frexp(row.*member, &power);
        least = std::min(least, std::max(power - 53, -1074));
      }
    }
    return least;
  }
};

struct Tally {
  uint64_t results = 0;
  uint64_t beyond = 0;
  uint64_t withinHalf = 0;
  double worst = 0;
};

// A rounded value is at most half a unit from the exact one, and NULL, counted, only beyond the range.
bool isRounded(const Result& got, const Ratio& exact, Tally& tally) {
  ++tally.results;
  if (got.isNull) {
    ++tally.beyond;
    return got.overflows == 1 && !exact.fitsDouble();
  }
  const double units = exact.unitsFrom(got.value);
  // At a power of two the unit below is half as large.
  tally.withinHalf += units <= 0.5 ? 1 : 0;
  tally.worst = std::max(tally.worst, units);
  return got.overflows == 0 && exact.fitsDouble() && units <= 0.5;
}

// A root's square is compared: twice the relative error.
bool isNear(const Result& got, const Ratio& square, Tally& tally) {
  ++tally.results;
  if (got.isNull) {
    ++tally.beyond;
    return got.overflows == 1;
  }
  if (square.above.isZero() || got.value < 1e-300)
    return (got.value == 0) == square.above.isZero() || got.value < 1e-300;
  int power = 0;
  std::frexp(got.value, &power);
  const int step = 2 * (power - 53);
  const int least = std::min(step, square.exponent);
  const Big root(got.value, power - 53);
  const Big exact = square.above.times2(square.exponent - least);
  const double error = ratio((root * root * square.below).times2(step - least) - exact, exact) / 2;
  tally.worst = std::max(tally.worst, std::fabs(error));
  return std::fabs(error) < 4e-16;
}

std::string text(const std::vector<Row>& rows) {
  std::string out;
  for (const Row& row : rows) {
    appendDouble(out, row.x);
    out += " x ";
    appendDouble(out, row.w);
    out += ", ";
  }
  return out;
}

}  // namespace

TEST_CASE("sums, means and spreads are those of exact rationals, whole, joined, rolling and taken back") {
  const char* asked = std::getenv("WEIR_EXACT_WINDOWS");
  const uint64_t count = asked ? std::strtoull(asked, nullptr, 10) : 20'000;
  Windows windows(20261127);
  Tally rounded;
  Tally near;
  const std::vector<std::string_view> names{"SUM",      "AVG",    "VWAP",        "VARIANCE",
                                            "VAR_SAMP", "STDDEV", "STDDEV_SAMP", "VWAP_STDDEV"};
  std::vector<const AggregateOverload*> overloads;
  for (const std::string_view name : names) overloads.push_back(&overloadOf(name));
  std::vector<Row> before;
  for (uint64_t i = 0; i < count; ++i) {
    const std::vector<Row> rows = windows.next();
    const Sums sums(rows);
    // The other ways, of one aggregate each time: they differ in code, not in what they add.
    const size_t other = windows.below(names.size());
    for (size_t a = 0; a < names.size(); ++a) {
      const std::string_view name = names[a];
      const Result got = whole(*overloads[a], rows);
      if (a == other) {
        CHECK_MESSAGE(joined(*overloads[a], rows, windows) == got, name << " joined: " << text(rows));
        CHECK_MESSAGE(rolling(*overloads[a], before, rows) == got,
                      name << " rolling: " << text(rows) << " after " << text(before));
        CHECK_MESSAGE(takenBack(*overloads[a], before, rows) == got,
                      name << " taken back: " << text(rows) << " without " << text(before));
      }
      const bool weighted = overloads[a]->params.size() == 2;
      if (weighted && sums.w.isZero()) {
        CHECK(got.isNull);
        CHECK(got.overflows == 0);
        continue;
      }
      if (name.ends_with("SAMP") && rows.size() == 1) {
        CHECK(got.isNull);
        continue;
      }
      bool right = false;
      if (name == "SUM") right = isRounded(got, sums.sum(), rounded);
      if (name == "AVG") right = isRounded(got, sums.mean(), rounded);
      if (name == "VWAP") right = isRounded(got, sums.vwap(), rounded);
      if (name == "VARIANCE") right = isRounded(got, sums.variance(0), rounded);
      if (name == "VAR_SAMP") right = isRounded(got, sums.variance(1), rounded);
      if (name == "STDDEV") right = isNear(got, sums.variance(0), near);
      if (name == "STDDEV_SAMP") right = isNear(got, sums.variance(1), near);
      if (name == "VWAP_STDDEV") {
        const Ratio variance = sums.weightedVariance();
        right = variance.above.isNegative() ? got.isNull && got.overflows == 0 : isNear(got, variance, near);
      }
      CHECK_MESSAGE(right, name << " of " << text(rows));
      const auto [low, high] =
          std::minmax_element(rows.begin(), rows.end(), [](const Row& p, const Row& q) { return p.x < q.x; });
      const bool oneSign = std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.w >= 0; });
      if (name == "AVG" || (name == "VWAP" && oneSign)) {
        CHECK(low->x <= got.value);
        CHECK(got.value <= high->x);
      }
    }
    before = rows;
  }
  const bool isHalf = rounded.withinHalf + rounded.beyond == rounded.results;
  CHECK(isHalf);
  CHECK(near.worst < 4e-16);
  if (asked)
    MESSAGE(count << " windows: " << rounded.results << " rounded results, " << rounded.beyond << " beyond the range, "
                  << rounded.withinHalf << " within half a unit, the worst " << rounded.worst << " units; "
                  << near.results << " roots, the worst relative error " << near.worst);
}

TEST_CASE("the mean of LONGs is rounded once") {
  const AggregateOverload* overload = nullptr;
  for (const AggregateOverload& each : findAggregate("AVG")->overloads)
    if (each.params[0] == Type::Long) overload = &each;
  REQUIRE(overload);
  std::mt19937_64 random(5);
  for (int i = 0; i < 2000; ++i) {
    const auto made = overload->make();
    made->grow(1);
    auto column = std::make_shared<Column>(Type::Long);
    Big sum;
    const uint32_t rows = 1 + static_cast<uint32_t>(random() % 9);
    std::vector<RowMeta> meta(rows);
    for (uint32_t row = 0; row < rows; ++row) {
      const auto value = static_cast<int64_t>(random()) >> random() % 60;
      column->appendInteger(value);
      sum = sum + Big(value);
    }
    const std::vector<ColumnPtr> args{column};
    const uint32_t group = 0;
    for (uint32_t row = 0; row < rows; ++row) made->update({args, nullptr, meta.data()}, {&row, 1}, {&group, 1});
    Tally tally;
    CHECK(isRounded(resultOf(*made), {sum, Big(rows), 0}, tally));
  }
}
