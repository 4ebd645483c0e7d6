// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: that of its clock.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/connectors/connector.h"
#include "core/telemetry/log.h"

namespace weir {

/// The sinks of a run: they take the rows of their streams, and are drained at its end.
class RunSinks {
public:
  explicit RunSinks(Clock& clock);
  ~RunSinks();

  /// Something worth telling: rows that failed, a queue that is full.
  std::function<void(const LogEntry& entry)> onEvent;
  std::function<void(const ConnectionHealth& health)> onStateChanged;
  /// A sink ended that never was there.
  std::function<void()> onFailedAtStart;
  /// Nothing more will be written: connections that sinks share may be closed.
  std::function<void()> onWritten;

  /// Makes the stream's sink, or takes one that another run has handed over. `connection` is what it shares.
  void add(const logical::Stream& stream, const Options& resolved, std::shared_ptr<Source> connection = nullptr,
           std::unique_ptr<Sink> taken = nullptr);
  /// Rows of the pipeline's sink streams go out from now on.
  void tap(Pipeline& pipeline);
  /// Says something through one of them, if it is there.
  void announce(const std::string& stream, Announcement what);
  /// Starts those that are not there yet.
  void start();
  /// Hands a sink over to another run; nullptr when there is none of that name.
  std::unique_ptr<Sink> release(const std::string& stream);
  Sink* find(const std::string& stream);
  const Sink* find(const std::string& stream) const;
  /// Any of them is on its way to its peer for the first time.
  bool isConnecting() const;
  /// A queue is half full: a replay that went on would lose rows that the sink could still take.
  bool isCrowded() const;
  /// How many rows each has been given, and whether it has said of so many what became of them.
  std::map<std::string, uint64_t> published() const;
  bool haveReported(const std::map<std::string, uint64_t>& rows) const;
  bool isEmpty() const { return m_sinks.empty(); }
  /// Whether any of them goes over the connection of that name.
  bool anyOver(const std::string& connection) const;

  /// Sends what waits for at most 5 s, closes, then calls `done`. At once when there is nothing to wait for.
  void drain(std::function<void()> done);
  /// Of those that have a connection of their own.
  std::vector<ConnectionHealth> health() const;
  /// Adds to the health of a connection what those over it have sent.
  void addTo(ConnectionHealth& connection) const;
  /// `NAME.published` and so on. Once it was drained, what still waits has failed.
  std::map<std::string, uint64_t> metrics() const;
  uint64_t rowsFailed() const;
  void watchFrames(const std::function<FrameWatch(const QString& name)>& make);

private:
  struct Entry;
  void closeSoon();
  SinkCounters countersOf(const Entry& entry) const;

  Clock& m_clock;
  std::map<std::string, std::unique_ptr<Entry>> m_sinks;
  Micros m_drainUntil = 0;
  bool m_isDraining = false;
  TimerId m_timer = TimerId::None;
  std::function<void()> m_done;
};

}  // namespace weir
