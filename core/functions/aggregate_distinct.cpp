// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <bit>
#include <cmath>

#include "core/functions/aggregate_of.h"
#include "core/functions/families.h"

namespace weir {

namespace {

template <class T>
struct DistinctCount {
  using Input = std::tuple<T>;
  static constexpr bool kSkipsNull = true;
  static constexpr bool kRetracts = true;
  static constexpr bool kAnyOrder = true;
  std::unordered_map<std::string, uint64_t> seen;
  void update(RowTime, const Input& in) { ++seen[aggregating::keyOf(in)]; }
  void retract(RowTime, const Input& in) {
    const auto found = seen.find(aggregating::keyOf(in));
    if (found != seen.end() && --found->second == 0) seen.erase(found);
  }
  void combine(const DistinctCount& later) {
    for (const auto& [key, times] : later.seen) seen[key] += times;
  }
  void finish(Column& out, Issues&, uint32_t) const { out.appendInteger(static_cast<int64_t>(seen.size())); }
};

// HyperLogLog with 4,096 registers: about 1.6 % standard error (Flajolet et al., 2007), linear counting when few.
template <class T>
struct ApproximateCount {
  using Input = std::tuple<T>;
  static constexpr bool kSkipsNull = true;
  static constexpr size_t kBits = 12;
  static constexpr size_t kRegisters = size_t{1} << kBits;
  std::vector<uint8_t> registers;

  // FNV-1a with a final mix; std::hash is not the same everywhere, and results must be.
  static uint64_t hash(const std::string& key) {
    uint64_t h = 14695981039346656037ULL;
    for (const char c : key) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdULL;
    h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return h ^ (h >> 33);
  }
  void update(RowTime, const Input& in) {
    if (registers.empty()) registers.resize(kRegisters);
    const uint64_t h = hash(aggregating::keyOf(in));
    const auto rank = static_cast<uint8_t>(std::countl_zero((h << kBits) | (uint64_t{1} << (kBits - 1))) + 1);
    uint8_t& slot = registers[h >> (64 - kBits)];
    slot = std::max(slot, rank);
  }
  void combine(const ApproximateCount& later) {
    if (later.registers.empty()) return;
    if (registers.empty()) registers.resize(kRegisters);
    for (size_t i = 0; i < kRegisters; ++i) registers[i] = std::max(registers[i], later.registers[i]);
  }
  void finish(Column& out, Issues&, uint32_t) const {
    if (registers.empty()) return out.appendInteger(0);
    double sum = 0;
    double empty = 0;
    for (const uint8_t rank : registers) {
      sum += std::ldexp(1.0, -rank);
      if (rank == 0) ++empty;
    }
    constexpr double kCount = kRegisters;
    double estimate = 0.7213 / (1 + 1.079 / kCount) * kCount * kCount / sum;
    if (estimate <= 2.5 * kCount && empty > 0) estimate = kCount * std::log(kCount / empty);
    out.appendInteger(std::llround(estimate));
  }
};

template <template <class> class State>
std::vector<AggregateOverload> forAll() {
  using enum Type;
  return {aggregateOf<State<bool>>(Long, {Bool}),          aggregateOf<State<int64_t>>(Long, {Long}),
          aggregateOf<State<double>>(Long, {Double}),      aggregateOf<State<std::string>>(Long, {String}),
          aggregateOf<State<std::string>>(Long, {Object}), aggregateOf<State<std::string>>(Long, {Bytes})};
}

}  // namespace

std::vector<AggregateFunction> distinctAggregates() {
  return {
      {.name = "DISTINCTCOUNT",
       .aliases = "COUNT_DISTINCT",
       .signature = "DISTINCTCOUNT(x)",
       .help = "Number of different values, exact; the same as COUNT(DISTINCT x).",
       .example = "DISTINCTCOUNT(y)",
       .exampleResult = "2",
       .overloads = forAll<DistinctCount>(),
       .keepsValues = true},
      {.name = "APPROX_COUNT_DISTINCT",
       .signature = "APPROX_COUNT_DISTINCT(x)",
       .help = "Number of different values within about 2 %, in 4 KiB a group (HyperLogLog).",
       .example = "APPROX_COUNT_DISTINCT(y)",
       .exampleResult = "2",
       .overloads = forAll<ApproximateCount>()},
  };
}

}  // namespace weir
