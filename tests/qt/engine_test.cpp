// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that follow, replace and end one another on the engine's thread.
#include <QDateTime>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include "core/session/engine.h"
#include "tests/qt/deaf_server.h"
#include "tests/qt/loopback_server.h"

using namespace weir;

namespace {

/// An engine that keeps what it says.
struct TellingEngine {
  Engine engine;
  QStringList said;
  TellingEngine() {
    QObject::connect(&engine, &Engine::event, &engine, [this](const QString& text) { said << text; });
    QObject::connect(&engine, &Engine::refused, &engine, [this](const QString& why) { said << why; });
  }
  QByteArray all() const { return said.join(QLatin1Char('\n')).toUtf8(); }
};

QString feedSql(quint16 port) {
  return QStringLiteral(
             "CREATE STREAM T (n STRING) WITH (type = 'source', extension = 'websocket', \"websocket.url\" = "
             "'ws://127.0.0.1:%1/', \"websocket.reconnect.delay.ms\" = '50');")
      .arg(port);
}

QString sinkSql(quint16 port) {
  return QStringLiteral(
             "CREATE STREAM R (n STRING) WITH (type = 'sink', extension = 'websocket', \"websocket.url\" = "
             "'ws://127.0.0.1:%1/');"
             "INSERT INTO R SELECT n FROM T;")
      .arg(port);
}

/// A run whose sink cannot get rid of its rows, so that a stop takes its time.
struct Draining {
  Server feed;
  DeafServer board;
  QString sql = feedSql(feed.port()) + sinkSql(board.serverPort());

  void fill(Engine& engine) {
    engine.run(sql);
    QTRY_COMPARE(feed.clients.size(), 1);
    const QString large = QStringLiteral("{\"n\":\"%1\"}").arg(QString(200'000, QLatin1Char('x')));
    for (int i = 0; i < 120; ++i) feed.clients.at(0)->sendTextMessage(large);
    QTRY_VERIFY(engine.snapshot().streamRows["T"] == 120);
  }
};

/// What an engine says of its runs from now on.
struct Spies {
  explicit Spies(Engine& engine) : started(&engine, &Engine::started), stopped(&engine, &Engine::stopped) {}
  QSignalSpy started, stopped;
};

}  // namespace

class EngineTest final : public QObject {
  Q_OBJECT

private slots:
  void theProgramEndsWhileARunDrains() {
    Draining draining;
    auto engine = std::make_unique<Engine>();
    draining.fill(*engine);
    engine->stop();
    QTest::qWait(100);
    QElapsedTimer since;
    since.start();
    engine.reset();
    QVERIFY2(since.elapsed() < 8000, "it waits for the drain, and not for ever");
  }

  void aStartDuringADrainWaitsForIt() {
    Draining draining;
    Engine engine;
    draining.fill(engine);
    Spies spies(engine);
    engine.stop();
    engine.run(feedSql(draining.feed.port()) + QStringLiteral("SELECT n FROM T INSERT INTO Seen;"));
    QTRY_COMPARE_WITH_TIMEOUT(spies.started.size(), 1, 8000);
    QCOMPARE(spies.stopped.size(), 1);
    QTRY_COMPARE(draining.feed.clients.size(), 1);
    draining.feed.clients.at(0)->sendTextMessage(QStringLiteral(R"({"n":"again"})"));
    QTRY_COMPARE(engine.snapshot().streamRows["Seen"], 1U);
    QTest::qWait(300);
    QVERIFY(engine.snapshot().running);
    QCOMPARE(engine.runNumber(), 2U);
  }

  void aStopTakesBackAStartThatWaits() {
    Draining draining;
    Engine engine;
    draining.fill(engine);
    Spies spies(engine);
    engine.stop();
    engine.run(feedSql(draining.feed.port()));
    engine.stop();
    QTRY_COMPARE_WITH_TIMEOUT(spies.stopped.size(), 2, 8000);
    QTest::qWait(300);
    QCOMPARE(spies.started.size(), 0);
    QVERIFY(!engine.snapshot().running);
  }

