// SPDX-License-Identifier: GPL-3.0-or-later
// Options of a connection as they are written in SQL, each against a server that sees what it does.
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketServer>
#include <set>

#include "core/bind/checker.h"
#include "core/session/live_run.h"
#include "tests/bench/flood.h"
#include "tests/qt/loopback_server.h"

using namespace weir;

namespace {

QString source(quint16 port, const QString& options, const QString& columns = QStringLiteral("n LONG")) {
  return QStringLiteral(
             "CREATE STREAM T (%1) WITH (type = 'source', extension = 'websocket', format = 'json', \"websocket.url\" "
             "= 'ws://127.0.0.1:%2/',"
             " \"websocket.reconnect.delay.ms\" = '30'%3); SELECT * FROM T INSERT INTO O;")
      .arg(columns)
      .arg(port)
      .arg(options.isEmpty() ? QString() : QStringLiteral(", ") + options);
}

}  // namespace

class OptionsTest final : public QObject {
  Q_OBJECT

private slots:
  void headersAreSent() {
    Server server;
    const auto run = start(source(
        server.port(),
        QStringLiteral("\"websocket.headers.X-Key\" = 'abc', \"websocket.headers.Authorization\" = 'Bearer t'")));
    QTRY_COMPARE(server.requests.size(), 1);
    QCOMPARE(server.requests[0].rawHeader("X-Key"), QByteArray("abc"));
    QCOMPARE(server.requests[0].rawHeader("Authorization"), QByteArray("Bearer t"));
  }

  void openMessagesComeInOrderAfterEveryHandshake() {
    Server server;
    const auto run =
        start(source(server.port(), QStringLiteral("\"websocket.open.message\" = 'zero', \"websocket.open.message.2\" "
                                                   "= 'two', \"websocket.open.message.10\" = 'ten'")));
    const QStringList once{QStringLiteral("zero"), QStringLiteral("two"), QStringLiteral("ten")};
    QTRY_COMPARE(server.texts, once);
    server.clients[0]->close();
    QTRY_COMPARE(server.texts, once + once);
  }

  void heartbeatIsSentAndItsAnswerIsControl() {
    Server server;
    server.onClient = [](QWebSocket* client) {
      QObject::connect(client, &QWebSocket::textMessageReceived, client,
                       [client] { client->sendTextMessage(QStringLiteral("ack!")); });
    };
    const auto run = start(source(
        server.port(), QStringLiteral("\"websocket.heartbeat.message\" = 'beat', \"websocket.heartbeat.interval.ms\" = "
                                      "'30', \"websocket.heartbeat.answer\" = 'ack!'")));
    QTRY_VERIFY(server.texts.count(QStringLiteral("beat")) >= 2);
    const SourceCounters& c = run->source(QStringLiteral("T"))->intake().counters();
    QTRY_VERIFY(c.control >= 2);
    QCOMPARE(c.rejected, uint64_t{0});
  }

  void idleReconnects() {
    Server server;
    const auto run = start(source(server.port(), QStringLiteral("\"websocket.idle.timeout.ms\" = '100'")));
    QTRY_VERIFY_WITH_TIMEOUT(server.requests.size() >= 2, 3000);
  }

  void aLargerMessageClosesWith1009() {
    Server server;
    server.onClient = [](QWebSocket* client) { client->sendTextMessage(QString(2000, QLatin1Char('x'))); };
    const auto run = start(source(server.port(), QStringLiteral("\"websocket.max.message.bytes\" = '1000'")));
    QTRY_VERIFY(run->source(QStringLiteral("T"))->health().error.contains(QLatin1String("1009")));
  }

  void subprotocolIsOffered() {
    Server server;
    const auto run = start(source(server.port(), QStringLiteral("\"websocket.subprotocol\" = 'v1.trades'")));
    QTRY_VERIFY(!server.requests.isEmpty() || run->source(QStringLiteral("T"))->source().hasEnded());
    // This server chooses none, so the connection is refused.
    QTRY_COMPARE(run->source(QStringLiteral("T"))->source().state(), ConnectionState::Refused);
    QVERIFY(run->source(QStringLiteral("T"))->health().error.contains(QLatin1String("'v1.trades'")));
  }

