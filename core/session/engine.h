// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: everything public is the GUI's; the run itself lives on the engine's own thread.
#pragma once

#include <QObject>
#include <QString>
#include <QThread>
#include <memory>
#include <mutex>
#include <vector>

#include "core/bind/bound_script.h"
#include "core/exec/gap_log.h"
#include "core/net/connection.h"
#include "core/session/result_feed.h"

namespace weir {

class LiveRun;

/// What a running pipeline looks like at one moment.
struct RunSnapshot {
  bool running = false;
  Micros now = 0;
  std::vector<ConnectionHealth> connections;
  uint64_t rowsIn = 0;
  uint64_t rowsOut = 0;
  uint64_t late = 0, dropped = 0, bad = 0;
  double lagMs = 0;
  /// Times in which a stream's sources were lost, in its own time.
  std::map<std::string, std::vector<Gap>> gaps;
};

/// Runs a script on a thread of its own. The GUI asks and pulls; nothing is signalled per message.
class Engine final : public QObject {
  Q_OBJECT
 public:
  explicit Engine(QObject* parent = nullptr);
  ~Engine() override;

  /// Starts a checked script; a run before it is stopped first.
  void run(const QString& text);
  void stop();
  void reconnect(const QString& connection);
  ResultFeed& feed() { return m_feed; }
  RunSnapshot snapshot() const;

 signals:
  void started();
  void stopped();
  /// The script cannot run.
  void refused(const QString& message);
  void event(const QString& text, bool isError);

 private:
  void startOnThread(const std::string& text);
  void stopOnThread(std::function<void()> then);
  void observe();

  QThread m_thread;
  QObject* m_worker;  ///< lives on m_thread: queued calls go to it
  ResultFeed m_feed{200'000};
  mutable std::mutex m_mutex;
  RunSnapshot m_snapshot;
  std::shared_ptr<LiveRun> m_run;  ///< engine thread only
  std::vector<std::string> m_results;
};

}  // namespace weir
