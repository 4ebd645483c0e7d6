// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

#include "core/bind/checker.h"
#include "core/connectors/outgoing_queue.h"
#include "core/connectors/websocket/websocket_sink.h"
#include "core/demo/demo_exchange.h"
#include "core/net/close_frame.h"
#include "core/net/connection.h"
#include "core/net/failure_text.h"
#include "core/net/qt_clock.h"
#include "core/net/url_parts.h"
#include "core/session/live_run.h"

using namespace weir;
using Event = ConnectionMachine::Event;
using Action = ConnectionMachine::Action;

class NetTest final : public QObject {
  Q_OBJECT

  static ConnectionSettings settingsFor(quint16 port) {
    ConnectionSettings s;
    s.name = QStringLiteral("S");
    s.url = s.shownUrl = QStringLiteral("ws://127.0.0.1:%1/feed").arg(port);
    return s;
  }
  static std::shared_ptr<LiveRun> start(const QString& sql) {
    BoundResult checked = checkScript(sql.toStdString());
    if (hasError(checked.diagnostics)) qFatal("%s", checked.diagnostics.front().message.c_str());
    auto run = LiveRun::create(std::move(checked.script), {});
    (*run)->start();
    return *run;
  }

private slots:
  void backoffIsOneTwoFourUpToThirty() {
    BackoffPolicy policy;
    const int64_t wanted[] = {1000, 2000, 4000, 8000, 16000, 30000, 30000};
    for (int attempt = 1; attempt <= 7; ++attempt) QCOMPARE(backoffDelay(policy, attempt), wanted[attempt - 1]);
    policy.jitter = 0.5;
    QCOMPARE(backoffDelay(policy, 1, 0.5), 750);
  }

  void aStartAfterAnEndCountsFromNothing() {
    BackoffPolicy policy;
    policy.maxAttempts = 5;
    ConnectionMachine machine(policy);
    machine.handle(ConnectionMachine::Event::Start);
    machine.handle(ConnectionMachine::Event::Failed);
    machine.handle(ConnectionMachine::Event::RetryDue);
    machine.handle(ConnectionMachine::Event::Failed);
    QCOMPARE(machine.attempt(), int64_t{2});
    machine.handle(ConnectionMachine::Event::Stop);
    machine.handle(ConnectionMachine::Event::Start);
    QCOMPARE(machine.attempt(), int64_t{0});
    machine.handle(ConnectionMachine::Event::Failed);
    QCOMPARE(machine.attempt(), int64_t{1});
  }

  void attemptsResetOnlyWhenARowHasPassed() {
    ConnectionMachine machine({});
    QCOMPARE(machine.handle(Event::Start), Action::Connect);
    for (int64_t attempt = 1; attempt <= 3; ++attempt) {
      QCOMPARE(machine.handle(Event::HandshakeDone), Action::None);
      // An error message that fills a column is decoded, too.
      QCOMPARE(machine.handle(Event::Decoded), Action::None);
      QCOMPARE(machine.state(), ConnectionState::Live);
      QCOMPARE(machine.handle(Event::Lost), Action::Wait);
      QCOMPARE(machine.attempt(), attempt);
      QCOMPARE(machine.handle(Event::RetryDue), Action::Connect);
    }
    machine.handle(Event::HandshakeDone);
    machine.handle(Event::Decoded);
    machine.handle(Event::Passed);
    QCOMPARE(machine.state(), ConnectionState::Live);
    machine.handle(Event::Lost);
    QCOMPARE(machine.attempt(), int64_t{1});
    QCOMPARE(machine.delayMs(), int64_t{1000});
  }

  // A server that asks to be left alone is left alone, by a sink whose next row comes at once too.
  void aThrottledLossWaitsLongest() {
    ConnectionMachine source({});
    source.handle(Event::Start);
    source.handle(Event::HandshakeDone);
    QCOMPARE(source.handle(Event::Lost, FailureKind::Throttled), Action::Wait);
    QCOMPARE(source.delayMs(), int64_t{30000});
    ConnectionMachine sink({.onDemand = true});
    sink.handle(Event::Start);
    sink.handle(Event::HandshakeDone);
    QCOMPARE(sink.handle(Event::Lost, FailureKind::Throttled), Action::Sleep);
    QCOMPARE(sink.handle(Event::Demand), Action::Wait);
    QCOMPARE(sink.delayMs(), int64_t{30000});
    sink.handle(Event::RetryDue);
    sink.handle(Event::HandshakeDone);
    sink.handle(Event::Lost);
    sink.handle(Event::Demand);
    QCOMPARE(sink.delayMs(), int64_t{1000});
  }

