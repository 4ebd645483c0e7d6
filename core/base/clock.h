// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <utility>

namespace weir {

/// A moment in microseconds since 1970-01-01 UTC. Event times are whole milliseconds: `toMillis`.
using Micros = int64_t;

constexpr Micros kNever = std::numeric_limits<Micros>::max();

/// Times of data, in ms, lie between this and its negative: far enough from the ends of 64 bits for windows, delays and
/// microseconds to be added.
constexpr int64_t kFarthestMs = 9'000'000'000'000'000;

constexpr int64_t floorDivide(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a % b < 0) != (b < 0)); }
constexpr int64_t toMillis(Micros at) { return floorDivide(at, 1000); }
constexpr Micros fromMillis(int64_t ms) {
  return ms > kNever / 1000 ? kNever : ms < -(kNever / 1000) ? -kNever : ms * 1000;
}

/// Names a call that was asked for; never reused.
enum class TimerId : uint64_t { None = 0 };

/// Tells the time and calls back. One thread only: that of its owner.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Micros now() const = 0;
  /// Calls `call` once when the clock reads `at` or later. Calls at one instant come in order of `rank`, then of asking.
  virtual TimerId callAt(Micros at, std::function<void()> call, uint32_t rank = 0) = 0;
  virtual void cancel(TimerId id) = 0;
};

/// A clock moved by hand. Moving it runs what is due on the way, each at its own instant.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(Micros start = 0) : m_now(start) {}

  Micros now() const override { return m_now; }
  TimerId callAt(Micros at, std::function<void()> call, uint32_t rank = 0) override;
  void cancel(TimerId id) override;

  /// Moves to `at`, or stays when it is already past it.
  void advanceTo(Micros at);
  /// Gives the calls of each rank another one; calls of ranks that `to` does not name are given up.
  void rerank(const std::map<uint32_t, uint32_t>& to);
  /// The instant of the next call, or kNever.
  Micros nextDeadline() const { return m_calls.empty() ? kNever : m_calls.begin()->first.at; }

 private:
  struct Key {
    Micros at;
    uint32_t rank;
    TimerId id;
    auto operator<=>(const Key&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy reads its own 0
  };
  Micros m_now;
  uint64_t m_lastId = 0;
  std::map<Key, std::function<void()>> m_calls;
  std::map<TimerId, Key> m_keys;
};

}  // namespace weir
