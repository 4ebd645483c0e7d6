// SPDX-License-Identifier: GPL-3.0-or-later
// Servers that do what real ones do when they go wrong, byte by byte: statuses, broken frames, silence.
#include <QCryptographicHash>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/net/connection.h"
#include "core/net/qt_clock.h"
#include "tests/support/tested_transport.h"

using namespace weir;

namespace {

/// Answers the first request with `answer`, then sends `bytes` and nothing more.
class RawServer final : public QObject {
public:
  RawServer(QByteArray answer, QByteArray bytes) : m_answer(std::move(answer)), m_bytes(std::move(bytes)) {
    if (!m_server.listen(QHostAddress::LocalHost)) qFatal("no port");
    connect(&m_server, &QTcpServer::newConnection, this, [this] {
      QTcpSocket* peer = m_server.nextPendingConnection();
      ++connections;
      m_newest = peer;
      connect(peer, &QTcpSocket::readyRead, peer, [this, peer] {
        const QByteArray request = peer->peek(65536);
        if (peer->property("done").toBool() || !request.contains("\r\n\r\n")) return;
        peer->setProperty("done", true);
        connect(peer, &QTcpSocket::readyRead, peer, [this, peer] {
          if (!isDeaf) received += peer->readAll().size();
        });
        peer->readAll();
        if (isDeaf) peer->setReadBufferSize(1);
        const auto at = request.toLower().indexOf("sec-websocket-key:") + 18;
        const QByteArray key = request.mid(at, request.indexOf("\r\n", at) - at).trimmed();
        const QByteArray accept =
            QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1).toBase64();
        peer->write(QByteArray(m_answer).replace("%accept%", accept) + m_bytes);
        if (!later.isEmpty()) QTimer::singleShot(30, peer, [this, peer] { peer->write(later); });
        if (hangsUp) peer->disconnectFromHost();
        if (endless.isEmpty()) return;
        // For ever, as fast as it is taken.
        const auto more = [this, peer] {
          while (peer->bytesToWrite() < (1 << 20)) peer->write(endless);
        };
        connect(peer, &QTcpSocket::bytesWritten, peer, more);
        more();
      });
    });
  }
  ConnectionSettings settings() const {
    ConnectionSettings s;
    s.name = QStringLiteral("S");
    s.transport = testedTransport();
    s.url = s.shownUrl = QStringLiteral("ws://127.0.0.1:%1/feed").arg(m_server.serverPort());
    return s;
  }
  /// Ends the newest connection without waiting for anybody.
  void reset() {
    const linger atOnce{1, 0};
    ::setsockopt(static_cast<int>(m_newest->socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    m_newest->abort();
  }
  int connections = 0;
  QByteArray endless;
  QByteArray later;      ///< comes in a segment of its own
  bool hangsUp = false;  ///< once all is sent
  bool isDeaf = false;   ///< reads nothing after the request
  qint64 received = 0;   ///< after the request

private:
  QTcpServer m_server;
  QTcpSocket* m_newest = nullptr;
  QByteArray m_answer;
  QByteArray m_bytes;
};

QByteArray upgrade(const QByteArray& extra = {}) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
         "%accept%\r\n" +
         extra + "\r\n";
}

}  // namespace

class MisbehaviourTest final : public QObject {
  Q_OBJECT

private slots:
  void statuses_data() {
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<int>("state");
    QTest::addColumn<int>("delayMs");
    QTest::newRow("401") << QByteArray("401 Unauthorized") << static_cast<int>(ConnectionState::Refused) << 0;
    QTest::newRow("403") << QByteArray("403 Forbidden") << static_cast<int>(ConnectionState::Refused) << 0;
    QTest::newRow("429") << QByteArray("429 Too Many Requests") << static_cast<int>(ConnectionState::Waiting) << 30'000;
    QTest::newRow("503") << QByteArray("503 Service Unavailable") << static_cast<int>(ConnectionState::Waiting)
                         << 30'000;
    QTest::newRow("400") << QByteArray("400 Bad Request") << static_cast<int>(ConnectionState::Waiting) << 1000;
    QTest::newRow("a phrase with brackets")
        << QByteArray("418 I'm a (little) teapot") << static_cast<int>(ConnectionState::Waiting) << 1000;
    QTest::newRow("no phrase") << QByteArray("404") << static_cast<int>(ConnectionState::Waiting) << 1000;
    QTest::newRow("not an upgrade") << QByteArray("200 OK") << static_cast<int>(ConnectionState::Waiting) << 1000;
    QTest::newRow("500") << QByteArray("500 Internal Server Error") << static_cast<int>(ConnectionState::Waiting)
                         << 1000;
    QTest::newRow("redirect") << QByteArray("301 Moved Permanently") << static_cast<int>(ConnectionState::Waiting)
                              << 1000;
  }

