// SPDX-License-Identifier: GPL-3.0-or-later
// Messages per second from a socket to a VWAP, as a share of a bare QWebSocket that only receives, in the same run.
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QThread>
#include <QWebSocket>
#include <QWebSocketServer>
#include <algorithm>
#include <iostream>

#include "core/plan/checker.h"
#include "core/session/live_run.h"

namespace {

/// Sends `count` trades to whoever connects, from a thread of its own.
class Flood final : public QThread {
 public:
  explicit Flood(int count) : m_count(count) {}
  quint16 port() {
    while (m_port == 0) QThread::usleep(100);
    return m_port;
  }

 protected:
  void run() override {
    QWebSocketServer server(QStringLiteral("flood"), QWebSocketServer::NonSecureMode);
    server.listen(QHostAddress::LocalHost);
    QObject::connect(&server, &QWebSocketServer::newConnection, &server, [&] {
      QWebSocket* peer = server.nextPendingConnection();
      for (int i = 0; i < m_count; ++i)
        peer->sendTextMessage(QStringLiteral("{\"e\":\"trade\",\"E\":1672515782136,\"s\":\"BTCUSDT\",\"t\":%1,\"p\":\"50000.00\",\"q\":\"0.500\",\"T\":1672515782136,\"m\":true,\"M\":true}").arg(10000000 + i));
    });
    m_port = server.serverPort();
    exec();
  }

 private:
  int m_count;
  std::atomic<quint16> m_port{0};
};

double bare(int count) {
  Flood flood(count);
  flood.start();
  QWebSocket socket;
  int got = 0;
  QEventLoop loop;
  QElapsedTimer timer;
  QObject::connect(&socket, &QWebSocket::textMessageReceived, &loop, [&](const QString&) {
    if (got++ == 0) timer.start();
    if (got == count) loop.quit();
  });
  socket.open(QUrl(QStringLiteral("ws://127.0.0.1:%1").arg(flood.port())));
  loop.exec();
  const double seconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;
  flood.quit();
  flood.wait();
  return count / seconds;
}

double vwap(int count) {
  Flood flood(count);
  flood.start();
  const std::string sql = "CREATE STREAM B (s STRING, p STRING, q STRING) WITH (type = 'source', extension = 'websocket', \"websocket.url\" = 'ws://127.0.0.1:" +
                          std::to_string(flood.port()) +
                          "');SELECT s, SUM(CAST(p AS DOUBLE) * CAST(q AS DOUBLE)) / SUM(CAST(q AS DOUBLE)) AS vwap FROM B WINDOW TUMBLING(1 sec) GROUP BY s INSERT INTO V;";
  weir::BoundResult checked = weir::checkScript(sql);
  auto run = weir::LiveRun::create(std::move(checked.script), {});
  QEventLoop loop;
  QElapsedTimer timer;
  const weir::Intake* intake = (*run)->feeder().find("B");
  (*run)->onSettled = [&] {
    if (intake->counters().messages > 0 && !timer.isValid()) timer.start();
    if (intake->counters().decoded >= static_cast<uint64_t>(count)) loop.quit();
  };
  (*run)->start();
  loop.exec();
  const double seconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;
  flood.quit();
  flood.wait();
  return count / seconds;
}

}  // namespace

int main(int argc, char** argv) {
  QCoreApplication app(argc, argv);
  const int count = argc > 1 ? std::atoi(argv[1]) : 200000;
  std::vector<double> shares;
  for (int i = 0; i < 5; ++i) {
    const double plain = bare(count);
    const double weighed = vwap(count);
    shares.push_back(weighed / plain);
    std::cout << "bare " << static_cast<long>(plain) << "/s, socket to VWAP " << static_cast<long>(weighed) << "/s, share " << shares.back() << "\n";
  }
  std::sort(shares.begin(), shares.end());
  std::cout << "socket_vwap_share " << shares[2] << " (median of 5)\n";
  return 0;
}
