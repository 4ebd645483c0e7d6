// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/job_manager.h"

#include <QTimer>
#include <algorithm>
#include <memory>
#include <utility>

namespace weir::cluster {

namespace {

constexpr int kAgainMs = 200;

QString textOf(const QJsonObject& json, const char* key) { return json.value(QLatin1String(key)).toString(); }

Job jobOf(const QJsonObject& json) {
  Job job;
  job.id = textOf(json, "jid");
  job.name = textOf(json, "name");
  job.state = textOf(json, "state");
  job.started = static_cast<qint64>(json.value(QLatin1String("start-time")).toDouble());
  const QJsonObject tasks = json.value(QLatin1String("tasks")).toObject();
  job.tasks = tasks.value(QLatin1String("total")).toInt();
  job.running = tasks.value(QLatin1String("running")).toInt() + tasks.value(QLatin1String("finished")).toInt();
  return job;
}

// `Source: Trades__topic[1] -> (Calc[2] -> ...` reads the topic of Trades.
QString sourceOf(const QString& vertex) {
  const QString mark = QStringLiteral("Source: ");
  if (!vertex.startsWith(mark)) return {};
  QString name = vertex.mid(mark.size());
  name.truncate(
      std::min(name.indexOf(QLatin1Char('[')) < 0 ? name.size() : name.indexOf(QLatin1Char('[')), name.size()));
  const QString behind = QStringLiteral("__topic");
  if (name.endsWith(behind)) name.chop(behind.size());
  return name;
}

// A failure that all tasks had to follow is told once, by its cause.
QString newestFailure(const QJsonObject& exceptions) {
  const QJsonArray entries =
      exceptions.value(QLatin1String("exceptionHistory")).toObject().value(QLatin1String("entries")).toArray();
  if (!entries.isEmpty()) return causeOf(textOf(entries.first().toObject(), "stacktrace"));
  const QString root = textOf(exceptions, "root-exception");
  return root.isEmpty() ? QString() : causeOf(root);
}

}  // namespace

bool Job::hasEnded() const {
  return state == QLatin1String("FINISHED") || state == QLatin1String("CANCELED") || state == QLatin1String("FAILED");
}

int64_t Job::lag() const {
  int64_t sum = 0;
  for (const JobSource& source : sources) {
    if (source.lag < 0) return -1;
    sum += source.lag;
  }
  return sources.empty() ? -1 : sum;
}

JobManager::JobManager(const QUrl& base) : m_rest(base, tr("Flink's JobManager")) {}

void JobManager::jobs(std::function<void(const std::vector<Job>& jobs)> done, const Failed& failed) {
  m_rest.get(
      QStringLiteral("/jobs/overview"), [done = std::move(done), failed = std::move(failed)](const RestAnswer& answer) {
        if (!answer.ok()) return failed(answer.error, answer.hint);
        std::vector<Job> jobs;
        for (const auto& each : answer.json.value(QLatin1String("jobs")).toArray())
          jobs.push_back(jobOf(each.toObject()));
        std::stable_sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.started > b.started; });
        done(jobs);
      });
}

void JobManager::look(const QString& id, std::function<void(const Job& job)> done, const Failed& failed) {
  m_rest.get(QStringLiteral("/jobs/") + id, [this, id, done = std::move(done), failed](const RestAnswer& answer) {
    if (!answer.ok()) return failed(answer.error, answer.hint);
    Job job = jobOf(answer.json);
    for (const auto& each : answer.json.value(QLatin1String("vertices")).toArray()) {
      const QJsonObject vertex = each.toObject();
      const QString status = textOf(vertex, "status");
      ++job.tasks;
      if (status == QLatin1String("RUNNING") || status == QLatin1String("FINISHED")) ++job.running;
      if (const QString source = sourceOf(textOf(vertex, "name")); !source.isEmpty())
        job.sources.push_back({source, textOf(vertex, "id")});
    }
    m_rest.get(QStringLiteral("/jobs/%1/exceptions").arg(id),
               [this, job, done, failed](const RestAnswer& told) mutable {
                 if (!told.ok()) return failed(told.error, told.hint);
                 job.failure = newestFailure(told.json);
                 m_rest.getList(QStringLiteral("/jobs/%1/metrics?get=numRestarts").arg(job.id),
                                [this, job, done](const QJsonArray& metrics) mutable {
                                  if (!metrics.isEmpty())
                                    job.restarts = textOf(metrics.first().toObject(), "value").toInt();
                                  askLag(std::move(job), 0, done);
                                });
               });
  });
}

