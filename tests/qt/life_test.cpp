// SPDX-License-Identifier: GPL-3.0-or-later
// A source's life as one sees it from outside: what is said of a loss, what brings it back, what counts as alive.
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>

#include "tests/qt/loopback_server.h"

using namespace weir;

namespace {

QString source(quint16 port, const QString& options = {}, const QString& columns = QStringLiteral("n LONG"),
               const QString& target = QStringLiteral("O")) {
  return QStringLiteral(
             "CREATE STREAM T (%1) WITH (type = 'source', extension = 'websocket', format = 'json', \"websocket.url\" "
             "= 'ws://127.0.0.1:%2/',"
             " \"websocket.reconnect.delay.ms\" = '30'%3); SELECT * FROM T INSERT INTO %4;")
      .arg(columns)
      .arg(port)
      .arg(options.isEmpty() ? QString() : QStringLiteral(", ") + options, target);
}

std::string refusal(const QString& sql) {
  BoundResult checked = checkScript(overTestedTransport(sql));
  if (hasError(checked.diagnostics)) return checked.diagnostics.front().message;
  const auto run = LiveRun::create(std::move(checked.script), {});
  return run ? std::string() : run.diagnostics().front().message;
}

}  // namespace

class LifeTest final : public QObject {
  Q_OBJECT

private:
  QStringList m_told;
  std::shared_ptr<LiveRun> begin(const QString& sql) {
    m_told.clear();
    auto run = start(sql);
    run->onEvent = [this](const LogEntry& entry) { m_told << QString::fromStdString(entry.text()); };
    return run;
  }
  QString told() const { return m_told.join(QLatin1Char('\n')); }
  static ConnectionHealth health(const LiveRun& run) { return run.health().front(); }

private slots:
  void theFirstConnectionIsKept() {
    Server server;
    server.onClient = [](QWebSocket* client) { client->sendTextMessage(QStringLiteral("{\"n\":1}")); };
    const auto run = begin(source(server.port()));
    QTRY_COMPARE(health(*run).state, ConnectionState::Live);
    server.clients.at(0)->sendTextMessage(QStringLiteral("{\"n\":2}"));
    QTRY_COMPARE(health(*run).messages, 2U);
    QCOMPARE(server.requests.size(), 1);
  }

  void reconnectNowAndDisconnect() {
    Server server;
    server.onClient = [](QWebSocket* client) { client->sendTextMessage(QStringLiteral("{\"n\":1}")); };
    const auto run =
        begin(source(server.port(),
                     QStringLiteral(
                         "\"websocket.reconnect.max.delay.ms\" = '60000', \"websocket.reconnect.delay.ms\" = '60000'"))
                  .replace(QStringLiteral(" \"websocket.reconnect.delay.ms\" = '30',"), QString()));
    QTRY_COMPARE(health(*run).state, ConnectionState::Live);
    Connection& connection = connectionOf(*run, QStringLiteral("T"));
    connection.reconnectNow();
    QTRY_COMPARE(server.requests.size(), 2);
    QTRY_COMPARE(health(*run).state, ConnectionState::Live);
    QCOMPARE(health(*run).gaps, 1U);
    server.clients.at(0)->close();
    QTRY_COMPARE(health(*run).state, ConnectionState::Waiting);
    connection.reconnectNow();
    QTRY_COMPARE(health(*run).state, ConnectionState::Live);
    connection.stop();
    QCOMPARE(health(*run).state, ConnectionState::Closed);
    QVERIFY(health(*run).error.isEmpty());
    QTRY_COMPARE(server.clients.size(), 0);
  }

  // Socket open, no data for longer than usual: a judgement, which control messages and pings do not change.
  void silenceIsStaleAndControlIsSilence() {
    Server server;
    const auto run = begin(source(server.port()));
    QTRY_COMPARE(server.clients.size(), 1);
    for (int i = 0; i < 3; ++i) server.clients.at(0)->sendTextMessage(QStringLiteral("{\"n\":%1}").arg(i));
    QTRY_COMPARE(health(*run).state, ConnectionState::Live);
    QVERIFY(!health(*run).stale);
    QTimer beats;
    connect(&beats, &QTimer::timeout, this, [&] {
      server.clients.at(0)->ping();
      server.clients.at(0)->sendTextMessage(QStringLiteral("{\"channel\":\"heartbeat\"}"));
    });
    beats.start(200);
    QTRY_VERIFY_WITH_TIMEOUT(health(*run).stale, 7000);
    beats.stop();
    const SourceCounters& counters = run->source(QStringLiteral("T"))->intake().counters();
    QCOMPARE(counters.decoded, 3U);
    QVERIFY(counters.control > 10);
    QCOMPARE(counters.messages, counters.decoded + counters.control);
    server.clients.at(0)->sendTextMessage(QStringLiteral("{\"n\":4}"));
    QTRY_VERIFY(!health(*run).stale);
  }

