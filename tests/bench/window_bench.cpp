// SPDX-License-Identifier: GPL-3.0-or-later
// The window: what a frame of the chart costs the GUI thread, a table whose cells change, and how long a trade takes
// to the screen.
#include <QApplication>
#include <QTableView>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QThread>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketServer>
#include <algorithm>
#include <atomic>
#include <functional>
#include <random>

#include "tests/bench/measure.h"
#include "ui/charts/chart_view.h"
#include "ui/results/results_panel.h"
#include "ui/shell/main_window.h"

using namespace weir;

namespace {

logical::Stream candles() {
  logical::Stream stream;
  stream.name = "V";
  auto schema = std::make_shared<Schema>();
  schema->fields = {{"s", Type::String}, {"vwap", Type::Double}, {"volume", Type::Double}};
  stream.schema = schema;
  stream.groupColumns = {0};
  stream.windowed = true;
  stream.windowMs = 1000;
  return stream;
}

/// Prices of so many series, second by second: walks, as prices are, or noise, the worst there is for a chart, because
/// every column of pixels is as high as the chart.
class Prices {
public:
  Prices(int series, bool noise) : m_noise(noise), m_last(static_cast<size_t>(series)) {
    for (size_t s = 0; s < m_last.size(); ++s) m_last[s] = 100 + static_cast<double>(s);
  }
  std::shared_ptr<Batch> next(const SchemaPtr& schema, int count) {
    BatchBuilder builder(schema);
    for (int i = 0; i < count; ++i, ++m_second)
      for (size_t s = 0; s < m_last.size(); ++s) {
        const double step = static_cast<double>(m_random() % 2001) / 1000 - 1;
        m_last[s] = m_noise ? 100 + static_cast<double>(s) + step : std::max(1.0, m_last[s] + step / 50);
        builder.column(0).appendText("SYM" + std::to_string(s));
        builder.column(1).appendReal(m_last[s]);
        builder.column(2).appendReal(static_cast<double>(m_second % 50));
        builder.finishRow({.at = m_second * 1000, .isWindowEnd = true});
      }
    return builder.take();
  }

private:
  bool m_noise;
  std::vector<double> m_last;
  int64_t m_second = 0;
  std::mt19937_64 m_random{1};
};

// ms of a frame: new rows taken, chart painted.
double chartFrame(int series, int points, int frames, bool noise = false) {
  const logical::Stream stream = candles();
  SeriesStore store(stream);
  Prices prices(series, noise);
  for (int from = 0; from < points; from += 1000)
    store.addClosed({*prices.next(stream.schema, 1000), stream.groupColumns});
  ChartView chart(darkTheme());
  chart.resize(1200, 600);
  chart.setStore(&store);
  chart.setRange(int64_t{points} * 1000);
  chart.show();
  QTest::qWait(50);
  std::vector<double> costs;
  for (int frame = 0; frame < frames; ++frame) {
    const double begun = bench::threadSeconds();
    store.addClosed({*prices.next(stream.schema, 1), stream.groupColumns});
    chart.refresh(int64_t{points + frame} * 1000);
    chart.viewport()->repaint();
    costs.push_back((bench::threadSeconds() - begun) * 1000);
  }
  return bench::median(costs);
}

// Per cent of a core for 2,000 changed cells a second, scattered over 10,000 rows.
double tableLoad(int seconds) {
  ResultsPanel panel(darkTheme());
  auto schema = std::make_shared<Schema>(Schema{{{"k", Type::Long}, {"v", Type::Double}}});
  panel.model().setSchema(schema, std::vector<size_t>{0});
  BatchBuilder first(schema);
  for (int64_t key = 0; key < 10'000; ++key) {
    first.column(0).appendInteger(key);
    first.column(1).appendReal(0);
    first.finishRow({.at = 1000});
  }
  panel.model().addClosed(ResultBlock(*first.take(), {0}));
  panel.resize(800, 400);
  panel.show();
  QTest::qWait(300);
  int64_t n = 0;
  QTimer timer;
  QObject::connect(&timer, &QTimer::timeout, [&] {
    BatchBuilder builder(schema);
    for (int i = 0; i < 67; ++i, ++n) {
      builder.column(0).appendInteger(n * 7919 % 10'000);
      builder.column(1).appendReal(static_cast<double>(n));
      builder.finishRow({.at = 1000});
    }
    panel.model().addClosed(ResultBlock(*builder.take(), {0}));
  });
  timer.start(33);
  const double cpu = bench::threadSeconds();
  const double wall = bench::wallSeconds();
  QTest::qWait(seconds * 1000);
  return (bench::threadSeconds() - cpu) / (bench::wallSeconds() - wall) * 100;
}

/// Sends numbered trades at a pace to the one client that comes, from a thread of its own, as an exchange would.
class PacedFeed final : public QThread {
public:
  PacedFeed(double perSecond, int seconds)
      : m_perSecond(perSecond), m_sentAt(static_cast<size_t>(perSecond * (seconds + 5))) {
    start();
    while (m_port == 0) QThread::usleep(100);
  }
  ~PacedFeed() override {
    quit();
    wait();
  }
  quint16 port() const { return m_port; }
  bool hasClient() const { return m_hasClient; }
  /// How many were sent; the time of each lies in `sentAt`, from 1.
  size_t sent() const { return m_sent; }
  double sentAt(size_t number) const { return m_sentAt[number - 1]; }

protected:
  void run() override {
    QTcpServer listener;
    listener.listen(QHostAddress::LocalHost);
    QWebSocketServer server(QStringLiteral("feed"), QWebSocketServer::NonSecureMode);
    // As exchanges do; with Nagle's delay up to 40 ms would be the sender's.
    QObject::connect(&listener, &QTcpServer::newConnection, &server, [&] {
      QTcpSocket* peer = listener.nextPendingConnection();
      peer->setSocketOption(QAbstractSocket::LowDelayOption, 1);
      server.handleConnection(peer);
    });
    QTimer pace;
    pace.setTimerType(Qt::PreciseTimer);
    QWebSocket* client = nullptr;
    double begun = 0;
    QObject::connect(&server, &QWebSocketServer::newConnection, &server, [&] {
      client = server.nextPendingConnection();
      begun = bench::wallSeconds();
      pace.start(1);
      m_hasClient = true;
    });
    QObject::connect(&pace, &QTimer::timeout, &server, [&] {
      while (m_sent < m_sentAt.size() && static_cast<double>(m_sent) < (bench::wallSeconds() - begun) * m_perSecond) {
        const size_t next = m_sent + 1;
        m_sentAt[next - 1] = bench::wallSeconds();
        m_sent = next;
        client->sendTextMessage(QStringLiteral("{\"n\":%1}").arg(next));
      }
    });
    m_port = listener.serverPort();
    exec();
  }

private:
  double m_perSecond;
  std::vector<double> m_sentAt;
  std::atomic<size_t> m_sent{0};
  std::atomic<bool> m_hasClient{false};
  std::atomic<quint16> m_port{0};
};

/// Calls after each paint of a widget.
class PaintWatch final : public QObject {
public:
  PaintWatch(QWidget* widget, std::function<void()> painted) : m_painted(std::move(painted)) {
    widget->installEventFilter(this);
  }
  bool eventFilter(QObject* object, QEvent* event) override {
    if (event->type() == QEvent::Paint) QMetaObject::invokeMethod(this, m_painted, Qt::QueuedConnection);
    return QObject::eventFilter(object, event);
  }

private:
  std::function<void()> m_painted;
};

// Frames of 33 ms from a trade's sending to the end of the paint that shows it, at 50,000 trades a second: the price
// itself is the number of the trade, so that what is painted says what has arrived.
double tradeToPixel(int seconds) {
  PacedFeed feed(50'000, seconds);
  MainWindow window(darkTheme(), {});
  window.resize(1280, 720);
  window.openText(QStringLiteral("x.sql"),
                  QStringLiteral("CREATE STREAM T (n DOUBLE) WITH (type = 'source', extension = 'websocket', "
                                 "\"websocket.url\" = 'ws://127.0.0.1:%1/');"
                                 "SELECT MAX(n) AS value FROM T WINDOW TUMBLING(1 sec) INSERT INTO V;")
                      .arg(feed.port()));
  window.show();
  window.run();
  const auto newestShown = [&]() -> size_t {
    const auto& series = window.series().series();
    return series.empty() || !series[0].open ? 0 : static_cast<size_t>(series[0].open->value);
  };
  const double until = bench::wallSeconds() + 5;
  while (newestShown() == 0 && bench::wallSeconds() < until) QTest::qWait(10);
  const auto charts = window.findChildren<ChartView*>();
  const auto chart =
      std::find_if(charts.begin(), charts.end(), [](const ChartView* view) { return view->isVisible(); });
  if (chart == charts.end()) return 0;
  std::vector<double> frames;
  size_t shown = newestShown();
  const PaintWatch watch((*chart)->viewport(), [&] {
    const size_t newest = newestShown();
    if (newest <= shown || newest > feed.sent()) return;
    for (size_t i = shown + 1; i <= newest; i += 97)
      frames.push_back((bench::wallSeconds() - feed.sentAt(i)) * 1000 / 33);
    shown = newest;
  });
  QTest::qWait(seconds * 1000);
  window.stop();
  QTest::qWait(300);
  std::fprintf(stderr, "trade to pixel: median %.2f frames, of %zu trades looked at\n", bench::percentile(frames, 0.5),
               frames.size());
  return bench::percentile(frames, 0.99);
}

}  // namespace

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  applyTheme(app, darkTheme());
  // For a profiler: the dense chart alone.
  if (argc > 1 && std::string(argv[1]) == "--only-chart") {
    bench::report("chart_100k_ms", chartFrame(10, 100'000, 400), "ms a frame");
    return 0;
  }
  const bool isShort = argc > 1 && std::string(argv[1]) == "--short";
  bench::report("chart_100k_ms", chartFrame(10, isShort ? 20'000 : 100'000, isShort ? 15 : 40), "ms a frame");
  bench::report("chart_100k_noise_ms", chartFrame(10, isShort ? 20'000 : 100'000, isShort ? 15 : 40, true),
                "ms a frame, noise instead of prices");
  bench::report("chart_1m_ms", chartFrame(1, isShort ? 100'000 : 1'000'000, isShort ? 15 : 40), "ms a frame");
  bench::report("table_cpu_percent", tableLoad(isShort ? 2 : 6), "% of a core");
  bench::report("pixel_p99_frames", tradeToPixel(isShort ? 3 : 8), "frames of 33 ms");
  return 0;
}
