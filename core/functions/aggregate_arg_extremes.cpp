// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>
#include <vector>

#include "core/functions/aggregate_of.h"
#include "core/functions/families.h"

namespace weir {

namespace {

/// ARG_MIN or ARG_MAX where rows leave in any order.
template <class T, class By, bool Max>
struct SortedArgExtreme {
  using Input = std::tuple<T, By>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kAnyOrder = true;
  struct Row {
    T value;
    EventInstant at;
  };
  std::map<By, std::vector<Row>> rows;  ///< of each key in the order in which they came
  void update(RowTime time, const Input& in) { rows[std::get<1>(in)].push_back({std::get<0>(in), time.at}); }
  // Of two rows that look the same, which one leaves decides what is the first.
  bool retract(RowTime time, const Input& in) {
    const auto found = rows.find(std::get<1>(in));
    std::vector<Row>& equals = found->second;
    const auto isIt = [&](const Row& row) { return row.value == std::get<0>(in) && row.at == time.at; };
    const auto gone = std::find_if(equals.begin(), equals.end(), isIt);
    if (std::find_if(gone + 1, equals.end(), isIt) != equals.end()) return false;
    equals.erase(gone);
    if (equals.empty()) rows.erase(found);
    return true;
  }
  void combine(const SortedArgExtreme& later) {
    for (const auto& [by, equals] : later.rows) {
      std::vector<Row>& own = rows[by];
      own.insert(own.end(), equals.begin(), equals.end());
    }
  }
  void finish(Column& out, Issues&, uint32_t) const {
    if (rows.empty())
      out.appendNull();
    else
      putCell(out, (Max ? rows.rbegin()->second : rows.begin()->second).front().value);
  }
};

template <class T, class By, bool Max>
struct ArgExtreme {
  using Input = std::tuple<T, By>;
  using Sorted = SortedArgExtreme<T, By, Max>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kIgnoresRepeats = true;
  bool any = false;
  T value{};
  By key{};
  void take(const T& candidate, const By& by) {
    if (any && !(Max ? key < by : by < key)) return;
    any = true;
    value = candidate;
    key = by;
  }
  void update(RowTime, const Input& in) { take(std::get<0>(in), std::get<1>(in)); }
  void combine(const ArgExtreme& later) {
    if (later.any) take(later.value, later.key);
  }
  void finish(Column& out, Issues&, uint32_t) const {
    if (any)
      putCell(out, value);
    else
      out.appendNull();
  }
};

using enum Type;

template <class By, bool Max>
void addArg(std::vector<AggregateOverload>& list, Type by) {
  list.push_back(aggregateOf<ArgExtreme<int64_t, By, Max>>(Int, {Int, by}));
  list.push_back(aggregateOf<ArgExtreme<int64_t, By, Max>>(Long, {Long, by}));
  list.push_back(aggregateOf<ArgExtreme<double, By, Max>>(Double, {Double, by}));
  list.push_back(aggregateOf<ArgExtreme<std::string, By, Max>>(String, {String, by}));
  list.push_back(aggregateOf<ArgExtreme<bool, By, Max>>(Bool, {Bool, by}));
}

template <bool Max>
std::vector<AggregateOverload> argOverloads() {
  std::vector<AggregateOverload> list;
  addArg<int64_t, Max>(list, Long);
  addArg<double, Max>(list, Double);
  addArg<std::string, Max>(list, String);
  return list;
}

}  // namespace

std::vector<AggregateFunction> argExtremeAggregates() {
  return {
      {.name = "ARG_MIN",
       .signature = "ARG_MIN(x, by)",
       .help = "x of the row with the least `by`; the first of equals.",
       .example = "ARG_MIN(x, y)",
       .exampleResult = "1",
       .overloads = argOverloads<false>()},
      {.name = "ARG_MAX",
       .signature = "ARG_MAX(x, by)",
       .help = "x of the row with the greatest `by`; the first of equals.",
       .example = "ARG_MAX(x, y)",
       .exampleResult = "4",
       .overloads = argOverloads<true>()},
  };
}

}  // namespace weir