  // The run that was replaced could not send all of its rows: the window is still told.
  void rowsOfAReplacedSinkAreNotForgotten() {
    Draining draining;
    TellingEngine telling;
    Engine& engine = telling.engine;
    draining.fill(engine);
    engine.run(feedSql(draining.feed.port()) + QStringLiteral("SELECT n FROM T INSERT INTO Seen;"));
    QTRY_VERIFY2_WITH_TIMEOUT(telling.all().contains("rows could not be sent"), telling.all().constData(), 8000);
    QVERIFY(engine.snapshot().running);
  }

  // Between two looks at it a run does nothing for who looks.
  void aSnapshotIsMadeWhenSomebodyLooks() {
    Server feed;
    Engine engine;
    engine.run(feedSql(feed.port()) + QStringLiteral("SELECT n FROM T INSERT INTO Seen;"));
    QTRY_VERIFY(engine.snapshot().running);
    QTest::qWait(300);
    engine.snapshot();
    const qint64 looked = QDateTime::currentMSecsSinceEpoch();
    QTest::qWait(1500);
    const qint64 seen = toMillis(engine.snapshot().now) - looked;
    QVERIFY2(seen < 1000, qPrintable(QString::number(seen)));
    QTRY_VERIFY(toMillis(engine.snapshot().now) - looked >= 1400);
  }

  // A feed that says all it has and closes: what it said is there once its columns are known.
  void nothingIsLostOfAFeedThatEndsWhileItIsLearnt() {
    Server feed;
    feed.onClient = [](QWebSocket* client) {
      for (int i = 0; i < 3; ++i)
        client->sendTextMessage(QStringLiteral(R"({"symbol":"A","price":%1.5,"size":2})").arg(i));
      QTimer::singleShot(200, client, [client] { client->close(); });
    };
    TellingEngine telling;
    Engine& engine = telling.engine;
    engine.run(QStringLiteral("CREATE STREAM T (...) WITH (type = 'source', extension = 'websocket', \"websocket.url\" "
                              "= 'ws://127.0.0.1:%1/', \"websocket.reconnect\" = 'false');"
                              "SELECT price FROM T INSERT INTO Prices;")
                   .arg(feed.port()));
    QTRY_VERIFY2_WITH_TIMEOUT(engine.snapshot().streamRows["Prices"] == 3, telling.all().constData(), 8000);
    QCOMPARE(feed.requests.size(), 1);
  }

  // A feed that breaks while it is learnt: its rows come from both connections, with the gap between them.
  void aLossWhileLearningIsAGap() {
    Server feed;
    feed.onClient = [](QWebSocket* client) {
      client->sendTextMessage(QStringLiteral(R"({"symbol":"A","price":1.5,"size":2})"));
      if (client->parent()->property("again").toBool()) return;
      client->parent()->setProperty("again", true);
      QTimer::singleShot(200, client, [client] { client->close(QWebSocketProtocol::CloseCodeGoingAway); });
    };
    TellingEngine telling;
    Engine& engine = telling.engine;
    engine.run(QStringLiteral("CREATE STREAM T (...) WITH (type = 'source', extension = 'websocket', \"websocket.url\" "
                              "= 'ws://127.0.0.1:%1/', \"websocket.reconnect.delay.ms\" = '50');"
                              "SELECT price FROM T INSERT INTO Prices;")
                   .arg(feed.port()));
    QTRY_VERIFY2_WITH_TIMEOUT(engine.snapshot().streamRows["Prices"] == 2, telling.all().constData(), 8000);
    QTRY_COMPARE(engine.snapshot().connections.front().gaps, 1U);
  }
};

QTEST_GUILESS_MAIN(EngineTest)
#include "engine_test.moc"