  void aFloodNeverStarvesTimersOrStop() {
    constexpr int kMessages = 800'000;
    bench::Flood flood(kMessages);
    const auto decoded = [](const std::shared_ptr<LiveRun>& run) {
      return run->feeder().intake("T")->counters().decoded;
    };
    const auto run = start(source(flood.port(), {}, QStringLiteral("s STRING, p DOUBLE")));
    QTRY_VERIFY(decoded(run) > 0);
    uint64_t atTimer = 0;
    QTimer::singleShot(10, this, [&] { atTimer = decoded(run); });
    QTRY_COMPARE_WITH_TIMEOUT(decoded(run), uint64_t{kMessages}, 30'000);
    QVERIFY(atTimer > 0 && atTimer < kMessages);

    const auto stopped = start(source(flood.port(), {}, QStringLiteral("s STRING, p DOUBLE")));
    QTRY_VERIFY(decoded(stopped) > 0);
    bool done = false;
    stopped->stop([&] { done = true; });
    QTRY_VERIFY(done);
    QVERIFY(decoded(stopped) < kMessages);
  }

  void jitterTakesAShareOff() {
    BackoffPolicy policy;
    policy.jitter = 1;
    for (const double random : {0.0, 0.5, 0.99}) {
      const int64_t delay = backoffDelay(policy, 3, random);
      QVERIFY(delay >= 0 && delay <= 4000);
    }
    QVERIFY(backoffDelay(policy, 3, 0.9) < backoffDelay(policy, 3, 0.1));
  }

  void aProxyCarriesTheConnection() {
    Server server;
    // An HTTP proxy that knows one host.
    QTcpServer proxy;
    QVERIFY(proxy.listen(QHostAddress::LocalHost));
    QByteArray asked;
    connect(&proxy, &QTcpServer::newConnection, this, [&] {
      QTcpSocket* client = proxy.nextPendingConnection();
      connect(client, &QTcpSocket::readyRead, client, [&asked, client, &server] {
        if (auto* target = client->findChild<QTcpSocket*>()) {
          target->write(client->readAll());
          return;
        }
        if (!client->peek(4096).contains("\r\n\r\n")) return;
        asked = client->readAll();
        auto* target = new QTcpSocket(client);
        connect(target, &QTcpSocket::connected, client, [client] { client->write("HTTP/1.1 200 OK\r\n\r\n"); });
        connect(target, &QTcpSocket::readyRead, client, [client, target] { client->write(target->readAll()); });
        target->connectToHost(QHostAddress::LocalHost, server.port());
      });
    });
    const QString sql =
        source(80, QStringLiteral("\"websocket.proxy\" = 'http://127.0.0.1:%1'").arg(proxy.serverPort()))
            .replace(QStringLiteral("ws://127.0.0.1:80/"), QStringLiteral("ws://feed.example/"));
    const auto run = start(sql);
    QTRY_COMPARE_WITH_TIMEOUT(server.requests.size(), 1, 5000);
    QVERIFY2(asked.startsWith("CONNECT feed.example:80 "), asked.constData());
    QTRY_COMPARE(run->source(QStringLiteral("T"))->source().state(), ConnectionState::Open);
  }

  // Loopback is never proxied, whatever is asked for; `none` and a proxy that is not there are told apart by that.
  void loopbackIsNotProxied() {
    Server server;
    const auto run = start(source(server.port(), QStringLiteral("\"websocket.proxy\" = 'http://127.0.0.1:9'")));
    QTRY_COMPARE(run->source(QStringLiteral("T"))->source().state(), ConnectionState::Open);
  }

  void aSocksProxyCarriesTheConnection() {
    Server server;
    QTcpServer proxy;
    QVERIFY(proxy.listen(QHostAddress::LocalHost));
    QByteArray asked;
    connect(&proxy, &QTcpServer::newConnection, this, [&] {
      QTcpSocket* client = proxy.nextPendingConnection();
      connect(client, &QTcpSocket::readyRead, client, [&asked, client, &server] {
        if (auto* target = client->findChild<QTcpSocket*>()) return (void)target->write(client->readAll());
        const QByteArray bytes = client->readAll();
        // The greeting (RFC 1928, 3), then the request, of which the name is wanted.
        if (bytes.size() < 7) return (void)client->write(QByteArray("\x05\x00", 2));
        asked = bytes;
        auto* target = new QTcpSocket(client);
        connect(target, &QTcpSocket::connected, client,
                [client] { client->write(QByteArray("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50", 10)); });
        connect(target, &QTcpSocket::readyRead, client, [client, target] { client->write(target->readAll()); });
        target->connectToHost(QHostAddress::LocalHost, server.port());
      });
    });
    const QString sql =
        source(80, QStringLiteral("\"websocket.proxy\" = 'socks5://127.0.0.1:%1'").arg(proxy.serverPort()))
            .replace(QStringLiteral("ws://127.0.0.1:80/"), QStringLiteral("ws://feed.example/"));
    const auto run = start(sql);
    QTRY_COMPARE_WITH_TIMEOUT(server.requests.size(), 1, 5000);
    QVERIFY(asked.contains("feed.example"));
  }

  void aFullQueueDropsAsAsked_data() {
    QTest::addColumn<QString>("policy");
    QTest::addColumn<QString>("first");
    QTest::newRow("oldest") << QStringLiteral("drop_oldest") << QStringLiteral("{\"n\":7}");
    QTest::newRow("newest") << QStringLiteral("drop_newest") << QStringLiteral("{\"n\":0}");
  }

  void aFullQueueDropsAsAsked() {
    QFETCH(QString, policy);
    QFETCH(QString, first);
    quint16 port = 0;
    {
      QTcpServer taken;
      QVERIFY(taken.listen(QHostAddress::LocalHost));
      port = taken.serverPort();
    }
    const auto run = start(
        QStringLiteral(
            "CREATE STREAM T (n LONG); CREATE STREAM O (n LONG) WITH (type = 'sink', extension = 'websocket', "
            "\"websocket.url\" = 'ws://127.0.0.1:%1/',"
            " \"websocket.reconnect.delay.ms\" = '50', \"websocket.reconnect.max.delay.ms\" = '50', "
            "\"websocket.reconnect.max.attempts\" = '-1',"
            " \"websocket.queue.max.events\" = '3', \"websocket.queue.full\" = '%2'); INSERT INTO O SELECT n FROM T;")
            .arg(port)
            .arg(policy));
    WebSocketSink& sink = webSocketSink(*run, QStringLiteral("O"));
    QTRY_VERIFY(sink.connection().state() != ConnectionState::Connecting);
    for (int n = 0; n < 10; ++n)
      run->feeder().message(*run->feeder().find("T"), "{\"n\":" + std::to_string(n) + "}", run->clock().now());
    run->feeder().flush();
    QCOMPARE(sink.counters().dropped, uint64_t{7});
    QCOMPARE(sink.counters().queued, uint64_t{3});
    QCOMPARE(sink.counters().published,
             sink.counters().sent + sink.counters().failed + sink.counters().dropped + sink.counters().queued);
    QWebSocketServer late(QStringLiteral("late"), QWebSocketServer::NonSecureMode);
    QStringList got;
    connect(&late, &QWebSocketServer::newConnection, this, [&] {
      connect(late.nextPendingConnection(), &QWebSocket::textMessageReceived, this,
              [&](const QString& text) { got << text; });
    });
    QVERIFY(late.listen(QHostAddress::LocalHost, port));
    QTRY_COMPARE_WITH_TIMEOUT(got.size(), 3, 5000);
    QCOMPARE(got[0], first);
  }
};

QTEST_GUILESS_MAIN(OptionsTest)
#include "options_test.moc"
