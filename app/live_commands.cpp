// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <QSocketNotifier>
#include <QTimer>
#include <csignal>
#include <iostream>
#include <sys/socket.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/output.h"
#include "core/base/text.h"
#include "core/demo/demo_exchange.h"
#include "core/plan/checker.h"
#include "core/session/live_run.h"

namespace weir {

namespace {

int g_signalPipe[2] = {-1, -1};

void onSignal(int) {
  const char byte = 1;
  (void)!::write(g_signalPipe[1], &byte, 1);
}

/// Turns SIGINT and SIGTERM into a call on the event loop; the second one ends the program at once.
class SignalWatch {
 public:
  explicit SignalWatch(std::function<void()> call) {
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, g_signalPipe) != 0) return;
    m_notifier = std::make_unique<QSocketNotifier>(g_signalPipe[0], QSocketNotifier::Read);
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(), [call = std::move(call)] {
      char byte = 0;
      (void)!::read(g_signalPipe[0], &byte, 1);
      std::signal(SIGINT, SIG_DFL);
      std::signal(SIGTERM, SIG_DFL);
      call();
    });
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
    std::signal(SIGPIPE, SIG_IGN);
  }

 private:
  std::unique_ptr<QSocketNotifier> m_notifier;
};

void say(const QString& text) { std::cerr << text.toStdString() << "\n" << std::flush; }

// Runs a bound script until it ends by itself, by time, by limit or by signal; returns the exit code.
int runScript(QCoreApplication& app, BoundScript script, const RunSettings& settings, const std::string& file,
              const std::string& text, bool printRows) {
  const auto streams = printedStreams(settings, script);
  if (!streams) return kExitFailure;
  const auto format = rowFormat(settings, streams->size());
  if (!format) return kExitUsage;
  OutputFile output(settings.output);
  if (!output.ok()) return kExitFailure;
  auto created = LiveRun::create(std::move(script), {!settings.noSinks, QString::fromStdString(settings.record)});
  if (!created) {
    printDiagnostics(created.diagnostics(), file, text);
    return kExitFailure;
  }
  const std::shared_ptr<LiveRun> run = *created;
  RowPrinter printer(run->pipeline(), printRows ? *streams : std::vector<std::string>{}, *format, settings.limit,
                     [&](const std::string& rows) { output.write(rows); });
  int code = kExitOk;
  bool ending = false;
  bool sourceEnded = false;
  const auto end = [&](int exitCode) {
    if (std::exchange(ending, true)) return;
    code = exitCode;
    if (settings.flush) {
      run->feeder().advance(run->clock().now());
      run->pipeline().flush();
    }
    run->stop([&] {
      printer.flush();
      app.quit();
    });
  };
  run->onEvent = [](const QString& what, bool) { say(what); };
  run->onSettled = [&] {
    printer.flush();
    if (printer.done()) end(kExitOk);
    if (!output.ok()) end(kExitFailure);
  };
  QObject::connect(run.get(), &LiveRun::sourceEnded, &app, [&] {
    sourceEnded = true;
    if (run->allSourcesEnded()) end(kExitSourceEnded);
  }, Qt::QueuedConnection);
  QObject::connect(run.get(), &LiveRun::sinkFailedAtStart, &app, [&] {
    // A source's first attempt is waited for: should it end the run too, that is what the exit code says.
    auto* wait = new QTimer(&app);
    QObject::connect(wait, &QTimer::timeout, &app, [&, wait] {
      if (run->anySourceConnecting()) return;
      wait->stop();
      end(kExitSinkFailed);
    });
    wait->start(20);
  }, Qt::QueuedConnection);
  SignalWatch watch([&] { end(kExitInterrupted); });
  QTimer deadline;
  if (settings.forSeconds >= 0) {
    deadline.setSingleShot(true);
    QObject::connect(&deadline, &QTimer::timeout, &app, [&] { end(kExitOk); });
    deadline.start(static_cast<int>(settings.forSeconds * 1000));
  }
  run->start();
  app.exec();
  if (!settings.metrics.empty() &&
      !writeFile(settings.metrics, metricsJson(run->pipeline(), run->feeder(), run->sinkMetrics())))
    return kExitFailure;
  if (code == kExitInterrupted || code == kExitFailure) return code;
  // A source that ended by itself counts even when the time was up first.
  if (sourceEnded) return kExitSourceEnded;
  if (code == kExitSinkFailed || run->rowsFailed() > 0) return kExitSinkFailed;
  return code;
}

}  // namespace

int runCommand(const RunSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  std::string text;
  if (!readText(settings.file, text)) return kExitFailure;
  BoundResult checked = checkScript(text);
  Diagnostics found = std::move(checked.diagnostics);
  if (!hasError(found)) {
    const Diagnostics missing = missingSources(checked.script);
    found.insert(found.end(), missing.begin(), missing.end());
  }
  printDiagnostics(found, settings.file, text);
  if (hasError(found)) return kExitFailure;
  return runScript(app, std::move(checked.script), settings, settings.file, text, true);
}

int recordCommand(const RunSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  std::string text;
  const bool isUrl = settings.file.starts_with("ws://") || settings.file.starts_with("wss://");
  if (isUrl)
    text = "CREATE STREAM Stream (message BYTES) WITH (type = 'source', extension = 'websocket', format = 'bytes', "
           "\"websocket.url\" = '" + settings.file + "');";
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
    return kExitFailure;
  }
  say(QObject::tr("DEMO DATA from %1").arg(exchange.baseUrl()));
  const std::string text = demoScript(exchange.baseUrl()).toStdString();
  BoundResult checked = checkScript(text);
  printDiagnostics(checked.diagnostics, "demo-vwap.sql", text);
  if (hasError(checked.diagnostics)) return kExitFailure;
  RunSettings demo = settings;
  const int code = runScript(app, std::move(checked.script), demo, "demo-vwap.sql", text, true);
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
  if (!exchange.start(&error)) {
    say(QObject::tr("weir: cannot listen on port %1: %2").arg(s.port).arg(error));
    return kExitFailure;
  }
  std::cout << exchange.baseUrl().toStdString() << std::endl;
  bool interrupted = false;
  SignalWatch watch([&] {
    interrupted = true;
    app.quit();
  });
  if (settings.forSeconds >= 0) QTimer::singleShot(static_cast<int>(settings.forSeconds * 1000), &app, &QCoreApplication::quit);
  app.exec();
  return interrupted ? kExitInterrupted : kExitOk;
}

}  // namespace weir
