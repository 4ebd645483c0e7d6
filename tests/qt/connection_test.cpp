// SPDX-License-Identifier: GPL-3.0-or-later
// A connection over time: a clock that is moved by hand, a network that does what it is told, and no event loop.
#include <QTest>
#include <set>

#include "core/bind/checker.h"
#include "core/connectors/websocket/websocket_sink.h"
#include "core/connectors/websocket/websocket_source.h"
#include "core/net/connection.h"
#include "core/plan/lower/lower.h"
#include "core/session/live_feed.h"
#include "tests/support/scripted_transport.h"

using namespace weir;
using Fate = ScriptedNetwork::Fate;

namespace {

std::shared_ptr<const DialogueSettings> saying(const std::vector<std::string>& opening,
                                               const std::string& heartbeat = {}, int64_t heartbeatMs = 20000) {
  auto out = std::make_shared<DialogueSettings>();
  for (const std::string& message : opening)
    out->opening.push_back({{}, MessageTemplate::plain(message, message), "m"});
  if (!heartbeat.empty()) out->heartbeat = MessageTemplate::plain(heartbeat, heartbeat);
  out->heartbeatMs = heartbeatMs;
  return out;
}

constexpr Micros kBegun = 1'000'000'000'000;

/// A connection, its clock and its network.
struct Stage {
  explicit Stage(const ConnectionSettings& settings) : connection(settings, clock, network.factory()) {}
  Stage() : Stage(plain()) {}
  static ConnectionSettings plain() {
    ConnectionSettings s;
    s.name = QStringLiteral("S");
    s.url = s.shownUrl = QStringLiteral("ws://feed.example/x");
    return s;
  }
  void open() {
    connection.start();
    network.opens();
  }
  void pass(int64_t ms) { clock.advanceTo(clock.now() + fromMillis(ms)); }
  QString error() const { return connection.health().error; }

  VirtualClock clock{kBegun};
  ScriptedNetwork network;
  Connection connection;
};

BatchPtr row(int64_t n) {
  BatchBuilder rows(std::make_shared<Schema>(Schema{{{"n", Type::Long}}}));
  rows.column(0).appendInteger(n);
  rows.finishRow({});
  return rows.take();
}

/// A sink, its clock and its network.
struct SinkStage {
  explicit SinkStage(std::map<std::string, std::string> more = {})
      : options(*Options::fromMap(merged(std::move(more)))),
        sink({QStringLiteral("K"), options, options, clock}, network.factory()) {}
  static std::map<std::string, std::string> merged(std::map<std::string, std::string> more) {
    more.merge(std::map<std::string, std::string>{
        {"type", "sink"}, {"extension", "websocket"}, {"format", "json"}, {"websocket.url", "ws://feed.example/x"}});
    return more;
  }
  bool adds() const {
    return sink.counters().published ==
           sink.counters().sent + sink.counters().failed + sink.counters().dropped + sink.counters().queued;
  }
  void pass(int64_t ms) { clock.advanceTo(clock.now() + fromMillis(ms)); }

  VirtualClock clock{kBegun};
  ScriptedNetwork network;
  Options options;
  WebSocketSink sink;
};

}  // namespace

