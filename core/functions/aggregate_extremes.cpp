// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>
#include <vector>

#include "core/functions/aggregate_of.h"
#include "core/functions/families.h"

namespace weir {

namespace {

/// MIN or MAX where rows leave in any order.
template <class T, bool Max>
struct SortedExtreme {
  using Input = std::tuple<T>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kAnyOrder = true;
  std::map<T, uint64_t> times;
  void update(RowTime, const Input& in) { ++times[std::get<0>(in)]; }
  void retract(RowTime, const Input& in) {
    const auto found = times.find(std::get<0>(in));
    if (--found->second == 0) times.erase(found);
  }
  void combine(const SortedExtreme& later) {
    for (const auto& [value, count] : later.times) times[value] += count;
  }
  void finish(Column& out, Issues&, uint32_t) const {
    if (times.empty())
      out.appendNull();
    else
      putCell(out, Max ? times.rbegin()->first : times.begin()->first);
  }
};

template <class T, bool Max>
struct Extreme {
  using Input = std::tuple<T>;
  using Sorted = SortedExtreme<T, Max>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kIgnoresRepeats = true;
  bool any = false;
  T value{};
  void take(const T& candidate) {
    if (!any || (Max ? value < candidate : candidate < value)) value = candidate;
    any = true;
  }
  void update(RowTime, const Input& in) { take(std::get<0>(in)); }
  void combine(const Extreme& later) {
    if (later.any) take(later.value);
  }
  void finish(Column& out, Issues&, uint32_t) const {
    if (any)
      putCell(out, value);
    else
      out.appendNull();
  }
};

// By event time; among equal times the first to arrive is FIRST, the last to arrive is LAST.
template <class T, bool Last>
struct Edge {
  using Input = std::tuple<T>;
  static constexpr bool kSkipsNull = true;
  bool any = false;
  EventInstant time;
  T value{};
  void take(EventInstant at, const T& candidate) {
    if (any && (Last ? at < time : at >= time)) return;
    any = true;
    time = at;
    value = candidate;
  }
  void update(RowTime at, const Input& in) { take(at.at, std::get<0>(in)); }
  void combine(const Edge& later) {
    if (later.any) take(later.time, later.value);
  }
  void finish(Column& out, Issues&, uint32_t) const {
    if (any)
      putCell(out, value);
    else
      out.appendNull();
  }
};

using enum Type;

template <template <class, bool> class State, bool Flag>
std::vector<AggregateOverload> forComparable() {
  return {aggregateOf<State<int64_t, Flag>>(Int, {Int}),           aggregateOf<State<int64_t, Flag>>(Long, {Long}),
          aggregateOf<State<double, Flag>>(Float, {Float}),        aggregateOf<State<double, Flag>>(Double, {Double}),
          aggregateOf<State<std::string, Flag>>(String, {String}), aggregateOf<State<bool, Flag>>(Bool, {Bool}),
          aggregateOf<State<std::string, Flag>>(Bytes, {Bytes})};
}

template <template <class, bool> class State, bool Flag>
std::vector<AggregateOverload> forAll() {
  auto list = forComparable<State, Flag>();
  list.push_back(aggregateOf<State<std::string, Flag>>(Object, {Object}));
  return list;
}

}  // namespace

std::vector<AggregateFunction> extremeAggregates() {
  return {
      {.name = "MIN",
       .signature = "MIN(x)",
       .help = "Least value.",
       .example = "MIN(x)",
       .exampleResult = "1",
       .overloads = forComparable<Extreme, false>()},
      {.name = "MAX",
       .signature = "MAX(x)",
       .help = "Greatest value.",
       .example = "MAX(x)",
       .exampleResult = "4",
       .overloads = forComparable<Extreme, true>()},
      {.name = "FIRST",
       .aliases = "FIRST_VALUE",
       .signature = "FIRST(x)",
       .help = "Value of the earliest row by event time; arrival breaks ties.",
       .example = "FIRST(x)",
       .exampleResult = "1",
       .overloads = forAll<Edge, false>()},
      {.name = "LAST",
       .aliases = "LAST_VALUE",
       .signature = "LAST(x)",
       .help = "Value of the latest row by event time; arrival breaks ties.",
       .example = "LAST(x)",
       .exampleResult = "4",
       .overloads = forAll<Edge, true>()},
      {.name = "MINFOREVER",
       .signature = "MINFOREVER(x)",
       .help = "Least value since the start; no window resets it.",
       .example = "MINFOREVER(x)",
       .exampleResult = "1",
       .overloads = forComparable<Extreme, false>(),
       .isForever = true},
      {.name = "MAXFOREVER",
       .signature = "MAXFOREVER(x)",
       .help = "Greatest value since the start; no window resets it.",
       .example = "MAXFOREVER(x)",
       .exampleResult = "4",
       .overloads = forComparable<Extreme, true>(),
       .isForever = true},
  };
}

}  // namespace weir