// What is not measured yet, as of a job that has ended, stays unknown.
void JobManager::askLag(Job job, size_t source, std::function<void(const Job& job)> done) {
  if (source == job.sources.size() || job.hasEnded()) return done(job);
  const QString metrics =
      QStringLiteral("/jobs/%1/vertices/%2/subtasks/metrics").arg(job.id, job.sources[source].vertex);
  m_rest.getList(metrics, [this, metrics, job, source, done = std::move(done)](const QJsonArray& known) {
    QString wanted;
    for (const auto& each : known)
      if (const QString id = textOf(each.toObject(), "id"); id.endsWith(QLatin1String("pendingRecords"))) wanted = id;
    if (wanted.isEmpty()) return askLag(job, source + 1, done);
    const QString encoded = QString::fromLatin1(QUrl::toPercentEncoding(wanted));
    m_rest.getList(metrics + QStringLiteral("?get=%1&agg=sum").arg(encoded),
                   [this, job, source, done](const QJsonArray& values) mutable {
                     if (!values.isEmpty())
                       job.sources[source].lag =
                           static_cast<int64_t>(values.first().toObject().value(QLatin1String("sum")).toDouble());
                     askLag(std::move(job), source + 1, done);
                   });
  });
}

void JobManager::lookAtAll(std::function<void(const std::vector<Job>& jobs)> done, const Failed& failed) {
  jobs(
      [this, done = std::move(done), failed](const std::vector<Job>& all) {
        if (all.empty()) return done(all);
        const auto looked = std::make_shared<std::vector<Job>>(all);
        const auto left = std::make_shared<size_t>(all.size());
        for (size_t i = 0; i < all.size(); ++i) {
          const auto counted = [looked, left, done] {
            if (--*left == 0) done(*looked);
          };
          // What has ended well has nothing new to tell.
          if (all[i].hasEnded() && all[i].state != QLatin1String("FAILED")) {
            counted();
            continue;
          }
          look(
              all[i].id,
              [looked, i, counted](const Job& job) {
                (*looked)[i] = job;
                counted();
              },
              // One that is forgotten meanwhile is as it was in the list.
              [counted](const QString&, const QString&) { counted(); });
        }
      },
      failed);
}

void JobManager::find(const QString& idOrName, std::function<void(const Job& job)> done, const Failed& failed) {
  jobs(
      [idOrName, done = std::move(done), failed](const std::vector<Job>& all) {
        std::vector<Job> found;
        for (const Job& job : all)
          if (!job.hasEnded() && (job.id.startsWith(idOrName) || job.name == idOrName)) found.push_back(job);
        if (found.size() == 1) return done(found[0]);
        if (found.empty()) return failed(tr("no job '%1' runs").arg(idOrName), tr("weir jobs lists those that do"));
        QStringList ids;
        for (const Job& job : found) ids << job.id;
        failed(tr("'%1' may be %2").arg(idOrName, ids.join(QStringLiteral(" or "))), tr("name it by its id"));
      },
      failed);
}

void JobManager::cancel(const QString& id, std::function<void()> done, const Failed& failed) {
  m_rest.ask("PATCH", QStringLiteral("/jobs/%1?mode=cancel").arg(id), {},
             [this, id, done = std::move(done), failed](const RestAnswer& answer) {
               if (!answer.ok()) return failed(answer.error, answer.hint);
               awaitEnd(id, done, failed);
             });
}

void JobManager::awaitEnd(const QString& id, std::function<void()> done, const Failed& failed) {
  m_rest.get(QStringLiteral("/jobs/") + id, [this, id, done = std::move(done), failed](const RestAnswer& answer) {
    if (!answer.ok()) return failed(answer.error, answer.hint);
    if (jobOf(answer.json).hasEnded()) return done();
    QTimer::singleShot(kAgainMs, this, [this, id, done, failed] { awaitEnd(id, done, failed); });
  });
}

void JobManager::savepoint(const QString& id, const QString& folder, bool ends,
                           std::function<void(const QString& place)> done, const Failed& failed) {
  QJsonObject body;
  if (!folder.isEmpty())
    body.insert(ends ? QStringLiteral("targetDirectory") : QStringLiteral("target-directory"), folder);
  m_rest.ask(
      "POST", QStringLiteral("/jobs/%1/%2").arg(id, ends ? QStringLiteral("stop") : QStringLiteral("savepoints")), body,
      [this, id, folder, done = std::move(done), failed](const RestAnswer& answer) {
        if (!answer.ok())
          return failed(answer.error, folder.isEmpty() ? tr("say where to keep it: --savepoint DIR") : answer.hint);
        awaitSavepoint(id, textOf(answer.json, "request-id"), done, failed);
      });
}

void JobManager::awaitSavepoint(const QString& id, const QString& request,
                                std::function<void(const QString& place)> done, const Failed& failed) {
  m_rest.get(QStringLiteral("/jobs/%1/savepoints/%2").arg(id, request), [this, id, request, done = std::move(done),
                                                                         failed](const RestAnswer& answer) {
    if (!answer.ok()) return failed(answer.error, answer.hint);
    if (textOf(answer.json.value(QLatin1String("status")).toObject(), "id") != QLatin1String("COMPLETED")) {
      QTimer::singleShot(kAgainMs, this,
                         [this, id, request, done, failed] { awaitSavepoint(id, request, done, failed); });
      return;
    }
    const QJsonObject operation = answer.json.value(QLatin1String("operation")).toObject();
    const QString failure = textOf(operation.value(QLatin1String("failure-cause")).toObject(), "stack-trace");
    if (!failure.isEmpty()) return failed(tr("no savepoint: %1").arg(causeOf(failure)), {});
    done(textOf(operation, "location"));
  });
}

}  // namespace weir::cluster
