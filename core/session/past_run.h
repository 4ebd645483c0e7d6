// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "core/feed/past.h"
#include "core/net/qt_clock.h"
#include "core/session/run.h"
#include "core/session/run_sinks.h"
#include "core/session/secrets.h"

namespace weir {

/// A pipeline over what has happened already, a capture or files, on the virtual clock: as fast as it can be read, or
/// at a pace. It ends with its past. Sinks are on the real clock.
class PastRun final : public Run {
  Q_OBJECT
public:
  struct Settings {
    bool sinks = true;
    /// How many times faster than it happened; 0 is as fast as it can be read.
    double pace = 0;
    /// Most rows of a batch. No result depends on it.
    size_t batchRows = 2048;
    Micros started = 0;
    uint64_t seed = 0;  ///< of what is random in the rows: the same past gives the same rows
    SecretLookup secrets = lookUpSecret;
  };
  /// Makes the run, or says why not: an unset secret of a sink.
  static Result<std::shared_ptr<PastRun>> create(logical::Plan script, std::unique_ptr<Past> past,
                                                 std::shared_ptr<QtClock> clock, const Settings& settings);
  ~PastRun() override;

  /// Called after each event; returns false when enough has been seen.
  std::function<bool()> onPlayed;

  Pipeline& pipeline() override { return *m_pipeline; }
  const Pipeline& pipeline() const override { return *m_pipeline; }
  const Feeder& feeder() const override { return *m_feeder; }
  Micros now() const override { return m_pipeline->clock().now(); }

  void start() override;
  void conclude() override { m_feeder->flush(); }
  void flush() override { m_feeder->flush(); }
  void announce(const std::string& sink, Announcement what) override { m_sinks.announce(sink, std::move(what)); }
  void stop(std::function<void()> done) override;
  bool isStopping() const override { return m_isStopping; }

  std::vector<ConnectionHealth> health() const override;
  std::map<std::string, uint64_t> sinkMetrics() const override { return m_sinks.metrics(); }
  uint64_t rowsFailed() const override { return m_sinks.rowsFailed(); }
  bool allSourcesEnded() const override { return m_isOver; }
  bool anySourceConnecting() const override { return false; }
  bool isFinished() const override { return m_isOver && m_trouble.empty(); }
  void reconnect(const QString&) override {}
  void disconnectFrom(const QString&) override {}
  void watchFrames(const std::function<FrameWatch(const QString& name)>& make) override;

  /// Why the past could not be played to its end.
  const Diagnostics& trouble() const { return m_trouble; }
  /// That it is because its writer was killed in the middle of a line.
  bool endsInTheMiddle() const { return !m_trouble.empty() && m_past->endsInTheMiddle(); }

private:
  PastRun(std::shared_ptr<QtClock> clock, std::unique_ptr<Past> past, double pace);
  void goOn();
  void playSome();
  /// Brings the pipeline's timers before `at` to their time; returns false when that has not come yet.
  bool isDue(Micros at);
  Micros dueAt(Micros at) const;
  void waitUntil(Micros due);
  void over(Diagnostics trouble);
  void addFeed(ConnectionHealth& health, const Intake& intake) const;

  std::shared_ptr<QtClock> m_clock;
  std::unique_ptr<Past> m_past;
  double m_pace;
  std::unique_ptr<Pipeline> m_pipeline;
  std::unique_ptr<Feeder> m_feeder;
  std::optional<PastPlayer> m_player;
  std::map<std::string, std::shared_ptr<Source>> m_connections;  ///< that sinks share
  RunSinks m_sinks;
  Micros m_begun = 0;
  std::optional<Micros> m_firstAt;
  TimerId m_timer = TimerId::None;
  bool m_isStopping = false;
  bool m_isOver = false;
  Diagnostics m_trouble;
  std::vector<std::function<void()>> m_done;
  bool m_hasStopped = false;
};

}  // namespace weir
