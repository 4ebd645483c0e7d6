// SPDX-License-Identifier: GPL-3.0-or-later
// From a socket to a VWAP, as a share of a bare QWebSocket that only receives, interleaved in one run; and how long a
// message takes from frame in to frame out.
#include <QCoreApplication>
#include <QEventLoop>
#include <QFile>
#include <QProcess>
#include <QSslKey>
#include <QTemporaryDir>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketServer>
#include <cstdlib>
#include <memory>
#include <optional>

#include "core/bind/checker.h"
#include "core/session/live_run.h"
#include "tests/bench/flood.h"
#include "tests/bench/measure.h"

namespace {

/// How messages come: over which transport of ours, and over TLS with whose certificate.
struct Way {
  std::string transport = "qt";
  std::optional<QSslConfiguration> tls = {};

  QString url(quint16 port) const {
    return QStringLiteral("%1://127.0.0.1:%2").arg(tls ? QStringLiteral("wss") : QStringLiteral("ws")).arg(port);
  }
};

// A certificate made for the occasion; nothing where openssl is missing.
std::optional<QSslConfiguration> ownTls() {
  const QTemporaryDir folder;
  const QString key = folder.filePath(QStringLiteral("a.key"));
  const QString certificate = folder.filePath(QStringLiteral("a.pem"));
  QProcess openssl;
  openssl.start(QStringLiteral("openssl"),
                {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("rsa:2048"),
                 QStringLiteral("-nodes"), QStringLiteral("-keyout"), key, QStringLiteral("-out"), certificate,
                 QStringLiteral("-subj"), QStringLiteral("/CN=localhost")});
  openssl.waitForFinished();
  QFile in(key);
  const QList<QSslCertificate> chain = QSslCertificate::fromPath(certificate);
  if (chain.isEmpty() || !in.open(QIODevice::ReadOnly)) return {};
  QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
  tls.setLocalCertificate(chain.first());
  tls.setPrivateKey(QSslKey(&in, QSsl::Rsa));
  tls.setPeerVerifyMode(QSslSocket::VerifyNone);
  return tls;
}

// Messages per second of `clients` bare sockets.
double bare(int count, int clients, const Way& way = {}) {
  bench::Flood flood(count / clients, way.tls);
  std::vector<std::unique_ptr<QWebSocket>> sockets;
  int got = 0;
  const int wanted = count / clients * clients;
  double begun = 0;
  QEventLoop loop;
  for (int i = 0; i < clients; ++i) {
    auto socket = std::make_unique<QWebSocket>();
    QObject::connect(socket.get(), &QWebSocket::textMessageReceived, &loop, [&](const QString&) {
      if (got++ == 0) begun = bench::wallSeconds();
      if (got == wanted) loop.quit();
    });
    if (way.tls) {
      QSslConfiguration trusting = QSslConfiguration::defaultConfiguration();
      trusting.setPeerVerifyMode(QSslSocket::VerifyNone);
      socket->setSslConfiguration(trusting);
    }
    socket->open(QUrl(way.url(flood.port())));
    sockets.push_back(std::move(socket));
  }
  loop.exec();
  return wanted / (bench::wallSeconds() - begun);
}

double vwap(int count, int clients, const Way& way = {}) {
  bench::Flood flood(count / clients, way.tls);
  std::string sql;
  for (int i = 0; i < clients; ++i) {
    const std::string n = std::to_string(i);
    sql += "CREATE STREAM B" + n +
           " (s STRING, p DOUBLE, q DOUBLE) WITH (type = 'source', extension = 'websocket', "
           "\"websocket.transport\" = '" +
           way.transport + "', \"websocket.tls.insecure\" = '" + (way.tls ? "true" : "false") +
           "', \"websocket.url\" = '" + way.url(flood.port()).toStdString() +
           "'); SELECT s, SUM(p * q) / SUM(q) AS vwap FROM B" + n + " WINDOW TUMBLING(1 sec) GROUP BY s INSERT INTO V" +
           n + ";";
  }
  weir::BoundResult checked = weir::checkScript(sql);
  auto run = weir::LiveRun::create(std::move(checked.script), {});
  QEventLoop loop;
  double begun = 0;
  uint64_t before = 0;
  const auto wanted = static_cast<uint64_t>(count / clients * clients);
  (*run)->onSettled = [&] {
    uint64_t decoded = 0;
    for (const auto& [name, intake] : (*run)->feeder().intakes()) decoded += intake->counters().decoded;
    if (decoded > 0 && begun == 0) {
      begun = bench::wallSeconds();
      before = decoded;
    }
    if (decoded >= wanted) loop.quit();
  };
  (*run)->start();
  loop.exec();
  return static_cast<double>(wanted - before) / (bench::wallSeconds() - begun);
}

/// Sends numbered messages at a pace and takes them back; every answer's delay in ms.
class Stopwatch final : public QObject {
public:
  Stopwatch()
      : m_feed(QStringLiteral("feed"), QWebSocketServer::NonSecureMode),
        m_board(QStringLiteral("board"), QWebSocketServer::NonSecureMode) {
    m_feed.listen(QHostAddress::LocalHost);
    m_board.listen(QHostAddress::LocalHost);
    connect(&m_feed, &QWebSocketServer::newConnection, this, [this] { m_client = m_feed.nextPendingConnection(); });
    connect(&m_board, &QWebSocketServer::newConnection, this, [this] {
      QWebSocket* client = m_board.nextPendingConnection();
      connect(client, &QWebSocket::textMessageReceived, this, [this](const QString& text) {
        const auto number = static_cast<size_t>(text.mid(5).chopped(1).toLongLong());
        if (number < m_sent.size()) m_delays.push_back((bench::wallSeconds() - m_sent[number]) * 1000);
      });
    });
  }
  quint16 feed() const { return m_feed.serverPort(); }
  quint16 board() const { return m_board.serverPort(); }
  bool ready() const { return m_client != nullptr; }
  std::vector<double> run(int count, double perSecond) {
    QEventLoop loop;
    QTimer timer;
    timer.setTimerType(Qt::PreciseTimer);
    const double begun = bench::wallSeconds();
    connect(&timer, &QTimer::timeout, &loop, [&] {
      while (m_sent.size() < static_cast<size_t>(count) &&
             static_cast<double>(m_sent.size()) < (bench::wallSeconds() - begun) * perSecond) {
        m_sent.push_back(bench::wallSeconds());
        m_client->sendTextMessage(QStringLiteral("{\"n\":%1}").arg(m_sent.size() - 1));
      }
      if (m_delays.size() >= static_cast<size_t>(count) || bench::wallSeconds() - begun > count / perSecond + 3)
        loop.quit();
    });
    timer.start(1);
    loop.exec();
    return m_delays;
  }

private:
  QWebSocketServer m_feed, m_board;
  QWebSocket* m_client = nullptr;
  std::vector<double> m_sent;
  std::vector<double> m_delays;
};

void waitFor(const std::function<bool()>& ready) {
  const double until = bench::wallSeconds() + 5;
  while (!ready() && bench::wallSeconds() < until) QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
}

// The middle runs on a thread of its own in both cases.
std::vector<double> throughBare(int count, double rate) {
  Stopwatch watch;
  QThread thread;
  auto* worker = new QObject;
  worker->moveToThread(&thread);
  QObject::connect(&thread, &QThread::finished, worker, &QObject::deleteLater);
  thread.start();
  QMetaObject::invokeMethod(worker, [&] {
    auto* in = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, worker);
    auto* out = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, worker);
    QObject::connect(in, &QWebSocket::textMessageReceived, out,
                     [out](const QString& text) { out->sendTextMessage(text); });
    QObject::connect(out, &QWebSocket::connected, in,
                     [in, &watch] { in->open(QUrl(QStringLiteral("ws://127.0.0.1:%1").arg(watch.feed()))); });
    out->open(QUrl(QStringLiteral("ws://127.0.0.1:%1").arg(watch.board())));
  });
  waitFor([&] { return watch.ready(); });
  std::vector<double> delays = watch.run(count, rate);
  thread.quit();
  thread.wait();
  return delays;
}

