// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <QTimer>
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "app/command_run.h"
#include "core/base/text.h"
#include "core/bind/checker.h"
#include "core/demo/demo_exchange.h"
#include "core/options/connector_options.h"
#include "core/plan/explain.h"
#include "core/session/live_run.h"
#include "core/session/source_inference.h"

namespace weir {

namespace {

std::string quoted(const std::string& text, char quote) {
  std::string out(1, quote);
  for (const char c : text) out.append(c == quote ? 2 : 1, c);
  return out + quote;
}

// A source of whole messages, of which nothing is known but where it is.
std::string recordedStream(const std::map<std::string, std::string>& options) {
  std::string text = "CREATE STREAM Stream (message BYTES) WITH (format = 'bytes'";
  for (const auto& [key, value] : options)
    text += ", " + (key.find('.') == std::string::npos ? key : quoted(key, '"')) + " = " + quoted(value, '\'');
  return text + ");";
}

}  // namespace

int runCommand(const RunSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  std::string text;
  if (!readText(settings.file, text)) return kExitFailure;
  return CommandRun(app, settings, std::move(text))
      .perform({.sinks = !settings.noSinks, .recordFile = QString::fromStdString(settings.record)});
}

int replayCommand(const RunSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  std::string text;
  if (!readText(settings.file, text)) return kExitFailure;
  RunSettings replay = settings;
  replay.noProgress = true;
  // Hostile batch sizes are for the tests: no result may depend on them.
  const char* rows = std::getenv("WEIR_BATCH_ROWS");
  constexpr size_t kRows = 2048;
  return CommandRun(app, replay, std::move(text))
      .perform({.sinks = settings.sinks,
                .capture = settings.capture,
                .pace = settings.speed == "max" ? 0 : parseNumber<double>(settings.speed).value_or(0),
                .batchRows = rows ? std::max<size_t>(1, parseNumber<size_t>(rows).value_or(kRows)) : kRows});
}

int recordCommand(const RunSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  std::string text;
  if (const auto source = sourceOfAddress(settings.file))
    text = recordedStream(*source);
  else if (!readText(settings.file, text))
    return kExitFailure;
  RunSettings recording = settings;
  recording.record = settings.output;
  recording.output.clear();
  return CommandRun(app, recording, std::move(text))
      .perform({.sinks = false, .recordFile = QString::fromStdString(recording.record), .onlyRecords = true}, false);
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
  RunSettings demo = settings;
  demo.file = "demo-vwap.sql";
  const int code = CommandRun(app, demo, text).perform({.sinks = !settings.noSinks});
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
