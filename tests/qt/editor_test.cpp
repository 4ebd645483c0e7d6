// SPDX-License-Identifier: GPL-3.0-or-later
// What surrounds the text: keys, tabs, find and replace, messages, marks, and the dialogs that write SQL.
#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QTranslator>
#include <QTreeWidget>
#include <QWebSocket>
#include <QWebSocketServer>

#include "core/base/json_path.h"
#include "core/bind/checker.h"
#include "core/net/qt_clock.h"
#include "core/session/feed_sampler.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/find_bar.h"
#include "ui/editor/sql_editor.h"
#include "ui/shell/connect_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/settings_dialog.h"

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

/// Every text in brackets: one that is not translated is seen.
class Brackets final : public QTranslator {
public:
  bool isEmpty() const override { return false; }
  QString translate(const char*, const char* source, const char*, int) const override {
    return QLatin1Char('[') + QString::fromUtf8(source) + QLatin1Char(']');
  }
};

}  // namespace

class EditorTest final : public QObject {
  Q_OBJECT

private slots:
  void theWindowsKeysWin() {
    MainWindow window(darkTheme(), {});
    window.show();
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    window.openText(QStringLiteral("a.sql"), QStringLiteral("SELECT price FROM T;\nSELECT price FROM U;\n"));
    SqlEditor& editor = window.editor();
    editor.setFocus();
    editor.setCursorPosition(0, 8);
    QTest::keyClick(&editor, Qt::Key_D, Qt::ControlModifier);
    QTest::keyClick(&editor, Qt::Key_D, Qt::ControlModifier);
    QTest::keyClicks(&editor, QStringLiteral("qty"));
    QCOMPARE(editor.text(), QStringLiteral("SELECT qty FROM T;\nSELECT qty FROM U;\n"));
    QTest::keyClick(&editor, Qt::Key_Escape);
    editor.setCursorPosition(0, 0);
    QTest::keyClick(&editor, Qt::Key_Slash, Qt::ControlModifier);
    QCOMPARE(editor.text(0), QStringLiteral("-- SELECT qty FROM T;\n"));
    QTest::keyClick(&editor, Qt::Key_Slash, Qt::ControlModifier);
    QCOMPARE(editor.text(0), QStringLiteral("SELECT qty FROM T;\n"));
    window.openText(QStringLiteral("b.sql"), QStringLiteral("SELECT 2;"));
    window.documents().closeTab(1);
    QTest::keyClick(&window.editor(), Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(window.documents().count(), 2);
    QCOMPARE(window.editor().text(), QStringLiteral("SELECT 2;"));
    // Keys that are changed later win as well: Ctrl+L cuts a line where no command has it.
    Settings changed = window.settings();
    changed.keys[QStringLiteral("comment")] = QStringLiteral("Ctrl+L");
    window.setSettings(changed);
    QTest::keyClick(&window.editor(), Qt::Key_L, Qt::ControlModifier);
    QCOMPARE(window.editor().text(), QStringLiteral("-- SELECT 2;"));
  }

  void aMessageIsOneLineWithDetails() {
    MessageBar bar(darkTheme());
    bar.resize(420, 34);
    auto* text = bar.findChild<QLabel*>(QStringLiteral("messageText"));
    auto* details = bar.findChild<QToolButton*>(QStringLiteral("messageDetails"));
    auto* count = bar.findChild<QLabel*>(QStringLiteral("messageCount"));
    bar.show(QStringLiteral("Short."), LogLevel::Info);
    QTRY_VERIFY(bar.isVisible() && !details->isVisible());
    QVERIFY(!count->isVisible());
    const QString longText = QStringLiteral("Kept T connected; kept the windows of Dashboard. ").repeated(6);
    for (int i = 0; i < 412; ++i) bar.show(longText, LogLevel::Error);
    QTRY_VERIFY(details->isVisible());
    QCOMPARE(text->text(), longText);
    QCOMPARE(text->toolTip(), longText);
    QCOMPARE(count->text(), QStringLiteral("×412"));
    QVERIFY(count->isVisible());
    const int oneLine = text->sizeHint().height();
    QTest::mouseClick(details, Qt::LeftButton);
    QVERIFY(text->wordWrap() && text->heightForWidth(200) > oneLine);
    bool done = false;
    bar.show(QStringLiteral("a.sql changed on disk."), LogLevel::Warning,
             {{QStringLiteral("Reload"), [&] { done = true; }}, {QStringLiteral("Keep mine"), {}}});
    QVERIFY(!text->wordWrap() && !count->isVisible());
    for (auto* offer : bar.findChildren<QToolButton*>(QStringLiteral("messageOffer")))
      if (offer->text() == QLatin1String("Reload")) QTest::mouseClick(offer, Qt::LeftButton);
    QVERIFY(done && !bar.isVisible());
    bar.show(QStringLiteral("Again."), LogLevel::Info);
    QTest::mouseClick(bar.findChild<QToolButton*>(QStringLiteral("messageClose")), Qt::LeftButton);
    QVERIFY(!bar.isVisible());
  }

  void fileTabsShowTheirNames() {
    QTemporaryDir folder;
    MainWindow window(darkTheme(), {});
    window.resize(1440, 900);
    window.show();
    for (int i = 1; i <= 6; ++i) {
      QFile file(folder.filePath(QStringLiteral("a-rather-long-name-%1.sql").arg(i)));
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write("-- a\n");
      file.close();
      QVERIFY(window.openFile(file.fileName()));
    }
    auto* bar = window.findChild<QTabBar*>(QStringLiteral("fileTabs"));
    QCOMPARE(bar->count(), 6);
    QTRY_VERIFY(bar->width() < window.width() / 2);
    for (int i = 0; i < bar->count(); ++i) {
      QVERIFY(bar->tabRect(i).width() >= bar->fontMetrics().horizontalAdvance(bar->tabText(i)));
      QCOMPARE(bar->tabToolTip(i), folder.filePath(bar->tabText(i)));
    }
    QTest::keyClicks(&window.editor(), QStringLiteral("x"));
    QVERIFY(bar->tabText(5).endsWith(QStringLiteral(" •")));
  }

  void findAndReplaceGoByOnePattern() {
    SqlEditor editor(darkTheme());
    FindBar bar;
    bar.setEditor(&editor);
    editor.setText(QStringLiteral("é a1 b22 a333"));
    bar.start(true);
    bar.findChild<QCheckBox*>(QStringLiteral("findRegex"))->setChecked(true);
    auto* replacement = bar.findChild<QLineEdit*>(QStringLiteral("findReplacement"));
    replacement->setText(QStringLiteral("x\\1"));
    auto* wanted = bar.findChild<QLineEdit*>(QStringLiteral("findText"));
    wanted->setText(QStringLiteral("a(\\d+)"));
    QCOMPARE(editor.selectedText(), QStringLiteral("a1"));
    auto* one = bar.findChild<QPushButton*>(QStringLiteral("replaceOne"));
    QTest::mouseClick(one, Qt::LeftButton);
    QCOMPARE(editor.text(), QStringLiteral("é x1 b22 a333"));
    QCOMPARE(editor.selectedText(), QStringLiteral("a333"));
    QTest::mouseClick(one, Qt::LeftButton);
    QCOMPARE(editor.text(), QStringLiteral("é x1 b22 x333"));
    // In a plain replacement a backslash is a backslash.
    bar.findChild<QCheckBox*>(QStringLiteral("findRegex"))->setChecked(false);
    wanted->setText(QStringLiteral("X"));
    QCOMPARE(bar.findChild<QLabel*>(QStringLiteral("findInfo"))->text().left(1), QStringLiteral("2"));
    QTest::mouseClick(bar.findChild<QPushButton*>(QStringLiteral("replaceAll")), Qt::LeftButton);
    QCOMPARE(editor.text(), QStringLiteral("é x\\11 b22 x\\1333"));
    // Backwards, and round the end.
    wanted->setText(QStringLiteral("x\\"));
    editor.setCursorPosition(0, 0);
    bar.findNext(false);
    QCOMPARE(editor.selectedText(), QStringLiteral("x\\"));
    int line = 0, index = 0;
    editor.getCursorPosition(&line, &index);
    QVERIFY(index > 8);
  }

  void theMarginTellsWhatRuns() {
    const Theme& theme = darkTheme();
    SqlEditor editor(theme);
    editor.resize(500, 200);
    editor.setText(QStringLiteral("CREATE STREAM T\nSELECT a FROM T;\nSELECT b FROM T;\n"));
    editor.show();
    QVERIFY(QTest::qWaitForWindowExposed(&editor));
    HealthLook live{};
    live.color = theme.stale;
    live.mark = HealthLook::Mark::Disc;
    editor.setSourceMarks({{0, {live, QStringLiteral("2 bad")}}});
    editor.setRunMarks({{1, theme.success}, {2, theme.idle}});
    const QImage picture = editor.viewport()->grab().toImage();
    const int height = static_cast<int>(editor.SendScintilla(QsciScintillaBase::SCI_TEXTHEIGHT, 0UL));
    const auto colorAt = [&](int line) {
      const double ratio = picture.devicePixelRatio();
      return picture.pixelColor(static_cast<int>(10 * ratio), static_cast<int>((line + 0.5) * height * ratio));
    };
    QCOMPARE(colorAt(0), theme.stale);
    QCOMPARE(colorAt(1), theme.success);
    QCOMPARE(colorAt(2), theme.idle);
    // A problem's words stand before the rate, on its line alone.
    editor.setChips(
        {{0, {QStringLiteral("312 rows/s"), theme.text3}}, {1, {QStringLiteral("0.6 rows/s"), theme.text3}}});
    QCOMPARE(editor.chipAt(0).text, QStringLiteral("312 rows/s · 2 bad"));
    Diagnostic problem;
    problem.message = "unknown column 'a'";
    problem.span = {23, 24};
    editor.setDiagnostics({problem});
    QCOMPARE(editor.chipAt(1).text, QStringLiteral("unknown column 'a'"));
    QCOMPARE(editor.chipAt(0).text, QStringLiteral("312 rows/s · 2 bad"));
    editor.setDiagnostics({});
    QCOMPARE(editor.chipAt(1).text, QStringLiteral("0.6 rows/s"));
  }

  void saveAsGivesASuffix() {
    QTemporaryDir folder;
    MainWindow window(darkTheme(), {});
    window.show();
    window.openText(QStringLiteral("a.sql"), QStringLiteral("SELECT 1;"));
    QTimer::singleShot(100, &window, [&] {
      auto* dialog = window.findChild<QFileDialog*>(QStringLiteral("saveDialog"));
      dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"))->setText(folder.filePath(QStringLiteral("plain")));
      static_cast<QDialog*>(dialog)->accept();
    });
    window.findChild<QAction*>(QStringLiteral("saveAs"))->trigger();
    QTRY_VERIFY(QFile::exists(folder.filePath(QStringLiteral("plain.sql"))));
    QCOMPARE(window.documents().path(), folder.filePath(QStringLiteral("plain.sql")));
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

  void standardButtonsHaveNoIcons() {
    MainWindow window(darkTheme(), {});
    window.show();
    window.showSettings();
    auto* dialog = window.findChild<SettingsDialog*>();
    QVERIFY(dialog);
    for (QAbstractButton* button : dialog->findChild<QDialogButtonBox*>()->buttons()) QVERIFY(button->icon().isNull());
    dialog->reject();
  }

  void everyDialogIsTranslated() {
    Brackets brackets;
    QApplication::installTranslator(&brackets);
    {
      MainWindow window(darkTheme(), {});
      window.show();
      window.showSettings();
      window.connectToUrl();
      window.showHelp({});
      window.documents().find(true);
      window.showCommands();
      QStringList bad;
      static const QRegularExpression kWord(QStringLiteral("[A-Za-z]{3}"));
      const auto check = [&](const QString& text, const QObject* where) {
        if (kWord.match(text).hasMatch() && !text.contains(QLatin1Char('[')))
          bad << text + QStringLiteral(" in ") + where->objectName();
      };
      int found = 0;
      for (const char* name : {"settingsDialog", "connectDialog", "helpWindow", "commandPalette", "findBar"}) {
        const auto* part = window.findChild<QWidget*>(QLatin1String(name));
        QVERIFY2(part, name);
        if (part->isWindow()) check(part->windowTitle(), part);
        for (const QLabel* label : part->findChildren<QLabel*>()) check(label->text(), label);
        for (const QAbstractButton* button : part->findChildren<QAbstractButton*>()) check(button->text(), button);
        for (const QLineEdit* line : part->findChildren<QLineEdit*>()) check(line->placeholderText(), line);
        for (const QTabBar* bar : part->findChildren<QTabBar*>())
          for (int i = 0; i < bar->count(); ++i) check(bar->tabText(i), bar);
        for (const QTreeWidget* tree : part->findChildren<QTreeWidget*>())
          for (int c = 0; !tree->isHeaderHidden() && c < tree->columnCount(); ++c)
            check(tree->headerItem()->text(c), tree);
        ++found;
      }
      QCOMPARE(found, 5);
      QVERIFY2(bad.isEmpty(), qPrintable(bad.join(QLatin1Char('\n'))));
    }
    QApplication::removeTranslator(&brackets);
  }

  void noTwoCommandsOfAMenuShareAMnemonic() {
    MainWindow window(darkTheme(), {});
    static const QRegularExpression kMnemonic(QStringLiteral("&([^&])"));
    for (const QAction* top : window.menuBar()->actions()) {
      QSet<QString> seen;
      for (const QAction* action : top->menu()->actions()) {
        const QString key = kMnemonic.match(action->text()).captured(1).toLower();
        QVERIFY2(key.isEmpty() || !seen.contains(key), qPrintable(top->text() + QStringLiteral(": ") + action->text()));
        seen.insert(key);
      }
    }
  }
};

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  applyTheme(app, darkTheme());
  EditorTest test;
  return QTest::qExec(&test, argc, argv);
}
#include "editor_test.moc"
