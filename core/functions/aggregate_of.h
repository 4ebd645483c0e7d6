// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/functions/aggregate_function.h"

namespace weir {

/// Appends a rounded result, or NULL where it is beyond the range of DOUBLE, and counts that.
inline void putRounded(Column& out, Issues& issues, uint32_t weight, std::optional<double> value) {
  if (value) return out.appendReal(*value);
  out.appendNull();
  issues.count(Issue::Overflow, weight);
}

/// Appends a value as it is.
inline void putCell(Column& out, bool value) { out.appendInteger(value ? 1 : 0); }
inline void putCell(Column& out, int64_t value) { out.appendInteger(value); }
inline void putCell(Column& out, double value) { out.appendReal(value); }
inline void putCell(Column& out, const std::string& value) { out.appendText(value); }

/// When a row happened, for aggregates that care.
struct RowTime {
  EventInstant at;
};

/// An aggregate is a struct `State` with
///   using Input = std::tuple<...>            the argument types: bool, int64_t, double, std::string
///   static constexpr bool kSkipsNull         NULL in any argument: the row does not count (true but for COUNT(*))
///   void update(RowTime, const Input&)
///   void combine(const State& later)
///   void finish(Column&, Issues&, uint32_t weight) const
/// and, where rows can be taken back exactly, kRetracts = true and void retract(RowTime, const Input&). kAnyOrder =
/// true says that this holds for any row, not for the oldest one only; such a retract may be a bool, false where only
/// this row cannot. `using Sorted = ...` is a State of the same result with kAnyOrder, which keeps all values.
namespace aggregating {

template <class T>
T read(const Column& column, size_t row) {
  if constexpr (std::is_same_v<T, bool>)
    return column.integer(row) != 0;
  else if constexpr (std::is_same_v<T, int64_t>)
    return column.integer(row);
  else if constexpr (std::is_same_v<T, double>)
    return column.real(row);
  else
    return T(column.text(row));
}

template <class Input>
struct Reader;
template <class... A>
struct Reader<std::tuple<A...>> {
  static bool anyNull(const AggregateInput& input, size_t row) {
    return [&]<size_t... I>(std::index_sequence<I...>) { return (false || ... || input.args[I]->isNull(row)); }
    (std::index_sequence_for<A...>{});
  }
  static std::tuple<A...> get(const AggregateInput& input, size_t row) {
    return [&]<size_t... I>(std::index_sequence<I...>) { return std::tuple<A...>(read<A>(*input.args[I], row)...); }
    (std::index_sequence_for<A...>{});
  }
};

template <class State>
bool applies(const AggregateInput& input, size_t row) {
  return input.counts(row) && !(State::kSkipsNull && Reader<typename State::Input>::anyNull(input, row));
}

template <class Group>
void keepGroups(std::vector<Group>& all, std::span<const uint32_t> groups) {
  std::vector<Group> kept;
  kept.reserve(groups.size());
  for (const uint32_t group : groups) kept.push_back(std::move(all[group]));
  all = std::move(kept);
}

/// Appending only: windows that start, fill and close.
template <class State>
class Appending final : public Aggregator {
public:
  void grow(size_t count) override {
    if (m_states.size() < count) m_states.resize(count);
  }
  void reset() override { m_states.clear(); }
  void update(const AggregateInput& input, std::span<const uint32_t> rows, std::span<const uint32_t> groups) override {
    for (size_t i = 0; i < rows.size(); ++i) {
      const uint32_t row = rows[i];
      if (applies<State>(input, row))
        m_states[groups[i]].update({input.meta[row].instant()}, Reader<typename State::Input>::get(input, row));
    }
  }
  void merge(uint32_t from, uint32_t to) override {
    m_states[to].combine(m_states[from]);
    m_states[from] = State();
  }
  void clear(uint32_t group) override { m_states[group] = State(); }
  void keepOnly(std::span<const uint32_t> groups) override { keepGroups(m_states, groups); }
  bool takeBack([[maybe_unused]] const AggregateInput& input, [[maybe_unused]] uint32_t row,
                [[maybe_unused]] uint32_t group) override {
    if constexpr (requires { requires State::kAnyOrder; }) {
      if (!applies<State>(input, row)) return true;
      const RowTime time{input.meta[row].instant()};
      const auto gone = Reader<typename State::Input>::get(input, row);
      if constexpr (std::is_same_v<decltype(m_states[group].retract(time, gone)), bool>) {
        return m_states[group].retract(time, gone);
      } else {
        m_states[group].retract(time, gone);
        return true;
      }
    } else {
      return false;
    }
  }
  void finish(uint32_t group, Column& out, Issues& issues, uint32_t weight) const override {
    m_states[group].finish(out, issues, weight);
  }

private:
  std::vector<State> m_states;
};

/// First in, first out, where rows can be taken back exactly.
template <class State>
class Retracting final : public RollingAggregator {
public:
  void grow(size_t count) override {
    if (m_groups.size() < count) m_groups.resize(count);
  }
  void push(const AggregateInput& input, uint32_t row, uint32_t group) override {
    Group& g = m_groups[group];
    const bool use = applies<State>(input, row);
    g.rows.push_back({use,
                      {input.meta[row].instant()},
                      use ? Reader<typename State::Input>::get(input, row) : typename State::Input{}});
    if (use) g.state.update(g.rows.back().time, g.rows.back().input);
  }
  void popOldest(uint32_t group) override {
    Group& g = m_groups[group];
    if (g.rows.front().counts) g.state.retract(g.rows.front().time, g.rows.front().input);
    g.rows.pop_front();
  }
  void keepOnly(std::span<const uint32_t> groups) override { keepGroups(m_groups, groups); }
  void finish(uint32_t group, Column& out, Issues& issues, uint32_t weight) const override {
    m_groups[group].state.finish(out, issues, weight);
  }

private:
  struct Row {
    bool counts;
    RowTime time;
    typename State::Input input;
  };
  struct Group {
    State state;
    std::deque<Row> rows;
  };
  std::vector<Group> m_groups;
};

/// First in, first out by two stacks: every row is combined at most twice, nothing is ever subtracted, so nothing
/// drifts (Tangwongsan, Hirzel, Schneider: Low-Latency Sliding-Window Aggregation, 2017).
template <class State>
class TwoStacks final : public RollingAggregator {
public:
  void grow(size_t count) override {
    if (m_groups.size() < count) m_groups.resize(count);
  }
  void push(const AggregateInput& input, uint32_t row, uint32_t group) override {
    Group& g = m_groups[group];
    State one;
    if (applies<State>(input, row))
      one.update({input.meta[row].instant()}, Reader<typename State::Input>::get(input, row));
    g.backSum.combine(one);
    g.back.push_back(std::move(one));
  }
  void popOldest(uint32_t group) override {
    Group& g = m_groups[group];
    if (g.front.empty()) {
      // Turn the back over: the front holds, for each row, everything from it to the newest of that moment.
      while (!g.back.empty()) {
        State sum = std::move(g.back.back());
        g.back.pop_back();
        if (!g.front.empty()) sum.combine(g.front.back());
        g.front.push_back(std::move(sum));
      }
      g.backSum = State();
    }
    g.front.pop_back();
  }
  void keepOnly(std::span<const uint32_t> groups) override { keepGroups(m_groups, groups); }
  void finish(uint32_t group, Column& out, Issues& issues, uint32_t weight) const override {
    const Group& g = m_groups[group];
    State sum = g.front.empty() ? State() : g.front.back();
    sum.combine(g.backSum);
    sum.finish(out, issues, weight);
  }

private:
  struct Group {
    std::vector<State> front;
    std::vector<State> back;
    State backSum;
  };
  std::vector<Group> m_groups;
};

template <class Input>
std::string keyOf(const Input& input) {
  std::string key;
  std::apply(
      [&key](const auto&... parts) {
        [[maybe_unused]] const auto add = [&key](const auto& part) {
          if constexpr (std::is_same_v<std::decay_t<decltype(part)>, std::string>) {
            key.append(part).push_back('\0');
          } else {
            auto value = part;
            // -0.0 and 0.0 are one value.
            if constexpr (std::is_same_v<decltype(value), double>)
              if (value == 0) value = 0;
            key.append(reinterpret_cast<const char*>(&value), sizeof value);
          }
        };
        (add(parts), ...);
      },
      input);
  return key;
}

/// The same over distinct inputs: a State over one copy of each, added when first seen. Rows that leave are counted
/// down; the last of its kind is taken back, or the result is computed anew without it.
template <class Inner>
struct Distinct {
  using Input = typename Inner::Input;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kRetracts = true;
  static constexpr bool kAnyOrder = requires { requires Inner::kAnyOrder; };