  void refusedThrottledAndExhausted() {
    ConnectionMachine refused({});
    refused.handle(Event::Start);
    QCOMPARE(refused.handle(Event::Failed, FailureKind::Refused), Action::Finish);
    QCOMPARE(refused.state(), ConnectionState::Refused);
    ConnectionMachine throttled({});
    throttled.handle(Event::Start);
    throttled.handle(Event::Failed, FailureKind::Throttled);
    QCOMPARE(throttled.delayMs(), int64_t{30000});
    BackoffPolicy two;
    two.maxAttempts = 2;
    ConnectionMachine limited(two);
    limited.handle(Event::Start);
    QCOMPARE(limited.handle(Event::Failed), Action::Wait);
    limited.handle(Event::RetryDue);
    QCOMPARE(limited.handle(Event::Failed), Action::Wait);
    limited.handle(Event::RetryDue);
    QCOMPARE(limited.handle(Event::Failed), Action::Finish);
    QCOMPARE(limited.state(), ConnectionState::GaveUp);
  }

  // Every state with every event, of a source and of a sink: where it goes and what it asks for; `.` is nothing.
  void everyStateTakesEveryEvent_data() {
    QTest::addColumn<bool>("isSink");
    QTest::addColumn<QList<int>>("way");
    QTest::addColumn<QString>("state");
    QTest::addColumn<QStringList>("outcomes");
    const auto row = [](const char* name, bool isSink, std::initializer_list<Event> way, const char* state,
                        const char* outcomes) {
      QList<int> steps;
      for (const Event event : way) steps << static_cast<int>(event);
      QTest::newRow(name) << isSink << steps << QString::fromLatin1(state)
                          << QString::fromLatin1(outcomes).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    };
    const Event s = Event::Start, h = Event::HandshakeDone, f = Event::Failed, l = Event::Lost, d = Event::Decoded,
                r = Event::RetryDue, w = Event::Demand, x = Event::Stop;
    //                                                    start              handshake failed        lost decoded retry
    //                                                    demand        stop        passed
    row("idle", false, {}, "Idle",
        "Connecting/Connect .         .             .            .       .               .             Closed/Drop     "
        "       .");
    row("connecting", false, {s}, "Connecting",
        ".                  Open      Retrying/Wait .            .       .               .             Closed/Drop     "
        "       .");
    row("open", false, {s, h}, "Open",
        ".                  .         .             Retrying/Wait Live   .               .             Closed/Drop     "
        "       .");
    row("live", false, {s, h, d}, "Live",
        ".                  .         .             Retrying/Wait .      .               .             Closed/Drop     "
        "       .");
    row("waiting", false, {s, f}, "Retrying",
        "Connecting/Connect .         .             .            .       Connecting/Connect .          Closed/Drop     "
        "       .");
    row("gave up", false, {s, f, r, f, r, f}, "Gave_up",
        "Connecting/Connect .         .             .            .       .               .             Closed/Drop     "
        "       .");
    row("closed", false, {s, x}, "Closed",
        "Connecting/Connect .         .             .            .       .               .             .            .");
    row("sink, idle", true, {s, f}, "Idle",
        "Connecting/Connect .         .             .            .       .               Retrying/Wait Closed/Drop     "
        "       .");
    row("sink, first try", true, {s}, "Connecting",
        ".                  Open      Idle/Sleep    .            .       .               .             Closed/Drop     "
        "       .");
    row("sink, open", true, {s, h}, "Open",
        ".                  .         .             Idle/Sleep   Live    .               .             Closed/Drop     "
        "       .");
    row("sink, waiting", true, {s, f, w}, "Retrying",
        "Connecting/Connect .         .             .            .       Connecting/Connect .          Closed/Drop     "
        "       .");
    row("sink, retry", true, {s, f, w, r}, "Connecting",
        ".                  Open      Retrying/Wait .            .       .               .             Closed/Drop     "
        "       .");
    row("sink, last", true, {s, f, w, r, f, r}, "Connecting",
        ".             Open      Idle/Sleep    .            .       .               .             Closed/Drop          "
        "  .");
    Q_UNUSED(l);
  }

