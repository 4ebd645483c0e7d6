// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the one that it was made in.
#pragma once

#include <QObject>
#include <QString>
#include <functional>
#include <vector>

#include "core/cluster/rest.h"

namespace weir::cluster {

/// A topic that a job reads.
struct JobSource {
  QString name;
  QString vertex;
  int64_t lag = -1;  ///< records that it has not read yet; -1 where that is not known
};

/// A job of Flink's.
struct Job {
  QString id;
  QString name;
  QString state;       ///< RUNNING, RESTARTING, FAILED, ...
  qint64 started = 0;  ///< ms since 1970
  int tasks = 0;
  int running = 0;  ///< tasks that run, or have come to their end
  int restarts = 0;
  QString failure;  ///< the newest
  std::vector<JobSource> sources;

  bool runs() const { return state == QLatin1String("RUNNING") && tasks > 0 && running == tasks; }
  bool hasEnded() const;
  /// Of all its sources; -1 where that is not known.
  int64_t lag() const;
};

/// Flink's JobManager: which jobs there are, and what becomes of them.
class JobManager final : public QObject {
  Q_OBJECT
public:
  using Failed = std::function<void(const QString& error, const QString& hint)>;
  explicit JobManager(const QUrl& base);

  /// All jobs that it knows, the newest first.
  void jobs(std::function<void(const std::vector<Job>& jobs)> done, const Failed& failed);
  /// The same, each looked at.
  void lookAtAll(std::function<void(const std::vector<Job>& jobs)> done, const Failed& failed);
  /// One job with its sources, tasks, restarts and newest failure.
  void look(const QString& id, std::function<void(const Job& job)> done, const Failed& failed);
  /// By an id, the beginning of one, or a name, of jobs that have not ended.
  void find(const QString& idOrName, std::function<void(const Job& job)> done, const Failed& failed);
  /// Ends it without waiting for what is under way.
  void cancel(const QString& id, std::function<void()> done, const Failed& failed);
  /// Keeps its state in `folder`, or where the cluster keeps such; with `ends` it stops then, everything written.
  /// `done` gets the savepoint's place.
  void savepoint(const QString& id, const QString& folder, bool ends, std::function<void(const QString& place)> done,
                 const Failed& failed);

private:
  void askLag(Job job, size_t source, std::function<void(const Job& job)> done);
  void awaitSavepoint(const QString& id, const QString& request, std::function<void(const QString& place)> done,
                      const Failed& failed);
  void awaitEnd(const QString& id, std::function<void()> done, const Failed& failed);

  Rest m_rest;
};

}  // namespace weir::cluster