std::vector<double> throughWeir(int count, double rate) {
  Stopwatch watch;
  QThread thread;
  auto* worker = new QObject;
  worker->moveToThread(&thread);
  QObject::connect(&thread, &QThread::finished, worker, &QObject::deleteLater);
  thread.start();
  std::shared_ptr<weir::LiveRun> run;
  QMetaObject::invokeMethod(
      worker,
      [&] {
        const std::string sql =
            "CREATE STREAM T (n LONG) WITH (type = 'source', extension = 'websocket', \"websocket.url\" = "
            "'ws://127.0.0.1:" +
            std::to_string(watch.feed()) +
            "'); CREATE STREAM O (n LONG) WITH (type = 'sink', extension = 'websocket', \"websocket.url\" = "
            "'ws://127.0.0.1:" +
            std::to_string(watch.board()) + "'); INSERT INTO O SELECT n FROM T;";
        weir::BoundResult checked = weir::checkScript(sql);
        run = *weir::LiveRun::create(std::move(checked.script), {});
        run->start();
      },
      Qt::BlockingQueuedConnection);
  waitFor([&] { return watch.ready(); });
  std::vector<double> delays = watch.run(count, rate);
  QMetaObject::invokeMethod(
      worker, [&] { run.reset(); }, Qt::BlockingQueuedConnection);
  thread.quit();
  thread.wait();
  return delays;
}

}  // namespace