class ConnectionTest final : public QObject {
  Q_OBJECT

private slots:
  // To the millisecond, and not a moment before.
  void attemptsComeWhenTheyAreDue() {
    Stage stage;
    stage.connection.start();
    int attempts = 1;
    for (const int64_t delay : {1000, 2000, 4000, 8000, 16'000, 30'000, 30'000}) {
      QCOMPARE(stage.network.attempts, attempts);
      stage.network.fails(HandshakeFailure::Network, QStringLiteral("Connection refused"));
      QCOMPARE(stage.connection.state(), ConnectionState::Waiting);
      QCOMPARE(stage.connection.health().nextTry, stage.clock.now() + fromMillis(delay));
      stage.pass(delay - 1);
      QCOMPARE(stage.network.attempts, attempts);
      stage.pass(1);
      QCOMPARE(stage.network.attempts, ++attempts);
      QCOMPARE(stage.connection.state(), ConnectionState::Connecting);
    }
    QCOMPARE(stage.error(), QStringLiteral("Failed to connect to WebSocket ws://feed.example/x: Connection refused"));
  }

  // Clients that lost the same server do not come back in step.
  void jitterSpreadsTheRetries() {
    const auto delays = [](double jitter) {
      std::set<int64_t> out;
      for (int i = 0; i < 12; ++i) {
        ConnectionSettings s = Stage::plain();
        s.backoff.delayMs = 10'000;
        s.backoff.jitter = jitter;
        Stage stage(s);
        stage.connection.start();
        stage.network.fails(HandshakeFailure::Network, QStringLiteral("Connection refused"));
        out.insert(stage.connection.machine().delayMs());
      }
      return out;
    };
    QCOMPARE(delays(0), std::set<int64_t>{10'000});
    const std::set<int64_t> spread = delays(0.5);
    QVERIFY(spread.size() > 6);
    QVERIFY(*spread.begin() >= 5'000 && *spread.rbegin() <= 10'000);
  }

  void whatIsNoHandshakeIsSaid_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("cause");
    QTest::addColumn<QString>("error");
    QTest::addColumn<int>("state");
    const auto waiting = static_cast<int>(ConnectionState::Waiting);
    const auto refused = static_cast<int>(ConnectionState::Refused);
    const auto row = [](HandshakeFailure kind, const char* cause, const char* error, int state) {
      QTest::addRow("%d", static_cast<int>(kind))
          << static_cast<int>(kind) << QString::fromLatin1(cause) << QString::fromLatin1(error) << state;
    };
    row(HandshakeFailure::Network, "", "connection closed", waiting);
    row(HandshakeFailure::Timeout, "Connection timed out", "Connection timed out", waiting);
    row(HandshakeFailure::Tls, "wrong version number", "TLS handshake failed (wrong version number)", waiting);
    row(HandshakeFailure::Certificate, "self-signed certificate", "certificate verify failed (self-signed certificate)",
        refused);
    row(HandshakeFailure::Status, "HTTP/1.1 401 Unauthorized", "401 Unauthorized", refused);
    row(HandshakeFailure::Subprotocol, "", "subprotocol not supported (none was offered, server chose one)", refused);
    row(HandshakeFailure::Answer, "Invalid answer", "Invalid answer", waiting);
  }

  void whatIsNoHandshakeIsSaid() {
    QFETCH(int, kind);
    QFETCH(QString, cause);
    QFETCH(QString, error);
    QFETCH(int, state);
    Stage stage;
    stage.connection.start();
    stage.network.fails(static_cast<HandshakeFailure>(kind), cause);
    QCOMPARE(stage.error(), QStringLiteral("Failed to connect to WebSocket ws://feed.example/x: ") + error);
    QVERIFY(!stage.connection.health().hint.isEmpty());
    QCOMPARE(static_cast<int>(stage.connection.state()), state);
  }

  void aSubprotocolMustBeTheOneThatWasOffered() {
    ConnectionSettings s = Stage::plain();
    s.subprotocol = QStringLiteral("graphql-ws");
    Stage stage(s);
    stage.open();
    QCOMPARE(stage.connection.state(), ConnectionState::Refused);
    QCOMPARE(stage.network.fate, Fate::Aborted);
    QVERIFY(
        stage.error().endsWith(QLatin1String("subprotocol not supported (offered 'graphql-ws', server chose none)")));
  }

  void silenceUntilTheDeadlineIsAFailure() {
    Stage stage;
    stage.connection.start();
    stage.pass(9999);
    QCOMPARE(stage.connection.state(), ConnectionState::Connecting);
    stage.pass(1);
    QCOMPARE(stage.connection.state(), ConnectionState::Waiting);
    QCOMPARE(stage.network.fate, Fate::Aborted);
    QCOMPARE(stage.error(), QStringLiteral("Connection to WebSocket ws://feed.example/x timed out after 10 seconds"));
  }

  void openMessagesGoOutAfterEachHandshake() {
    ConnectionSettings s = Stage::plain();
    s.dialogue = saying({"login", "subscribe"});
    Stage stage(s);
    stage.open();
    stage.network.breaks();
    stage.pass(1000);
    stage.network.opens();
    QCOMPARE(stage.network.sent, QList<QByteArray>({"login", "subscribe", "login", "subscribe"}));
  }

  // The first message finds that the connection has gone: one loss, and no timer is left behind.
  void anOpenMessageMayBreakIt() {
    ConnectionSettings s = Stage::plain();
    s.dialogue = saying({"a", "b"});
    Stage stage(s);
    int opened = 0;
    stage.connection.onOpen = [&] { ++opened; };
    stage.network.isBroken = true;
    stage.open();
    QCOMPARE(stage.connection.state(), ConnectionState::Waiting);
    QCOMPARE(opened, 0);
    QCOMPARE(stage.connection.health().errors, 1U);
    stage.pass(999);
    QVERIFY(stage.network.pings.isEmpty());
  }

  void aPingThatIsNotAnsweredIsALoss() {
    Stage stage;
    int lost = 0;
    stage.connection.onLost = [&] { ++lost; };
    stage.open();
    stage.pass(20'000);
    QCOMPARE(stage.network.pings.size(), 1);
    stage.pass(9999);
    QVERIFY(stage.connection.isOpen());
    stage.pass(1);
    QCOMPARE(stage.connection.state(), ConnectionState::Waiting);
    QCOMPARE(lost, 1);
    QCOMPARE(stage.error(), QStringLiteral("Lost WebSocket ws://feed.example/x: no answer to a ping in 10 s"));
  }

  void anAnswerProvesWhatWasBeforeItsPing() {
    Stage stage;
    Micros proven = 0;
    stage.connection.onAlive = [&](Micros asked) { proven = asked; };
    stage.open();
    stage.pass(20'000);
    const Micros asked = stage.clock.now();
    stage.pass(5000);
    stage.network.answers(stage.network.pings.last());
    QCOMPARE(proven, asked);
    QCOMPARE(stage.connection.health().pingMs, 5000.0);
    // One that names nothing is for the oldest, and one that nobody asked for is for none.
    stage.pass(15'000);
    stage.network.answers("whatever");
    QCOMPARE(proven, asked + 20'000'000);
    proven = 0;
    stage.network.answers("whatever");
    QCOMPARE(proven, Micros{0});
    stage.pass(10'000);
    QVERIFY(stage.connection.isOpen());
  }

  // The oldest unanswered ping counts, however often more are sent.
  void morePingsPutNothingOff() {
    ConnectionSettings s = Stage::plain();
    s.pingIntervalMs = 1000;
    s.pingTimeoutMs = 3500;
    Stage stage(s);
    stage.open();
    stage.pass(4499);
    QCOMPARE(stage.network.pings.size(), 4);
    QVERIFY(stage.connection.isOpen());
    stage.pass(1);
    QCOMPARE(stage.connection.state(), ConnectionState::Waiting);
  }

  void withoutPingsNobodyAsks() {
    ConnectionSettings s = Stage::plain();
    s.pingIntervalMs = 0;
    Stage stage(s);
    stage.open();
    stage.connection.ask();
    stage.pass(3'600'000);
    QVERIFY(stage.network.pings.isEmpty());
    QVERIFY(stage.connection.isOpen());
  }

  void idleIsMeasuredFromTheLastMessage() {
    ConnectionSettings s = Stage::plain();
    s.pingIntervalMs = 0;
    s.idleTimeoutMs = 5000;
    Stage stage(s);
    stage.open();
    stage.pass(4000);
    stage.network.says("{}");
    stage.pass(4999);
    QVERIFY(stage.connection.isOpen());
    stage.pass(1);
    QCOMPARE(stage.error(), QStringLiteral("Lost WebSocket ws://feed.example/x: no message in 5 s"));
  }

  void heartbeatsGoOutWhileItIsOpen() {
    ConnectionSettings s = Stage::plain();
    s.pingIntervalMs = 0;
    s.dialogue = saying({}, "ping", 5000);
    Stage stage(s);
    stage.open();
    stage.pass(15'000);
    QCOMPARE(stage.network.sent.size(), 3);
    stage.network.breaks();
    stage.pass(500);
    QCOMPARE(stage.network.sent.size(), 3);
  }

  // Of messages that lay in the socket together, so many share an instant; the next turn reads the clock.
  void eachTurnReadsTheClock() {
    Stage stage;
    stage.open();
    stage.network.says("a");
    QCOMPARE(stage.connection.lastMessage(), stage.clock.now());
    const Micros first = stage.clock.now();
    stage.pass(10);
    stage.network.says("b");
    QCOMPARE(stage.connection.lastMessage(), first);
    stage.network.turns();
    stage.network.says("c");
    QCOMPARE(stage.connection.lastMessage(), stage.clock.now());
    // So does a new connection, whatever the old one had still to say.
    stage.network.breaks();
    stage.pass(1000);
    stage.network.opens();
    stage.network.says("d");
    QCOMPARE(stage.connection.lastMessage(), stage.clock.now());
  }

  void closeCodesSayWhatToDo() {
    Stage stage;
    stage.open();
    stage.network.closes(1013, QStringLiteral("later"));
    QCOMPARE(stage.error(), QStringLiteral("Lost WebSocket ws://feed.example/x: closed with code 1013 later"));
    QCOMPARE(stage.connection.machine().delayMs(), int64_t{30'000});
    stage.pass(30'000);
    stage.network.opens();
    stage.network.closes({});
    QVERIFY(stage.error().endsWith(QLatin1String("closed without a code")));
    stage.pass(30'000);
    stage.network.opens();
    stage.network.loses({TransportLoss::By::Weir, 1009, {}});
    QVERIFY(stage.error().endsWith(QLatin1String("message larger than 1048576 bytes (1009)")));
    stage.pass(30'000);
    stage.network.opens();
    stage.network.breaks();
    QVERIFY(stage.error().endsWith(QLatin1String("connection lost")));
  }

  // What the server said ahead of its close is why it closes, until a row has passed.
  void lastWordsExplainALoss() {
    Stage stage;
    stage.connection.lastWords = [] { return QStringLiteral("bad key"); };
    stage.open();
    stage.network.closes(1008);
    QVERIFY(stage.error().endsWith(QLatin1String("closed with code 1008 (the server said: bad key)")));
    stage.pass(1000);
    stage.network.opens();
    stage.connection.rowPassed(true);
    stage.network.closes(1008);
    QVERIFY(stage.error().endsWith(QLatin1String("closed with code 1008")));
  }

  // A row without all of its columns may be an error message; a connection that stays for the longest delay is none.
  void whoStaysForTheLongestDelayStartsAnew() {
    Stage stage;
    stage.connection.start();
    for (const int64_t delay : {1000, 2000, 4000}) {
      stage.network.opens();
      stage.connection.decoded();
      stage.connection.rowPassed(false);
      stage.network.breaks();
      QCOMPARE(stage.connection.machine().delayMs(), delay);
      stage.pass(delay);
    }
    stage.network.opens();
    stage.connection.rowPassed(false);
    for (int i = 0; i < 3; ++i) {
      stage.pass(10'000);
      if (!stage.network.pings.isEmpty()) stage.network.answers(stage.network.pings.last());
    }
    QVERIFY(stage.connection.hasPassedRow());
    stage.network.breaks();
    QCOMPARE(stage.connection.machine().delayMs(), int64_t{1000});
  }

  void aStopSaysGoodbye() {
    Stage stage;
    int lost = 0;
    stage.connection.onLost = [&] { ++lost; };
    stage.open();
    stage.connection.stop();
    QCOMPARE(stage.network.fate, Fate::Closed);
    QCOMPARE(stage.connection.state(), ConnectionState::Closed);
    QCOMPARE(lost, 1);
    stage.pass(60'000);
    QVERIFY(stage.network.pings.isEmpty());
    QCOMPARE(stage.network.attempts, 1);
    // What has not left by then never leaves.
    Stage stuck;
    stuck.network.isStuck = true;
    stuck.open();
    QVERIFY(stuck.connection.send("x", true));
    stuck.connection.stop();
    QCOMPARE(stuck.network.fate, Fate::Aborted);
  }

  void aStopWhileItWaitsEndsTheWait() {
    Stage stage;
    stage.connection.start();
    stage.network.fails(HandshakeFailure::Network, {});
    stage.connection.stop();
    stage.pass(60'000);
    QCOMPARE(stage.network.attempts, 1);
    stage.connection.reconnectNow();
    QCOMPARE(stage.network.attempts, 2);
  }

  void reconnectNowWaitsForNothing() {
    Stage stage;
    stage.open();
    stage.connection.reconnectNow();
    QCOMPARE(stage.network.attempts, 2);
    QCOMPARE(stage.connection.state(), ConnectionState::Connecting);
    QVERIFY(stage.error().endsWith(QLatin1String("reconnecting on request")));
    stage.network.fails(HandshakeFailure::Network, {});
    stage.connection.reconnectNow();
    QCOMPARE(stage.network.attempts, 3);
    // The attempt that was waited for is not made as well.
    stage.pass(9'000);
    QCOMPARE(stage.network.attempts, 3);
  }

  void connectivityIsValidatedOnce() {
    for (const bool isGood : {true, false}) {
      Stage stage;
      QStringList said;
      stage.connection.validateConnectivity([&](const QString& error) { said << error; });
      if (isGood)
        stage.network.opens();
      else
        stage.network.fails(HandshakeFailure::Network, QStringLiteral("Connection refused"));
      QCOMPARE(said.size(), 1);
      QCOMPARE(said[0].isEmpty(), isGood);
      if (isGood) stage.network.breaks();
      stage.pass(1000);
      stage.network.opens();
      QCOMPARE(said.size(), 1);
    }
  }

  void destroyedAtAnyTime() {
    for (int step = 0; step < 4; ++step) {
      VirtualClock clock(kBegun);
      ScriptedNetwork network;
      auto connection = std::make_unique<Connection>(Stage::plain(), clock, network.factory());
      connection->start();
      if (step == 1) network.fails(HandshakeFailure::Network, {});
      if (step >= 2) network.opens();
      if (step == 3) network.breaks();
      connection.reset();
      QVERIFY(network.fate != Fate::Open && network.fate != Fate::Opening);
      clock.advanceTo(kBegun + 100'000'000);
      QCOMPARE(network.attempts, 1);
    }
  }

  // Messages every 100 ms, a loss, a second without.
  void whatALossCostIsEstimatedByHalfTheUsualPace() {
    VirtualClock clock(kBegun);
    ScriptedNetwork network;
    BoundResult checked = checkScript(
        "CREATE STREAM T (n LONG) WITH (type = 'source', extension = 'websocket', "
        "\"websocket.url\" = 'ws://feed.example/'); SELECT n FROM T INSERT INTO O;");
    const Options options = checked.script.stream("T").options;
    Pipeline pipeline(lowered(std::move(checked.script)), clock.now(), 1);
    Feeder feeder(pipeline, 512, {}, Feeder::Silence::Proven);
    auto made = std::make_unique<WebSocketSource>(EndpointSetup{QStringLiteral("T"), options, options, clock},
                                                  network.factory());
    WebSocketSource& socket = *made;
    LiveFeed source(std::move(made), clock, feeder, *feeder.find("T"), options);
    source.start();
    network.opens();
    for (uint64_t n = 1; n <= 20; ++n) {
      clock.advanceTo(clock.now() + 100'000);
      network.says("{\"n\":1}");
      network.turns();
      QCOMPARE(source.health().messages, n);
      QCOMPARE(source.health().lastMessage, clock.now());
    }
    network.closes(1000);
    QCOMPARE(socket.state(), ConnectionState::Waiting);
    clock.advanceTo(clock.now() + 1'000'000);
    network.opens();
    network.says("{\"n\":1}");
    QCOMPARE(source.health().messages, uint64_t{21});
    QCOMPARE(source.health().lost, uint64_t{5});
    // An answer proves what was before its ping, however long it takes.
    const Micros asked = clock.now() + 1000;
    clock.advanceTo(asked);
    socket.ask();
    clock.advanceTo(asked + 500'000);
    network.answers(network.pings.last());
    QCOMPARE(source.health().lastProof, asked);
    // An answered ping is no reason to leave, when its time is up.
    clock.advanceTo(asked + 11'000'000);
    QCOMPARE(socket.state(), ConnectionState::Live);
  }

  // What has not left when a connection breaks goes out over the next one: in order, and none of it twice.
  void aSinkSendsAgainWhatDidNotLeave() {
    SinkStage stage;
    stage.sink.start();
    stage.network.opens();
    stage.sink.publish(*row(1));
    QCOMPARE(stage.sink.counters().sent, 1U);
    stage.network.isStuck = true;
    stage.sink.publish(*row(2));
    stage.sink.publish(*row(3));
    QCOMPARE(stage.sink.counters().sent, 1U);
    QVERIFY(stage.adds());
    stage.network.breaks();
    QCOMPARE(stage.sink.counters().queued, 2U);
    stage.network.isStuck = false;
    stage.sink.publish(*row(4));
    stage.pass(1000);
    stage.network.opens();
    QCOMPARE(stage.network.sent,
             QList<QByteArray>({"{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}"}));
    QCOMPARE(stage.sink.counters().sent, 4U);
    QVERIFY(stage.adds());
  }

  void aSinkThatIsStuckFillsItsQueue() {
    SinkStage stage(std::map<std::string, std::string>{{"websocket.queue.max.events", "3"}});
    stage.network.isStuck = true;
    stage.sink.start();
    stage.network.opens();
    const std::string large(300'000, 'x');
    BatchBuilder rows(std::make_shared<Schema>(Schema{{{"n", Type::String}}}));
    for (int i = 0; i < 8; ++i) {
      rows.column(0).appendText(large);
      rows.finishRow({});
    }
    stage.sink.publish(*rows.take());
    // One lies in the socket, which is full by it; the newest three wait.
    QCOMPARE(stage.sink.counters().queued, 4U);
    QCOMPARE(stage.sink.counters().dropped, 4U);
    QVERIFY(stage.adds());
    stage.network.isStuck = false;
    stage.network.takes();
    QCOMPARE(stage.sink.counters().sent, 4U);
    QVERIFY(stage.sink.drained());
    QVERIFY(stage.adds());
  }

  void waitingRowsFailWhenAttemptsAreUsedUp() {
    SinkStage stage(std::map<std::string, std::string>{{"websocket.reconnect.max.attempts", "2"}});
    struct Failures final : SinkListener {
      void stateChanged() override {}
      void rowsFailed(uint64_t rows, const QString& text) override {
        failed += rows;
        why = text;
      }
      void queueFull(bool) override {}
      uint64_t failed = 0;
      QString why;
    } heard;
    stage.sink.setListener(&heard);
    const uint64_t& failed = heard.failed;
    const QString& why = heard.why;
    stage.sink.start();
    stage.network.fails(HandshakeFailure::Network, QStringLiteral("Connection refused"));
    stage.sink.publish(*row(1));
    stage.sink.publish(*row(2));
    for (const int64_t delay : {1000, 2000}) {
      QCOMPARE(failed, uint64_t{0});
      stage.pass(delay);
      stage.network.fails(HandshakeFailure::Network, QStringLiteral("Connection refused"));
    }
    QCOMPARE(failed, uint64_t{2});
    QVERIFY(why.endsWith(QLatin1String("Connection refused")));
    QCOMPARE(stage.network.attempts, 3);
    QVERIFY(!stage.sink.hasEnded());
    // The next row begins a new series.
    stage.sink.publish(*row(3));
    stage.pass(1000);
    QCOMPARE(stage.network.attempts, 4);
    stage.network.opens();
    QCOMPARE(stage.network.sent, QList<QByteArray>({"{\"n\":3}"}));
    QVERIFY(stage.adds());
  }
};

QTEST_APPLESS_MAIN(ConnectionTest)
#include "connection_test.moc"
