// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <QTimer>
#include <iostream>
#include <variant>

#include "app/commands.h"
#include "app/log_printer.h"
#include "app/metrics_server.h"
#include "app/output.h"
#include "app/progress_line.h"
#include "app/signal_watch.h"
#include "core/base/text.h"
#include "core/bind/checker.h"
#include "core/connectors/drop_report.h"
#include "core/connectors/metrics.h"
#include "core/demo/demo_exchange.h"
#include "core/plan/explain.h"
#include "core/session/live_run.h"
#include "core/session/source_inference.h"

namespace weir {

namespace {

// Runs a bound script until it ends by itself, by time, by limit or by signal; returns the exit code.
int runScript(QCoreApplication& app, logical::Plan script, const RunSettings& settings, const std::string& file,
              const std::string& text, bool printRows, OpenedFeeds* opened = nullptr) {
  const auto streams = printedStreams(settings, script);
  if (!streams) return kExitFailure;
  const auto format = rowFormat(settings, streams->size());
  if (!format) return kExitUsage;
  OutputFile output(settings.output);
  if (!output.ok() || (!settings.metrics.empty() && !canWrite(settings.metrics))) return kExitFailure;
  auto created =
      LiveRun::create(std::move(script), {!settings.noSinks, QString::fromStdString(settings.record), nullptr, opened});
  if (!created) {
    printDiagnostics(created.diagnostics(), file, text);
    return kExitFailure;
  }
  const std::shared_ptr<LiveRun> run = *created;
  const LogPrinter tell(settings);
  QString why;
  std::unique_ptr<MetricsServer> server;
  if (!settings.metricsListen.empty()) {
    server = std::make_unique<MetricsServer>(*run, names(settings.hosts));
    if (!server->listen(*listenAddress(settings.metricsListen), &why)) {
      say(QObject::tr("weir: cannot listen on %1: %2").arg(QString::fromStdString(settings.metricsListen), why));
      return kExitCannotListen;
    }
    tell({LogLevel::Info,
          LogCategory::Run,
          {},
          QObject::tr("weir: counters at %1").arg(server->url()).toStdString(),
          {},
          {}});
    tellOfStrangers(server->listener(), server->url(), tell);
  }
  ProgressLine progress(*run, !settings.noProgress);
  RowPrinter printer(run->pipeline(), printRows ? *streams : std::vector<std::string>{}, *format, settings.limit,
                     [&](const std::string& rows) {
                       if (!rows.empty()) progress.clear();
                       output.write(rows);
                     });
  DropReport report([&](const LogEntry& entry) {
    progress.clear();
    tell(entry);
  });
  const auto drops = [&run] { return dropsOf(run->pipeline(), run->feeder(), run->sinkMetrics()); };
  int code = kExitOk;
  bool ending = false;
  bool sourceEnded = false;
  const auto end = [&](int exitCode) {
    if (std::exchange(ending, true)) return;
    code = exitCode;
    if (settings.flush) {
      run->conclude();
      run->pipeline().flush();
    }
    run->stop([&] {
      printer.flush();
      app.quit();
    });
  };
  run->onEvent = [&](const LogEntry& entry) {
    progress.clear();
    tell(entry);
  };
  run->onSettled = [&] {
    printer.flush();
    report.look(drops());
    if (printer.done()) end(kExitOk);
    if (!output.ok()) end(output.isUnread() ? kExitOk : kExitFailure);
  };
  QObject::connect(
      run.get(), &LiveRun::sourceEnded, &app,
      [&] {
        sourceEnded = true;
        if (run->allSourcesEnded()) end(kExitSourceEnded);
      },
      Qt::QueuedConnection);
  QObject::connect(
      run.get(), &LiveRun::sinkFailedAtStart, &app,
      [&] {
        // A source's first attempt is waited for: should it end the run too, that is what the exit code says.
        auto* wait = new QTimer(&app);
        QObject::connect(wait, &QTimer::timeout, &app, [&, wait] {
          if (run->anySourceConnecting()) return;
          wait->stop();
          end(kExitSinkFailed);
        });
        wait->start(20);
      },
      Qt::QueuedConnection);
  QObject::connect(
      run.get(), &LiveRun::recordingEnded, &app, [&] { end(run->recordingFailed() ? kExitFailure : kExitOk); },
      Qt::QueuedConnection);
  SignalWatch watch([&] { end(kExitInterrupted); });
  QTimer deadline;
  if (settings.forSeconds >= 0) {
    deadline.setSingleShot(true);
    QObject::connect(&deadline, &QTimer::timeout, &app, [&] { end(kExitOk); });
    deadline.start(static_cast<int>(settings.forSeconds * 1000));
  }
  run->start();
  app.exec();
  progress.clear();
  const bool hasDropped = report.sum(drops());
  if (!settings.metrics.empty() &&
      !writeFile(settings.metrics, metricsJson(metricsOf(run->pipeline(), run->feeder(), run->sinkMetrics()))))
    return kExitFailure;
  if (run->recordingFailed() || !output.close()) return kExitFailure;
  if (code == kExitInterrupted || code == kExitFailure) return code;
  // A source that ended by itself counts even when the time was up first.
  if (sourceEnded) return kExitSourceEnded;
  if (code == kExitSinkFailed || run->rowsFailed() > 0) return kExitSinkFailed;
  return strictExit(code, settings, hasDropped, tell);
}

/// Columns that were learnt, and the connections that they were learnt from.
struct Learnt {
  std::map<std::string, SchemaPtr> columns;
  OpenedFeeds opened;
};

// Waits for the first messages of sources that say `( ... )`; an exit code when there were none.
std::variant<Learnt, int> inferColumns(QCoreApplication& app, const BoundResult& checked, const RunSettings& settings,
                                       const std::string& text) {
  std::variant<Learnt, int> out = kExitFailure;
  SourceInference inference(checked, std::make_shared<QtClock>(),
                            [&](std::map<std::string, SchemaPtr> found, const Diagnostics& why) {
                              printDiagnostics(why, settings.file, text);
                              if (why.empty())
                                out = Learnt{std::move(found), {}};
                              else if (inference.sourceEnded())
                                out = kExitSourceEnded;
                              app.quit();
                            });
  inference.onEvent = LogPrinter(settings);
  SignalWatch watch([&] {
    out = kExitInterrupted;
    app.quit();
  });
  if (settings.forSeconds >= 0)
    QTimer::singleShot(static_cast<int>(settings.forSeconds * 1000), &inference, [&] {
      LogPrinter{settings}(
          {LogLevel::Warning,
           LogCategory::Feed,
           {},
           QObject::tr("weir: the time was up before columns could be learnt: no message came").toStdString(),
           {},
           {}});
      out = kExitOk;
      app.quit();
    });
  QTimer::singleShot(0, &app, [&] { inference.start(); });
  app.exec();
  // Only now, so that nothing that comes until the loop ends is lost.
  if (auto* learnt = std::get_if<Learnt>(&out)) learnt->opened = inference.takeOpened();
  return out;
}

}  // namespace

int runCommand(const RunSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  std::string text;
  if (!readText(settings.file, text)) return kExitFailure;
  BoundResult checked = checkScript(text);
  Learnt learnt;
  if (!hasError(checked.diagnostics) && !checked.waiting.empty()) {
    auto inferred = inferColumns(app, checked, settings, text);
    if (const int* code = std::get_if<int>(&inferred)) return *code;
    learnt = std::move(std::get<Learnt>(inferred));
    checked = checkScript(text, learnt.columns);
  }
  Diagnostics found = std::move(checked.diagnostics);
  if (!hasError(found)) {
    const Diagnostics missing = missingSources(checked.script);
    found.insert(found.end(), missing.begin(), missing.end());
  }
  if (!hasError(found) && checked.script.streams.empty())
    found.push_back(failure(Code::NoInput, "nothing to run: the file has no statement",
                            "CREATE STREAM a source and SELECT from it"));
  printDiagnostics(found, settings.file, text);
  if (hasError(found)) return kExitFailure;
  return runScript(app, std::move(checked.script), settings, settings.file, text, true,
                   learnt.opened.clock ? &learnt.opened : nullptr);
}

int recordCommand(const RunSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  std::string text;
  const bool isUrl = isWebSocketUrl(settings.file);
  if (isUrl)
    text =
        "CREATE STREAM Stream (message BYTES) WITH (type = 'source', extension = 'websocket', format = 'bytes', "
        "\"websocket.url\" = '" +
        QString::fromStdString(settings.file).replace(QLatin1Char('\''), QStringLiteral("''")).toStdString() + "');";
  else if (!readText(settings.file, text))
    return kExitFailure;
  BoundResult checked = checkScript(text);
  printDiagnostics(checked.diagnostics, settings.file, text);
  if (hasError(checked.diagnostics)) return kExitFailure;
  RunSettings recording = settings;
  recording.record = settings.output;
  recording.output.clear();
  recording.noSinks = true;
  return runScript(app, std::move(checked.script), recording, settings.file, text, false);
}

int demoCommand(const RunSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  DemoExchange::Settings exchangeSettings;
  exchangeSettings.tradesPerSecond = 20;
  exchangeSettings.faults = parseFaults(QStringLiteral("drop@15s/4s"), nullptr);
  DemoExchange exchange(exchangeSettings);
  QString error;
  if (!exchange.start(&error)) {
    say(QObject::tr("weir: the demo exchange cannot start: %1").arg(error));
    return kExitCannotListen;
  }
  say(QObject::tr("DEMO DATA from %1").arg(exchange.baseUrl()));
  const std::string text = demoScript(exchange.baseUrl()).toStdString();
  BoundResult checked = checkScript(text);
  printDiagnostics(checked.diagnostics, "demo-vwap.sql", text);
  if (hasError(checked.diagnostics)) return kExitFailure;
  const int code = runScript(app, std::move(checked.script), settings, "demo-vwap.sql", text, true);
  say(QObject::tr("The dashboard received %1 rows.").arg(exchange.dashboardRows()));
  return code;
}

int exchangeCommand(const ExchangeSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  DemoExchange::Settings s;
  if (settings.port > 0) s.port = static_cast<quint16>(settings.port);
  s.anyPort = settings.port <= 0;
  s.tradesPerSecond = settings.rate;
  s.seed = settings.seed;
  s.symbols = QString::fromStdString(settings.symbols).toUpper().split(QLatin1Char(','), Qt::SkipEmptyParts);
  QString error;
  s.faults = parseFaults(QString::fromStdString(settings.faults), &error);
  if (!error.isEmpty()) {
    say(error);
    return kExitUsage;
  }
  DemoExchange exchange(s);
  exchange.listener().onDropped = say;
  if (!exchange.start(&error)) {
    say(QObject::tr("weir: cannot listen on port %1: %2").arg(s.port).arg(error));
    return kExitCannotListen;
  }
  std::cout << exchange.baseUrl().toStdString() << std::endl;
  if (!std::cout) return kExitFailure;
  bool interrupted = false;
  SignalWatch watch([&] {
    interrupted = true;
    app.quit();
  });
  if (settings.forSeconds >= 0)
    QTimer::singleShot(static_cast<int>(settings.forSeconds * 1000), &app, &QCoreApplication::quit);
  app.exec();
  return interrupted ? kExitInterrupted : kExitOk;
}

}  // namespace weir