  void aSubprotocolThatTheServerTakes() {
    Server server({QStringLiteral("v2.feed")});
    const auto run = begin(source(server.port(), QStringLiteral("\"websocket.subprotocol\" = 'v2.feed'")));
    QTRY_COMPARE(health(*run).state, ConnectionState::Open);
    QCOMPARE(server.clients.at(0)->subprotocol(), QStringLiteral("v2.feed"));
  }

  void aLossSaysWhy_data() {
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("text");
    QTest::newRow("code and reason") << 4001 << "bad Bearer s3cr3t-token"
                                     << "closed with code 4001 bad ***";
    QTest::newRow("normal, with a reason") << 1000 << "maintenance"
                                           << "closed with code 1000 maintenance";
    QTest::newRow("normal") << 1000 << ""
                            << "closed with code 1000";
    QTest::newRow("not in Qt's list") << 3000 << "\u00fc"
                                      << "closed with code 3000 \u00fc";
  }
  void aLossSaysWhy() {
    QFETCH(int, code);
    QFETCH(QString, reason);
    QFETCH(QString, text);
    Server server;
    const auto run =
        begin(source(server.port(), QStringLiteral("\"websocket.headers.Authorization\" = 'Bearer s3cr3t-token'")));
    QTRY_COMPARE(health(*run).state, ConnectionState::Open);
    server.clients.at(0)->close(static_cast<QWebSocketProtocol::CloseCode>(code), reason);
    QTRY_VERIFY2(told().contains(text), qPrintable(told()));
    QVERIFY(!told().contains(QLatin1String("s3cr3t")));
  }

  // A server that takes every connection, says why not in a message that fills a column, and closes: that is no
  // success, and the attempts count on.
  void aRefusalThatFillsAColumnResetsNothing_data() {
    QTest::addColumn<QString>("columns");
    QTest::addColumn<QString>("options");
    QTest::addColumn<QString>("message");
    QTest::newRow("no time") << "code STRING, price DOUBLE, ts LONG"
                             << "\"event.time.field\" = 'ts'"
                             << "{\"code\":\"60005\",\"msg\":\"Invalid key\"}";
    QTest::newRow("arrival is the time") << "code STRING, price DOUBLE"
                                         << ""
                                         << "{\"code\":\"60005\",\"msg\":\"Invalid key\"}";
    QTest::newRow("no column") << "price DOUBLE"
                               << ""
                               << "{\"code\":\"60005\",\"msg\":\"Invalid key\"}";
    QTest::newRow("no JSON") << "price DOUBLE"
                             << ""
                             << "Invalid key";
    QTest::newRow("a repeat") << "id LONG"
                              << "\"dedupe.key\" = 'id'"
                              << "{\"id\":1,\"msg\":\"Invalid key\"}";
  }
  void aRefusalThatFillsAColumnResetsNothing() {
    QFETCH(QString, columns);
    QFETCH(QString, options);
    QFETCH(QString, message);
    Server server;
    server.onClient = [&](QWebSocket* client) {
      client->sendTextMessage(message);
      client->sendTextMessage(QStringLiteral("pong"));
      closeWith(client, 4001);
    };
    const bool repeats = options.contains(QLatin1String("dedupe"));
    const auto run = begin(source(server.port(),
                                  QStringLiteral("\"websocket.reconnect.max.attempts\" = '3'") +
                                      (options.isEmpty() ? QString() : QStringLiteral(", ") + options),
                                  columns));
    QTRY_COMPARE(health(*run).state, ConnectionState::GaveUp);
    // The first row is new, its repeats are not.
    QCOMPARE(server.requests.size(), 4);
    QCOMPARE(told().count(QLatin1String("closed with code 4001")), 4);
    if (!repeats) QVERIFY2(told().count(QLatin1String("Invalid key")) == 4, qPrintable(told()));
    QVERIFY2(!told().contains(QLatin1String("pong")), qPrintable(told()));
  }

  // A row that has all of its columns does: the delay is the first one each time.
  void aRowThatPassesBeginsAnew() {
    Server server;
    server.onClient = [&](QWebSocket* client) {
      client->sendTextMessage(QStringLiteral("{\"id\":%1}").arg(server.requests.size()));
      client->close();
    };
    const auto run =
        begin(source(server.port(), QStringLiteral("\"websocket.reconnect.max.attempts\" = '1', \"dedupe.key\" = 'id'"),
                     QStringLiteral("id LONG")));
    QTRY_VERIFY(server.requests.size() >= 6);
    QVERIFY(!run->allSourcesEnded());
    QVERIFY2(!told().contains(QLatin1String("the server said")), qPrintable(told()));
  }

