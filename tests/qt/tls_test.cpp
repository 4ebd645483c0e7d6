// SPDX-License-Identifier: GPL-3.0-or-later
// Real certificates, made for the test: what is trusted connects, what is not is refused with the reason.
#include <QFile>
#include <QProcess>
#include <QSet>
#include <QSslCertificate>
#include <QSslKey>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

#include "core/bind/checker.h"
#include "core/connectors/websocket/websocket_sink.h"
#include "core/net/connection.h"
#include "core/net/qt_clock.h"
#include "core/session/live_run.h"
#include "tests/qt/deaf_server.h"
#include "tests/support/tested_transport.h"

using namespace weir;

class TlsTest final : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;
  QString path(const QString& name) const { return m_folder.filePath(name); }

  void openssl(const QStringList& arguments) {
    QProcess process;
    process.setWorkingDirectory(m_folder.path());
    process.start(QStringLiteral("openssl"), arguments);
    QVERIFY2(process.waitForFinished(20'000) && process.exitCode() == 0, process.readAllStandardError().constData());
  }
  // A certificate `name`.pem with its key, signed by ca.pem, for a host, valid for so many days (negative: expired).
  void issue(const QString& name, const QString& host, int days) {
    QFile extensions(path(name + QStringLiteral(".ext")));
    QVERIFY(extensions.open(QIODevice::WriteOnly));
    extensions.write(("subjectAltName=" + host + "\n").toUtf8());
    extensions.close();
    openssl({"req", "-newkey", "rsa:2048", "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj",
             "/CN=" + name});
    QStringList sign{"x509",        "-req",     "-in",        name + ".csr",     "-CA",
                     "ca.pem",      "-CAkey",   "ca.key",     "-CAcreateserial", "-out",
                     name + ".pem", "-extfile", name + ".ext"};
    sign << "-days" << QString::number(days);
    openssl(sign);
  }

  std::unique_ptr<QWebSocketServer> serve(const QString& certificate, bool wantsClient = false) {
    auto server = std::make_unique<QWebSocketServer>(QStringLiteral("tls"), QWebSocketServer::SecureMode);
    QSslConfiguration ssl = QSslConfiguration::defaultConfiguration();
    ssl.setLocalCertificate(QSslCertificate::fromPath(path(certificate + QStringLiteral(".pem"))).first());
    QFile key(path(certificate + QStringLiteral(".key")));
    if (!key.open(QIODevice::ReadOnly)) qFatal("no key");
    ssl.setPrivateKey(QSslKey(&key, QSsl::Rsa));
    ssl.setPeerVerifyMode(wantsClient ? QSslSocket::VerifyPeer : QSslSocket::VerifyNone);
    if (wantsClient) ssl.addCaCertificates(path(QStringLiteral("ca.pem")));
    server->setSslConfiguration(ssl);
    if (!server->listen(QHostAddress::LocalHost)) qFatal("no port");
    return server;
  }
  static ConnectionSettings to(const QWebSocketServer& server, const QString& host = QStringLiteral("localhost")) {
    ConnectionSettings s;
    s.name = QStringLiteral("S");
    s.transport = testedTransport();
    s.url = s.shownUrl = QStringLiteral("wss://%1:%2/x").arg(host).arg(server.serverPort());
    return s;
  }
  // The state in which it settles, and its error.
  static std::pair<ConnectionState, QString> outcome(const ConnectionSettings& settings) {
    QtClock clock;
    Connection connection(settings, clock);
    connection.start();
    const auto settled = [&] {
      return connection.isOpen() || connection.hasEnded() || connection.state() == ConnectionState::Waiting;
    };
    [[maybe_unused]] const bool inTime = QTest::qWaitFor(settled, 5000);
    return {connection.state(), connection.health().error};
  }

  QSslConfiguration own() const {
    QSslConfiguration ssl = QSslConfiguration::defaultConfiguration();
    ssl.setLocalCertificate(QSslCertificate::fromPath(path(QStringLiteral("own.pem"))).first());
    QFile key(path(QStringLiteral("own.key")));
    if (!key.open(QIODevice::ReadOnly)) qFatal("no key");
    ssl.setPrivateKey(QSslKey(&key, QSsl::Rsa));
    ssl.setPeerVerifyMode(QSslSocket::VerifyNone);
    return ssl;
  }
  static ConnectionSettings to(const DeafServer& server) {
    ConnectionSettings s;
    s.url = s.shownUrl = QStringLiteral("wss://127.0.0.1:%1/x").arg(server.serverPort());
    s.transport = testedTransport();
    s.insecure = true;
    return s;
  }

private slots:
  void initTestCase() {
    openssl({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
             "-subj", "/CN=Test CA"});
    openssl({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "own.key", "-out", "own.pem", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"});
    issue(QStringLiteral("good"), QStringLiteral("DNS:localhost,IP:127.0.0.1"), 2);
    issue(QStringLiteral("elsewhere"), QStringLiteral("DNS:elsewhere.example"), 2);
    issue(QStringLiteral("old"), QStringLiteral("DNS:localhost"), -1);
    issue(QStringLiteral("client"), QStringLiteral("DNS:client"), 2);
  }

  void anExtraAuthorityIsTrusted() {
    const auto server = serve(QStringLiteral("good"));
    ConnectionSettings s = to(*server);
    s.caFile = path(QStringLiteral("ca.pem"));
    QCOMPARE(outcome(s).first, ConnectionState::Open);
  }

  void withoutItTheServerIsRefused() {
    const auto server = serve(QStringLiteral("good"));
    const auto [state, error] = outcome(to(*server));
    QCOMPARE(state, ConnectionState::Refused);
    QVERIFY2(error.contains(QLatin1String("certificate verify failed (")), qPrintable(error));
  }

  void selfSignedIsNamed() {
    const auto server = serve(QStringLiteral("own"));
    const auto [state, error] = outcome(to(*server));
    QCOMPARE(state, ConnectionState::Refused);
    QVERIFY2(error.endsWith(QLatin1String("certificate verify failed (self-signed certificate)")), qPrintable(error));
  }

  void anotherHostsCertificateIsRefused() {
    const auto server = serve(QStringLiteral("elsewhere"));
    ConnectionSettings s = to(*server);
    s.caFile = path(QStringLiteral("ca.pem"));
    const auto [state, error] = outcome(s);
    QCOMPARE(state, ConnectionState::Refused);
    QVERIFY2(error.contains(QLatin1String("host"), Qt::CaseInsensitive), qPrintable(error));
  }

  void anExpiredCertificateIsRefused() {
    const auto server = serve(QStringLiteral("old"));
    ConnectionSettings s = to(*server);
    s.caFile = path(QStringLiteral("ca.pem"));
    const auto [state, error] = outcome(s);
    QCOMPARE(state, ConnectionState::Refused);
    QVERIFY2(error.contains(QLatin1String("expired"), Qt::CaseInsensitive), qPrintable(error));
  }

  void insecureConnectsAndSaysSo() {
    const auto server = serve(QStringLiteral("own"));
    ConnectionSettings s = to(*server);
    s.insecure = true;
    QtClock clock;
    Connection connection(s, clock);
    connection.start();
    QTRY_VERIFY(connection.isOpen());
    QVERIFY(connection.health().insecure);
  }

  // The same options as they are written in SQL.
  void optionsReachTheConnectionFromSql() {
    const auto server = serve(QStringLiteral("good"), true);
    connect(server.get(), &QWebSocketServer::newConnection, this,
            [&] { server->nextPendingConnection()->sendTextMessage(QStringLiteral("{\"n\":7}")); });
    const auto outcomeOf = [&](const QString& options) {
      BoundResult checked = checkScript(overTestedTransport(
          QStringLiteral("CREATE STREAM T (n LONG) WITH (type = 'source', extension = 'websocket', "
                         "\"websocket.url\" = 'wss://localhost:%1/x'%2); SELECT n FROM T INSERT INTO O;")
              .arg(server->serverPort())
              .arg(options)));
      auto run = LiveRun::create(std::move(checked.script), {});
      if (!run) return QString::fromStdString(run.diagnostics().front().message);
      (*run)->start();
      LiveFeed& source = *(*run)->source(QStringLiteral("T"));
      const auto settled = [&] {
        const ConnectionState state = source.source().state();
        return source.source().hasEnded() || state == ConnectionState::Live || state == ConnectionState::Waiting;
      };
      [[maybe_unused]] const bool inTime = QTest::qWaitFor(settled, 5000);
      return QString::fromLatin1(stateName(source.source().state())) + QLatin1Char(' ') + source.health().error +
             (source.health().insecure ? QStringLiteral(" insecure") : QString());
    };
    const QString ca = QStringLiteral(", \"websocket.tls.ca.file\" = '%1'").arg(path(QStringLiteral("ca.pem")));
    const QString client = QStringLiteral(", \"websocket.tls.cert.file\" = '%1', \"websocket.tls.key.file\" = '%2'")
                               .arg(path(QStringLiteral("client.pem")), path(QStringLiteral("client.key")));
    QCOMPARE(outcomeOf(ca + client).trimmed().toLower(), QStringLiteral("live"));
    QVERIFY2(outcomeOf(client).contains(QLatin1String("certificate verify failed")), qPrintable(outcomeOf(client)));
    QVERIFY(!outcomeOf(ca).startsWith(QLatin1String("live"), Qt::CaseInsensitive));
    const QString insecure = outcomeOf(client + QStringLiteral(", \"websocket.tls.insecure\" = 'true'"));
    QVERIFY2(
        insecure.startsWith(QLatin1String("live"), Qt::CaseInsensitive) && insecure.endsWith(QLatin1String("insecure")),
        qPrintable(insecure));
    QVERIFY(outcomeOf(QStringLiteral(", \"websocket.tls.ca.file\" = '/no/such.pem'"))
                .contains(QLatin1String("file not found: /no/such.pem")));
  }

  // What is known of the socket below is known under TLS too.
  void closeCodesComeThrough_data() {
    QTest::addColumn<bool>("hangsUp");
    QTest::newRow("alone") << false;
    QTest::newRow("and the end of the connection") << true;
  }
  void closeCodesComeThrough() {
    QFETCH(bool, hangsUp);
    DeafServer server({}, own());
    server.greeting = QByteArray("\x81\x02{}\x88\x06\x03\xf4", 8) + "soon";
    server.hangsUp = hangsUp;
    QtClock clock;
    Connection connection(to(server), clock);
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QVERIFY2(connection.health().error.endsWith(QLatin1String(": closed with code 1012 soon")),
             qPrintable(connection.health().error));
  }

  void aFloodOfPingsIsCutOff() {
    DeafServer server({}, own());
    server.endless = QByteArray("\x89\x00", 2).repeated(512);
    QtClock clock;
    Connection connection(to(server), clock);
    int64_t most = 0;
    connection.onStateChanged = [&] { most = std::max(most, connection.bytesToWrite()); };
    connection.start();
    QTRY_COMPARE(connection.state(), ConnectionState::Waiting);
    QVERIFY2(connection.health().error.contains(QLatin1String("the server sends pings and does not read the answers")),
             qPrintable(connection.health().error));
    QVERIFY2(most < (8 << 20), qPrintable(QString::number(most)));
  }

  // A receiver that does not read: its rows wait in the queue, not in the memory of TLS, and none arrives twice.
  void rowsWaitWhereTheyAreCounted() {
    DeafServer server({}, own());
    const auto options = Options::fromMap({{"type", "sink"},
                                           {"extension", "websocket"},
                                           {"format", "json"},
                                           {"websocket.tls.insecure", "true"},
                                           {"websocket.transport", testedTransportName()},
                                           {"websocket.url", to(server).url.toStdString()},
                                           {"websocket.reconnect.delay.ms", "10"}});
    QtClock clock;
    WebSocketSink sink({QStringLiteral("K"), *options, *options, clock});
    sink.start();
    QTRY_VERIFY(sink.connection().isOpen());
    const std::string large(50'000, 'x');
    for (int i = 0; i < 400; ++i) {
      BatchBuilder rows(std::make_shared<Schema>(Schema{{{"n", Type::String}}}));
      rows.column(0).appendText(std::to_string(1000 + i) + large);
      rows.finishRow({});
      sink.publish(*rows.take());
      QCoreApplication::processEvents();
    }
    QVERIFY2(sink.connection().bytesToWrite() < 1'000'000,
             qPrintable(QString::number(sink.connection().bytesToWrite())));
    QVERIFY(sink.counters().queued > 100);
    sink.connection().reconnectNow();
    QTRY_COMPARE(server.peers.size(), 2);
    QTRY_VERIFY(sink.connection().isOpen());
    server.wake();
    QTRY_COMPARE_WITH_TIMEOUT(sink.counters().sent, 400U, 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(server.texts().size() >= 399, 20'000);
    QSet<QByteArray> ids;
    for (const QByteArray& text : server.texts()) ids << text.left(10);
    QCOMPARE(ids.size(), server.texts().size());
    QCOMPARE(sink.counters().published,
             sink.counters().sent + sink.counters().failed + sink.counters().dropped + sink.counters().queued);
    sink.stop();
  }

  void aClientCertificateOpensTheDoor() {
    const auto server = serve(QStringLiteral("good"), true);
    ConnectionSettings s = to(*server);
    s.caFile = path(QStringLiteral("ca.pem"));
    QVERIFY(outcome(s).first != ConnectionState::Open);
    s.certFile = path(QStringLiteral("client.pem"));
    s.keyFile = path(QStringLiteral("client.key"));
    const auto [state, error] = outcome(s);
    QVERIFY2(state == ConnectionState::Open, qPrintable(error));
  }
};

QTEST_GUILESS_MAIN(TlsTest)
#include "tls_test.moc"
