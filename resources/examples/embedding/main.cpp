// SPDX-License-Identifier: GPL-3.0-or-later
// A program of its own that uses Weir's core: a source made from a map of properties, a query, and rows in a callback.
#include <QCoreApplication>
#include <QTimer>
#include <iostream>

#include "core/bind/checker.h"
#include "core/demo/demo_exchange.h"
#include "core/session/live_run.h"

int main(int argc, char** argv) {
  QCoreApplication app(argc, argv);
  weir::DemoExchange::Settings settings;
  settings.port = 0;
  weir::DemoExchange exchange(settings);
  if (!exchange.start(nullptr)) return 1;

  // Properties are the options of WITH (...), and are checked the same way.
  const auto options =
      weir::Options::fromMap({{"type", "source"},
                              {"extension", "websocket"},
                              {"websocket.url", (exchange.baseUrl() + "/ws/btcusdt@trade").toStdString()}});
  if (!options) {
    std::cerr << options.diagnostics().front().message << "\n";
    return 1;
  }
  std::string with;
  for (const auto& [key, value] : options->values())
    with += (with.empty() ? "" : ", ") + ("\"" + key + "\" = '" + value + "'");
  weir::BoundResult checked =
      weir::checkScript("CREATE STREAM Trades (s STRING, p DOUBLE, q DOUBLE) WITH (" + with +
                        ");"
                        "SELECT VWAP(p, q) AS vwap FROM Trades WINDOW TUMBLING(500 ms) INSERT INTO V;");
  if (weir::hasError(checked.diagnostics)) return 1;
  const auto run = weir::LiveRun::create(std::move(checked.script), {});
  if (!run) return 1;
  int rows = 0;
  (*run)->pipeline().tap("V", [&](const weir::BatchPtr& batch) {
    for (size_t row = 0; row < batch->rows(); ++row) std::cout << "VWAP " << batch->columns[0]->real(row) << std::endl;
    if ((rows += static_cast<int>(batch->rows())) >= 3) (*run)->stop([] { QCoreApplication::exit(0); });
  });
  (*run)->start();
  QTimer::singleShot(20000, &app, [] { QCoreApplication::exit(1); });
  return app.exec();
}
