// SPDX-License-Identifier: GPL-3.0-or-later
// Hours at 20,000 trades a second over a real socket: hour_bench [--minutes N] [--rate N] [--samples FILE]. Whether
// memory stays flat, whether a row is lost, and how far VWAP drifts from the exact value that the sender computes in
// 128 bits.
#include <unistd.h>
#include <QCoreApplication>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketServer>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "core/base/int128.h"
#include "core/bind/checker.h"
#include "core/session/live_run.h"
#include "tests/bench/measure.h"

namespace {

double residentMb() {
  std::ifstream in("/proc/self/statm");
  long pages = 0;
  in >> pages >> pages;
  return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

/// Prices in cents and quantities in thousandths: what the sender can add up exactly.
struct Exact {
  weir::Int128 value = 0;  ///< of price times quantity, in 1e-5
  weir::Int128 quantity = 0;
  int64_t count = 0;
  void add(int64_t cents, int64_t thousandths) {
    value += static_cast<weir::Int128>(cents) * thousandths;
    quantity += thousandths;
    ++count;
  }
  long double vwap() const { return static_cast<long double>(value) / static_cast<long double>(quantity) / 100; }
};

constexpr int64_t kStart = 1'700'006'400'000;  // a full day: windows of any length begin here

}  // namespace

int main(int argc, char** argv) {
  QCoreApplication app(argc, argv);
  int minutes = 60;
  int rate = 20'000;
  std::string samplesFile;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--minutes") minutes = std::atoi(argv[i + 1]);
    if (name == "--rate") rate = std::atoi(argv[i + 1]);
    if (name == "--samples") samplesFile = argv[i + 1];
  }
  QWebSocketServer server(QStringLiteral("hour"), QWebSocketServer::NonSecureMode);
  if (!server.listen(QHostAddress::LocalHost)) return 1;
  const std::string whole = std::to_string(minutes) + " min";
  const std::string sql =
      "CREATE STREAM T (s STRING, p DOUBLE, q DOUBLE, t LONG) WITH (type = 'source', extension = 'websocket', format = "
      "'json', \"websocket.url\" = 'ws://127.0.0.1:" +
      std::to_string(server.serverPort()) +
      "', \"event.time.field\" = 't');"
      "INSERT INTO Minute SELECT VWAP(p, q) AS vwap, COUNT(*) AS n FROM T WINDOW TUMBLING(1 min);"
      "INSERT INTO BySymbol SELECT s, VWAP(p, q) AS vwap, VWAP_STDDEV(p, q) AS sigma, COUNT(*) AS n FROM T WINDOW "
      "TUMBLING(1 sec) GROUP BY s;"
      "INSERT INTO Rolling SELECT s, VWAP(p, q) AS vwap FROM T WINDOW TIME(10 sec) GROUP BY s OUTPUT LAST EVERY 1 sec;"
      "INSERT INTO Whole SELECT VWAP(p, q) AS vwap, COUNT(*) AS n FROM T WINDOW CUMULATE(1 min, " +
      whole + ");";
  weir::BoundResult checked = weir::checkScript(sql);
  for (const weir::Diagnostic& d : checked.diagnostics) std::fprintf(stderr, "%s\n", d.message.c_str());
  auto created = weir::LiveRun::create(std::move(checked.script), {});
  if (!created) return 1;
  const std::shared_ptr<weir::LiveRun> run = *created;

