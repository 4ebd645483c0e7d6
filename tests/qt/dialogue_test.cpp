// SPDX-License-Identifier: GPL-3.0-or-later
// Openings, answers, requests before connecting and compressed messages, against servers that end the connection when
// they are answered wrongly.
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <zlib.h>

#include <fstream>

#include "core/feed/capture.h"
#include "tests/qt/loopback_server.h"

using namespace weir;

namespace {

constexpr int kPolicy = 1008;

QString source(quint16 port, const QString& options, const QString& url = {}) {
  return QStringLiteral(
             "CREATE STREAM T (n LONG) WITH (type = 'source', extension = 'websocket', format = 'json', "
             "\"websocket.url\" = '%1', \"websocket.reconnect.delay.ms\" = '30', %2); SELECT * FROM T INSERT INTO O;")
      .arg(url.isEmpty() ? QStringLiteral("ws://127.0.0.1:%1/").arg(port) : url, options);
}

QByteArray packed(const QByteArray& text, int windowBits) {
  z_stream z{};
  if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK) qFatal("no zlib");
  QByteArray out(static_cast<qsizetype>(deflateBound(&z, static_cast<uLong>(text.size()))) + 64, 0);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(static_cast<qsizetype>(z.total_out));
  deflateEnd(&z);
  return out;
}

/// Answers each request with the next of its answers, the last one for ever.
class HttpServer final : public QObject {
public:
  explicit HttpServer(QList<QByteArray> answers) : m_answers(std::move(answers)) {
    if (!m_server.listen(QHostAddress::LocalHost)) qFatal("no port");
    connect(&m_server, &QTcpServer::newConnection, this, [this] {
      QTcpSocket* client = m_server.nextPendingConnection();
      connect(client, &QTcpSocket::readyRead, this, [this, client] {
        QByteArray& request = m_pending[client];
        request += client->readAll();
        const auto head = request.indexOf("\r\n\r\n");
        const auto length = request.toLower().indexOf("content-length: ");
        const qsizetype body =
            length < 0 ? 0 : request.mid(length + 16, request.indexOf("\r\n", length) - length - 16).toLongLong();
        if (head < 0 || request.size() < head + 4 + body || isSilent) return;
        requests << request;
        const QByteArray& answer = m_answers[std::min(requests.size(), m_answers.size()) - 1];
        client->write(answer);
        client->disconnectFromHost();
      });
    });
  }
  static QByteArray ok(const QByteArray& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" +
           body;
  }
  QString url(const QString& path) const {
    return QStringLiteral("http://127.0.0.1:%1%2").arg(m_server.serverPort()).arg(path);
  }
  bool isSilent = false;
  QList<QByteArray> requests;

private:
  QTcpServer m_server;
  QMap<QTcpSocket*, QByteArray> m_pending;
  QList<QByteArray> m_answers;
};

ConnectionHealth healthOf(const std::shared_ptr<LiveRun>& run) { return run->source(QStringLiteral("T"))->health(); }
uint64_t passed(const std::shared_ptr<LiveRun>& run) {
  return run->source(QStringLiteral("T"))->intake().counters().passed;
}

}  // namespace

class DialogueTest final : public QObject {
  Q_OBJECT

private slots:
  // A subscription before the login's answer ends the connection; what comes before the opening is done is not lost.
  void aSubscriptionWaitsForTheLogin() {
    Server server;
    int subscribed = 0;
    server.onClient = [&](QWebSocket* client) {
      auto loggedIn = std::make_shared<bool>(false);
      QObject::connect(client, &QWebSocket::textMessageReceived, client, [&, client, loggedIn](const QString& text) {
        const QJsonObject message = QJsonDocument::fromJson(text.toUtf8()).object();
        if (message[QLatin1String("op")] == QLatin1String("login")) {
          client->sendTextMessage(QStringLiteral("{\"n\":1}"));
          QTimer::singleShot(60, client, [client, loggedIn] {
            *loggedIn = true;
            client->sendTextMessage(
                QStringLiteral("{\"event\":\"login\",\"code\":\"0\",\"session\":9007199254740993}"));
          });
          return;
        }
        const bool isRight = *loggedIn && text == QLatin1String("{\"op\":\"subscribe\",\"session\":9007199254740993}");
        if (!isRight) return closeWith(client, kPolicy, QStringLiteral("not logged in"));
        ++subscribed;
        client->sendTextMessage(QStringLiteral("{\"n\":2}"));
        QTimer::singleShot(20, client, [client] { client->abort(); });
      });
    };
    const auto run = start(source(
        server.port(),
        QStringLiteral("\"websocket.open.message.1\" = '{\"op\":\"login\"}', \"websocket.open.await.2\" = '$.event = "
                       "login AND $.code = 0', \"websocket.open.message.2\" = "
                       "'{\"op\":\"subscribe\",\"session\":${$.session}}'")));
    QTRY_VERIFY_WITH_TIMEOUT(subscribed >= 3, 5000);
    QVERIFY(passed(run) >= 5);
    QCOMPARE(run->source(QStringLiteral("T"))->intake().counters().rejected, uint64_t{0});
  }

