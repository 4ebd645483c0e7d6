// SPDX-License-Identifier: GPL-3.0-or-later
// A sink's life: what it counts, what it keeps, when it gives up. Every row is accounted for, whatever the peer does.
#include <QSet>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>

#include "tests/qt/deaf_server.h"
#include "tests/qt/loopback_server.h"

using namespace weir;

namespace {

/// A feed whose rows a sink sends on.
struct Pair {
  Server feed;
  std::shared_ptr<LiveRun> run;

  void begin(quint16 board, const QString& options, const QString& type = QStringLiteral("STRING"),
             const QString& format = QStringLiteral("json")) {
    run = start(QStringLiteral("CREATE STREAM T (n %4) WITH (type = 'source', extension = 'websocket', format = "
                               "'json', \"websocket.url\" = 'ws://127.0.0.1:%1/');"
                               "CREATE STREAM R (n %4) WITH (type = 'sink', extension = 'websocket', format = '%5', "
                               "\"websocket.url\" = 'ws://127.0.0.1:%2/',"
                               " \"websocket.reconnect.delay.ms\" = '30'%3); INSERT INTO R SELECT n FROM T;")
                    .arg(feed.port())
                    .arg(board)
                    .arg(options.isEmpty() ? QString() : QStringLiteral(", ") + options, type, format));
  }
  void send(const QString& value) { feed.clients.at(0)->sendTextMessage(QStringLiteral("{\"n\":\"%1\"}").arg(value)); }
  WebSocketSink& sink() { return webSocketSink(*run, QStringLiteral("R")); }
  bool adds() {
    return sink().counters().published ==
           sink().counters().sent + sink().counters().failed + sink().counters().dropped + sink().counters().queued;
  }
  bool isReady() { return feed.clients.size() == 1; }
};

}  // namespace

