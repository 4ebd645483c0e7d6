// SPDX-License-Identifier: GPL-3.0-or-later
// Commands about other machines: translate a script for Flink and start it there.
#include <QCoreApplication>
#include <QTimer>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>

#include "app/command_run.h"
#include "app/commands.h"
#include "app/output.h"
#include "core/bind/checker.h"
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

int deployCommand(const DeploySettings& settings, int, char**) {
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
  std::cout << flink::printed(*deployment, settings.file, text);
  return kExitOk;
}

}  // namespace weir