  void anAnswerThatDoesNotComeIsAFailedAttempt() {
    Server server;
    server.onClient = [](QWebSocket* client) {
      client->sendTextMessage(QStringLiteral("{\"event\":\"please wait\"}"));
    };
    const auto run = start(source(
        server.port(),
        QStringLiteral("\"websocket.open.message.1\" = 'hello', \"websocket.open.await.1\" = '$.event = welcome', "
                       "\"websocket.open.timeout.ms\" = '50', \"websocket.reconnect.max.attempts\" = '2'")));
    QTRY_COMPARE_WITH_TIMEOUT(run->source(QStringLiteral("T"))->source().state(), ConnectionState::GaveUp, 5000);
    const QString error = healthOf(run).error;
    QVERIFY2(error.contains(QLatin1String("websocket.open.await.1 waits for")), qPrintable(error));
    QVERIFY2(error.contains(QLatin1String("please wait")), qPrintable(error));
    QVERIFY(server.texts.isEmpty());
  }

  // Its error message has a member that is named like a column: that is no row that resets the attempts.
  void aRefusalIsInTheServersWordsAndCounts() {
    Server server;
    server.onClient = [](QWebSocket* client) {
      client->sendTextMessage(QStringLiteral("{\"event\":\"error\",\"n\":7,\"msg\":\"unknown channel\"}"));
    };
    const auto run = start(source(server.port(), QStringLiteral("\"websocket.refused\" = '$.event = error', "
                                                                "\"websocket.reconnect.max.attempts\" = '3'")));
    QTRY_COMPARE_WITH_TIMEOUT(run->source(QStringLiteral("T"))->source().state(), ConnectionState::GaveUp, 5000);
    QVERIFY2(healthOf(run).error.contains(QLatin1String("unknown channel")), qPrintable(healthOf(run).error));
    QCOMPARE(server.requests.size(), 4);
    QCOMPARE(passed(run), uint64_t{0});
  }

  void pingsAreAnsweredWithWhatTheyAsked() {
    Server server;
    int answered = 0;
    bool isWrong = false;
    server.onClient = [&](QWebSocket* client) {
      QObject::connect(client, &QWebSocket::textMessageReceived, client, [&](const QString& text) {
        isWrong = isWrong || text != QStringLiteral("{\"pong\":\"%1\"}").arg(answered);
        ++answered;
      });
      for (int i = 0; i < 20; ++i) client->sendTextMessage(QStringLiteral("{\"ping\":%1,\"n\":5}").arg(i));
    };
    const auto run =
        start(source(server.port(), QStringLiteral("\"websocket.reply.when.1\" = '$.ping', "
                                                   "\"websocket.reply.send.1\" = '{\"pong\":\"${$.ping}\"}'")));
    QTRY_COMPARE(answered, 20);
    QVERIFY(!isWrong);
    // What is answered is nobody's row.
    QCOMPARE(passed(run), uint64_t{0});
  }

