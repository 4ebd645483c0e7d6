// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/deployer.h"

#include <QTimer>
#include <utility>

namespace weir::cluster {

namespace {

constexpr int kLookMs = 250;
// A first row that cannot be read, or a broker that is not there, shows in this time.
constexpr int kWellLooks = 12;
constexpr int kMostLooks = 480;
constexpr int kDefaultPort = 8081;

}  // namespace

Deployer::Deployer(const QUrl& gateway, const QUrl& jobs)
    : m_gateway(gateway, tr("Flink's SQL gateway")), m_jobsUrl(jobs) {}

void Deployer::start(flink::Deployment deployment, std::function<void(const Outcome& outcome)> done) {
  m_statements = std::move(deployment.statements);
  m_done = std::move(done);
  m_gateway.ask("POST", QStringLiteral("/v1/sessions"), {}, [this](const RestAnswer& answer) {
    m_session = answer.json.value(QLatin1String("sessionHandle")).toString();
    if (!answer.ok()) return end(answer.error, answer.hint);
    if (m_session.isEmpty())
      return end(tr("what answers at %1 is not Flink's SQL gateway").arg(m_gateway.base().toString()),
                 tr("it listens at port 8083 where nothing else is said; the JobManager at 8081 is another"));
    step(tr("Flink's SQL gateway is there"));
    next();
  });
}

void Deployer::next() {
  if (m_at == m_statements.size()) return findJobManager();
  const QJsonObject body{{QStringLiteral("statement"), QString::fromStdString(m_statements[m_at].sql)}};
  m_gateway.ask("POST", QStringLiteral("/v1/sessions/%1/statements").arg(m_session), body,
                [this](const RestAnswer& answer) {
                  if (!answer.ok()) return end(answer.error, answer.hint, m_statements[m_at].span);
                  awaitResult(QStringLiteral("/v1/sessions/%1/operations/%2/result/0?rowFormat=JSON")
                                  .arg(m_session, answer.json.value(QLatin1String("operationHandle")).toString()));
                });
}

void Deployer::awaitResult(const QString& path) {
  m_gateway.get(path, [this, path](const RestAnswer& answer) {
    if (!answer.ok())
      return end(tr("Flink refuses a statement: %1").arg(answer.error), answer.hint, m_statements[m_at].span);
    const QString type = answer.json.value(QLatin1String("resultType")).toString();
    const QString job = answer.json.value(QLatin1String("jobID")).toString();
    if (!job.isEmpty() && m_at + 1 == m_statements.size()) m_job = job;
    if (type == QLatin1String("NOT_READY")) {
      QTimer::singleShot(kLookMs / 2, this, [this, path] { awaitResult(path); });
      return;
    }
    ++m_at;
    next();
  });
}

void Deployer::findJobManager() {
  if (m_job.isEmpty()) return end(tr("Flink's SQL gateway took all statements, but tells of no job"));
  step(tr("job %1 was submitted").arg(m_job));
  if (onSubmitted) onSubmitted(m_job);
  m_gateway.get(QStringLiteral("/v1/sessions/") + m_session, [this](const RestAnswer& answer) {
    if (m_jobsUrl.isEmpty()) {
      const QJsonObject set = answer.json.value(QLatin1String("properties")).toObject();
      const QString address = set.value(QLatin1String("rest.address")).toString(m_gateway.base().host());
      const int port = set.value(QLatin1String("rest.port")).toString().toInt();
      m_jobsUrl = m_gateway.base();
      m_jobsUrl.setHost(address);
      m_jobsUrl.setPort(port > 0 ? port : kDefaultPort);
      m_jobsUrl.setPath({});
    }
    m_jobs = std::make_unique<JobManager>(m_jobsUrl);
    watch();
  });
}

void Deployer::watch() {
  m_jobs->look(
      m_job, [this](const Job& job) { judge(job); },
      [this](const QString& error, const QString& hint) {
        end(tr("the job was submitted, but whether it runs is not known: %1").arg(error),
            hint.isEmpty() ? QString() : tr("name the JobManager with --jobs URL"));
      });
}

void Deployer::judge(const Job& job) {
  const QString now = tr("%1: %2 of %3 tasks run").arg(job.state.toLower()).arg(job.running).arg(job.tasks);
  if (std::exchange(m_last, now) != now) step(now);
  if (job.state == QLatin1String("FINISHED")) return end({});
  if (job.hasEnded()) return end(tr("the job has ended, %1: %2").arg(job.state.toLower(), job.failure));
  if (!job.failure.isEmpty())
    return end(tr("the job fails and is started again: %1").arg(job.failure), tr("weir cancel %1 ends it").arg(m_job));
  m_wellFor = job.runs() ? m_wellFor + 1 : 0;
  if (m_wellFor >= kWellLooks) return end({});
  if (++m_looks >= kMostLooks)
    return end(tr("not all tasks run after two minutes: %1").arg(now),
               tr("has the cluster as many free slots as --parallelism asks for?"));
  QTimer::singleShot(kLookMs, this, [this] { watch(); });
}

// What a session holds goes with it; the job does not.
void Deployer::end(const QString& error, const QString& hint, Span span) {
  const Outcome outcome{m_job, error, hint, span};
  const auto tell = [this, outcome](const RestAnswer&) { std::exchange(m_done, nullptr)(outcome); };
  if (m_session.isEmpty()) return tell({});
  m_gateway.ask("DELETE", QStringLiteral("/v1/sessions/") + m_session, {}, tell);
}

}  // namespace weir::cluster