  // One without all of its columns does so once the connection has stayed.
  void aRowInPartCountsOnceTheConnectionStays() {
    Server server;
    server.onClient = [](QWebSocket* client) { client->sendTextMessage(QStringLiteral("{\"a\":1}")); };
    const auto run = begin(source(server.port(), QStringLiteral("\"websocket.reconnect.max.delay.ms\" = '100'"),
                                  QStringLiteral("a LONG, b LONG")));
    QTRY_COMPARE(health(*run).state, ConnectionState::Live);
    server.clients.at(0)->abort();
    QTRY_COMPARE(server.requests.size(), 2);
    QTRY_COMPARE(health(*run).state, ConnectionState::Live);
    QCOMPARE(health(*run).attempt, int64_t{1});
    QTRY_COMPARE(health(*run).attempt, int64_t{0});
  }

  // What a server says against it is quoted, masked and short, and not what it says to a heartbeat.
  void theRefusalIsQuoted() {
    Server server;
    server.onClient = [](QWebSocket* client) {
      client->sendTextMessage(
          QStringLiteral("{\"event\":\"error\",\"msg\":\"no such key s3cr3t-token\",\"more\":\"%1\"}")
              .arg(QString(500, QLatin1Char('x'))));
      client->sendTextMessage(QStringLiteral("{\"op\":\"pong\"}"));
      client->sendTextMessage(QStringLiteral("pong"));
      closeWith(client, 1008, QStringLiteral("go away"));
    };
    const auto run = begin(source(server.port(), QStringLiteral("\"websocket.headers.X-Key\" = 's3cr3t-token'")));
    QTRY_COMPARE(health(*run).state, ConnectionState::Waiting);
    const QString error = health(*run).error;
    QVERIFY2(error.contains(QLatin1String("closed with code 1008 go away (the server said: "
                                          "{\"event\":\"error\",\"msg\":\"no such key ***\",\"more\":\"xxx")),
             qPrintable(error));
    QVERIFY2(error.size() < 400 && !error.contains(QLatin1String("pong")), qPrintable(error));
    QVERIFY(health(*run).hint.contains(QLatin1String("token")));
  }

  // Each loss is told once, and one like the one before is told again.
  void eachLossIsToldOnce() {
    Server server;
    const auto run = begin(source(server.port()));
    for (int loss = 1; loss <= 3; ++loss) {
      QTRY_COMPARE(server.requests.size(), loss);
      QTRY_COMPARE(health(*run).state, ConnectionState::Open);
      closeWith(server.clients.at(0), 1012, QStringLiteral("restart"));
      QTRY_COMPARE(told().count(QLatin1String("closed with code 1012 restart")), loss);
    }
  }

  void userAndPasswordBecomeAHeader() {
    Server server;
    const auto at = [&](const QString& user) {
      return source(server.port()).replace(QStringLiteral("ws://"), QStringLiteral("WS://") + user);
    };
    const auto run = begin(at(QStringLiteral("user:p%40ss-word@")));
    QTRY_COMPARE(server.clients.size(), 1);
    QCOMPARE(server.requests.at(0).rawHeader("Authorization"), "Basic " + QByteArray("user:p@ss-word").toBase64());
    QVERIFY(!health(*run).url.contains(QLatin1String("ss-word")));
    // What a server repeats of it is not shown either.
    closeWith(server.clients.at(0), 4001,
              QStringLiteral("p@ss-word p%40ss-word ") + QString::fromLatin1(QByteArray("user:p@ss-word").toBase64()));
    QTRY_VERIFY2(told().contains(QLatin1String("closed with code 4001 *** *** ***")), qPrintable(told()));
    const auto other =
        begin(at(QStringLiteral("user:p%40ss-word@"))
                  .replace(QStringLiteral("format = 'json'"),
                           QStringLiteral("format = 'json', \"websocket.headers.authorization\" = 'Bearer mine'")));
    QTRY_VERIFY(!server.requests.isEmpty() && server.requests.last().rawHeader("Authorization") == "Bearer mine");
  }

  void silenceSaysWhyItEnded() {
    Server server;
    const auto run = begin(source(server.port(), QStringLiteral("\"websocket.idle.timeout.ms\" = '150'")));
    QTRY_VERIFY2(told().contains(QLatin1String("no message in 0.15 s")), qPrintable(told()));
  }