  void eachConnectionAsksAnewForItsAddress() {
    Server server;
    int alive = 0;
    server.onClient = [&](QWebSocket* client) {
      const QUrl url = client->requestUrl();
      if (url.path() != QLatin1String("/ws") ||
          url.query() != QStringLiteral("token=t%2B%1").arg(server.requests.size()))
        return closeWith(client, kPolicy, url.toString());
      if (client->request().rawHeader("X-Token") != "Bearer t+" + QByteArray::number(server.requests.size()))
        return closeWith(client, kPolicy, QStringLiteral("header"));
      ++alive;
      client->sendTextMessage(QStringLiteral("{\"n\":1}"));
      QTimer::singleShot(20, client, [client] { client->abort(); });
    };
    QList<QByteArray> answers;
    for (int i = 1; i < 5; ++i)
      answers << HttpServer::ok("{\"data\":{\"token\":\"t+" + QByteArray::number(i) +
                                "\",\"endpoint\":\"ws://127.0.0.1:" + QByteArray::number(server.port()) + "/ws\"}}");
    HttpServer http(answers);
    const auto run = start(source(
        0,
        QStringLiteral(
            "\"websocket.before\" = 'POST %1', \"websocket.before.body\" = '{\"a\":${NOW() * 0}}', "
            "\"websocket.before.headers.X-Key\" = 'k', \"websocket.headers.X-Token\" = 'Bearer ${before.$.data.token}'")
            .arg(http.url(QStringLiteral("/bullet"))),
        QStringLiteral("${before.$.data.endpoint}?token=${before.$.data.token}")));
    QTRY_VERIFY_WITH_TIMEOUT(alive >= 3, 5000);
    QVERIFY(http.requests[0].startsWith("POST /bullet HTTP/1.1"));
    QVERIFY(http.requests[0].contains("X-Key: k"));
    QVERIFY(http.requests[0].endsWith("{\"a\":0}"));
    QVERIFY2(!healthOf(run).error.contains(QLatin1String("t+")), qPrintable(healthOf(run).error));
  }

