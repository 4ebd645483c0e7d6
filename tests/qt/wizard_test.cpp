// SPDX-License-Identifier: GPL-3.0-or-later
// From a URL to SQL: what the wizard samples, infers and writes.
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

#include "core/base/json_path.h"
#include "core/bind/checker.h"
#include "core/demo/demo_exchange.h"
#include "core/net/qt_clock.h"
#include "core/session/feed_sampler.h"
#include "ui/shell/connect_dialog.h"
#include "ui/widgets/theme.h"

using namespace weir;

namespace {

// A gzip member around what qCompress makes: four bytes of its own, then zlib's head, the data, and a checksum.
QByteArray gzipped(const QByteArray& text) {
  const QByteArray zlib = qCompress(text).sliced(4);
  quint32 crc = 0xFFFFFFFFU;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  crc = ~crc;
  QByteArray out = QByteArray::fromHex("1f8b08000000000000ff") + zlib.sliced(2).chopped(4);
  for (const quint32 word : {crc, static_cast<quint32>(text.size())})
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>((word >> shift) & 255U);
  return out;
}

}  // namespace

class WizardTest final : public QObject {
  Q_OBJECT

private slots:
  // Where the address is a topic's, the stream is one of Kafka; a broker that is not there is told.
  void aTopicIsAnAddressToo() {
    ConnectDialog dialog;
    dialog.show();
    auto* url = dialog.findChild<QLineEdit*>(QStringLiteral("url"));
    auto* sql = dialog.findChild<QPlainTextEdit*>(QStringLiteral("draftSql"));
    auto* create = dialog.findChild<QPushButton*>(QStringLiteral("primary"));
    for (const char* wrong :
         {"kafka://", "kafka://127.0.0.1/trades", "kafka://127.0.0.1:1", "kafka://127.0.0.1:1/a b"}) {
      url->setText(QLatin1String(wrong));
      QVERIFY2(!create->isEnabled(), wrong);
    }
    url->setText(QStringLiteral("kafka://127.0.0.1:1/trades"));
    QVERIFY(create->isEnabled());
    QVERIFY(sql->toPlainText().contains(QStringLiteral("extension = 'kafka'")));
    QVERIFY(sql->toPlainText().contains(QStringLiteral("\"kafka.topic\" = 'trades'")));
    QVERIFY(!sql->toPlainText().contains(QStringLiteral("websocket")));
    QVERIFY(
        !hasError(checkScript(sql->toPlainText().replace(QStringLiteral("..."), QStringLiteral("a LONG")).toStdString())
                      .diagnostics));
    dialog.findChild<QPushButton*>(QStringLiteral("sample"))->click();
    QTRY_VERIFY_WITH_TIMEOUT(
        dialog.findChild<QLabel*>(QStringLiteral("sampleState"))->text().contains(QStringLiteral("refused")), 10'000);
  }

  void aFeedIsSampledIntoSql() {
    DemoExchange::Settings s;
    s.port = 0;
    s.tradesPerSecond = 100;
    DemoExchange exchange(s);
    QVERIFY(exchange.start(nullptr));
    ConnectDialog dialog;
    dialog.show();
    const auto edit = [&](const QString& name) {
      for (QLineEdit* line : dialog.findChildren<QLineEdit*>())
        if (line->accessibleName() == name) return line;
      return static_cast<QLineEdit*>(nullptr);
    };
    edit(QStringLiteral("URL"))->setText(exchange.baseUrl() + QStringLiteral("/ws/btcusdt@trade"));
    QTest::mouseClick(dialog.findChild<QPushButton*>(QStringLiteral("sample")), Qt::LeftButton);
    QString sql;
    connect(&dialog, &ConnectDialog::created, this, [&](const QString&, const QString& text) { sql = text; });
    auto* table = dialog.findChild<QTableWidget*>();
    QTRY_VERIFY_WITH_TIMEOUT(table->rowCount() >= 8, 5000);
    QTest::mouseClick(dialog.findChild<QPushButton*>(QStringLiteral("primary")), Qt::LeftButton);
    QVERIFY2(!hasError(checkScript(sql.toStdString()).diagnostics), qPrintable(sql));
    QVERIFY(sql.contains(QLatin1String("\"event.time.field\" = 'T'")));
    QVERIFY(sql.contains(QLatin1String("VWAP(p::DOUBLE, q::DOUBLE)")));
  }

  void handEditsOfADraftStay() {
    ConnectDialog dialog;
    dialog.show();
    for (auto* text : dialog.findChildren<QPlainTextEdit*>()) QVERIFY(text->tabChangesFocus());
    dialog.findChild<QLineEdit*>(QStringLiteral("url"))->setText(QStringLiteral("ws://127.0.0.1:1/x"));
    auto* sql = dialog.findChild<QPlainTextEdit*>(QStringLiteral("draftSql"));
    auto* again = dialog.findChild<QPushButton*>(QStringLiteral("makeAgain"));
    auto* stream = dialog.findChild<QLineEdit*>(QStringLiteral("streamName"));
    stream->setText(QStringLiteral("Mine"));
    QVERIFY(sql->toPlainText().contains(QLatin1String("CREATE STREAM Mine")) && !again->isVisible());
    QTest::keyClicks(sql, QStringLiteral("-- by hand "));
    stream->setText(QStringLiteral("Other"));
    QVERIFY(sql->toPlainText().startsWith(QLatin1String("-- by hand CREATE STREAM Mine")));
    QVERIFY(again->isVisible());
    QTest::mouseClick(again, Qt::LeftButton);
    QVERIFY(sql->toPlainText().startsWith(QLatin1String("CREATE STREAM Other")) && !again->isVisible());
  }

  // Each example can be chosen, is shown whole, and says what is peculiar; one's own address begins anew.
  void examplesArePresets() {
    ConnectDialog dialog;
    dialog.show();
    auto* presets = dialog.findChild<QComboBox*>(QStringLiteral("preset"));
    auto* sql = dialog.findChild<QPlainTextEdit*>(QStringLiteral("draftSql"));
    auto* create = dialog.findChild<QPushButton*>(QStringLiteral("primary"));
    const QStringList files = QDir(QStringLiteral(WEIR_SOURCE "/resources/examples")).entryList({"*.sql"});
    QVERIFY(files.size() >= 40);
    QCOMPARE(presets->count(), files.size() + 1);
    QStringList titles;
    for (int i = 1; i < presets->count(); ++i) {
      presets->setCurrentIndex(i);
      emit presets->activated(i);
      QVERIFY2(create->isEnabled(), qPrintable(presets->currentText()));
      QVERIFY(presets->currentText().size() < 60);
      QVERIFY2(!hasError(checkScript(sql->toPlainText().toStdString()).diagnostics), qPrintable(sql->toPlainText()));
      QVERIFY(!dialog.findChild<QLabel*>(QStringLiteral("sampleState"))->text().isEmpty());
      QVERIFY2(!dialog.findChild<QLineEdit*>(QStringLiteral("url"))->text().isEmpty(),
               qPrintable(presets->currentText()));
    }
    const int kucoin = presets->findText(QStringLiteral("KuCoin"));
    presets->setCurrentIndex(kucoin);
    emit presets->activated(kucoin);
    QVERIFY(dialog.findChild<QPlainTextEdit*>(QStringLiteral("openMessages"))->toPlainText().contains("/market/match"));
    presets->setCurrentIndex(0);
    emit presets->activated(0);
    QVERIFY(sql->toPlainText().startsWith(QLatin1String("-- The URL")));
    QVERIFY(!create->isEnabled());
    QSignalSpy created(&dialog, &ConnectDialog::created);
    presets->setCurrentIndex(kucoin);
    emit presets->activated(kucoin);
    QTest::mouseClick(create, Qt::LeftButton);
    QCOMPARE(created.size(), 1);
    QCOMPARE(created.front().front().toString(), QStringLiteral("kucoin.sql"));
  }

  // The wizard finds what a source of `( ... )` would learn: in the order of the feed, greetings left out, by quoted
  // paths too.
  void aDraftHasTheColumnsThatARunWouldLearn() {
    const QList<QByteArray> messages{
        R"({"event":"hello"})",
        R"({"my trades":[{"sym":"A","px":1,"note":null},{"sym":"B","px":2.5,"note":{"x":1}}],"n":7})",
        R"({"my trades":[{"sym":"A","px":3}],"n":8})"};
    const QStringList paths = recordPaths(messages);
    QCOMPARE(paths.first(), QStringLiteral("$['my trades'][*]"));
    QVERIFY(!jsonPathComplaint(paths.first().toStdString(), true));
    const std::vector<DraftColumn> columns = draftColumns(messages, paths.first());
    QStringList told;
    for (const DraftColumn& c : columns) told << c.name + QLatin1Char(' ') + c.type + QLatin1Char(' ') + c.sample;
    QCOMPARE(told, QStringList({QStringLiteral("sym STRING A"), QStringLiteral("px DOUBLE 1"),
                                QStringLiteral("note OBJECT {\"x\":1}")}));
  }

  // Messages that are no JSON are tried as what they may be else.
  void aDraftKnowsTheFormatOfItsMessages() {
    const QList<QByteArray> packed{
        QByteArray("pong"),
        QByteArray::fromHex("84a373796da141a57072696365cb4000000000000000a27473d6ff00000001a3726177c403616263"),
        QByteArray::fromHex("84a373796da142a57072696365cb4004000000000000a27473d6ff00000002a3726177c0")};
    QCOMPARE(likelyFormat(packed), QStringLiteral("msgpack"));
    QCOMPARE(likelyFormat({QByteArray::fromHex("a16173a0")}), QStringLiteral("cbor"));
    QCOMPARE(likelyFormat({R"({"a":1})", "[1,2,3]"}), QStringLiteral("json"));
    QCOMPARE(likelyFormat({"neither"}), QStringLiteral("json"));
    QCOMPARE(likelyFormat({}), QStringLiteral("json"));
    DraftSource draft;
    draft.format = likelyFormat(packed);
    draft.columns = draftColumns(packed, recordPaths(packed).first());
    QStringList told;
    for (const DraftColumn& c : draft.columns) told << c.name + QLatin1Char(' ') + c.type + QLatin1Char(' ') + c.sample;
    QCOMPARE(told,
             QStringList({QStringLiteral("sym STRING A"), QStringLiteral("price DOUBLE 2.0"),
                          QStringLiteral("ts TIMESTAMP 1970-01-01T00:00:01.000Z"), QStringLiteral("raw BYTES YWJj")}));
    const QString script = draftScript(draft);
    QVERIFY(script.contains(QLatin1String("format = 'msgpack'")));
    QVERIFY(script.contains(QLatin1String("\"event.time.field\" = 'ts'")));
    QVERIFY(!script.contains(QLatin1String("event.time.unit")));
  }

  void theTimeOfEventsCanBePicked() {
    DraftSource draft;
    draft.url = QStringLiteral("ws://x");
    draft.columns = {{QStringLiteral("price"), QStringLiteral("DOUBLE"), QStringLiteral("1.5")},
                     {QStringLiteral("day"), QStringLiteral("STRING"), QStringLiteral("2024-05-01T10:00:00Z")},
                     {QStringLiteral("stamp"), QStringLiteral("LONG"), QStringLiteral("1714550400")}};
    const std::vector<DraftTime> times = possibleTimes(draft.columns);
    QCOMPARE(times.size(), size_t{2});
    QCOMPARE(times[0].unit, QStringLiteral("iso8601"));
    QCOMPARE(times[1].unit, QStringLiteral("s"));
    QVERIFY(!draftScript(draft).contains(QLatin1String("event.time.field")));
    draft.time = times[1];
    QVERIFY(draftScript(draft).contains(QLatin1String("\"event.time.field\" = 'stamp',\n  \"event.time.unit\" = 's'")));
    draft.columns[2].name = QStringLiteral("ts");
    draft.time.reset();
    QVERIFY(draftScript(draft).contains(QLatin1String("\"event.time.field\" = 'ts'")));
    draft.time = DraftTime{};
    QVERIFY(!draftScript(draft).contains(QLatin1String("event.time.field")));
  }

  void aSampleResolvesItsSecretsAndShowsNone() {
    QWebSocketServer server(QStringLiteral("test"), QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QByteArray header;
    connect(&server, &QWebSocketServer::newConnection, this, [&] {
      QWebSocket* socket = server.nextPendingConnection();
      socket->setParent(&server);
      header = socket->request().rawHeader("Authorization");
    });
    qputenv("WEIR_TEST_ONE", "one");
    qputenv("WEIR_TEST_TWO", "two");
    QtClock clock;
    DraftSource source;
    source.url = QStringLiteral("ws://127.0.0.1:%1/").arg(server.serverPort());
    source.headers = {
        {QStringLiteral("Authorization"), QStringLiteral("Bearer ${env:WEIR_TEST_ONE}-${env:WEIR_TEST_TWO}")}};
    FeedSampler sampler(source, clock);
    sampler.start(1);
    QTRY_COMPARE(header, QByteArray("Bearer one-two"));
    source.headers = {{QStringLiteral("Authorization"), QStringLiteral("${env:WEIR_TEST_NOWHERE}")}};
    FeedSampler missing(source, clock);
    QSignalSpy refused(&missing, &FeedSampler::failed);
    missing.start(1);
    QCOMPARE(refused.size(), 1);
    QVERIFY(refused[0][0].toString().contains(QLatin1String("WEIR_TEST_NOWHERE")));
    DraftSource closed;
    closed.url = QStringLiteral("ws://127.0.0.1:1/?key=topsecret");
    FeedSampler lost(closed, clock);
    QSignalSpy failed(&lost, &FeedSampler::failed);
    lost.start(1);
    QTRY_VERIFY(!failed.isEmpty());
    QVERIFY2(!failed[0][0].toString().contains(QLatin1String("topsecret")), qPrintable(failed[0][0].toString()));
  }

  // It greets, packs what it says, and cuts who does not answer its ping: the sample learns all that, and the SQL says
  // it.
  void aSampleLearnsTheDialogue() {
    QWebSocketServer server(QStringLiteral("test"), QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const QByteArray packed = gzipped("{\"p\":1,\"q\":2}");
    connect(&server, &QWebSocketServer::newConnection, this, [&] {
      QWebSocket* socket = server.nextPendingConnection();
      socket->setParent(&server);
      socket->sendTextMessage(QStringLiteral("{\"type\":\"welcome\"}"));
      connect(socket, &QWebSocket::textMessageReceived, socket, [socket, packed](const QString& text) {
        if (text == QLatin1String("sub")) return void(socket->sendTextMessage(QStringLiteral("{\"ping\":7}")));
        if (text != QLatin1String("{\"pong\":7}")) return socket->abort();
        for (int i = 0; i < 3; ++i) socket->sendBinaryMessage(packed);
      });
    });
    QtClock clock;
    DraftSource source;
    source.url = QStringLiteral("ws://127.0.0.1:%1/").arg(server.serverPort());
    source.openMessages = {QStringLiteral("sub")};
    FeedSampler sampler(source, clock);
    QList<QByteArray> sampled;
    connect(&sampler, &FeedSampler::sampled, this, [&](const QByteArray& message) { sampled << message; });
    connect(&sampler, &FeedSampler::learned, this, [&](const DialogueAdvice& advice) { source.dialogue = advice; });
    QSignalSpy done(&sampler, &FeedSampler::done);
    sampler.start(6);
    QTRY_COMPARE(done.size(), 1);
    QCOMPARE(sampled.last(), QByteArray("{\"p\":1,\"q\":2}"));
    const QString sql = draftScript(source);
    for (const char* option :
         {"\"websocket.open.message.1\" = 'sub'", "\"websocket.open.await.1\" = '$.type = welcome'",
          "\"websocket.decompress\" = 'gzip'", "\"websocket.reply.when.1\" = '$.ping'",
          "\"websocket.reply.send.1\" = '{\"pong\":${$.ping}}'"})
      QVERIFY2(sql.contains(QLatin1String(option)), qPrintable(sql));
    QCOMPARE(source.dialogue.words.size(), 3);
  }
};

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  applyTheme(app, darkTheme());
  WizardTest test;
  return QTest::qExec(&test, argc, argv);
}
#include "wizard_test.moc"
