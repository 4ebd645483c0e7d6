// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "core/feed/recorder.h"
#include "core/net/stall_watch.h"
#include "core/session/delivery.h"
#include "core/session/live_feed.h"
#include "core/session/run.h"
#include "core/session/run_sinks.h"
#include "core/session/secrets.h"
#include "core/session/shared_connections.h"

namespace weir {

/// A pipeline on live feeds: sources, sinks, and the real clock that moves the pipeline's virtual one.
class LiveRun final : public Run {
  Q_OBJECT
public:
  struct Settings {
    bool sinks = true;
    QString recordFile;
    /// A run whose connections and windows go on where their definition is the same. It is left to stop without them,
    /// and has no pipeline any more.
    LiveRun* previous = nullptr;
    /// Sources that are open already, from which columns were learnt; they are taken.
    OpenedFeeds* opened = nullptr;
    SecretLookup secrets = lookUpSecret;
    /// Of a run that takes nothing over; a new one where there is none.
    std::shared_ptr<QtClock> clock = nullptr;
  };
  /// Makes the run, or says why not: an unset secret, a file that cannot be written.
  static Result<std::shared_ptr<LiveRun>> create(logical::Plan script, const Settings& settings);
  ~LiveRun() override;

  Pipeline& pipeline() override { return *m_pipeline; }
  const Pipeline& pipeline() const override { return *m_pipeline; }
  Feeder& feeder() { return *m_feeder; }
  const Feeder& feeder() const override { return *m_feeder; }
  Micros now() const override { return m_clock->now(); }
  Clock& clock() { return *m_clock; }
  /// For sources that a later run is to take over.
  std::shared_ptr<QtClock> sharedClock() const { return m_clock; }

  void start() override;
  void conclude() override;
  void flush() override;
  void ask(const std::string& stream) override;
  void announce(const std::string& sink, Announcement what) override { m_sinks->announce(sink, std::move(what)); }
  void stop(std::function<void()> done) override;
  bool isStopping() const override { return m_stopping; }

  std::vector<ConnectionHealth> health() const override;
  std::map<std::string, uint64_t> sinkMetrics() const override { return m_sinks->metrics(); }
  uint64_t rowsFailed() const override { return m_sinks->rowsFailed(); }
  bool allSourcesEnded() const override;
  bool anySourceConnecting() const override;
  bool isFinished() const override;
  bool recordingFailed() const override { return m_recordingFailed; }
  void reconnect(const QString& stream) override;
  void disconnectFrom(const QString& stream) override;
  void watchFrames(const std::function<FrameWatch(const QString& name)>& make) override;
  QStringList kept() const override { return m_kept; }
  std::set<std::string> keptStreams() const override { return m_keptStreams; }

  LiveFeed* source(const QString& name);
  Sink* sink(const QString& name) { return m_sinks->find(name.toStdString()); }

private:
  LiveRun() = default;
  void pump();
  void advance();
  void askWhatIsAwaited();
  void stalled(Micros since, Micros until);
  void settle();
  void report(const ConnectionHealth& health);
  void tell(const LogEntry& entry);
  void drained();
  Endpoint* endpoint(const QString& name);
  /// The source of a connection that a sink shares; nullptr for one with its own.
  std::shared_ptr<Source> connectionOf(const logical::Stream& sink);
  void askWhyNoRows(LiveFeed& feed);

  bool owns(const LiveFeed& feed) const;
  void wire(LiveFeed& feed);
  void succeed(LiveRun& before, logical::Plan script);
  /// A stream's end goes on when name, options and columns are what they were, and it has not ended; a connection that
  /// several share goes on whatever becomes of them.
  bool goesOn(const LiveRun& before, const Endpoint& end, const std::string& name, const logical::Plan& script) const;
  bool goesOn(const LiveRun& before, const LiveFeed& feed, const logical::Plan& script) const;
  void addFeed(const std::string& name, const Options& options);
  void record(const LiveRun* previous, Micros started);
  void recordingOver(bool isFailure);

  std::shared_ptr<QtClock> m_clock;
  OpenedFeeds m_opened;
  OptionsByName m_resolved;     ///< of streams
  OptionsByName m_connections;  ///< of those that they share
  QStringList m_kept;
  std::set<std::string> m_keptStreams;
  std::unique_ptr<Pipeline> m_pipeline;
  std::unique_ptr<Feeder> m_feeder;
  std::vector<std::unique_ptr<LiveFeed>> m_feeds;
  std::unique_ptr<RunSinks> m_sinks;
  std::unique_ptr<Recorder> m_recorder;
  bool m_recordingFailed = false;
  std::optional<StallWatch> m_stallWatch;
  std::optional<Delivery> m_delivery;  ///< where a source is concerned
  TimerId m_wake = TimerId::None;
  Micros m_wakeAt = kNever;
  bool m_flushQueued = false;
  bool m_stopping = false;
  bool m_hasStopped = false;
  std::vector<std::function<void()>> m_done;
  struct Told {
    QString text;
    uint64_t errors = 0;
  };
  std::map<QString, Told> m_told;  ///< the newest of each connection
  std::set<QString> m_closedByUser;
};

}  // namespace weir