  void aRequestThatFailsSaysHow_data() {
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QString>("error");
    QTest::addColumn<bool>("isRefused");
    QTest::newRow("401") << QByteArray("HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\n\r\nsesame")
                         << "HTTP 401 Unauthorized" << true;
    QTest::newRow("503") << QByteArray("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n") << "HTTP 503 Later" << false;
    QTest::newRow("redirect") << QByteArray(
                                     "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
                              << "HTTP 302 Found" << true;
    QTest::newRow("without the token") << HttpServer::ok("{\"data\":{}}")
                                       << "the answer to websocket.before has no $.data.token" << false;
    QTest::newRow("no JSON") << HttpServer::ok("<html>") << "the answer to websocket.before has no $.data.token"
                             << false;
    QTest::newRow("no HTTP") << QByteArray("hello\r\n\r\n") << "127.0.0.1: " << false;
    QTest::newRow("too large") << HttpServer::ok(QByteArray(5000, 'x')) << "larger than 2000 bytes" << false;
  }

  void aRequestThatFailsSaysHow() {
    QFETCH(QByteArray, answer);
    QFETCH(QString, error);
    QFETCH(bool, isRefused);
    HttpServer http({answer});
    const auto run =
        start(source(0,
                     QStringLiteral("\"websocket.max.message.bytes\" = '2000', \"websocket.before\" = 'GET %1'")
                         .arg(http.url(QStringLiteral("/"))),
                     QStringLiteral("ws://127.0.0.1:1/?t=${before.$.data.token}")));
    QTRY_VERIFY2(healthOf(run).error.contains(error), qPrintable(healthOf(run).error));
    QCOMPARE(run->source(QStringLiteral("T"))->source().state() == ConnectionState::Refused, isRefused);
    QVERIFY(!healthOf(run).error.contains(QLatin1String("sesame")));
  }

  void aRequestWithoutAnAnswerMeetsTheDeadline() {
    HttpServer http(QList<QByteArray>{QByteArray()});
    http.isSilent = true;
    const auto run =
        start(source(0,
                     QStringLiteral("\"websocket.connect.timeout.ms\" = '80', \"websocket.before\" = 'GET %1'")
                         .arg(http.url(QStringLiteral("/"))),
                     QStringLiteral("ws://127.0.0.1:1/?t=${before.$.token}")));
    QTRY_VERIFY(healthOf(run).error.contains(QLatin1String("timed out")));
  }

  void compressedMessagesAreRead_data() {
    QTest::addColumn<QString>("word");
    QTest::addColumn<int>("windowBits");
    QTest::newRow("gzip") << "gzip" << 15 + 16;
    QTest::newRow("zlib") << "zlib" << 15;
    QTest::newRow("deflate") << "deflate" << -15;
  }

  void compressedMessagesAreRead() {
    QFETCH(QString, word);
    QFETCH(int, windowBits);
    Server server;
    server.onClient = [&](QWebSocket* client) {
      client->sendBinaryMessage(packed("{\"n\":1}", windowBits));
      client->sendBinaryMessage(packed("{\"n\":2}", windowBits).chopped(3));
      client->sendBinaryMessage("\x01\x02\x03");
      client->sendTextMessage(QStringLiteral("{\"n\":3}"));
      client->sendBinaryMessage(packed("{\"n\":4}", windowBits));
    };
    const auto run = start(source(server.port(), QStringLiteral("\"websocket.decompress\" = '%1'").arg(word)));
    QTRY_COMPARE(passed(run), uint64_t{3});
    QCOMPARE(run->source(QStringLiteral("T"))->intake().counters().rejected, uint64_t{2});
  }

  // A few kB that would become a hundred MB.
  void aBombIsALossLikeAnyMessageThatIsTooLarge() {
    Server server;
    server.onClient = [&](QWebSocket* client) {
      client->sendBinaryMessage(packed(QByteArray(20'000'000, ' '), 15 + 16));
    };
    const auto run = start(source(server.port(), QStringLiteral("\"websocket.decompress\" = 'gzip'")));
    QTRY_VERIFY2(healthOf(run).error.contains(QLatin1String("1009")), qPrintable(healthOf(run).error));
  }

  void bytesAreSentAsTheyAreWritten() {
    Server server;
    const auto run =
        start(source(server.port(), QStringLiteral("\"websocket.open.type\" = 'binary', \"websocket.open.message.1\" = "
                                                   "'hex:00ff41', \"websocket.open.message.2\" = 'base64:AAEC'")));
    QTRY_COMPARE(server.binaries, QList<QByteArray>({QByteArray("\x00\xff\x41", 3), QByteArray("\x00\x01\x02", 3)}));
  }

  // One source, one card, three sockets; a gap of one is a gap of the source.
  void symbolsAreSharedOutOverConnections() {
    Server server;
    server.onClient = [](QWebSocket* client) {
      QObject::connect(client, &QWebSocket::textMessageReceived, client, [client](const QString& text) {
        const int symbols = static_cast<int>(text.count(QLatin1String("@t")));
        for (int i = 0; i < symbols; ++i) client->sendTextMessage(QStringLiteral("{\"n\":1}"));
      });
    };
    const auto run = start(source(
        server.port(), QStringLiteral("\"websocket.each\" = 'a,b,c,d,e', \"websocket.each.per.connection\" = '2', "
                                      "\"websocket.open.message.1\" = '{\"sub\":[\"${each}@t\"]}'")));
    QTRY_COMPARE(passed(run), uint64_t{5});
    QStringList said = server.texts;
    said.sort();
    QCOMPARE(said, QStringList({QStringLiteral("{\"sub\":[\"a@t\",\"b@t\"]}"),
                                QStringLiteral("{\"sub\":[\"c@t\",\"d@t\"]}"), QStringLiteral("{\"sub\":[\"e@t\"]}")}));
    QCOMPARE(healthOf(run).sockets, 3);
    QCOMPARE(healthOf(run).messages, uint64_t{5});
    QCOMPARE(run->source(QStringLiteral("T"))->source().state(), ConnectionState::Live);
    QCOMPARE(healthOf(run).gaps, uint64_t{0});
    server.clients[1]->abort();
    QTRY_COMPARE(passed(run), uint64_t{7});
    QCOMPARE(healthOf(run).gaps, uint64_t{1});
    QTRY_COMPARE(run->source(QStringLiteral("T"))->source().state(), ConnectionState::Live);
    QCOMPARE(server.clients.size(), 3);
  }

  // The others cannot make up for one that will never come.
  void whereOneConnectionGivesUpAllEnd() {
    Server server;
    server.onClient = [](QWebSocket* client) {
      QObject::connect(client, &QWebSocket::textMessageReceived, client, [client](const QString& text) {
        client->sendTextMessage(text == QLatin1String("b") ? QStringLiteral("{\"error\":\"no b\"}")
                                                           : QStringLiteral("{\"n\":1}"));
      });
    };
    const auto run = start(source(
        server.port(), QStringLiteral("\"websocket.each\" = 'a,b,c', \"websocket.each.per.connection\" = '1', "
                                      "\"websocket.refused\" = '$.error', \"websocket.reconnect.max.attempts\" = '1', "
                                      "\"websocket.open.message.1\" = '${each}'")));
    QTRY_COMPARE(run->source(QStringLiteral("T"))->source().state(), ConnectionState::GaveUp);
    QVERIFY2(healthOf(run).error.contains(QLatin1String("no b")), qPrintable(healthOf(run).error));
    QTRY_COMPARE(server.clients.size(), 0);
  }

  // A recording holds what was said, without secrets, and a replay passes it over.
  void aSecretStaysWithinItsQuotes() {
    qputenv("WEIR_TEST_KEY", "a\"b");
    Server server;
    server.onClient = [](QWebSocket* client) {
      QObject::connect(client, &QWebSocket::textMessageReceived, client,
                       [client] { client->sendTextMessage(QStringLiteral("{\"n\":1}")); });
    };
    BoundResult checked = checkScript(overTestedTransport(
        source(server.port(),
               QStringLiteral("\"websocket.open.message.1\" = '{\"k\":\"${env:WEIR_TEST_KEY}\"}', "
                              "\"websocket.open.message.2\" = '{\"k\":\"${env:WEIR_TEST_KEY}\",\"n\":${SEQ()}}'"))));
    auto run = LiveRun::create(std::move(checked.script), {});
    QVERIFY(run.ok());
    (*run)->start();
    QTRY_COMPARE(passed(*run), uint64_t{2});
    QCOMPARE(server.texts,
             QStringList({QStringLiteral("{\"k\":\"a\\\"b\"}"), QStringLiteral("{\"k\":\"a\\\"b\",\"n\":1}")}));
    bool isDone = false;
    (*run)->stop([&] { isDone = true; });
    QTRY_VERIFY(isDone);
  }

  void whatIsSaidIsRecordedWithoutSecrets() {
    qputenv("WEIR_TEST_KEY", "sesame-sesame");
    Server server;
    server.onClient = [](QWebSocket* client) {
      QObject::connect(client, &QWebSocket::textMessageReceived, client,
                       [client] { client->sendTextMessage(QStringLiteral("{\"n\":1}")); });
    };
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("c.weircap"));
    BoundResult checked = checkScript(overTestedTransport(source(
        server.port(),
        QStringLiteral(
            "\"websocket.open.message.1\" = '{\"k\":\"${env:WEIR_TEST_KEY}\"}', "
            "\"websocket.open.message.2\" = '{\"s\":\"${UPPER(''${env:WEIR_TEST_KEY}'')}\",\"t\":${NOW() * 0}}'"))));
    auto run = LiveRun::create(std::move(checked.script), {.recordFile = file});
    QVERIFY(run.ok());
    (*run)->start();
    QTRY_COMPARE(passed(*run), uint64_t{2});
    QCOMPARE(server.texts, QStringList({QStringLiteral("{\"k\":\"sesame-sesame\"}"),
                                        QStringLiteral("{\"s\":\"SESAME-SESAME\",\"t\":0}")}));
    bool isDone = false;
    (*run)->stop([&] { isDone = true; });
    QTRY_VERIFY(isDone);
    QFile in(file);
    QVERIFY(in.open(QIODevice::ReadOnly));
    const QByteArray text = in.readAll();
    QVERIFY(!text.toLower().contains("sesame"));
    QVERIFY2(text.contains("\"sent\":true,\"text\":\"{\\\"s\\\":\\\"***\\\",\\\"t\\\":0}\""), text.constData());
    std::ifstream again(file.toStdString());
    CaptureReader reader(again);
    QVERIFY(reader.readHeader().ok());
    int messages = 0;
    for (auto event = reader.next(); event && *event; event = reader.next())
      messages += (*event)->kind == FeedEvent::Kind::Message ? 1 : 0;
    QCOMPARE(messages, 2);
  }
};

QTEST_GUILESS_MAIN(DialogueTest)
#include "dialogue_test.moc"
