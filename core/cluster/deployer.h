// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the one that it was made in.
#pragma once

#include <QObject>
#include <QString>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/cluster/job_manager.h"
#include "core/flink/deployment.h"

namespace weir::cluster {

/// Sends a deployment to Flink's SQL gateway, a statement at a time, and watches its job until every task runs and has
/// gone on doing so: a job that fails and is started again for ever looks well in between.
class Deployer final : public QObject {
  Q_OBJECT
public:
  struct Outcome {
    QString job;    ///< its id; empty where none was started
    QString error;  ///< empty where it runs
    QString hint;
    Span span;  ///< of the statement that was refused
  };
  /// `jobs` is the JobManager's URL; where it is empty the gateway is asked for it.
  Deployer(const QUrl& gateway, const QUrl& jobs);

  std::function<void(const QString& what)> onStep;
  /// Flink has the job: it goes on without this, whatever is seen of it from here.
  std::function<void(const QString& job)> onSubmitted;
  void start(flink::Deployment deployment, std::function<void(const Outcome& outcome)> done);

private:
  void next();
  void awaitResult(const QString& path);
  void findJobManager();
  void watch();
  void judge(const Job& job);
  void end(const QString& error, const QString& hint = {}, Span span = {});
  void step(const QString& what) {
    if (onStep) onStep(what);
  }

  Rest m_gateway;
  QUrl m_jobsUrl;
  std::unique_ptr<JobManager> m_jobs;
  std::vector<flink::Statement> m_statements;
  size_t m_at = 0;
  QString m_session;
  QString m_job;
  std::function<void(const Outcome& outcome)> m_done;
  int m_looks = 0;
  int m_wellFor = 0;
  QString m_last;
};

}  // namespace weir::cluster
