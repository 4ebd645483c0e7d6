// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <deque>
#include <functional>
#include <memory>

#include "core/base/clock.h"
#include "core/dialogue/dialogue.h"
#include "core/net/connection_machine.h"
#include "core/net/http_request.h"
#include "core/net/transport.h"
#include "core/telemetry/health.h"
#include "core/wire/inflater.h"

namespace weir {

struct Failure;

/// What a connection needs to know; all secrets are already in place.
struct ConnectionSettings : TransportSettings {
  QString name;
  QString shownUrl;  ///< without secrets
  /// What is said and waited for; nothing: nothing.
  std::shared_ptr<const DialogueSettings> dialogue;
  bool saysBinary = false;                      ///< in binary frames
  Compression compression = Compression::None;  ///< of each binary message
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

/// Does what the machine says, over one transport after another. Lives on the thread of its clock. Messages come by
/// callback, never by signal: a signal per message would cost more than the message.
class Connection final : private TransportListener, private Dialogue::Peer {
public:
  Connection(ConnectionSettings settings, Clock& clock, TransportFactory transports = makeTransport);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The payload is borrowed: it lives until the call returns.
  std::function<void(const QByteArray& payload, bool isText)> onMessage;
  /// Every message in and out, for somebody who looks on.
  std::function<void(const QByteArray& payload, bool isText, bool isOutgoing)> onFrame;
  /// What was said of itself, as it may be shown.
  std::function<void(const QByteArray& shown, bool isText)> onSaid;
  /// Something that is worth telling once.
  std::function<void(const QString& what)> onTrouble;
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
  void say(const MadeMessage& message) override;
  void openingDone() override;
  void dialogueFailed(const std::string& why, const std::string& said) override;
  void dialogueTrouble(const std::string& what) override;

  void act(ConnectionMachine::Action action);
  void handle(ConnectionMachine::Event event, FailureKind kind = FailureKind::Retryable);
  void open();
  void ask(const DialogueSettings::Before& before);
  void connectTransport();
  bool decompress(QByteArray& payload);
  void keep(const QByteArray& payload, bool isText);
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
  void cancelTimers();
  void setError(const QString& text, const QString& hint);

  std::function<void(const QString& error)> m_validated;
  ConnectionSettings m_settings;
  Clock& m_clock;
  ConnectionMachine m_machine;
  TransportFactory m_transports;
  std::unique_ptr<Dialogue> m_dialogue;
  std::unique_ptr<HttpRequest> m_request;  ///< that comes before
  std::string m_before;                    ///< its answer
  std::unique_ptr<Inflater> m_inflater;
  std::string m_inflated;
  /// What came while the connection was being opened.
  std::vector<std::pair<QByteArray, bool>> m_kept;
  qsizetype m_keptBytes = 0;
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