  void everyStateTakesEveryEvent() {
    QFETCH(bool, isSink);
    QFETCH(QList<int>, way);
    QFETCH(QString, state);
    QFETCH(QStringList, outcomes);
    const char* const actions[] = {"", "/Connect", "/Wait", "/Drop", "/Finish", "/Sleep"};
    const auto named = [](ConnectionState of) {
      return QString::fromLatin1(stateName(of)).replace(QLatin1Char(' '), QLatin1Char('_'));
    };
    for (int event = 0; event < 9; ++event) {
      ConnectionMachine machine({.maxAttempts = 2, .onDemand = isSink});
      for (const int step : way) machine.handle(static_cast<Event>(step));
      QCOMPARE(named(machine.state()), state);
      const Action action = machine.handle(static_cast<Event>(event));
      const QString outcome = named(machine.state()) + QLatin1String(actions[static_cast<int>(action)]);
      QCOMPARE(outcome == state ? QStringLiteral(".") : outcome, outcomes.value(event));
    }
  }

  void refusalEndsItWhateverThePolicy() {
    for (const bool isSink : {false, true}) {
      ConnectionMachine machine({.onDemand = isSink});
      machine.handle(Event::Start);
      QCOMPARE(machine.handle(Event::Failed, FailureKind::Refused), Action::Finish);
      QCOMPARE(machine.state(), ConnectionState::Refused);
      for (const Event event :
           {Event::HandshakeDone, Event::Failed, Event::Lost, Event::Decoded, Event::RetryDue, Event::Demand}) {
        QCOMPARE(machine.handle(event), Action::None);
        QCOMPARE(machine.state(), ConnectionState::Refused);
      }
    }
  }

