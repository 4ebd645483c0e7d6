// SPDX-License-Identifier: GPL-3.0-or-later
// When a connection that is open is still not to be trusted.
#include <QDateTime>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

#include "core/bind/checker.h"
#include "core/session/engine.h"
#include "core/session/live_run.h"
#include "core/telemetry/health_judge.h"

using namespace weir;

class HealthTest final : public QObject {
  Q_OBJECT

private slots:
  void oneInAHundredOfTheLastMinute() {
    HealthJudge judge;
    ConnectionHealth h;
    h.name = QStringLiteral("S");
    h.messages = 1000;
    h.bad = 10;
    judge.judge(h, 0, 1'000'000);
    QVERIFY(h.degraded.isEmpty());
    h.messages = 1010;
    h.bad = 20;
    judge.judge(h, 0, 2'000'000);
    QVERIFY2(h.degraded.contains(QLatin1String("20 of 1010 messages bad")), qPrintable(h.degraded));
    // A minute later it is over, whatever there was before.
    for (int second = 3; second <= 70; ++second) {
      h.messages += 10;
      judge.judge(h, 0, second * 1'000'000LL);
    }
    QVERIFY2(h.degraded.isEmpty(), qPrintable(h.degraded));
    h.messages += 10;
    judge.judge(h, 30, 71'000'000);
    QVERIFY(h.degraded.contains(QLatin1String("too late")));
    // A run that begins anew counts from nothing.
    h.messages = 5;
    h.bad = 0;
    judge.judge(h, 0, 72'000'000);
    QVERIFY(h.degraded.isEmpty());
  }

  void aSinkMayLoseNothing() {
    HealthJudge judge;
    ConnectionHealth h;
    h.name = QStringLiteral("O");
    h.isSink = true;
    h.sent = 1'000'000;
    judge.judge(h, 0, 0);
    QVERIFY(h.degraded.isEmpty());
    h.dropped = 1;
    judge.judge(h, 0, 1'000'000);
    QVERIFY(h.degraded.contains(QLatin1String("lost")));
    for (int second = 2; second < 70; ++second) judge.judge(h, 0, second * 1'000'000LL);
    QVERIFY(h.degraded.isEmpty());
  }

  void lagIsThatOfAFeedThatComes() {
    ConnectionHealth h;
    h.state = ConnectionState::Live;
    QVERIFY(!lagOf(h, 5'000'000));
    h.newestEvent = 4'900;
    QCOMPARE(*lagOf(h, 5'000'000), int64_t{100});
    h.stale = true;
    QVERIFY(!lagOf(h, 5'000'000));
    QCOMPARE(troubleOf(h), Trouble::Stale);
    h.state = ConnectionState::Waiting;
    QCOMPARE(troubleOf(h), Trouble::None);
  }

  // Late rows and bad messages over a real connection: the snapshot has the lag, the events have the trouble, and what
  // somebody closes is no error.
  void theEngineTellsLagAndTrouble() {
    QWebSocketServer server(QStringLiteral("s"), QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QWebSocketServer::newConnection, this, [&] {
      QWebSocket* client = server.nextPendingConnection();
      client->sendTextMessage(QStringLiteral(R"({"p":1,"t":%1})").arg(QDateTime::currentMSecsSinceEpoch() - 700));
      client->sendTextMessage(QStringLiteral("{no json"));
      connect(client, &QWebSocket::disconnected, client, &QObject::deleteLater);
    });
    Engine engine;
    QStringList events;
    bool anyError = false;
    connect(&engine, &Engine::event, this, [&](const QString& text, LogLevel level) {
      events << text;
      anyError = anyError || level >= LogLevel::Warning;
    });
    engine.run(QStringLiteral("CREATE STREAM T (p DOUBLE, t LONG) WITH (type = 'source', extension = 'websocket', "
                              "\"websocket.url\" = 'ws://127.0.0.1:%1/', \"event.time.field\" = 't');"
                              "SELECT COUNT(*) AS n FROM T WINDOW TUMBLING(1 hour) INSERT INTO Counts;")
                   .arg(server.serverPort()));
    QTRY_VERIFY2(events.join(QLatin1Char('\n')).contains(QLatin1String("T: degraded, 1 of 2 messages bad")),
                 qPrintable(events.join(QLatin1Char('\n'))));
    QTRY_VERIFY(engine.snapshot().lagMs);
    const RunSnapshot seen = engine.snapshot();
    QVERIFY(*seen.lagMs >= 700 && *seen.lagMs < 10'000);
    QVERIFY(seen.connections.front().watermark && seen.connections.front().openedAt > 0);
    engine.disconnectFrom(QStringLiteral("T"));
    QTRY_VERIFY(events.contains(QStringLiteral("T: disconnected")));
    QVERIFY2(!anyError, qPrintable(events.join(QLatin1Char('\n'))));
    QTRY_VERIFY(engine.snapshot().connections.front().closedByUser);
  }

  // Open for ten seconds without a row: the card and the log say what to look at.
  void aFeedWithoutRowsSaysWhatToCheck() {
    QWebSocketServer server(QStringLiteral("s"), QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QWebSocketServer::newConnection, this, [&] {
      QWebSocket* client = server.nextPendingConnection();
      client->sendTextMessage(QStringLiteral(R"({"Symbol":"BTC","Price":1})"));
      connect(client, &QWebSocket::disconnected, client, &QObject::deleteLater);
    });
    BoundResult checked =
        checkScript(QStringLiteral("CREATE STREAM T (symbol STRING, price DOUBLE) WITH (type = 'source', extension = "
                                   "'websocket', \"websocket.url\" = 'ws://127.0.0.1:%1/');"
                                   "SELECT symbol, price FROM T;")
                        .arg(server.serverPort())
                        .toStdString());
    auto run = LiveRun::create(std::move(checked.script), {});
    QVERIFY(run.ok());
    QStringList events;
    (*run)->onEvent = [&](const LogEntry& entry) { events << QString::fromStdString(entry.text()); };
    (*run)->start();
    QTest::qWait(9000);
    QVERIFY((*run)->health().front().checklist.isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(!(*run)->health().front().checklist.isEmpty(), 4000);
    const QString list = (*run)->health().front().checklist.join(QLatin1Char('\n'));
    QVERIFY2(list.contains(QLatin1String("websocket.open.message")) &&
                 list.contains(QLatin1String("1 messages came, 1 held none of the columns symbol, price")) &&
                 list.contains(QLatin1String("Price, Symbol")),
             qPrintable(list));
    QTRY_VERIFY(events.join(QLatin1Char('\n')).contains(QLatin1String("open for 10 s without a row")));
    bool done = false;
    (*run)->stop([&] { done = true; });
    QTRY_VERIFY(done);
  }
};

QTEST_GUILESS_MAIN(HealthTest)
#include "health_test.moc"
