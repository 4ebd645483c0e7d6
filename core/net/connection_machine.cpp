// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/connection_machine.h"

#include <algorithm>
#include <utility>

namespace weir {

using State = ConnectionState;

int64_t backoffDelay(const BackoffPolicy& policy, int64_t attempt, double random) {
  int64_t delay = std::min(policy.delayMs, policy.maxDelayMs);
  for (int64_t i = 1; i < attempt && delay < policy.maxDelayMs; ++i) delay = std::min(delay * 2, policy.maxDelayMs);
  return delay - static_cast<int64_t>(static_cast<double>(delay) * policy.jitter * random);
}

ConnectionMachine::Action ConnectionMachine::retry(FailureKind kind, double random) {
  if (kind == FailureKind::Refused) {
    m_state = State::Refused;
    return Action::Finish;
  }
  if (!m_policy.reconnect) {
    m_state = State::Closed;
    return Action::Finish;
  }
  if (m_policy.onDemand && !m_inSeries) {
    m_state = State::Idle;
    m_attempt = 0;
    m_exhausted = false;
    m_lastFailure = kind;
    return Action::Sleep;
  }
  if (m_policy.maxAttempts >= 0 && m_attempt >= m_policy.maxAttempts) {
    m_exhausted = true;
    m_inSeries = false;
    m_attempt = 0;
    m_state = m_policy.onDemand ? State::Idle : State::GaveUp;
    m_lastFailure = kind;
    return m_policy.onDemand ? Action::Sleep : Action::Finish;
  }
  ++m_attempt;
  m_state = State::Waiting;
  m_delayMs = kind == FailureKind::Throttled ? m_policy.maxDelayMs : backoffDelay(m_policy, m_attempt, random);
  return Action::Wait;
}

ConnectionMachine::Action ConnectionMachine::handle(Event event, FailureKind kind, double random) {
  const bool ended = m_state == State::Refused || m_state == State::GaveUp || m_state == State::Closed;
  switch (event) {
    case Event::Start:
      if (m_state != State::Idle && m_state != State::Waiting && !ended) return Action::None;
      m_state = State::Connecting;
      m_exhausted = false;
      if (ended) m_attempt = 0;
      return Action::Connect;
    case Event::HandshakeDone:
      if (m_state != State::Connecting) return Action::None;
      m_state = State::Open;
      // A sink's series ends with the handshake; a source must be fed before it counts as recovered.
      if (m_policy.onDemand) {
        m_attempt = 0;
        m_inSeries = false;
        m_lastFailure = FailureKind::Retryable;
      }
      return Action::None;
    case Event::Decoded:
      if (m_state != State::Open && m_state != State::Live) return Action::None;
      m_state = State::Live;
      return Action::None;
    case Event::Passed:
      if (m_state == State::Open || m_state == State::Live) m_attempt = 0;
      return Action::None;
    case Event::Failed:
      if (m_state != State::Connecting) return Action::None;
      return retry(kind, random);
    case Event::Lost:
      if (m_state != State::Open && m_state != State::Live) return Action::None;
      return retry(kind, random);
    case Event::RetryDue:
      if (m_state != State::Waiting) return Action::None;
      m_state = State::Connecting;
      return Action::Connect;
    case Event::Demand:
      if (!m_policy.onDemand || m_state != State::Idle || !m_policy.reconnect) return Action::None;
      m_inSeries = true;
      m_exhausted = false;
      m_attempt = 0;
      return retry(std::exchange(m_lastFailure, FailureKind::Retryable), random);
    case Event::Stop:
      if (m_state == State::Closed) return Action::None;
      m_state = State::Closed;
      return Action::Drop;
  }
  return Action::None;
}

}  // namespace weir