  void urlsAreTakenApart_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("url");
    QTest::addColumn<QByteArray>("authorization");
    const auto basic = [](const QByteArray& pair) { return "Basic " + pair.toBase64(); };
    QTest::newRow("nothing") << "ws://h:1"
                             << "ws://h:1/" << QByteArray();
    QTest::newRow("query") << "ws://h:1?token=abc"
                           << "ws://h:1/?token=abc" << QByteArray();
    QTest::newRow("path") << "wss://h/a%20b?c=d%26e"
                          << "wss://h/a%20b?c=d%26e" << QByteArray();
    QTest::newRow("capitals") << "WSS://h/X"
                              << "wss://h/X" << QByteArray();
    QTest::newRow("user and password") << "ws://user:p%40ss@h:1/x"
                                       << "ws://h:1/x" << basic("user:p@ss");
    QTest::newRow("a user alone") << "ws://user@h/"
                                  << "ws://h/" << basic("user:");
    QTest::newRow("a password alone") << "ws://:key@h/"
                                      << "ws://h/" << basic(":key");
    QTest::newRow("@ and : in a password") << "ws://u:a@b:c@h/"
                                           << "ws://h/" << basic("u:a@b:c");
    QTest::newRow("UTF-8") << QStringLiteral("ws://j%C3%BCrg:\u00fc@h/") << "ws://h/" << basic("j\xc3\xbcrg:\xc3\xbc");
    QTest::newRow("bytes that are no UTF-8") << "ws://u:%FF%00@h/"
                                             << "ws://h/" << basic(QByteArray("u:\xff\0", 4));
    QTest::newRow("empty") << "ws://@h/"
                           << "ws://h/" << QByteArray();
    QTest::newRow("path with @") << "ws://h/ws/btcusdt@trade"
                                 << "ws://h/ws/btcusdt@trade" << QByteArray();
  }

  void urlsAreTakenApart() {
    QFETCH(QString, text);
    QFETCH(QString, url);
    QFETCH(QByteArray, authorization);
    const UrlParts parts = urlParts(text);
    QCOMPARE(parts.url.toString(QUrl::FullyEncoded), url);
    QCOMPARE(parts.authorization, authorization);
  }

  void statusLinesAreRead() {
    const auto cause = [](const char* line) {
      const auto failure = failureOfStatus(line);
      return failure ? failure->cause : QStringLiteral("none");
    };
    QCOMPARE(cause("HTTP/1.1 400 Bad Request"), QStringLiteral("400 Bad Request"));
    QCOMPARE(cause("HTTP/1.0 418 I'm a (little) teapot\r\n"), QStringLiteral("418 I'm a (little) teapot"));
    QCOMPARE(cause("HTTP/1.1 404"), QStringLiteral("404"));
    QCOMPARE(cause("HTTP/1.1 404 "), QStringLiteral("404"));
    for (const char* none :
         {"HTTP/1.1 101 Switching Protocols", "", "SSH-2.0-x", "HTTP/1.1", "HTTP/1.1 4000 X", "HTTP/1.1 abc"})
      QCOMPARE(cause(none), QStringLiteral("none"));
    QCOMPARE(failureOfStatus("HTTP/1.1 403 F")->kind, FailureKind::Refused);
    QCOMPARE(failureOfStatus("HTTP/1.1 503 S")->kind, FailureKind::Throttled);
  }

  // What QWebSocket makes of a close frame (code, reason) is told from what it closes with itself.
  void closeFramesAreFound() {
    const auto closing = [](int code, const QByteArray& reason) {
      QByteArray frame("\x88");
      frame += static_cast<char>(reason.size() + 2);
      frame += static_cast<char>(code >> 8);
      return frame + static_cast<char>(code & 255) + reason;
    };
    const auto found = [](const QByteArray& bytes, int code, const QString& reason) {
      const auto frame = closeFrameAtEnd(bytes, code, reason);
      return !frame        ? QStringLiteral("none")
             : frame->code ? QStringLiteral("%1 %2").arg(*frame->code).arg(frame->reason)
                           : QStringLiteral("no code");
    };
    const QString invalid = QStringLiteral("Invalid close code 1002 detected.");
    for (const int code : {0, 999, 1004, 1005, 1006, 1012, 1013, 1014, 1015, 2999, 5000, 65535})
      QCOMPARE(found("\x81\x02hi" + closing(code, "back"), 1002, invalid), QStringLiteral("%1 back").arg(code));
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1011, 3000, 4999})
      QCOMPARE(found(closing(code, "bye"), code, QStringLiteral("bye")), QStringLiteral("%1 bye").arg(code));
    QCOMPARE(found(QByteArray("\x88\x00", 2), 1000, {}), QStringLiteral("no code"));
    QCOMPARE(found(QByteArray("\x88\x01\x03", 3), 1002, QStringLiteral("Payload of close frame is too small.")),
             QStringLiteral("no code"));
    QCOMPARE(found(closing(1000, QByteArray(123, 'x')), 1000, QString(123, QLatin1Char('x'))),
             QStringLiteral("1000 ") + QString(123, QLatin1Char('x')));
    // A reason that looks like a frame itself.
    QCOMPARE(
        found(closing(4000, QByteArray("\xc2\x88\x02\x10\x00", 5)), 4000, QStringLiteral("\u0088\x02\x10") + QChar()),
        QStringLiteral("4000 \u0088\x02\x10") + QChar());
    // It was QWebSocket that closed, whatever the bytes are.
    QCOMPARE(found(QByteArray("\x81\x02\xff\xfe", 4), 1007, QStringLiteral("Invalid UTF-8 code encountered.")),
             QStringLiteral("none"));
    QCOMPARE(found(closing(1000, "bye"), 1009, QStringLiteral("too big")), QStringLiteral("none"));
    QCOMPARE(found({}, 1000, {}), QStringLiteral("none"));

    QCOMPARE(closeFrameAhead("\x81\x02hi" + closing(1012, "soon"))->code, 1012);
    QVERIFY(!closeFrameAhead(QByteArray("\x81\x02hi", 4)));
    QVERIFY(!closeFrameAhead(closing(1012, "soon") + "more"));
    QVERIFY(!closeFrameAhead(QByteArray("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff\x88\x00", 12)));
    QVERIFY(!closeFrameAhead(QByteArray("\x82", 1)));
  }

  void theOutgoingQueueIsBoundedTwice() {
    const auto text = [](int bytes, char of) { return QByteArray(bytes, of); };
    OutgoingQueue<QByteArray> oldest(3, 10, WhenFull::DropOldest);
    QVERIFY(oldest.push(text(4, 'a'), 0) && oldest.push(text(4, 'b'), 0));
    QVERIFY(!oldest.push(text(8, 'c'), 0));
    QCOMPARE(oldest.dropped(), 2U);
    QCOMPARE(oldest.bytes(), int64_t{8});
    // What has no room at all drives nobody out; what is ahead takes its room.
    QVERIFY(!oldest.push(text(11, 'd'), 0));
    QVERIFY(!oldest.push(text(1, 'e'), 10));
    QCOMPARE(oldest.size(), size_t{1});
    QCOMPARE(oldest.pop(), text(8, 'c'));
    QCOMPARE(oldest.bytes(), int64_t{0});
    for (int i = 0; i < 4; ++i) oldest.push(text(0, 'x'), 10);
    QCOMPARE(oldest.size(), size_t{3});
    QCOMPARE(oldest.dropped(), 5U);
    OutgoingQueue<QByteArray> newest(3, 10, WhenFull::DropNewest);
    QVERIFY(newest.push(text(8, 'a'), 0));
    QVERIFY(!newest.push(text(3, 'b'), 0));
    QCOMPARE(newest.pop(), text(8, 'a'));
  }

  void refusedPortWaitsAndSaysWhy() {
    QTcpServer taken;
    QVERIFY(taken.listen(QHostAddress::LocalHost));
    const quint16 port = taken.serverPort();
    taken.close();
    QtClock clock;
    Connection connection(settingsFor(port), clock);
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QCOMPARE(connection.health().error,
             QStringLiteral("Failed to connect to WebSocket ws://127.0.0.1:%1/feed: Connection refused").arg(port));
    QVERIFY(!connection.health().hint.isEmpty());
    connection.stop();
    QCOMPARE(connection.state(), ConnectionState::Closed);
  }

  void connectivityIsValidatedOnce() {
    QWebSocketServer server(QStringLiteral("t"), QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QtClock clock;
    QStringList said;
    Connection good(settingsFor(server.serverPort()), clock);
    good.validateConnectivity([&](const QString& error) { said << error; });
    QTRY_COMPARE(said, QStringList({QString()}));
    QVERIFY(good.isOpen());
    const quint16 port = server.serverPort();
    server.close();
    Connection bad(settingsFor(port), clock);
    bad.validateConnectivity([&](const QString& error) { said << error; });
    QTRY_COMPARE(said.size(), 2);
    QVERIFY(said[1].endsWith(QLatin1String("Connection refused")));
  }

  void unauthorizedIsRefused() {
    DemoExchange::Settings s;
    s.port = 0;
    s.faults = parseFaults(QStringLiteral("401@0s/60s"), nullptr);
    DemoExchange exchange(s);
    QVERIFY(exchange.start(nullptr));
    ConnectionSettings settings = settingsFor(exchange.port());
    settings.url = settings.shownUrl = exchange.baseUrl() + QStringLiteral("/ws/btcusdt@trade");
    QtClock clock;
    Connection connection(settings, clock);
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Refused);
    QVERIFY(connection.health().error.endsWith(QLatin1String(": 401 Unauthorized")));
  }

  void silentServerTimesOut() {
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    ConnectionSettings settings = settingsFor(silent.serverPort());
    settings.connectTimeoutMs = 150;
    QtClock clock;
    Connection connection(settings, clock);
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QVERIFY(connection.health().error.contains(QLatin1String("timed out after 0.15 seconds")));
  }

  void subprotocolMustBeChosen() {
    QWebSocketServer server(QStringLiteral("t"), QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    ConnectionSettings settings = settingsFor(server.serverPort());
    settings.subprotocol = QStringLiteral("graphql-ws");
    QtClock clock;
    Connection connection(settings, clock);
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Refused);
    QVERIFY(connection.health().error.contains(QLatin1String("subprotocol not supported (offered 'graphql-ws'")));
  }

  void oversizedMessageIsALossThatSaysWhy() {
    QWebSocketServer server(QStringLiteral("t"), QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QWebSocketServer::newConnection, this,
            [&] { server.nextPendingConnection()->sendTextMessage(QString(5000, QLatin1Char('x'))); });
    ConnectionSettings settings = settingsFor(server.serverPort());
    settings.maxMessageBytes = 1000;
    QtClock clock;
    Connection connection(settings, clock);
    int lost = 0;
    connection.onLost = [&] { ++lost; };
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QCOMPARE(lost, 1);
    QVERIFY(connection.health().error.contains(QLatin1String("1009")));
  }

  void destroyedWhileConnecting() {
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    QtClock clock;
    auto connection = std::make_unique<Connection>(settingsFor(silent.serverPort()), clock);
    connection->start();
    QTRY_VERIFY(silent.hasPendingConnections());
    const QTcpSocket* const peer = silent.nextPendingConnection();
    connection.reset();
    QTRY_COMPARE(peer->state(), QAbstractSocket::UnconnectedState);
  }

  void sinkKeepsRowsAndOrderOverAReconnect() {
    QWebSocketServer server(QStringLiteral("t"), QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const quint16 port = server.serverPort();
    QStringList got;
    QList<QWebSocket*> peers;
    connect(&server, &QWebSocketServer::newConnection, this, [&] {
      QWebSocket* peer = server.nextPendingConnection();
      peers << peer;
      connect(peer, &QWebSocket::textMessageReceived, this, [&](const QString& text) { got << text; });
    });
    const auto options =
        Options::fromMap({{"type", "sink"},
                          {"extension", "websocket"},
                          {"format", "json"},
                          {"websocket.url", QStringLiteral("ws://127.0.0.1:%1").arg(port).toStdString()},
                          {"websocket.reconnect.delay.ms", "50"}});
    QtClock clock;
    WebSocketSink sink({QStringLiteral("K"), *options, *options, clock});
    const auto publish = [&](int64_t n) {
      BatchBuilder rows(std::make_shared<Schema>(Schema{{{"n", Type::Long}}}));
      rows.column(0).appendInteger(n);
      rows.finishRow({});
      sink.publish(*rows.take());
    };
    sink.start();
    QTRY_VERIFY(sink.connection().isOpen());
    publish(1);
    QTRY_COMPARE(got.size(), 1);
    for (QWebSocket* peer : peers) peer->abort();
    QTRY_VERIFY(!sink.connection().isOpen());
    publish(2);
    publish(3);
    QTRY_COMPARE(got.size(), 3);
    QCOMPARE(got, QStringList({QStringLiteral("{\"n\":1}"), QStringLiteral("{\"n\":2}"), QStringLiteral("{\"n\":3}")}));
    QCOMPARE(sink.counters().published,
             sink.counters().sent + sink.counters().failed + sink.counters().dropped + sink.counters().queued);
    sink.stop();
  }

  void aKilledExchangeLosesNoClosedWindow() {
    DemoExchange::Settings s;
    s.port = 0;
    s.tradesPerSecond = 100;
    auto exchange = std::make_unique<DemoExchange>(s);
    QVERIFY(exchange->start(nullptr));
    s.port = exchange->port();
    QString sql = demoScript(exchange->baseUrl());
    sql.replace(QStringLiteral("TUMBLING(1 sec)"), QStringLiteral("TUMBLING(200 ms)"));
    sql.replace(QStringLiteral("event_timestamp() AS window_end"), QStringLiteral("window_end() AS window_end"));
    sql.replace(QStringLiteral("type = 'source',"),
                QStringLiteral("type = 'source', \"websocket.reconnect.delay.ms\" = '100',"));
    const auto run = start(sql);
    std::vector<RowMeta> rows;
    run->pipeline().tap(
        "Dashboard", [&](const BatchPtr& batch) { rows.insert(rows.end(), batch->meta.begin(), batch->meta.end()); });
    QTRY_VERIFY(rows.size() >= 9);
    exchange.reset();
    QTRY_COMPARE(run->source(QStringLiteral("BinanceTrades"))->source().state(), ConnectionState::Waiting);
    const size_t atLoss = rows.size();
    exchange = std::make_unique<DemoExchange>(s);
    QVERIFY(exchange->start(nullptr));
    QTRY_COMPARE(run->source(QStringLiteral("BinanceTrades"))->source().state(), ConnectionState::Live);
    QTRY_VERIFY(rows.size() >= atLoss + 9);
    QCOMPARE(run->feeder().intake("BinanceTrades")->gaps(), uint64_t{1});
    QVERIFY(std::any_of(rows.begin(), rows.end(), [](const RowMeta& row) { return row.hasGap; }));
    QVERIFY(!rows.back().hasGap);
    bool done = false;
    run->stop([&] { done = true; });
    QTRY_VERIFY(done);
    const auto metrics = run->sinkMetrics();
    QCOMPARE(metrics.at("Dashboard.published"), metrics.at("Dashboard.sent") + metrics.at("Dashboard.failed") +
                                                    metrics.at("Dashboard.dropped") + metrics.at("Dashboard.queued"));
    QCOMPARE(metrics.at("Dashboard.failed"), uint64_t{0});
  }

  void faultsAreRead() {
    QString error;
    const auto faults = parseFaults(QStringLiteral("drop@15s,close:1001@2.5s/7s"), &error);
    QCOMPARE(faults.size(), size_t{2});
    QCOMPARE(faults[1].atMs, qint64{2500});
    QCOMPARE(faults[1].forMs, qint64{7000});
    parseFaults(QStringLiteral("explode@1s"), &error);
    QVERIFY(error.contains(QLatin1String("explode@1s")));
  }
};

QTEST_GUILESS_MAIN(NetTest)
#include "net_test.moc"
