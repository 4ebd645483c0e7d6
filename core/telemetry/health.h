// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/clock.h"

namespace weir {

/// Where a connection is; Live is Open with a message decoded, Refused, GaveUp and Closed are ends.
enum class ConnectionState { Idle, Connecting, Open, Live, Waiting, Refused, GaveUp, Closed };

/// The state as people read it, e.g. "Retrying".
const char* stateName(ConnectionState state);

/// One of the streams that go over a connection together.
struct StreamHealth {
  QString name;
  bool isSink = false;
  uint64_t rows = 0;  ///< that have passed, or were sent
  uint64_t bad = 0;   ///< messages that could not be decoded, or rows that failed or were dropped
};

/// A connection's facts at one moment, for health cards and logs. A value: it may go to any thread.
struct ConnectionHealth {
  QString name;                       ///< of the connection, or of the stream that has it alone
  std::vector<StreamHealth> streams;  ///< that go over it; empty where one has it alone
  QString url;
  bool isSink = false;
  ConnectionState state = ConnectionState::Idle;
  Micros since = 0;
  int64_t attempt = 0;
  int64_t maxAttempts = -1;
  Micros nextTry = 0;
  QString error;
  QString hint;
  uint64_t errors = 0;  ///< losses and failed attempts so far: `error` is the one of that number
  uint64_t messages = 0;
  uint64_t bytes = 0;
  Micros lastMessage = 0;
  /// Until when it is known that nothing else was sent; 0 where nobody knows.
  Micros lastProof = 0;
  double pingMs = -1;
  int sockets = 1;  ///< that its messages come over
  bool insecure = false;
  // Filled in by whoever knows.
  uint64_t gaps = 0, bad = 0, duplicates = 0, sequenceJumps = 0;
  uint64_t fromFuture = 0;  ///< rows too far ahead of their arrival
  uint64_t lost = 0;        ///< messages, at least, by the usual rate or the sequence numbers
  uint64_t sent = 0, queued = 0, failed = 0, dropped = 0, published = 0, queueMax = 0;
  uint64_t queuedBytes = 0, queueMaxBytes = 0;
  bool stale = false;
  QString degraded;       ///< why its rows are not to be trusted as they should be; empty when they are
  QStringList checklist;  ///< of a feed that is open and brings no rows: what to look at
  double usualGapMs = 0;
  Micros openedAt = 0;                 ///< when the present connection was made; 0 while there is none
  std::optional<int64_t> newestEvent;  ///< greatest event time, where the source has event times, ms
  std::optional<int64_t> watermark;    ///< ms
  bool closedByUser = false;           ///< alone, or with its run
  bool isFinished = false;             ///< it has come to its end, and nothing went wrong
  bool isTable = false;                ///< it is loaded whole, and again when it changes
  uint64_t tableRows = 0;              ///< that its present content has

  /// Of a table: its content is what is there now, or one from before, because the present one cannot be read.
  bool isLoaded() const { return isTable && isFinished && error.isEmpty(); }
  bool isOutdated() const { return isTable && isFinished && !error.isEmpty(); }
  /// The streams that its messages become rows of.
  QStringList sources() const;
  /// How full a sink's queue is, by rows or by bytes: 0 to 1.
  double queueFill() const;
};

}  // namespace weir