  // What to look at first is said while it is tried again, not only once it was given up.
  void aFailedAttemptHasItsHint() {
    QTcpServer probe;
    probe.listen(QHostAddress::LocalHost);
    const quint16 port = probe.serverPort();
    probe.close();
    const auto run = begin(source(port));
    QTRY_VERIFY2(told().contains(QLatin1String("Connection refused")), qPrintable(told()));
    QVERIFY2(told().contains(QLatin1String("check the URL and that the server runs")), qPrintable(told()));
  }

  // A port that does not speak TLS may be put right; a certificate will not be by trying again.
  void aServerWithoutTlsIsTriedAgain() {
    QTcpServer plain;
    plain.listen(QHostAddress::LocalHost);
    connect(&plain, &QTcpServer::newConnection, this,
            [&] { plain.nextPendingConnection()->write("HTTP/1.1 400 Bad Request\r\n\r\n"); });
    const auto run = begin(source(plain.serverPort()).replace(QStringLiteral("ws://"), QStringLiteral("wss://")));
    QTRY_COMPARE(health(*run).state, ConnectionState::Waiting);
    QVERIFY2(health(*run).error.contains(QLatin1String("TLS handshake failed")), qPrintable(health(*run).error));
    QVERIFY(!health(*run).hint.isEmpty());
  }

  void failStopsWithTheReason() {
    Server server;
    const auto run = begin(source(server.port(), QStringLiteral("\"error.strategy\" = 'fail'")));
    QTRY_COMPARE(server.clients.size(), 1);
    server.clients.at(0)->sendTextMessage(QStringLiteral("{\"n\":1}"));
    server.clients.at(0)->sendTextMessage(QStringLiteral("{not json"));
    QTRY_COMPARE(health(*run).state, ConnectionState::Closed);
    QVERIFY2(told().contains(QLatin1String("Stopped by error.strategy 'fail'")), qPrintable(told()));
    QVERIFY(run->allSourcesEnded());
  }

  void deadLettersHaveTheWholeStory() {
    Server server;
    std::vector<std::vector<std::string>> letters;
    const auto run = begin(
        QStringLiteral(
            "CREATE STREAM Bad (originalEvent STRING, errorMessage STRING, errorType STRING, timestamp LONG, "
            "attemptCount INT, streamName STRING);"
            "SELECT originalEvent, errorMessage, errorType, attemptCount, streamName FROM Bad INSERT INTO Letters;") +
        source(server.port(), QStringLiteral("\"error.strategy\" = 'dlq', \"error.dlq.stream\" = 'Bad'")));
    run->pipeline().tap("Letters", [&](const BatchPtr& batch) {
      for (size_t row = 0; row < batch->rows(); ++row)
        letters.push_back({std::string(batch->columns[0]->text(row)), std::string(batch->columns[1]->text(row)),
                           std::string(batch->columns[2]->text(row)), std::to_string(batch->columns[3]->integer(row)),
                           std::string(batch->columns[4]->text(row))});
    });
    QTRY_COMPARE(server.clients.size(), 1);
    server.clients.at(0)->sendTextMessage(QStringLiteral("{\"n\":\"x\"}"));
    server.clients.at(0)->sendBinaryMessage(QByteArray("\xff\xfe"));
    QTRY_COMPARE(letters.size(), 2U);
    QCOMPARE(letters[0][0], std::string("{\"n\":\"x\"}"));
    QVERIFY(letters[0][1].find("'n' wants LONG") != std::string::npos);
    QCOMPARE(letters[0][2], std::string("MappingFailed"));
    QCOMPARE(letters[0][3], std::string("1"));
    QCOMPARE(letters[0][4], std::string("T"));
    QCOMPARE(QByteArray::fromBase64(QByteArray::fromStdString(letters[1][0])), QByteArray("\xff\xfe"));
    QCOMPARE(run->source(QStringLiteral("T"))->intake().counters().rejected, 2U);
  }