int main(int argc, char** argv) {
  QCoreApplication app(argc, argv);
  // For a profiler: one side alone.
  if (argc > 2 && std::string(argv[1]) == "--only-vwap") {
    std::fprintf(stderr, "to VWAP %.0f/s\n", vwap(std::atoi(argv[2]), 1, {argc > 3 ? argv[3] : "qt"}));
    return 0;
  }
  if (argc > 2 && std::string(argv[1]) == "--flood") {
    const bench::Flood flood(std::atoi(argv[2]));
    std::printf("%d\n", flood.port());
    std::fflush(stdout);
    return QCoreApplication::exec();
  }
  const bool isShort = argc > 1 && std::string(argv[1]) == "--short";
  const int count = isShort ? 60'000 : 300'000;
  const Way direct{"direct"};
  const std::optional<QSslConfiguration> tls = ownTls();
  std::vector<double> ours, oursOverTls, qtsOverTls, one, fifty, fiftyOfBare, absolute;
  for (int i = 0; i < 5; ++i) {
    const double plain = bare(count, 1);
    const double weighed = vwap(count, 1);
    const double own = vwap(count, 1, direct);
    const double plainMany = bare(count, 50);
    const double weighedMany = vwap(count, 50);
    one.push_back(weighed / plain);
    ours.push_back(own / plain);
    std::fprintf(stderr, "direct to VWAP %.0f/s\n", own);
    if (tls) {
      const double encrypted = bare(count, 1, {"", tls});
      const double qts = vwap(count, 1, {"qt", tls});
      const double owns = vwap(count, 1, {"direct", tls});
      qtsOverTls.push_back(qts / encrypted);
      oursOverTls.push_back(owns / encrypted);
      std::fprintf(stderr, "over TLS: bare %.0f/s, to VWAP %.0f/s, direct %.0f/s\n", encrypted, qts, owns);
    }
    fifty.push_back(weighedMany / weighed);
    fiftyOfBare.push_back(weighedMany / plainMany);
    absolute.push_back(weighed);
    std::fprintf(stderr, "bare %.0f/s, to VWAP %.0f/s; 50 connections: bare %.0f/s, to VWAP %.0f/s\n", plain, weighed,
                 plainMany, weighedMany);
  }
  bench::report("socket_vwap_share", bench::median(one), "of a bare QWebSocket");
  bench::report("socket_vwap_direct_share", bench::median(ours), "of a bare QWebSocket");
  if (tls) {
    bench::report("socket_vwap_tls_share", bench::median(qtsOverTls), "of a bare QWebSocket over TLS");
    bench::report("socket_vwap_direct_tls_share", bench::median(oursOverTls), "of a bare QWebSocket over TLS");
  }
  bench::report("connections_50_share", bench::median(fifty), "of one connection, in total");
  bench::report("connections_50_share_of_bare", bench::median(fiftyOfBare), "of bare QWebSockets");
  bench::report("socket_vwap_messages_per_s", bench::median(absolute), "messages/s");
  std::vector<double> ratios, allBare, allWeighed;
  const int messages = isShort ? 10'000 : 50'000;
  for (int i = 0; i < (isShort ? 3 : 5); ++i) {
    const std::vector<double> bareDelays = throughBare(messages, 10'000);
    const std::vector<double> weighedDelays = throughWeir(messages, 10'000);
    allBare.insert(allBare.end(), bareDelays.begin(), bareDelays.end());
    allWeighed.insert(allWeighed.end(), weighedDelays.begin(), weighedDelays.end());
    const double plain = bench::percentile(bareDelays, 0.99);
    const double weighed = bench::percentile(weighedDelays, 0.99);
    std::fprintf(stderr, "p99 latency: bare %.2f ms, through a query %.2f ms\n", plain, weighed);
    ratios.push_back(weighed / plain);
  }
  bench::reportHistogram("latency_histogram", allBare, allWeighed);
  bench::report("latency_p99_ratio", bench::median(ratios), "of a bare pass-through");
  return 0;
}
