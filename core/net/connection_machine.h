// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "core/telemetry/health.h"

namespace weir {

/// Why an attempt failed, as far as it matters for what to do next.
enum class FailureKind {
  Retryable,
  Refused,    ///< retrying cannot help: 401, 403, bad subprotocol, failed certificate check
  Throttled,  ///< 429, 503, close code 1013: wait the longest delay
};

/// When and how often to try again after a loss.
struct BackoffPolicy {
  bool reconnect = true;
  int64_t delayMs = 1000;
  int64_t maxDelayMs = 30000;
  int64_t maxAttempts = -1;  ///< -1 is unlimited
  double jitter = 0;
  /// A sink connects once at the start, then only for rows that wait: a failure leaves it idle until `demand`.
  bool onDemand = false;
};

/// min(delay * 2^(attempt-1), max), for attempt 1, 2, ...; `random` in [0, 1) takes the jitter's share off.
int64_t backoffDelay(const BackoffPolicy& policy, int64_t attempt, double random = 0);

/// Decides what a connection does: state and event in, action out. Pure; somebody else carries the actions out.
class ConnectionMachine {
public:
  enum class Event { Start, HandshakeDone, Failed, Lost, Decoded, RetryDue, Demand, Stop, Passed };
  enum class Action {
    None,
    Connect,
    Wait,    ///< call RetryDue after `delayMs`
    Drop,    ///< tear the socket down, if there is one
    Finish,  ///< nothing more will happen: Refused, GaveUp or Closed
    Sleep,   ///< of an on-demand connection: wait for demand; rows that wait have failed when `exhausted`
  };

  explicit ConnectionMachine(BackoffPolicy policy) : m_policy(policy) {}

  Action handle(Event event, FailureKind kind = FailureKind::Retryable, double random = 0);

  ConnectionState state() const { return m_state; }
  /// Of the attempt that is under way or waited for; 0 is the first try.
  int64_t attempt() const { return m_attempt; }
  int64_t delayMs() const { return m_delayMs; }
  bool exhausted() const { return m_exhausted; }
  const BackoffPolicy& policy() const { return m_policy; }

private:
  Action retry(FailureKind kind, double random);

  BackoffPolicy m_policy;
  ConnectionState m_state = ConnectionState::Idle;
  int64_t m_attempt = 0;
  int64_t m_delayMs = 0;
  bool m_exhausted = false;
  bool m_inSeries = false;
  FailureKind m_lastFailure = FailureKind::Retryable;  ///< what put an on-demand connection to sleep
};

}  // namespace weir
