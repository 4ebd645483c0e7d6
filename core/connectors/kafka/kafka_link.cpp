// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/kafka/kafka_link.h"

#include <algorithm>
#include <utility>

namespace weir {

KafkaLink::KafkaLink(Clock& clock, QString name, QString address)
    : m_clock(clock), m_name(std::move(name)), m_address(std::move(address)), m_since(clock.now()) {}

bool KafkaLink::enter(ConnectionState state) {
  if (m_state == state) return false;
  m_state = state;
  m_since = m_clock.now();
  return true;
}

KafkaLink::Turn KafkaLink::hear(const KafkaNews& news) {
  const bool isAuthentication =
      news.code == RD_KAFKA_RESP_ERR__AUTHENTICATION || news.code == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED;
  if (news.isFatal || isAuthentication) {
    note(news.error, kafkaHint(news.code, news.error));
    return Turn::Refused;
  }
  if (!news.error.isEmpty()) {
    m_error = news.error;
    m_hint = kafkaHint(news.code, news.error);
  }
  if (news.isReached) {
    m_isReached = *news.isReached;
    m_isDown = !m_isReached;
  }
  // That all brokers are down may be known before why.
  if (m_isDown && !m_error.isEmpty() && m_state != ConnectionState::Waiting) {
    noteAndRetry(m_error, m_hint);
    return Turn::Down;
  }
  return news.isReached == true ? Turn::Back : Turn::None;
}

void KafkaLink::note(const QString& error, const QString& hint) {
  m_error = error;
  m_hint = hint;
  ++m_errors;
}

void KafkaLink::noteAndRetry(const QString& error, const QString& hint) {
  note(error, hint);
  m_attempt = 1;
  m_nextTry = m_clock.now() + kKafkaRetry;
}

void KafkaLink::clear() {
  m_isDown = false;
  m_attempt = 0;
  m_error.clear();
  m_hint.clear();
}

void KafkaLink::fill(ConnectionHealth& health) const {
  health.name = m_name;
  health.url = m_address;
  health.state = m_state;
  health.since = m_since;
  health.attempt = m_attempt;
  health.nextTry = std::max(m_nextTry, m_clock.now());
  health.error = m_error;
  health.hint = m_hint;
  health.errors = m_errors;
}

}  // namespace weir
