// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: everything here belongs to the thread of the clock that it was made with.
#pragma once

#include <QString>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/data/batch.h"
#include "core/feed/past.h"
#include "core/plan/logical.h"
#include "core/telemetry/health.h"

namespace weir {

class Source;

/// What a source, a sink or a connection is made from.
struct EndpointSetup {
  QString name;            ///< of the stream or the connection
  const Options& options;  ///< with secrets in their places
  const Options& written;  ///< without: what may be shown
  Clock& clock;
  /// What a sink goes over together with other streams; nullptr for one with a connection of its own.
  std::shared_ptr<Source> connection = nullptr;
};

/// A message in or out, for somebody who looks on.
using FrameWatch = std::function<void(std::string_view payload, bool isText, bool isOutgoing)>;

/// One end of a run, a source or a sink: what both have.
class Endpoint {
public:
  Endpoint() = default;
  virtual ~Endpoint() = default;
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  virtual void start() = 0;
  virtual void stop() = 0;
  /// Closes and opens again, or opens after an end.
  virtual void reconnect() = 0;
  virtual ConnectionState state() const = 0;
  /// The facts; a source's is completed by whoever reads it.
  virtual ConnectionHealth health() const = 0;
  /// What a peer said, fit to be shown: without secrets, on one line, shortened.
  virtual QString shown(const QString& said) const = 0;
  /// An empty one looks on no more.
  virtual void watchFrames(FrameWatch watch) = 0;

  bool isOpen() const { return state() == ConnectionState::Open || state() == ConnectionState::Live; }
  bool hasEnded() const {
    const ConnectionState now = state();
    return now == ConnectionState::Refused || now == ConnectionState::GaveUp || now == ConnectionState::Closed;
  }
};

/// Hears what comes over a source.
class SourceListener {
public:
  virtual ~SourceListener() = default;
  /// The payload is borrowed: it lives until the call returns.
  virtual void message(std::string_view payload, bool isText, Micros at) = 0;
  virtual void opened() = 0;
  virtual void lost() = 0;
  /// Something was said to the peer; `shown` is without secrets.
  virtual void said(std::string_view /*shown*/, bool /*isText*/) {}
  /// Something that is worth telling once.
  virtual void trouble(const QString& /*what*/) {}
  /// All that was sent up to `asked` has been read.
  virtual void alive(Micros asked) = 0;
  virtual void stateChanged() = 0;
  /// What the peer said over the present connection that explains why it ends it; empty when it said nothing.
  virtual QString lastWords() const = 0;
};

/// Brings messages.
class Source : public Endpoint {
public:
  /// Without one, what comes is dropped.
  void setListener(SourceListener* listener) { m_listener = listener; }
  /// Ends it for a reason that was nobody's wish.
  virtual void fail(const QString& why, const QString& hint) = 0;
  /// Asks now whether silence is one; `alive` tells.
  virtual void ask() = 0;
  /// A message has been decoded, and a row of it has passed: what a source's patience with its peer goes by.
  virtual void decoded() = 0;
  virtual void rowPassed(bool isWhole) = 0;
  virtual bool hasPassedRow() const = 0;
  /// When the present state began.
  virtual Micros since() const = 0;
  /// What it would bring waits for it, so that it may be asked to hold back while sinks are crowded.
  virtual bool canHold() const { return false; }
  virtual void hold(bool /*holds*/) {}
  /// It is to be told when what it brought has left the program: `mark` remembers how far that is, and `commit` says
  /// that all up to the mark has been reported by the sinks.
  virtual bool isCommitted() const { return false; }
  virtual void mark() {}
  virtual void commit() {}
  /// It has come to its end, and nothing went wrong.
  virtual bool isFinished() const { return false; }

protected:
  SourceListener* listener() const { return m_listener; }

private:
  SourceListener* m_listener = nullptr;
};

/// Rows of a sink. published = sent + failed + dropped + queued, always.
struct SinkCounters {
  uint64_t published = 0, sent = 0, failed = 0, dropped = 0, queued = 0;
};

/// Hears what becomes of a sink's rows.
class SinkListener {
public:
  virtual ~SinkListener() = default;
  virtual void stateChanged() = 0;
  /// Rows that failed together, and why.
  virtual void rowsFailed(uint64_t rows, const QString& why) = 0;
  /// The first row gave way to the queue's bound since the queue was last empty: that of its bytes, or of its rows.
  virtual void queueFull(bool byBytes) = 0;
};

/// What is said beside rows to everybody who reads a sink's log: how far time has come, what was missed.
struct Announcement {
  /// Asked when it leaves: what to say. `before` is the time of the last record that was in the log before this sink's
  /// own; nothing where there was none.
  std::function<std::vector<std::string>(std::optional<int64_t> before)> records;
  int64_t at = 0;  ///< ms since 1970
};

/// Takes rows out of the program. Never blocks the pipeline.
class Sink : public Endpoint {
public:
  void setListener(SinkListener* listener) { m_listener = listener; }
  virtual void publish(const Batch& batch) = 0;
  /// Says something behind the rows so far and before those that follow, in each part of its log. It is no row, and is
  /// counted nowhere. A sink without a log has nobody to say it to.
  virtual void announce(Announcement&& /*what*/) {}
  /// Nothing waits to go out. `stop` sends what it can; the rest has failed.
  virtual bool drained() const = 0;
  /// It ended without ever having been there.
  virtual bool endedAtStart() const = 0;
  virtual SinkCounters counters() const = 0;

protected:
  SinkListener* listener() const { return m_listener; }

private:
  SinkListener* m_listener = nullptr;
};

/// A way in and out of the program. Each has a folder and a line in connector_list.def; what its streams may say stands
/// in its ConnectorOptions.
struct Connector {
  std::unique_ptr<Source> (*makeSource)(const EndpointSetup& setup, const logical::Stream& stream);
  std::unique_ptr<Sink> (*makeSink)(const EndpointSetup& setup, const logical::Stream& stream);
  /// The source of a connection that several streams go over: what it brings is for all their sources, and their sinks
  /// write over it; `start` and `stop` of such a sink leave it as it is. nullptr where messages belong to one stream
  /// each, so that each opens its own by what the connection says.
  std::shared_ptr<Source> (*makeConnection)(const EndpointSetup& setup) = nullptr;
  /// What is wrong with values that only the machine can tell: files that cannot be read. May be nullptr.
  Diagnostics (*validate)(const Options& options, const Options& written) = nullptr;
  /// The pasts that a source's messages are, for a connector whose sources have an end; without event time they come at
  /// `started`. nullptr for one that only a running program can hear.
  Result<std::vector<std::unique_ptr<Past>>> (*openPast)(const logical::Stream& stream, const Options& options,
                                                         Micros started) = nullptr;
  /// Of such a one: how many times faster than it happened it is to be read, 0 for as fast as it can be; and whether it
  /// can be read twice, to learn its columns first.
  double (*pace)(const Options& options) = nullptr;
  bool (*canReadAgain)(const Options& options) = nullptr;
  /// Of one that tables can be loaded from: what tells that a content is another one. A table is read by `openPast`.
  std::string (*stamp)(const Options& options) = nullptr;
  /// What to ask of somebody whose source is open and brings no message. May be nullptr.
  QString (*silenceHint)() = nullptr;
};

#define WEIR_CONNECTOR(name) extern const Connector name##Connector;
#include "core/connectors/connector_list.def"
#undef WEIR_CONNECTOR

/// Whether a stream goes over a connection together with others.
bool isShared(const logical::Stream& stream);
/// The connector of a stream whose options were checked.
const Connector& connectorFor(const Options& options);

}  // namespace weir
