// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <vector>

namespace bench {

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

inline double percentile(std::vector<double> values, double p) {
  std::sort(values.begin(), values.end());
  return values.empty()
             ? 0
             : values[std::min(values.size() - 1, static_cast<size_t>(p * static_cast<double>(values.size())))];
}

/// Processor time of this thread, in seconds: what a busy machine does not blur.
inline double threadSeconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}
inline double processSeconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}
inline double wallSeconds() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

/// One line for script/bench.
inline void report(const char* name, double value, const char* unit) {
  std::printf("{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\"}\n", name, value, unit);
  std::fflush(stdout);
}

/// Delays in ms of both sides over the same logarithmic edges, one line for script/bench.
inline void reportHistogram(const char* name, const std::vector<double>& bare, const std::vector<double>& weir) {
  constexpr int kBins = 60;
  constexpr double kLow = 0.01, kHigh = 100;
  const auto edge = [](int i) { return kLow * std::pow(kHigh / kLow, static_cast<double>(i) / kBins); };
  const auto print = [&](const char* key, const std::vector<double>& delays) {
    std::vector<int> counts(kBins, 0);
    for (const double ms : delays)
      ++counts[static_cast<size_t>(std::clamp(
          static_cast<int>(std::log(std::max(ms, kLow) / kLow) / std::log(kHigh / kLow) * kBins), 0, kBins - 1))];
    std::printf(",\"%s\":[", key);
    for (int i = 0; i < kBins; ++i) std::printf("%s%d", i ? "," : "", counts[static_cast<size_t>(i)]);
    std::printf("]");
  };
  std::printf("{\"name\":\"%s\",\"edges_ms\":[", name);
  for (int i = 0; i <= kBins; ++i) std::printf("%s%.6g", i ? "," : "", edge(i));
  std::printf("]");
  print("bare", bare);
  print("weir", weir);
  std::printf("}\n");
  std::fflush(stdout);
}

}  // namespace bench
