// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/connectors/kafka/kafka_client.h"
#include "core/telemetry/health.h"

namespace weir {

/// How a source or a sink stands with its brokers, by what its client is told.
class KafkaLink {
public:
  KafkaLink(Clock& clock, QString name, QString address);

  ConnectionState state() const { return m_state; }
  Micros since() const { return m_since; }
  const QString& error() const { return m_error; }
  const QString& hint() const { return m_hint; }
  /// Whether any broker was there when last heard of.
  bool isReached() const { return m_isReached; }
  /// Returns whether it is another state than before.
  bool enter(ConnectionState state);

  /// What news mean: all brokers have become unreachable, one is there again, or none will have us any more.
  enum class Turn { None, Down, Back, Refused };
  Turn hear(const KafkaNews& news);
  /// Something went wrong that is not the brokers' being away.
  void note(const QString& error, const QString& hint);
  /// The same, and it is tried again before long.
  void noteAndRetry(const QString& error, const QString& hint);
  /// All is well, or begins anew.
  void clear();
  void fill(ConnectionHealth& health) const;

private:
  Clock& m_clock;
  QString m_name;
  QString m_address;
  ConnectionState m_state = ConnectionState::Idle;
  Micros m_since = 0;
  bool m_isReached = false;
  bool m_isDown = false;  ///< all brokers are
  int64_t m_attempt = 0;
  Micros m_nextTry = 0;
  QString m_error;
  QString m_hint;
  uint64_t m_errors = 0;
};

}  // namespace weir
