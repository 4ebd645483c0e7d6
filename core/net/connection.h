// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "core/base/clock.h"
#include "core/net/connection_machine.h"
#include "core/net/transport.h"

namespace weir {

struct Failure;

/// What a connection needs to know; all secrets are already in place.
struct ConnectionSettings : TransportSettings {
  QString name;
  QString shownUrl;  ///< without secrets
  QStringList openMessages;
  QString heartbeatMessage;
  int64_t heartbeatMs = 20000;
  int64_t connectTimeoutMs = 10000;
  int64_t pingIntervalMs = 20000;
  int64_t pingTimeoutMs = 10000;
  int64_t idleTimeoutMs = 0;
  /// What a server must not bring back into an error text.
  QStringList secrets;
  BackoffPolicy backoff;

  /// Keeps a text out of error texts; a short one would blot out words that only look like it.
  void hide(const QString& secret);
  /// Sends a header and hides its value, whole and by its words.
  void addHeader(const QByteArray& header, const QByteArray& value);
  /// A text that may hold what a server said, without secrets and on one line.
  QString masked(QString text) const;
};

/// A connection's facts at one moment, for health cards and logs. A value: it may go to any thread.
struct ConnectionHealth {
  QString name;
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

  /// How full a sink's queue is, by rows or by bytes: 0 to 1.
  double queueFill() const;
};

/// Does what the machine says, over one transport after another. Lives on the thread of its clock. Messages come by
/// callback, never by signal: a signal per message would cost more than the message.
class Connection final : private TransportListener {
public:
  Connection(ConnectionSettings settings, Clock& clock, TransportFactory transports = makeTransport);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The payload is borrowed: it lives until the call returns.
  std::function<void(const QByteArray& payload, bool isText)> onMessage;
  /// Every message in and out, for somebody who looks on.
  std::function<void(const QByteArray& payload, bool isText, bool isOutgoing)> onFrame;
  std::function<void()> onOpen;
  std::function<void()> onLost;
  std::function<void()> onStateChanged;
  /// Some of what was sent has left for the operating system.
  std::function<void()> onWritten;
  /// A ping that left at `asked` was answered: all that the server had sent by then has been read.
  std::function<void(Micros asked)> onAlive;
  /// What the server said over the present connection that explains why it closes it; empty when it said nothing.
  std::function<QString()> lastWords;

  void start();
  /// Starts, and says once how the first attempt ended: an empty text, or the error. A connection that succeeds is
  /// kept.
  void validateConnectivity(std::function<void(const QString& error)> done);
  /// Closes with a close frame. A text says why it had to end, when that was nobody's wish.
  void stop(const QString& why = {}, const QString& hint = {});
  void reconnectNow();
  /// A row waits for a sink's connection.
  void demand();
  /// Asks the server now whether it is there, unless it has still to answer: `onAlive` tells.
  void ask();
  /// Data has been decoded: the connection counts as live.
  void decoded();
  /// A row has passed, decoded, with its time, and no repeat: the attempts start anew, for a row without all of its
  /// columns once the connection has stayed for the longest delay.
  void rowPassed(bool isWhole);
  bool hasPassedRow() const { return m_hasPassedRow; }
  bool isOpen() const;
  bool hasEnded() const;
  /// Of all that was written over the newest transport: how many bytes still wait in this process, encrypted or not.
  int64_t bytesToWrite() const;
  /// How many it was, and how many of these have left for the operating system. What had not left by a loss never will.
  int64_t bytesHanded() const;
  int64_t bytesGone() const;
  /// When the newest message came.
  Micros lastMessage() const { return m_lastMessage; }
  /// When the present state began.
  Micros since() const { return m_since; }
  /// Returns false when the transport does not take it.
  bool send(const QByteArray& payload, bool asText);
  /// What a server said, fit to be shown: masked, on one line, shortened.
  QString shown(const QString& said) const;

  ConnectionState state() const { return m_machine.state(); }
  const ConnectionMachine& machine() const { return m_machine; }
  ConnectionHealth health() const;
  const ConnectionSettings& settings() const { return m_settings; }

private:
  void opened(const QString& subprotocol) override;
  void received(const QByteArray& payload, bool isText) override;
  void answered(const QByteArray& ping) override;
  void turned() override;
  void written() override;
  void failed(HandshakeFailure kind, const QString& cause) override;
  void lost(const TransportLoss& loss) override;

  void act(ConnectionMachine::Action action);
  void handle(ConnectionMachine::Event event, FailureKind kind = FailureKind::Retryable);
  void open();
  void drop();
  void timedOut();
  void fail(const Failure& failure);
  void lose(const Failure& failure);
  void lose(const QString& cause);
  void schedulePing();
  void ping();
  void awaitPong();
  void pongOverdue();
  void scheduleIdle();
  void scheduleHeartbeat();
  void cancelTimers();
  void setError(const QString& text, const QString& hint);

  std::function<void(const QString& error)> m_validated;
  ConnectionSettings m_settings;
  Clock& m_clock;
  ConnectionMachine m_machine;
  TransportFactory m_transports;
  std::unique_ptr<Transport> m_transport;  ///< the newest
  bool m_isUp = false;                     ///< it opens, or is open
  bool m_hasPassedRow = false;             ///< by a row that passed
  TimerId m_stayTimer = TimerId::None;
  TimerId m_retryTimer = TimerId::None;
  TimerId m_connectTimer = TimerId::None;
  TimerId m_pingTimer = TimerId::None;
  TimerId m_pongTimer = TimerId::None;
  std::deque<Micros> m_unanswered;  ///< when the pings left
  TimerId m_idleTimer = TimerId::None;
  Micros m_idleNotBefore = 0;
  TimerId m_heartbeatTimer = TimerId::None;
  Micros m_since = 0;
  Micros m_nextTry = 0;
  Micros m_lastMessage = 0;
  int m_readAgainIn = 0;  ///< messages until the clock is read again
  uint64_t m_messages = 0;
  uint64_t m_bytes = 0;
  double m_pingMs = -1;
  QString m_error;
  QString m_hint;
  uint64_t m_errors = 0;
};

}  // namespace weir
