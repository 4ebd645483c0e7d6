// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: everything public is the GUI's; the run itself lives on the engine's own thread.
#pragma once

#include <QObject>
#include <QString>
#include <QThread>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "core/exec/gap_log.h"
#include "core/feed/intake.h"
#include "core/net/connection.h"
#include "core/plan/logical.h"
#include "core/session/frame_log.h"
#include "core/session/result_feed.h"
#include "core/telemetry/health.h"
#include "core/telemetry/health_judge.h"
#include "core/telemetry/log.h"

namespace weir {

class ResultHistory;
class Run;
class Runner;
struct RunOutcome;

/// What a running pipeline looks like at one moment.
struct RunSnapshot {
  bool running = false;
  Micros now = 0;
  std::vector<ConnectionHealth> connections;
  uint64_t rowsIn = 0;
  uint64_t rowsOut = 0;
  uint64_t late = 0, dropped = 0, bad = 0;
  /// By how much the newest event times are behind the clock, of the source that is furthest behind among those that
  /// bring rows; nothing where no source has event times.
  std::optional<int64_t> lagMs;
  /// Times in which each source was lost.
  std::map<std::string, std::vector<Gap>> gaps;
  /// Rows that each stream has had, sources included.
  std::map<std::string, uint64_t> streamRows;
  /// Failed casts, zero divisors, overflows and domain errors, and an example of the newest rejected messages.
  uint64_t expressionErrors = 0;
  std::map<std::string, std::vector<Reject>> rejects;
};

/// What runs, the columns that were learnt from first messages included, and what it took over from the run before.
struct RunInfo {
  uint64_t number = 0;  ///< of the run, from 1
  logical::Plan script;
  std::vector<std::string> results;  ///< streams that a query writes, tables left out
  std::map<std::string, uint64_t> identities;
  bool replaces = false;  ///< another run was going when it began
  QStringList keptConnections, keptResults;
};

/// How a script is run.
struct RunOptions {
  bool sinks = true;
  QString recordFile;  ///< empty: nothing is recorded
};

/// Runs a script on a thread of its own. The GUI asks and pulls; nothing is signalled per message.
class Engine final : public QObject {
  Q_OBJECT
public:
  explicit Engine(QObject* parent = nullptr);
  ~Engine() override;

  /// Starts a checked script; a run before it is stopped first.
  void run(const QString& text, const RunOptions& options = {});
  void stop();
  void reconnect(const QString& connection);
  /// Closes one connection for as long as the run lasts; `reconnect` opens it again.
  void disconnectFrom(const QString& connection);
  /// Open windows are computed for these streams only: those that somebody looks at.
  void watch(const QStringList& streams);
  /// Whether raw messages are kept in `frames`.
  void watchFrames(bool on);
  ResultFeed& feed() { return m_feed; }
  FrameLog& frames() { return m_frames; }
  /// The run as it was when this was asked last, and asks for it anew: it costs the run nothing while nobody looks.
  RunSnapshot snapshot();
  RunInfo info() const;
  /// Number of the run that `info` tells of: rows in `feed` belong to it or to one before.
  uint64_t runNumber() const { return m_runNumber; }
  /// Closed windows are kept there from the next run on; nullptr keeps none. It must outlive the engine.
  void setHistory(ResultHistory* history) { m_history = history; }

signals:
  void started();
  void stopped();
  /// The script cannot run.
  void refused(const QString& message);
  /// Debug never comes. A warning is what its card does not say already: what a feed does not bring.
  void event(const QString& text, LogLevel level);

private:
  void onThread(std::function<void()> work);
  void quitOnceDrained();
  void startOnThread(const std::string& text, const RunOptions& options);
  void begin(RunOutcome outcome);
  void leave(const std::shared_ptr<Run>& old);
  void tapResults();
  void finished();
  void hookFrames();
  void stopOnThread(std::function<void()> then);
  void publishOpenRows();
  void look();
  std::vector<ConnectionHealth> judgedHealth();
  void noteTrouble(const std::vector<ConnectionHealth>& connections);

  QThread m_thread;
  QObject* m_worker;  ///< lives on m_thread: queued calls go to it
  ResultFeed m_feed{200'000};
  mutable std::mutex m_mutex;
  RunSnapshot m_snapshot;
  std::atomic<bool> m_isAsked{false};  ///< for a snapshot that is not made yet
  RunInfo m_info;
  std::atomic<uint64_t> m_runNumber{0};
  std::atomic<ResultHistory*> m_history{nullptr};
  std::shared_ptr<Run> m_run;                   ///< engine thread only
  std::vector<std::shared_ptr<Run>> m_ending;   ///< runs that were replaced and still drain
  std::function<void()> m_next;                 ///< a start that waits for the run before to have stopped
  std::vector<std::function<void()>> m_wanted;  ///< what came in while a start asked for secrets
  bool m_isStarting = false;
  bool m_isQuitting = false;
  std::unique_ptr<Runner> m_runner;  ///< made and ended on the engine thread
  std::vector<std::string> m_results;
  std::set<std::string> m_watched;
  bool m_watchesFrames = false;
  FrameLog m_frames;
  HealthJudge m_judge;
  std::map<QString, Trouble> m_troubles;
  uint64_t m_observedPush = 0;
  std::map<std::string, uint64_t> m_streamRows;
};

}  // namespace weir