class SinkTest final : public QObject {
  Q_OBJECT

private slots:
  // What a peer does not read is not sent: the queue's bound holds, and what is left at the end is told.
  void aPeerThatDoesNotReadFillsTheQueue() {
    DeafServer board;
    Pair pair;
    pair.begin(board.serverPort(), QStringLiteral("\"websocket.queue.max.events\" = '10'"));
    QTRY_VERIFY(pair.isReady() && pair.sink().connection().isOpen());
    QStringList warnings;
    pair.run->onEvent = [&](const LogEntry& entry) { warnings << QString::fromStdString(entry.text()); };
    const QString large(200'000, QLatin1Char('x'));
    for (int i = 0; i < 120; ++i) pair.send(large);
    QTRY_COMPARE(pair.sink().counters().published, 120U);
    QVERIFY(pair.sink().counters().dropped > 50);
    QCOMPARE(warnings.filter(QStringLiteral("R: the queue of 10 rows is full")).size(), 1);
    QVERIFY(pair.sink().counters().queued >= 10 && pair.sink().counters().queued < 15);
    QVERIFY(pair.adds());
    bool done = false;
    pair.run->stop([&] { done = true; });
    QTRY_VERIFY_WITH_TIMEOUT(done, 7000);
    QVERIFY(pair.run->rowsFailed() > 0);
    QCOMPARE(pair.run->sinkMetrics().at("R.queued"), 0U);
  }

  // The bytes are bounded as the rows are, with those that lie in the socket.
  void theQueueIsBoundedByBytes_data() {
    QTest::addColumn<QString>("full");
    QTest::newRow("oldest") << "drop_oldest";
    QTest::newRow("newest") << "drop_newest";
  }
  void theQueueIsBoundedByBytes() {
    QFETCH(QString, full);
    DeafServer board;
    Pair pair;
    pair.begin(board.serverPort(),
               QStringLiteral("\"websocket.queue.max.bytes\" = '1000000', \"websocket.queue.full\" = '%1'").arg(full));
    QTRY_VERIFY(pair.isReady() && pair.sink().connection().isOpen());
    QStringList warnings;
    uint64_t most = 0;
    int64_t mostInSocket = 0;
    pair.run->onEvent = [&](const LogEntry& entry) { warnings << QString::fromStdString(entry.text()); };
    pair.run->onSettled = [&] {
      most = std::max(most, pair.sink().health().queuedBytes);
      mostInSocket = std::max(mostInSocket, pair.sink().connection().bytesToWrite());
    };
    const QString large(200'000, QLatin1Char('x'));
    for (int i = 0; i < 120; ++i) pair.send(large);
    QTRY_COMPARE(pair.sink().counters().published, 120U);
    QVERIFY(pair.sink().counters().dropped > 50);
    QVERIFY2(most > 700'000 && most <= 1'000'000, qPrintable(QString::number(most)));
    QVERIFY2(mostInSocket < 1'100'000, qPrintable(QString::number(mostInSocket)));
    QVERIFY(pair.adds());
    QCOMPARE(warnings.filter(QStringLiteral("R: the queue of 1000000 bytes is full")).size(), 1);
    QVERIFY(warnings.join(QLatin1Char('\n')).contains(QLatin1String("websocket.queue.max.bytes")));
  }

  // A row that has no room at all is dropped and counted; those that have go their way.
  void aRowAboveTheBoundIsDropped() {
    Server board;
    Pair pair;
    pair.begin(board.port(), QStringLiteral("\"websocket.queue.max.bytes\" = '100'"));
    QTRY_VERIFY(pair.isReady() && pair.sink().connection().isOpen());
    pair.send(QStringLiteral("a"));
    pair.send(QString(100, QLatin1Char('x')));
    QTRY_COMPARE(pair.sink().counters().published, 2U);
    pair.send(QStringLiteral("b"));
    QTRY_COMPARE(board.texts, QStringList({QStringLiteral("{\"n\":\"a\"}"), QStringLiteral("{\"n\":\"b\"}")}));
    QCOMPARE(pair.sink().counters().dropped, 1U);
    QTRY_COMPARE(pair.sink().counters().sent, 2U);
    QVERIFY(pair.adds());
  }

  // What is called failed never arrives, and what is called sent does: a stop over a socket that is full.
  void whatIsCalledFailedNeverArrives() {
    DeafServer board;
    Pair pair;
    pair.begin(board.serverPort(), {});
    QTRY_VERIFY(pair.isReady() && pair.sink().connection().isOpen());
    for (int i = 0; i < 60; ++i) pair.send(QString(200'000, QLatin1Char('x')));
    QTRY_COMPARE(pair.sink().counters().published, 60U);
    bool done = false;
    pair.run->stop([&] { done = true; });
    QTRY_VERIFY_WITH_TIMEOUT(done, 7000);
    QVERIFY(pair.run->rowsFailed() > 0 && pair.sink().counters().sent > 0);
    QCOMPARE(pair.sink().counters().sent + pair.run->rowsFailed(), 60U);
    board.wake();
    QTRY_COMPARE(board.peers.at(0)->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(static_cast<uint64_t>(board.texts().size()), pair.sink().counters().sent);
  }

  // A loss in the midst of a row: each row arrives once, over the one connection or the other.
  void aLossDoublesNoRow() {
    DeafServer board;
    Pair pair;
    pair.begin(board.serverPort(), {});
    QTRY_VERIFY(pair.isReady() && pair.sink().connection().isOpen());
    QStringList told;
    pair.run->onEvent = [&](const LogEntry& entry) { told << QString::fromStdString(entry.text()); };
    for (int i = 0; i < 60; ++i) pair.send(QString::number(100 + i) + QString(200'000, QLatin1Char('x')));
    QTRY_COMPARE(pair.sink().counters().published, 60U);
    QVERIFY(pair.sink().counters().queued > 0);
    pair.sink().connection().reconnectNow();
    QTRY_COMPARE(board.peers.size(), 2);
    QTRY_VERIFY(pair.sink().connection().isOpen());
    board.wake();
    QTRY_COMPARE_WITH_TIMEOUT(pair.sink().counters().sent, 60U, 10'000);
    QTRY_COMPARE_WITH_TIMEOUT(board.texts().size(), 60, 10'000);
    QSet<QByteArray> ids;
    for (const QByteArray& text : board.texts()) ids << text.left(9);
    QCOMPARE(ids.size(), 60);
    QVERIFY(pair.adds());
  }

  // A loss is told once, although rows that come later begin a series of attempts for it.
  void aLossIsToldOnce() {
    auto board = std::make_unique<Server>();
    Pair pair;
    pair.begin(board->port(), {});
    QTRY_VERIFY(pair.isReady() && pair.sink().connection().isOpen());
    QStringList told;
    pair.run->onEvent = [&](const LogEntry& entry) { told << QString::fromStdString(entry.text()); };
    for (int loss = 1; loss <= 2; ++loss) {
      closeWith(board->clients.at(0), 1012, QStringLiteral("restart"));
      QTRY_VERIFY(!pair.sink().connection().isOpen());
      pair.send(QString::number(loss));
      QTRY_COMPARE(board->texts.size(), loss);
      QCOMPARE(told.filter(QStringLiteral("closed with code 1012 restart")).size(), loss);
      QVERIFY(!told.filter(QStringLiteral("R: attempt 1 of 3")).isEmpty());
    }
  }

  // Rows that come while the one attempt is under way wait for it, whatever the socket writes before.
  void aSlowHandshakeKeepsTheRows() {
    QTcpServer slow;
    QVERIFY(slow.listen(QHostAddress::LocalHost));
    Server board;
    std::function<void()> goesOn;
    connect(&slow, &QTcpServer::newConnection, this, [&] {
      QTcpSocket* client = slow.nextPendingConnection();
      // What comes meanwhile stays in the client's buffer.
      goesOn = [client, &board] {
        auto* server = new QTcpSocket(client);
        connect(server, &QTcpSocket::connected, client, [client, server] { server->write(client->readAll()); });
        connect(client, &QTcpSocket::readyRead, server, [client, server] { server->write(client->readAll()); });
        connect(server, &QTcpSocket::readyRead, client, [client, server] { client->write(server->readAll()); });
        server->connectToHost(QHostAddress::LocalHost, board.port());
      };
    });
    Pair pair;
    pair.begin(slow.serverPort(), QStringLiteral("\"websocket.reconnect\" = 'false'"));
    QTRY_VERIFY(pair.isReady());
    pair.send(QStringLiteral("a"));
    QTRY_COMPARE(pair.sink().counters().published, 1U);
    // Its request has been written.
    QTRY_VERIFY(goesOn && pair.sink().connection().bytesGone() > 0);
    pair.send(QStringLiteral("b"));
    QTRY_COMPARE(pair.sink().counters().published, 2U);
    goesOn();
    QTRY_COMPARE(board.texts, QStringList({QStringLiteral("{\"n\":\"a\"}"), QStringLiteral("{\"n\":\"b\"}")}));
    QCOMPARE(pair.sink().counters().failed, 0U);
  }

  void rowsGoOutInOrderOverALoss() {
    auto board = std::make_unique<Server>();
    Pair pair;
    pair.begin(board->port(), QStringLiteral("\"websocket.reconnect.max.attempts\" = '-1'"));
    QTRY_VERIFY(pair.isReady() && pair.sink().connection().isOpen());
    pair.send(QStringLiteral("1"));
    QTRY_COMPARE(board->texts.size(), 1);
    board->clients.at(0)->abort();
    QTRY_VERIFY(!pair.sink().connection().isOpen());
    for (int i = 2; i <= 20; ++i) pair.send(QString::number(i));
    QTRY_COMPARE(board->texts.size(), 20);
    for (int i = 1; i <= 20; ++i) QCOMPARE(board->texts.at(i - 1), QStringLiteral("{\"n\":\"%1\"}").arg(i));
    QCOMPARE(pair.sink().counters().sent, 20U);
    QVERIFY(pair.adds());
  }

  // Used-up attempts fail what waits, with the reason; the next row begins a new series.
  void theNextRowBeginsANewSeries() {
    quint16 port = 0;
    {
      QTcpServer probe;
      probe.listen(QHostAddress::LocalHost);
      port = probe.serverPort();
    }
    Pair pair;
    QStringList told;
    pair.begin(port, QStringLiteral("\"websocket.reconnect.max.attempts\" = '2'"));
    pair.run->onEvent = [&](const LogEntry& entry) { told << QString::fromStdString(entry.text()); };
    QTRY_VERIFY(pair.isReady());
    QTRY_COMPARE(pair.sink().connection().state(), ConnectionState::Idle);
    pair.send(QStringLiteral("a"));
    QTRY_COMPARE(pair.sink().counters().failed, 1U);
    QVERIFY(told.join(QLatin1Char('\n')).contains(QLatin1String("1 rows could not be sent")));
    QVERIFY(told.join(QLatin1Char('\n')).contains(QLatin1String("Connection refused")));
    pair.send(QStringLiteral("b"));
    QTRY_COMPARE(pair.sink().counters().failed, 2U);
    QVERIFY(pair.adds());
    QVERIFY(!pair.sink().hasEnded());
  }

  // One that was there fails its rows and the run goes on; one that never was ends it.
  void withoutReconnectALossFailsRowsAtOnce() {
    Server board;
    Pair pair;
    pair.begin(board.port(), QStringLiteral("\"websocket.reconnect\" = 'false'"));
    bool ended = false;
    QObject::connect(pair.run.get(), &LiveRun::sinkFailedAtStart, this, [&] { ended = true; });
    QTRY_VERIFY(pair.isReady() && pair.sink().connection().isOpen());
    pair.send(QStringLiteral("a"));
    QTRY_COMPARE(board.texts.size(), 1);
    board.clients.at(0)->close();
    QTRY_VERIFY(pair.sink().hasEnded());
    pair.send(QStringLiteral("b"));
    QTRY_COMPARE(pair.sink().counters().failed, 1U);
    QCOMPARE(pair.sink().counters().sent, 1U);
    QVERIFY(!ended);
    QVERIFY(pair.adds());
  }

  void theFrameTypeIsAsAsked_data() {
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("options");
    QTest::addColumn<bool>("isText");
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("json") << "STRING"
                          << "json"
                          << "" << true << QByteArray("{\"n\":\"hello\"}");
    QTest::newRow("json, binary") << "STRING"
                                  << "json"
                                  << "\"websocket.message.type\" = 'binary'" << false
                                  << QByteArray("{\"n\":\"hello\"}");
    QTest::newRow("text") << "STRING"
                          << "text"
                          << "" << true << QByteArray("hello");
    QTest::newRow("csv") << "STRING"
                         << "csv"
                         << "\"csv.delimiter\" = ';'" << true << QByteArray("hello");
    QTest::newRow("bytes") << "BYTES"
                           << "bytes"
                           << "" << false << QByteArray("hello");
    QTest::newRow("msgpack") << "STRING"
                             << "msgpack"
                             << "" << false << QByteArray("\x81\xa1n\xa5hello");
    QTest::newRow("msgpack, bytes") << "BYTES"
                                    << "msgpack"
                                    << "" << false << QByteArray("\x81\xa1n\xc4\x05hello");
    QTest::newRow("cbor") << "STRING"
                          << "cbor"
                          << "" << false << QByteArray("\xa1\x61n\x65hello");
    QTest::newRow("bytes, text") << "BYTES"
                                 << "bytes"
                                 << "\"websocket.message.type\" = 'text'" << true << QByteArray("hello");
  }
  void theFrameTypeIsAsAsked() {
    QFETCH(QString, type);
    QFETCH(QString, format);
    QFETCH(QString, options);
    QFETCH(bool, isText);
    QFETCH(QByteArray, payload);
    Server board;
    Pair pair;
    pair.begin(board.port(), options, type, format);
    QTRY_VERIFY(pair.isReady() && pair.sink().connection().isOpen());
    pair.send(type == QLatin1String("BYTES") ? QString::fromLatin1(QByteArray("hello").toBase64())
                                             : QStringLiteral("hello"));
    QTRY_COMPARE(board.texts.size() + board.binaries.size(), 1);
    QCOMPARE(isText ? board.texts.value(0).toUtf8() : board.binaries.value(0), payload);
  }

  // Bytes that are no text do not go out as a text frame: the peer would close. The reason is told, once.
  void whatIsNoTextFailsWithAReason() {
    Server board;
    Pair pair;
    QStringList told;
    pair.begin(board.port(), QStringLiteral("\"websocket.message.type\" = 'text'"), QStringLiteral("BYTES"),
               QStringLiteral("bytes"));
    pair.run->onEvent = [&](const LogEntry& entry) { told << QString::fromStdString(entry.text()); };
    QTRY_VERIFY(pair.isReady() && pair.sink().connection().isOpen());
    pair.send(QString::fromLatin1(QByteArray("\xff\xfe").toBase64()));
    pair.send(QString::fromLatin1(QByteArray("\xff\xfd").toBase64()));
    QTRY_COMPARE(pair.sink().counters().failed, 2U);
    QCOMPARE(told.filter(QStringLiteral("not valid UTF-8")).size(), 1);
    QVERIFY(pair.sink().connection().isOpen());
  }
};

QTEST_GUILESS_MAIN(SinkTest)
#include "sink_test.moc"