  void statuses() {
    QFETCH(QByteArray, status);
    QFETCH(int, state);
    QFETCH(int, delayMs);
    RawServer server("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n", {});
    QtClock clock;
    Connection connection(server.settings(), clock);
    connection.start();
    QTRY_COMPARE(static_cast<int>(connection.state()), state);
    QCOMPARE(connection.health().error, QStringLiteral("Failed to connect to WebSocket %1: %2")
                                            .arg(server.settings().url, QString::fromLatin1(status)));
    QVERIFY(!connection.health().hint.isEmpty());
    if (delayMs > 0) QCOMPARE(static_cast<int>(connection.machine().delayMs()), delayMs);
  }

  void anotherSubprotocolIsRefused() {
    RawServer server(upgrade("Sec-WebSocket-Protocol: other\r\n"), {});
    ConnectionSettings s = server.settings();
    s.subprotocol = QStringLiteral("graphql-ws");
    QtClock clock;
    Connection connection(s, clock);
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Refused);
    QVERIFY2(connection.health().error.contains(QLatin1String("subprotocol not supported")),
             qPrintable(connection.health().error));
  }

  void brokenFramesAreALoss_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("why");
    QTest::newRow("reserved opcode") << QByteArray("\x83\x02hi", 4) << "closed by Weir with code 1002";
    QTest::newRow("reserved bit") << QByteArray("\xc1\x02hi", 4) << "closed by Weir with code 1002";
    QTest::newRow("invalid UTF-8") << QByteArray("\x81\x02\xff\xfe", 4) << "closed by Weir with code 1007";
    QTest::newRow("and a close frame behind it")
        << QByteArray("\x81\x02\xff\xfe\x88\x02\x03\xe9", 8) << "closed by Weir with code 1007";
  }

  void brokenFramesAreALoss() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, why);
    RawServer server(upgrade(), bytes);
    QtClock clock;
    Connection connection(server.settings(), clock);
    int lost = 0, messages = 0;
    connection.onLost = [&] { ++lost; };
    connection.onMessage = [&](const QByteArray&, bool) { ++messages; };
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QCOMPARE(lost, 1);
    QCOMPARE(messages, 0);
    QVERIFY2(connection.health().error.contains(why), qPrintable(connection.health().error));
  }

  // Each code that a server may send comes through with its reason, and only some of them change what is done.
  void closeCodesComeThrough_data() {
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("delayMs");
    QTest::addColumn<QString>("hint");
    for (const int code :
         {1000, 1001, 1002, 1003, 1007, 1008, 1010, 1011, 1012, 1014, 1015, 2999, 3000, 3008, 4000, 4999})
      QTest::addRow("%d", code) << code << 1000 << QString();
    QTest::newRow("too large for the server") << 1009 << 1000 << "the server takes no message of that size";
    QTest::newRow("try again later") << 1013 << 30'000 << "left alone for websocket.reconnect.max.delay.ms";
  }

  void closeCodesComeThrough() {
    QFETCH(int, code);
    QFETCH(int, delayMs);
    QFETCH(QString, hint);
    // In two pieces and behind a message: the frame's header is read before its payload is there.
    const QByteArray payload =
        QByteArray() + static_cast<char>(code >> 8) + static_cast<char>(code & 255) + "back in a minute";
    const QByteArray frame = QByteArray("\x88") + static_cast<char>(payload.size()) + payload;
    for (const qsizetype cut : {qsizetype{0}, qsizetype{2}, qsizetype{5}, frame.size()}) {
      RawServer server(upgrade(), "\x81\x02{}" + frame.first(cut));
      server.later = frame.sliced(cut);
      QtClock clock;
      Connection connection(server.settings(), clock);
      connection.start();
      QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
      QCOMPARE(connection.health().error, QStringLiteral("Lost WebSocket %1: closed with code %2 back in a minute")
                                              .arg(server.settings().url)
                                              .arg(code));
      QVERIFY(!connection.health().hint.contains(QLatin1String("websocket.max.message.bytes")));
      QVERIFY2(connection.health().hint.contains(hint), qPrintable(connection.health().hint));
      QCOMPARE(static_cast<int>(connection.machine().delayMs()), delayMs);
    }
  }

  // Its close is still to be answered when the connection is not there any more.
  void aResetBehindACloseIsOneLoss() {
    RawServer server(upgrade(), QByteArray("\x81\x02{}\x88\x02\x03\xE9", 8));
    QtClock clock;
    Connection connection(server.settings(), clock);
    int losses = 0;
    connection.onMessage = [&](const QByteArray&, bool) { server.reset(); };
    connection.onLost = [&] { ++losses; };
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QVERIFY(connection.health().error.contains(QLatin1String("closed with code 1001")));
    QCOMPARE(losses, 1);
  }

  // A flood, and a reader that is slower: what else the thread has to do gets its turns.
  void aSlowReaderLetsOthersThrough() {
    constexpr int kMessages = 20'000;
    RawServer server(upgrade(), (QByteArray("\x81\x64") + QByteArray(100, 'x')).repeated(kMessages));
    QtClock clock;
    Connection connection(server.settings(), clock);
    int taken = 0;
    int turns = 0;
    QTimer turn;
    connect(&turn, &QTimer::timeout, this, [&] { turns += taken > 0 && taken < kMessages ? 1 : 0; });
    turn.start(0);
    connection.onMessage = [&](const QByteArray&, bool) {
      ++taken;
      const Micros begun = clock.now();
      while (clock.now() - begun < 100) continue;
    };
    connection.start();
    QTRY_COMPARE_WITH_TIMEOUT(taken, kMessages, 60'000);
    // Two seconds of work; without turns there is one.
    QVERIFY2(turns > 20, qPrintable(QString::number(turns)));
  }

  void messagesOfEverySizeComeWhole() {
    QByteArray bytes;
    qint64 total = 0;
    int count = 0;
    for (const int size : {200, 900'000, 3, 131'072, 1'048'576, 1, 65'536, 70'000, 300'000, 2}) {
      const auto length = static_cast<quint64>(size);
      bytes += "\x82";
      if (size < 126)
        bytes += static_cast<char>(size);
      else if (size < 65'536)
        bytes += QByteArray("\x7e") + static_cast<char>(size >> 8) + static_cast<char>(size & 255);
      else {
        bytes += "\x7f";
        for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(length >> shift & 255);
      }
      bytes += QByteArray(size, 'x');
      total += size;
      ++count;
    }
    RawServer server(upgrade(), bytes);
    QtClock clock;
    Connection connection(server.settings(), clock);
    qint64 got = 0;
    int messages = 0;
    connection.onMessage = [&](const QByteArray& payload, bool) {
      got += payload.size();
      ++messages;
    };
    connection.start();
    QTRY_COMPARE(messages, count);
    QCOMPARE(got, total);
    QCOMPARE(connection.state(), ConnectionState::Open);
  }

  void anEndWithoutACodeIsToldFromOneWithoutAClose_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("why");
    QTest::newRow("a close frame without a code") << QByteArray("\x88\x00", 2) << "closed without a code";
    QTest::newRow("no close frame") << QByteArray() << "connection lost";
  }

  void anEndWithoutACodeIsToldFromOneWithoutAClose() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, why);
    RawServer server(upgrade(), "\x81\x02{}" + bytes);
    server.hangsUp = true;
    QtClock clock;
    Connection connection(server.settings(), clock);
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QCOMPARE(connection.health().error, QStringLiteral("Lost WebSocket %1: %2").arg(server.settings().url, why));
  }

  // Pings without end and nobody who takes the answers: they do not pile up here.
  void aFloodOfPingsIsCutOff_data() {
    QTest::addColumn<QByteArray>("ping");
    QTest::newRow("empty") << QByteArray("\x89\x00", 2).repeated(512);
    QTest::newRow("full") << "\x89\x7d" + QByteArray(125, 'p');
  }

  void aFloodOfPingsIsCutOff() {
    QFETCH(QByteArray, ping);
    RawServer server(upgrade(), {});
    server.endless = ping;
    server.isDeaf = true;
    QtClock clock;
    Connection connection(server.settings(), clock);
    int64_t most = 0;
    connection.onStateChanged = [&] { most = std::max(most, connection.bytesToWrite()); };
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QVERIFY2(connection.health().error.contains(QLatin1String("the server sends pings and does not read the answers")),
             qPrintable(connection.health().error));
    QVERIFY(!connection.health().hint.isEmpty());
    QVERIFY2(most < (8 << 20), qPrintable(QString::number(most)));
  }

  // A server that reads may ping as often as it likes.
  void manyPingsThatAreReadAreAnswered() {
    RawServer server(upgrade(), ("\x89\x7d" + QByteArray(125, 'p')).repeated(4000));
    QtClock clock;
    Connection connection(server.settings(), clock);
    connection.start();
    QTRY_COMPARE(server.received, qint64{4000} * (125 + 6));
    QVERIFY(connection.isOpen());
  }

  // What QWebSocket cannot do is said in words, where people look for their own mistake; the other transport does it.
  void whatQtCannotDoIsSaid() {
    RawServer fragments(upgrade(), QByteArray("\x01\x02Z\xc3\x80\x02\xbcr", 8));
    RawServer tokens(upgrade().replace("Connection: Upgrade", "Connection: keep-alive, Upgrade"), {});
    RawServer lines(upgrade("Connection: keep-alive\r\n"), {});
    QtClock clock;
    for (const auto& [server, words] :
         {std::pair{&fragments, "cut inside a character between two fragments"},
          std::pair{&tokens, "takes the header Connection only as the one word Upgrade"},
          std::pair{&lines, "takes the header Connection only as the one word Upgrade"}}) {
      Connection connection(server->settings(), clock);
      QByteArray said;
      connection.onMessage = [&](const QByteArray& payload, bool) { said += payload; };
      connection.start();
      if (testsDirect()) {
        QTRY_COMPARE(connection.state(), ConnectionState::Open);
        if (server == &fragments) QTRY_COMPARE(said, QByteArray("Z\xc3\xbcr"));
        continue;
      }
      QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
      QVERIFY(connection.health().hint.contains(QLatin1String("\"websocket.transport\" = 'direct' takes that")));
      QVERIFY2(connection.health().hint.contains(QLatin1String(words)),
               qPrintable(connection.health().error + connection.health().hint));
      QVERIFY(!connection.health().error.contains(QLatin1String("QWebSocketPrivate")));
    }
  }

  // A full backlog drops what comes: nothing answers at all, and only our own deadline ends the wait.
  void aHostThatDoesNotAnswerMeetsTheDeadline() {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    QCOMPARE(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
    QCOMPARE(listen(listener, 0), 0);
    QCOMPARE(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
    const quint16 port = ntohs(address.sin_port);
    QTcpSocket filling[3];
    for (QTcpSocket& one : filling) one.connectToHost(QHostAddress::LocalHost, port);
    QTRY_COMPARE(filling[0].state(), QAbstractSocket::ConnectedState);
    for (const QTcpSocket& one : filling) QTRY_VERIFY(one.state() >= QAbstractSocket::ConnectingState);
    ConnectionSettings s;
    s.transport = testedTransport();
    s.url = s.shownUrl = QStringLiteral("ws://127.0.0.1:%1/").arg(port);
    s.connectTimeoutMs = 300;
    QtClock clock;
    Connection connection(s, clock);
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QCOMPARE(connection.health().error,
             QStringLiteral("Connection to WebSocket %1 timed out after 0.3 seconds").arg(s.url));
    QCOMPARE(connection.health().hint, QStringLiteral("check the network and the firewall"));
    close(listener);
  }

  // Half a frame, then nothing: neither a pong nor the rest can come through.
  void aFrameThatStallsIsALoss() {
    RawServer server(upgrade(), QByteArray("\x81\x64{\"n\":1", 8));
    ConnectionSettings s = server.settings();
    s.pingIntervalMs = 50;
    s.pingTimeoutMs = 100;
    QtClock clock;
    Connection connection(s, clock);
    int messages = 0;
    connection.onMessage = [&](const QByteArray&, bool) { ++messages; };
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Open);
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QCOMPARE(messages, 0);
    QVERIFY(!connection.health().error.isEmpty());
  }

  void aStalledFrameIsFoundWithoutPingsToo() {
    RawServer server(upgrade(), QByteArray("\x81\x64{\"n\":1", 8));
    ConnectionSettings s = server.settings();
    s.pingIntervalMs = 0;
    s.idleTimeoutMs = 150;
    QtClock clock;
    Connection connection(s, clock);
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Open);
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
  }

  // A message of fragments that never ends: it is cut at the limit, and memory with it.
  void anEndlessMessageIsCutAtTheLimit() {
    RawServer server(upgrade(), QByteArray("\x01\x02[1", 4));
    server.endless = QByteArray("\x00\x7e\x04\x00", 4) + QByteArray(1024, ' ');
    ConnectionSettings s = server.settings();
    s.maxMessageBytes = 1 << 20;
    QtClock clock;
    Connection connection(s, clock);
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QVERIFY2(connection.health().error.contains(QLatin1String("message larger than 1048576 bytes")),
             qPrintable(connection.health().error));
    QVERIFY(connection.health().hint.contains(QLatin1String("websocket.max.message.bytes")));
  }

  // A server that answers the handshake with lines without end, and one that never ends its line.
  void anEndlessHandshakeMeetsTheDeadline_data() {
    QTest::addColumn<QByteArray>("endless");
    QTest::newRow("lines") << QByteArray("X-More: and more\r\n");
    QTest::newRow("one line") << QByteArray("moreandmore");
  }

  void anEndlessHandshakeMeetsTheDeadline() {
    QFETCH(QByteArray, endless);
    RawServer server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n", {});
    server.endless = endless;
    ConnectionSettings s = server.settings();
    s.connectTimeoutMs = 500;
    QtClock clock;
    Connection connection(s, clock);
    connection.start();
    QTRY_COMPARE_WITH_TIMEOUT(connection.state(), ConnectionState::Waiting, 3000);
    QVERIFY(!connection.health().error.isEmpty());
    QVERIFY(!connection.health().hint.isEmpty());
  }

  // No name ends in .invalid (RFC 2606). Should a name server be asked, it is asked once and for a second.
  void aHostThatIsNotFoundIsTriedAgain() {
    ConnectionSettings s;
    s.name = QStringLiteral("S");
    qputenv("RES_OPTIONS", "attempts:1 timeout:1");
    s.transport = testedTransport();
    s.url = s.shownUrl = QStringLiteral("ws://nohost.invalid/feed");
    s.connectTimeoutMs = 8000;
    QtClock clock;
    Connection connection(s, clock);
    connection.start();
    QTRY_COMPARE_WITH_TIMEOUT(connection.state(), ConnectionState::Waiting, 9000);
    QVERIFY2(
        connection.health().error.startsWith(QLatin1String("Failed to connect to WebSocket ws://nohost.invalid/feed")),
        qPrintable(connection.health().error));
    QVERIFY2(connection.health().error.contains(QLatin1String("Host not found")),
             qPrintable(connection.health().error));
    QVERIFY(connection.health().hint.contains(QLatin1String("URL")));
  }

  // A laptop that sleeps for an hour: the clock goes on, and what was due comes once.
  void anHourOfSleepIsAnHour() {
    Micros elapsed = 0;
    QtClock clock([&] { return elapsed; }, [] { return Micros{1'700'000'000'000'000}; });
    const Micros begun = clock.now();
    int calls = 0;
    clock.callAt(begun + 500'000, [&] { ++calls; });
    clock.callAt(begun + 3'599'000'000, [&] { ++calls; });
    clock.callAt(begun + 3'700'000'000, [&] { calls += 100; });
    elapsed = 3'600'000'000;
    QTRY_COMPARE_WITH_TIMEOUT(calls, 2, 3000);
    QCOMPARE(clock.now(), begun + 3'600'000'000);
  }

  // Somebody sets the clock back: the run's time goes on, timers come when they are due, and only a new run sees it.
  void aClockSetBackAnHourChangesNothing() {
    Micros elapsed = 0;
    Micros wall = 1'700'000'000'000'000;
    const auto elapsedNow = [&] { return elapsed; };
    const auto wallNow = [&] { return wall; };
    QtClock clock(elapsedNow, wallNow);
    const Micros begun = clock.now();
    QCOMPARE(begun, wall);
    int calls = 0;
    clock.callAt(begun + 400'000, [&] { ++calls; });
    wall -= 3'600'000'000;
    elapsed += 500'000;
    QCOMPARE(clock.now(), begun + 500'000);
    QTRY_COMPARE_WITH_TIMEOUT(calls, 1, 3000);
    QCOMPARE(QtClock(elapsedNow, wallNow).now(), wall);
  }

  void aHalfOpenPeerIsFoundByItsMissingPong() {
    RawServer server(upgrade(), {});
    ConnectionSettings s = server.settings();
    s.pingIntervalMs = 50;
    s.pingTimeoutMs = 100;
    QtClock clock;
    Connection connection(s, clock);
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Open);
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QVERIFY(!connection.health().error.isEmpty());
  }
};

QTEST_GUILESS_MAIN(MisbehaviourTest)
#include "misbehaviour_test.moc"
