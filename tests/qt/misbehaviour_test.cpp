// SPDX-License-Identifier: GPL-3.0-or-later
// Servers that do what real ones do when they go wrong, byte by byte: statuses, broken frames, silence.
#include <QCryptographicHash>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include "core/net/connection.h"
#include "core/net/qt_clock.h"

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
      connect(peer, &QTcpSocket::readyRead, peer, [this, peer] {
        const QByteArray request = peer->peek(65536);
        if (peer->property("done").toBool() || !request.contains("\r\n\r\n")) return;
        peer->setProperty("done", true);
        peer->readAll();
        const auto at = request.toLower().indexOf("sec-websocket-key:") + 18;
        const QByteArray key = request.mid(at, request.indexOf("\r\n", at) - at).trimmed();
        const QByteArray accept = QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1).toBase64();
        peer->write(QByteArray(m_answer).replace("%accept%", accept) + m_bytes);
      });
    });
  }
  ConnectionSettings settings() const {
    ConnectionSettings s;
    s.name = QStringLiteral("S");
    s.url = s.shownUrl = QStringLiteral("ws://127.0.0.1:%1/feed").arg(m_server.serverPort());
    return s;
  }
  int connections = 0;

 private:
  QTcpServer m_server;
  QByteArray m_answer;
  QByteArray m_bytes;
};

QByteArray upgrade(const QByteArray& extra = {}) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %accept%\r\n" + extra + "\r\n";
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
    QTest::newRow("503") << QByteArray("503 Service Unavailable") << static_cast<int>(ConnectionState::Waiting) << 30'000;
    QTest::newRow("500") << QByteArray("500 Internal Server Error") << static_cast<int>(ConnectionState::Waiting) << 1000;
    QTest::newRow("redirect") << QByteArray("301 Moved Permanently") << static_cast<int>(ConnectionState::Waiting) << 1000;
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
    QVERIFY2(connection.health().error.contains(QString::fromLatin1(status.left(3))), qPrintable(connection.health().error));
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
    QVERIFY2(connection.health().error.contains(QLatin1String("subprotocol not supported")), qPrintable(connection.health().error));
  }

  void brokenFramesAreALoss_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("reserved opcode") << QByteArray("\x83\x02hi", 4);
    QTest::newRow("reserved bit") << QByteArray("\xc1\x02hi", 4);
    QTest::newRow("invalid UTF-8") << QByteArray("\x81\x02\xff\xfe", 4);
    QTest::newRow("closed with a code") << QByteArray("\x88\x07\x03\xe9later", 9);
  }

  void brokenFramesAreALoss() {
    QFETCH(QByteArray, bytes);
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
    QVERIFY(!connection.health().error.isEmpty());
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
