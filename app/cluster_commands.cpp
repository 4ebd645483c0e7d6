// SPDX-License-Identifier: GPL-3.0-or-later
// Commands about other machines: translate a script for Flink and start it there.
#include <QCoreApplication>
#include <QDateTime>
#include <QTimer>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <optional>

#include "app/command_run.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/signal_watch.h"
#include "core/bind/checker.h"
#include "core/cluster/deployer.h"
#include "core/flink/deployment.h"
#include "core/session/edge_plan.h"
#include "core/session/edge_pulse.h"

namespace weir {

namespace {

std::string jobName(const std::string& prefix, const std::string& file) {
  return prefix + "." + (file == "-" ? "script" : std::filesystem::path(file).stem().string());
}

// `kafka.security.protocol=ssl`.
std::optional<std::map<std::string, std::string>> optionsOf(const std::vector<std::string>& written) {
  std::map<std::string, std::string> out;
  for (const std::string& each : written) {
    const size_t equals = each.find('=');
    if (equals == std::string::npos || !each.starts_with("kafka.")) {
      std::cerr << "weir: an option of Kafka is written kafka.NAME=VALUE, as kafka.security.protocol=ssl; found "
                << each << "\n";
      return std::nullopt;
    }
    out[each.substr(0, equals)] = each.substr(equals + 1);
  }
  return out;
}

}  // namespace

int edgeCommand(const RunSettings& settings, const std::string& kafka, const std::string& prefix,
                const std::vector<std::string>& options, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  std::string text;
  if (!readText(settings.file, text)) return kExitFailure;
  const auto further = optionsOf(options);
  if (!further) return kExitUsage;
  std::vector<EdgeTopic> topics;
  std::optional<EdgePulse> pulse;
  QTimer timer;
  CommandRun run(app, settings, std::move(text));
  run.onBegin = [&](Run& begun) {
    for (const EdgeTopic& topic : topics)
      say(QObject::tr("weir: %1 goes to %2 at %3")
              .arg(QString::fromStdString(topic.source), QString::fromStdString(topic.topic),
                   QString::fromStdString(kafka)));
    pulse.emplace(begun, topics);
    QObject::connect(&timer, &QTimer::timeout, &timer, [&] { pulse->beat(); });
    timer.start(static_cast<int>(toMillis(EdgePulse::kEvery)));
  };
  run.onEnd = [&] {
    timer.stop();
    if (pulse) pulse->beat();
  };
  return run.perform({.rewrite =
                          [&](logical::Plan& script) {
                            auto made = makeEdge(script, {kafka, prefix, *further});
                            if (!made) return made.diagnostics();
                            topics = std::move(*made);
                            return Diagnostics();
                          }},
                     false);
}

int deployCommand(const DeploySettings& settings, int argc, char** argv) {
  std::string text;
  if (!readText(settings.file, text)) return kExitFailure;
  const BoundResult checked = checkScript(text);
  printDiagnostics(checked.diagnostics, settings.file, text);
  if (hasError(checked.diagnostics)) return kExitFailure;
  const flink::Cluster cluster{.brokers = settings.kafka,
                               .prefix = settings.prefix,
                               .job = jobName(settings.prefix, settings.file),
                               .parallelism = settings.parallelism,
                               .isExactlyOnce = settings.exactlyOnce,
                               .savepoint = settings.savepoint};
  const auto deployment = flink::deploymentOf(checked.script, cluster);
  printDiagnostics(deployment.diagnostics(), settings.file, text);
  if (!deployment) return kExitFailure;
  if (settings.dryRun) {
    std::cout << flink::printed(*deployment, settings.file, text);
    return kExitOk;
  }
  QCoreApplication app(argc, argv);
  SignalWatch watch([&app] { app.exit(kExitInterrupted); });
  cluster::Deployer deployer(QUrl(QString::fromStdString(settings.gateway)),
                             QUrl(QString::fromStdString(settings.jobs)));
  deployer.onStep = [](const QString& what) { say(QObject::tr("weir: %1").arg(what)); };
  deployer.start(*deployment, [&](const cluster::Deployer::Outcome& outcome) {
    if (!outcome.job.isEmpty()) std::cout << outcome.job.toStdString() << std::endl;
    if (!outcome.error.isEmpty())
      printDiagnostics(
          {{Severity::Error, Code::Deployment, outcome.span, outcome.error.toStdString(), outcome.hint.toStdString()}},
          settings.file, text);
    QMetaObject::invokeMethod(
        &app, [&app, ok = outcome.error.isEmpty()] { app.exit(ok ? kExitOk : kExitFailure); }, Qt::QueuedConnection);
  });
  return app.exec();
}

namespace {

// Asks the JobManager one thing, and ends with what came of it.
int askJobManager(
    const JobSettings& settings, int argc, char** argv,
    const std::function<void(cluster::JobManager& jobs, const cluster::JobManager::Failed& failed)>& ask) {
  QCoreApplication app(argc, argv);
  SignalWatch watch([&app] { app.exit(kExitInterrupted); });
  cluster::JobManager jobs(QUrl(QString::fromStdString(settings.flink)));
  ask(jobs, [](const QString& error, const QString& hint) {
    std::cerr << "weir: " << error.toStdString() << "\n"
              << (hint.isEmpty() ? "" : "hint: " + hint.toStdString() + "\n");
    QCoreApplication::exit(kExitFailure);
  });
  return app.exec();
}

void done() { QCoreApplication::exit(kExitOk); }

std::string rowOf(const cluster::Job& job) {
  const QString since = QDateTime::fromMSecsSinceEpoch(job.started, Qt::UTC).toString(Qt::ISODate);
  return QStringLiteral("%1  %2  %3  %4/%5  %6\n")
      .arg(job.id, job.state.leftJustified(10), since)
      .arg(job.running)
      .arg(job.tasks)
      .arg(job.name)
      .toStdString();
}

int endJob(const JobSettings& settings, bool ends, int argc, char** argv) {
  return askJobManager(settings, argc, argv, [&](cluster::JobManager& jobs, const cluster::JobManager::Failed& failed) {
    jobs.find(
        QString::fromStdString(settings.job),
        [&jobs, &settings, ends, failed](const cluster::Job& job) {
          jobs.savepoint(
              job.id, QString::fromStdString(settings.savepoint), ends,
              [](const QString& place) {
                std::cout << place.toStdString() << std::endl;
                done();
              },
              failed);
        },
        failed);
  });
}

}  // namespace

int jobsCommand(const JobSettings& settings, int argc, char** argv) {
  return askJobManager(settings, argc, argv, [](cluster::JobManager& jobs, const cluster::JobManager::Failed& failed) {
    jobs.jobs(
        [](const std::vector<cluster::Job>& all) {
          for (const cluster::Job& job : all) std::cout << rowOf(job);
          if (all.empty()) std::cerr << "weir: no job was submitted there\n";
          done();
        },
        failed);
  });
}

int stopCommand(const JobSettings& settings, int argc, char** argv) { return endJob(settings, true, argc, argv); }

int savepointCommand(const JobSettings& settings, int argc, char** argv) { return endJob(settings, false, argc, argv); }

int cancelCommand(const JobSettings& settings, int argc, char** argv) {
  return askJobManager(settings, argc, argv, [&](cluster::JobManager& jobs, const cluster::JobManager::Failed& failed) {
    jobs.find(
        QString::fromStdString(settings.job),
        [&jobs, failed](const cluster::Job& job) { jobs.cancel(job.id, done, failed); }, failed);
  });
}

}  // namespace weir