  struct Seen {
    Input input;
    RowTime time;
    uint64_t times = 0;
    uint64_t order = 0;
  };
  std::unordered_map<std::string, Seen> seen;
  Inner state;
  uint64_t next = 0;

  void update(RowTime time, const Input& input) {
    Seen& entry = seen[keyOf(input)];
    if (entry.times++ > 0) return;
    entry.input = input;
    entry.time = time;
    entry.order = next++;
    state.update(time, input);
  }
  void retract(RowTime, const Input& input) {
    const auto found = seen.find(keyOf(input));
    if (--found->second.times > 0) return;
    const Seen gone = std::move(found->second);
    seen.erase(found);
    if constexpr (kAnyOrder)
      state.retract(gone.time, gone.input);
    else
      rebuild();
  }
  void combine(const Distinct& later) {
    std::vector<const Seen*> ordered;
    for (const auto& [key, entry] : later.seen) ordered.push_back(&entry);
    std::sort(ordered.begin(), ordered.end(), [](const Seen* a, const Seen* b) { return a->order < b->order; });
    for (const Seen* entry : ordered) {
      update(entry->time, entry->input);
      seen[keyOf(entry->input)].times += entry->times - 1;
    }
  }
  void finish(Column& out, Issues& issues, uint32_t weight) const { state.finish(out, issues, weight); }

private:
  void rebuild() {
    std::vector<const Seen*> ordered;
    for (const auto& [key, entry] : seen) ordered.push_back(&entry);
    std::sort(ordered.begin(), ordered.end(), [](const Seen* a, const Seen* b) { return a->order < b->order; });
    state = Inner();
    for (const Seen* entry : ordered) state.update(entry->time, entry->input);
  }
};

template <class State>
std::unique_ptr<Aggregator> makeAppending() {
  return std::make_unique<Appending<State>>();
}
template <class State>
std::unique_ptr<RollingAggregator> makeRolling() {
  if constexpr (requires { State::kRetracts; })
    return std::make_unique<Retracting<State>>();
  else
    return std::make_unique<TwoStacks<State>>();
}

template <class State>
std::unique_ptr<Aggregator> makeRetracting() {
  if constexpr (requires { typename State::Sorted; })
    return std::make_unique<Appending<typename State::Sorted>>();
  else
    return std::make_unique<Appending<State>>();
}

}  // namespace aggregating

/// What a State is over distinct inputs: itself, where kIgnoresRepeats = true says that they change nothing.
template <class State>
struct OverDistinct {
  using Type = aggregating::Distinct<State>;
};
template <class State>
requires State::kIgnoresRepeats struct OverDistinct<State> {
  using Type = State;
};

/// Makes the table entry of a State: everything an overload can be asked for.
template <class State>
AggregateOverload aggregateOf(Type result, std::vector<Type> params) {
  return {result,
          std::move(params),
          &aggregating::makeAppending<State>,
          &aggregating::makeRolling<State>,
          &aggregating::makeAppending<typename OverDistinct<State>::Type>,
          &aggregating::makeRolling<typename OverDistinct<State>::Type>,
          &aggregating::makeRetracting<State>};
}

}  // namespace weir