  // Binary frames are read whatever the format, and numbers come exactly as they were sent.
  void valuesAreExact() {
    Server server;
    std::string seen;
    const auto run =
        begin(source(server.port(), {}, QStringLiteral("id STRING, price STRING, n LONG, flag BOOL, o OBJECT")));
    run->pipeline().tap("O", [&](const BatchPtr& batch) {
      for (size_t row = 0; row < batch->rows(); ++row) {
        seen += std::string(batch->columns[0]->text(row)) + ' ' + std::string(batch->columns[1]->text(row)) + ' ' +
                std::to_string(batch->columns[2]->integer(row)) + ' ' +
                std::to_string(batch->columns[3]->integer(row)) + ' ' + std::string(batch->columns[4]->text(row)) +
                '\n';
      }
    });
    QTRY_COMPARE(server.clients.size(), 1);
    server.clients.at(0)->sendBinaryMessage(
        R"({"id":13834774380200032777,"price":105944.20,"n":"9223372036854775807","flag":"true","o":{"a": [1, 2]}})");
    QTRY_COMPARE(seen, std::string("13834774380200032777 105944.20 9223372036854775807 1 {\"a\":[1,2]}\n"));
    server.clients.at(0)->sendTextMessage(QStringLiteral("{\"n\":9223372036854775808}"));
    server.clients.at(0)->sendTextMessage(QStringLiteral("{\"n\":3.5}"));
    QTRY_COMPARE(run->source(QStringLiteral("T"))->intake().counters().rejected, 2U);
  }

  // Values from the environment are held to the same rules, and never printed.
  void valuesFromTheEnvironmentAreChecked_data() {
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("options");
    QTest::addColumn<QString>("says");
    QTest::newRow("number")
        << QByteArray("1s-secret") << "\"websocket.ping.interval.ms\" = '${env:WEIR_TEST}'"
        << "Invalid value '${env:WEIR_TEST}' for websocket.ping.interval.ms: expected a whole number";
    QTest::newRow("word") << QByteArray("nope-secret") << "\"error.strategy\" = '${env:WEIR_TEST}'"
                          << "Invalid value '${env:WEIR_TEST}' for error.strategy";
    QTest::newRow("header") << QByteArray("a\r\nX-Secret: b") << "\"websocket.headers.X\" = '${env:WEIR_TEST}'"
                            << "has a line end";
    QTest::newRow("column") << QByteArray("n") << "\"event.time.field\" = '${env:WEIR_TEST}'"
                            << "event.time.field names a column";
    QTest::newRow("right") << QByteArray("Drop") << "\"error.strategy\" = '${env:WEIR_TEST}'"
                           << "";
  }
  void valuesFromTheEnvironmentAreChecked() {
    QFETCH(QByteArray, value);
    QFETCH(QString, options);
    QFETCH(QString, says);
    qputenv("WEIR_TEST", value);
    const QString why = QString::fromStdString(refusal(source(1, options)));
    QVERIFY2(why.contains(says) && why.isEmpty() == says.isEmpty(), qPrintable(why));
    QVERIFY(!why.contains(QString::fromUtf8(value)) || says.contains(QLatin1String("names")));
  }

  void theEnvironmentReachesTheDecoder() {
    qputenv("WEIR_PONG", "pong-2");
    Server server;
    const auto run =
        begin(source(server.port(), QStringLiteral("\"websocket.heartbeat.answer\" = '${env:WEIR_PONG}'")));
    QTRY_COMPARE(server.clients.size(), 1);
    server.clients.at(0)->sendTextMessage(QStringLiteral("pong-2"));
    QTRY_COMPARE(run->source(QStringLiteral("T"))->intake().counters().control, 1U);
  }

  void filesThatAreNoCertificatesAreRefused() {
    const QString junk = QStringLiteral(WEIR_SOURCE "/README.md");
    QVERIFY(
        refusal(source(1, QStringLiteral("\"websocket.tls.ca.file\" = '%1'").arg(junk))).find("holds no certificate") !=
        std::string::npos);
    QVERIFY(refusal(source(1, QStringLiteral("\"websocket.tls.cert.file\" = '%1', \"websocket.tls.key.file\" = '%1'")
                                  .arg(junk)))
                .find("holds no") != std::string::npos);
  }

  void addressesThatCannotBeAreErrors() {
    for (const char* url : {"ws://127.0.0.1:99999/", "ws://[::1/x", "ws://exa mple/", "ws:///x", "ws://:80/"})
      QVERIFY2(refusal(source(1).replace(QStringLiteral("ws://127.0.0.1:1/"), QLatin1String(url)))
                       .find("Invalid WebSocket URL") == 0,
               url);
    for (const char* url : {"ws://[::1]:80/x", "wss://user:pass@example.com/?a=b", "ws://localhost"})
      QVERIFY2(refusal(source(1).replace(QStringLiteral("ws://127.0.0.1:1/"), QLatin1String(url))).empty(), url);
    QVERIFY(refusal(source(1, QStringLiteral("\"websocket.proxy\" = 'ftp://x'"))).find("Invalid proxy") == 0);
    QVERIFY(refusal(source(1, QStringLiteral("\"websocket.open.message.x\" = 'y'"))).find("is not a message's place") !=
            std::string::npos);
  }
};

QTEST_GUILESS_MAIN(LifeTest)
#include "life_test.moc"
