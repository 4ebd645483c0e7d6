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
  /// Calls `call` once when the clock reads `at` or later. Calls at one instant come in order of `rank`, then of
  /// asking.
  virtual TimerId callAt(Micros at, std::function<void()> call, uint32_t rank = 0) = 0;
  virtual void cancel(TimerId id) = 0;
};

/// A clock moved by hand. Moving it runs what is due on the way, each at its own instant.
class VirtualClock final : public Clock {
public:
  explicit VirtualClock(Micros start = 0) : m_now(start) {}

  Micros now() const override { return m_now; }
  TimerId callAt(Micros at, std::function<void()> call, uint32_t rank = 0) override;
  /// As callAt, but once `at` has come the call waits until `ready(at)`. It then sees the clock as it stood at `at`,
  /// so that what it does is the same however long it waited.
  TimerId callOnceReady(Micros at, std::function<bool(Micros at)> ready, std::function<void()> call, uint32_t rank = 0);
  void cancel(TimerId id) override;

  /// Moves to `at`, or stays when it is already past it.
  void advanceTo(Micros at);
  /// Makes the calls that have waited and are ready now, in their order, and what they ask for meanwhile.
  void retryWaiting();
  /// Gives the calls of each rank another one; calls of ranks that `to` does not name are given up.
  void rerank(const std::map<uint32_t, uint32_t>& to);
  /// The instant of the next call, or kNever. Calls that wait to be ready are none.
  Micros nextDeadline() const { return m_calls.empty() ? kNever : m_calls.begin()->first.at; }
  bool hasWaiting() const { return !m_waiting.empty(); }
  /// How many calls were made so far.
  uint64_t callsMade() const { return m_callsMade; }

private:
  struct Key {
    Micros at;
    uint32_t rank;
    TimerId id;
    auto operator<=>(const Key&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy reads its own 0
  };
  struct Call {
    std::function<void()> call;
    std::function<bool(Micros at)> ready;  ///< empty: always
  };
  using Calls = std::map<Key, Call>;
  TimerId add(Micros at, uint32_t rank, Call call);
  void make(Calls::node_type due);
  void makeNext();
  static void rerank(Calls& calls, const std::map<uint32_t, uint32_t>& to, std::map<TimerId, Key>& keys);

  Micros m_now;
  uint64_t m_lastId = 0;
  uint64_t m_callsMade = 0;
  Calls m_calls;
  Calls m_waiting;  ///< due, but not ready
  std::map<TimerId, Key> m_keys;
};

}  // namespace weir
