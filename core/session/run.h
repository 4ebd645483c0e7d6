// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: all of a run belongs to one.
#pragma once

#include <QObject>
#include <QStringList>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "core/connectors/connector.h"
#include "core/feed/feeder.h"
#include "core/telemetry/log.h"

namespace weir {

/// A script that runs: a pipeline, what feeds it, and the sinks that take its rows.
class Run : public QObject, public std::enable_shared_from_this<Run> {
  Q_OBJECT
public:
  virtual Pipeline& pipeline() = 0;
  virtual const Pipeline& pipeline() const = 0;
  virtual const Feeder& feeder() const = 0;
  /// The time that its rows and its health go by.
  virtual Micros now() const = 0;

  /// Called whenever rows may have left: after batches and timers.
  std::function<void()> onSettled;
  /// Something worth telling: a state, a loss, rows that failed.
  std::function<void(const LogEntry& entry)> onEvent;

  virtual void start() = 0;
  /// Brings the pipeline's time up to now. Windows whose silence nobody has proven go out, and say so.
  virtual void conclude() = 0;
  /// Drains the sinks for at most 5 s, closes everything, then calls `done`.
  virtual void stop(std::function<void()> done) = 0;
  virtual bool isStopping() const = 0;

  /// What has come and waits for company goes out now.
  virtual void flush() = 0;
  /// Asks whether the silence of a stream is one; a past knows.
  virtual void ask(const std::string& /*stream*/) {}
  /// Says something through a sink beside its rows.
  virtual void announce(const std::string& sink, Announcement what) = 0;

  virtual std::vector<ConnectionHealth> health() const = 0;
  /// `NAME.published` and so on, of all sinks.
  virtual std::map<std::string, uint64_t> sinkMetrics() const = 0;
  virtual uint64_t rowsFailed() const = 0;
  virtual bool allSourcesEnded() const = 0;
  virtual bool anySourceConnecting() const = 0;
  /// Sources that have come to their end without anything going wrong, and there are no others.
  virtual bool isFinished() const = 0;
  /// The recording could not be written to its end; `onEvent` has said so.
  virtual bool recordingFailed() const { return false; }

  virtual void reconnect(const QString& stream) = 0;
  /// Closes one connection because somebody asked for it: that is no error.
  virtual void disconnectFrom(const QString& stream) = 0;
  /// Shows the messages of each endpoint to what `make` gives; an empty one shows them no more.
  virtual void watchFrames(const std::function<FrameWatch(const QString& name)>& make) = 0;

  /// What was taken over from the run before: connections, and streams whose windows, watermarks and counts go on.
  virtual QStringList kept() const { return {}; }
  virtual std::set<std::string> keptStreams() const { return {}; }

signals:
  void sourceEnded();
  void sinkFailedAtStart();
  void recordingEnded();
};

}  // namespace weir