  std::vector<Exact> minuteSums(static_cast<size_t>(minutes) + 1), prefixes(static_cast<size_t>(minutes) + 1);
  int64_t rowsWrong = 0;
  double worstMinute = 0, worstWhole = 0;
  const auto compare = [&](const Exact& exact, const weir::Batch& batch, size_t row, double& worst) {
    if (batch.columns[1]->integer(row) != exact.count) ++rowsWrong;
    const double off =
        static_cast<double>(std::fabs(static_cast<long double>(batch.columns[0]->number(row)) / exact.vwap() - 1));
    worst = std::max(worst, off);
  };
  int64_t windows = 0;
  run->pipeline().tap("Minute", [&](const weir::BatchPtr& batch) {
    for (size_t row = 0; row < batch->rows(); ++row) {
      const auto index = static_cast<size_t>((batch->meta[row].at - kStart) / 60'000 - 1);
      if (index < static_cast<size_t>(minutes)) compare(minuteSums[index], *batch, row, worstMinute), ++windows;
    }
  });
  run->pipeline().tap("Whole", [&](const weir::BatchPtr& batch) {
    for (size_t row = 0; row < batch->rows(); ++row) {
      const auto index = static_cast<size_t>((batch->meta[row].at - kStart) / 60'000 - 1);
      if (index < static_cast<size_t>(minutes)) compare(prefixes[index], *batch, row, worstWhole);
    }
  });

  // Trades of ten symbols at a walk of cents; time is what the trades say, so that every window's content is known.
  std::mt19937_64 random(1);
  int64_t sent = 0;
  const int64_t total = static_cast<int64_t>(minutes) * 60 * rate;
  int64_t cents = 9'441'671;
  Exact prefix;
  QWebSocket* client = nullptr;
  QTimer pace;
  pace.setTimerType(Qt::PreciseTimer);
  double begun = 0;
  const auto trade = [&](int64_t at) {
    cents = std::max<int64_t>(1, cents + static_cast<int64_t>(random() % 201) - 100);
    const auto thousandths = static_cast<int64_t>(random() % 5000 + 1);
    const auto minute = static_cast<size_t>((at - kStart) / 60'000);
    if (minute < static_cast<size_t>(minutes)) {
      minuteSums[minute].add(cents, thousandths);
      prefix.add(cents, thousandths);
      prefixes[minute] = prefix;
    }
    char text[160];
    const int length =
        std::snprintf(text, sizeof text, R"({"e":"trade","s":"S%d","p":"%lld.%02lld","q":"%lld.%03lld","t":%lld})",
                      static_cast<int>(random() % 10), static_cast<long long>(cents / 100),
                      static_cast<long long>(cents % 100), static_cast<long long>(thousandths / 1000),
                      static_cast<long long>(thousandths % 1000), static_cast<long long>(at));
    client->sendTextMessage(QString::fromLatin1(text, length));
  };
  QObject::connect(&pace, &QTimer::timeout, &app, [&] {
    const auto due = std::min<int64_t>(total, static_cast<int64_t>((bench::wallSeconds() - begun) * rate));
    // A sender that is ahead of the socket only fills memory.
    constexpr qint64 kAhead = 4 << 20;
    while (sent < due && client->bytesToWrite() < kAhead) {
      trade(kStart + sent * 1000 / rate);
      ++sent;
    }
    if (sent < total) return;
    pace.stop();
    trade(kStart + minutes * 60'000LL + 1);
    QTimer::singleShot(2000, &app, &QCoreApplication::quit);
  });
  QObject::connect(&server, &QWebSocketServer::newConnection, &app, [&] {
    client = server.nextPendingConnection();
    begun = bench::wallSeconds();
    pace.start(2);
  });
  std::ofstream samples;
  if (!samplesFile.empty()) {
    samples.open(samplesFile);
    samples << "seconds,rss_mb,messages,cpu_percent\n";
  }
  std::vector<std::pair<double, double>> memory;
  double cpuBefore = bench::processSeconds();
  QTimer watch;
  constexpr int kSampleMs = 5000;
  QObject::connect(&watch, &QTimer::timeout, &app, [&] {
    const double at = bench::wallSeconds() - begun;
    const double cpu = bench::processSeconds();
    memory.emplace_back(at, residentMb());
    if (samples.is_open())
      samples << at << ',' << memory.back().second << ',' << run->feeder().intake("T")->counters().messages << ','
              << (cpu - cpuBefore) / (kSampleMs / 1000.0) * 100 << std::endl;
    cpuBefore = cpu;
  });
  watch.start(kSampleMs);
  run->start();
  app.exec();
  const weir::SourceCounters& counters = run->feeder().intake("T")->counters();
  // Memory after a sixth of the time is warm.
  double warm = 0, most = 0;
  for (const auto& [at, mb] : memory) {
    if (at < minutes * 10.0) warm = mb;
    most = std::max(most, mb);
  }
  bench::report("hour_rows_lost", static_cast<double>(total + 1 - static_cast<int64_t>(counters.passed)), "rows");
  bench::report("hour_windows_wrong", static_cast<double>(rowsWrong + (minutes - windows)),
                "of all windows of a minute");
  bench::report("hour_minute_drift", worstMinute, "relative to 128 bits");
  bench::report("hour_whole_drift", worstWhole, "relative to 128 bits");
  bench::report("hour_memory_growth_mb", most - warm, "MB after warm-up");
  bench::report("hour_memory_mb", most, "MB");
  bench::report("hour_messages", static_cast<double>(counters.messages), "messages");
  return 0;
}
