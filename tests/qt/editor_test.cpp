// SPDX-License-Identifier: GPL-3.0-or-later
// What surrounds the text: keys, tabs, find and replace, messages, marks, and dialogs.
#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QRegularExpression>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QTranslator>
#include <QTreeWidget>

#include "ui/editor/document_tabs.h"
#include "ui/editor/find_bar.h"
#include "ui/editor/sql_editor.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/settings_dialog.h"

using namespace weir;

namespace {

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

  // What a statement creates is a keyword there, and a name like any other elsewhere; options are known as such.
  void colorsFollowTheLanguage() {
    SqlEditor editor(darkTheme());
    const auto styleOf = [&](const QByteArray& text, const QByteArray& word) {
      editor.setText(QString::fromUtf8(text));
      editor.SendScintilla(QsciScintilla::SCI_COLOURISE, 0UL, -1L);
      return editor.SendScintilla(QsciScintilla::SCI_GETSTYLEAT, static_cast<unsigned long>(text.indexOf(word)));
    };
    for (const char* made : {"CREATE STREAM", "create stream", "DEFINE STREAM", "CREATE TABLE", "CREATE  CONNECTION"})
      QCOMPARE(styleOf(QByteArray(made) + " X WITH (type = 'sink')", QByteArray(made).split(' ').last()),
               long{SqlHighlighter::Keyword});
    QCOMPARE(styleOf("SELECT stream, connection FROM T", "stream"), long{SqlHighlighter::Default});
    QCOMPARE(styleOf("SELECT stream, connection FROM T", "connection"), long{SqlHighlighter::Default});
    QCOMPARE(styleOf("CREATE STREAM X WITH (connection = 'K')", "connection"), long{SqlHighlighter::OptionKey});
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
