// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTableWidget>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>
#include <QTreeWidget>

#include "core/demo/demo_exchange.h"
#include "core/plan/checker.h"
#include "ui/chart_deck.h"
#include "ui/chart_view.h"
#include "ui/connect_dialog.h"
#include "ui/document_tabs.h"
#include "ui/health_card.h"
#include "ui/main_window.h"
#include "ui/results_model.h"
#include "ui/results_panel.h"
#include "ui/sql_editor.h"

using namespace weir;

class WindowTest final : public QObject {
  Q_OBJECT

 private slots:
  void fromRunToALineOverALossAndBack() {
    DemoExchange::Settings s;
    s.port = 0;
    s.tradesPerSecond = 50;
    auto exchange = std::make_unique<DemoExchange>(s);
    QVERIFY(exchange->start(nullptr));
    s.port = exchange->port();
    MainWindow window(darkTheme(), {[&] { return demoScript(QStringLiteral("ws://127.0.0.1:%1").arg(s.port)); },
                                    [&] { return exchange ? exchange->dashboardRows() : 0; }});
    window.resize(1280, 720);
    window.openText(QStringLiteral("demo.sql"), demoScript(exchange->baseUrl()));
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QTest::mouseClick(window.findChild<QToolButton*>(QStringLiteral("run")), Qt::LeftButton);
    // A line for each symbol within five seconds, the open window included.
    QTRY_VERIFY_WITH_TIMEOUT(window.series().series().size() == 3 && window.series().series()[0].open, 5000);
    QTRY_VERIFY_WITH_TIMEOUT(window.chart().visiblePoints() >= 6, 5000);
    QTRY_VERIFY(window.card(QStringLiteral("BinanceTrades")));
    QTRY_COMPARE(window.card(QStringLiteral("BinanceTrades"))->stateText(), QStringLiteral("Live"));
    QTRY_VERIFY(exchange->dashboardRows() > 0);
    exchange.reset();
    QTRY_COMPARE(window.card(QStringLiteral("BinanceTrades"))->stateText(), QStringLiteral("Retrying"));
    QTRY_VERIFY(window.card(QStringLiteral("BinanceTrades"))->detailText().contains(QLatin1String("retrying in")));
    exchange = std::make_unique<DemoExchange>(s);
    QVERIFY(exchange->start(nullptr));
    QTRY_COMPARE_WITH_TIMEOUT(window.card(QStringLiteral("BinanceTrades"))->stateText(), QStringLiteral("Live"), 10000);
    QTest::mouseClick(window.findChild<QToolButton*>(QStringLiteral("stop")), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!window.findChild<QToolButton*>(QStringLiteral("stop"))->isEnabled(), 8000);
  }

  void closedTabsComeBack() {
    MainWindow window(darkTheme(), {});
    window.openText(QStringLiteral("a.sql"), QStringLiteral("SELECT 1;"));
    window.openText(QStringLiteral("b.sql"), QStringLiteral("SELECT 2;"));
    window.documents().closeTab(1);
    QCOMPARE(window.documents().count(), 1);
    window.documents().reopenClosed();
    QCOMPARE(window.editor().text(), QStringLiteral("SELECT 2;"));
  }

  void completionKnowsWhatFits() {
    const auto offered = [](const std::string& before, const std::string& after = {}) {
      std::vector<std::string> out;
      for (const Completion& c : LanguageService(before + after).completionsAt(before.size())) out.push_back(c.text);
      return out;
    };
    const auto has = [](const std::vector<std::string>& list, const std::string& text) { return std::find(list.begin(), list.end(), text) != list.end(); };
    const std::string head = "CREATE STREAM Trades (symbol STRING, price DOUBLE) WITH (type = 'source', \"websocket.url\" = 'ws://x');\n";
    QVERIFY(has(offered(head + "SELECT pr", " FROM Trades;"), "price"));
    QVERIFY(has(offered(head + "SELECT t.", " FROM Trades AS t;"), "symbol"));
    QVERIFY(!has(offered(head + "SELECT t.", " FROM Trades AS t;"), "SUM"));
    QVERIFY(has(offered(head + "SELECT price FROM Tr"), "Trades"));
    QVERIFY(has(offered(head + "SELECT VW"), "VWAP"));
    QVERIFY(has(offered(head + "SELECT price FROM Trades WINDOW TUM"), "TUMBLING"));
    QVERIFY(has(offered("CREATE STREAM S (a INT) WITH (type = 'source', recon"), "websocket.reconnect"));
    QVERIFY(has(offered("CREATE STREAM S (a INT) WITH (type = '"), "'source'") || has(offered("CREATE STREAM S (a INT) WITH (type = "), "'source'"));
    QVERIFY(has(offered("CREATE STREAM S (a D"), "DOUBLE"));
    QVERIFY(offered("-- pri").empty());
    QVERIFY(offered("SELECT 'pri").empty());
    QVERIFY(LanguageService("SELECT ROUND(x, ").signatureAt(16).find("ROUND") == 0);
    const LanguageService two(head + "SELECT price FROM Trades;");
    QCOMPARE(two.statements().size(), size_t{2});
    QCOMPARE(two.definitionAt(head.size() + 20)->begin, 14U);
  }

  void typingCompletesAndFormats() {
    MainWindow window(darkTheme(), {});
    window.show();
    window.openText(QStringLiteral("x.sql"), QStringLiteral("create stream S (price double); select pri from S;"));
    SqlEditor& editor = window.editor();
    editor.setFocus();
    editor.setCursorPosition(0, 42);
    QTest::keyClick(&editor, Qt::Key_C);
    auto* popup = editor.findChild<QListWidget*>(QStringLiteral("completionList"));
    QVERIFY(popup && popup->isVisible());
    QCOMPARE(popup->item(0)->text(), QStringLiteral("price"));
    QTest::keyClick(&editor, Qt::Key_Return);
    editor.formatText();
    QCOMPARE(editor.text(), QStringLiteral("CREATE STREAM S (price DOUBLE);\n\nSELECT price FROM S;\n"));
    editor.setCursorPosition(2, 0);
    editor.toggleComment();
    QVERIFY(editor.text().contains(QLatin1String("-- SELECT price")));
    editor.toggleComment();
    QVERIFY(!editor.text().contains(QLatin1String("--")));
  }

  // A screen reader must be able to say what each control is.
  void everyControlHasAName() {
    DemoExchange::Settings s;
    s.port = 0;
    s.tradesPerSecond = 50;
    DemoExchange exchange(s);
    QVERIFY(exchange.start(nullptr));
    MainWindow window(darkTheme(), {});
    window.resize(1440, 900);
    window.show();
    QStringList nameless;
    QSet<QString> seen;
    const std::function<void(QWidget*)> walk = [&](QWidget* widget) {
      const bool control = qobject_cast<QAbstractButton*>(widget) || qobject_cast<QLineEdit*>(widget) || qobject_cast<QComboBox*>(widget) ||
                           qobject_cast<QAbstractItemView*>(widget) || qobject_cast<QPlainTextEdit*>(widget) || qobject_cast<QAbstractSpinBox*>(widget) ||
                           qobject_cast<QKeySequenceEdit*>(widget) || qobject_cast<QTextBrowser*>(widget);
      const QString type = QString::fromLatin1(widget->metaObject()->className());
      const bool inner = type == QLatin1String("QHeaderView") || (type.startsWith(QLatin1String("QTable")) && type.endsWith(QLatin1String("Button"))) ||
                         type == QLatin1String("QComboBoxListView") || widget->objectName().startsWith(QLatin1String("qt_")) || type == QLatin1String("CloseButton") || type == QLatin1String("QLineEditIconButton") ||
                         (type == QLatin1String("QToolButton") && qobject_cast<QTabBar*>(widget->parentWidget()));
      seen.insert(widget->objectName());
      if (control && !inner) {
        QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(widget);
        if (!accessible || accessible->text(QAccessible::Name).isEmpty()) nameless << type + QLatin1Char(' ') + widget->objectName();
      }
      for (QObject* child : widget->children())
        if (auto* inside = qobject_cast<QWidget*>(child)) walk(inside);
    };
    walk(&window);
    // With cards, charts, a message, and every window that it opens.
    window.openText(QStringLiteral("demo.sql"), demoScript(exchange.baseUrl()));
    window.run();
    QTRY_VERIFY(window.card(QStringLiteral("BinanceTrades")) && window.charts().panes().size() > 1);
    window.showMessage(QStringLiteral("A message"), true);
    window.showSettings();
    window.showHelp({});
    window.connectToUrl();
    window.documents().find(true);
    window.showCommands();
    walk(&window);
    for (const char* name : {"card_BinanceTrades", "settingsDialog", "helpWindow", "commandPalette", "connectDialog", "findBar", "messageBar"})
      QVERIFY2(seen.contains(QLatin1String(name)), name);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
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

  void rowsAreKeptByKeyFilteredAndCopied() {
    ResultsPanel panel(darkTheme());
    auto schema = std::make_shared<Schema>(Schema{{{"s", Type::String}, {"v", Type::Double}}});
    panel.model().setSchema(schema, std::vector<size_t>{0});
    QAbstractItemModelTester tester(&panel.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto row = [&](const char* key, double value) {
      BatchBuilder builder(schema);
      builder.column(0).appendText(key);
      builder.column(1).appendReal(value);
      builder.finishRow({.at = 1000});
      panel.model().addClosed(*builder.take());
    };
    row("A", 1);
    row("B", 1234.5);
    row("A", 3);
    QCOMPARE(panel.model().rowCount(), 2);
    QCOMPARE(panel.asJsonLines(false), QStringLiteral("{\"time\":\"1970-01-01T00:00:01.000Z\",\"s\":\"B\",\"v\":1234.5,\"state\":\"closed\"}\n"
                                                      "{\"time\":\"1970-01-01T00:00:01.000Z\",\"s\":\"A\",\"v\":3.0,\"state\":\"closed\"}\n"));
    panel.findChild<QLineEdit*>(QStringLiteral("resultsFilter"))->setText(QStringLiteral("b"));
    QCOMPARE(panel.asTsv(false).count(QLatin1Char('\n')), 2);
    QVERIFY(panel.asCsv().contains(QLatin1String("B,1234.5,closed")));
    QVERIFY(panel.asSql(false).contains(QLatin1String("'B', 1234.5, 'closed'")));
  }

  void problemsAreMarkedAndNotRun() {
    MainWindow window(lightTheme(), {});
    window.openText(QStringLiteral("x.sql"), QStringLiteral("SELECT prx FROM Nope;"));
    auto* problems = window.findChild<QTreeWidget*>(QStringLiteral("problems"));
    QCOMPARE(problems->topLevelItemCount(), 1);
    QCOMPARE(problems->topLevelItem(0)->text(1), QStringLiteral("unknown stream 'Nope'"));
    window.run();
    QVERIFY(window.findChild<QLabel*>(QStringLiteral("messageText"))->text().contains(QLatin1String("unknown stream")));
  }

  void resultsModelKeepsItsPromises() {
    ResultsModel model(darkTheme());
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    auto schema = std::make_shared<Schema>(Schema{{{"s", Type::String}, {"v", Type::Double}}});
    model.setSchema(schema);
    const auto rows = [&](int n, bool open) {
      BatchBuilder builder(schema);
      for (int i = 0; i < n; ++i) {
        builder.column(0).appendText("A");
        builder.column(1).appendReal(-1234.5);
        RowMeta meta;
        meta.at = 1000;
        meta.isProvisional = open;
        builder.finishRow(meta);
      }
      return std::make_shared<const Batch>(*builder.take());
    };
    model.addClosed(*rows(3, false));
    model.setOpen({rows(2, true)});
    QCOMPARE(model.rowCount(), 5);
    model.setOpen({});
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.data(model.index(0, 2), Qt::DisplayRole).toString(), QString(QChar(0x2212)) + QStringLiteral("1,234.50"));
  }

  void textReachesItsContrast() {
    for (const Theme* t : {&darkTheme(), &lightTheme()}) {
      for (const QColor& text : {t->text1, t->text2, t->text3})
        for (const QColor& ground : {t->bg0, t->bg1, t->bg2}) QVERIFY(Theme::contrast(text, ground) >= 4.5);
      for (const QColor& state : {t->success, t->warn, t->error, t->stale, t->accent}) QVERIFY(Theme::contrast(state, t->bg2) >= 4.5);
    }
  }
};

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  applyTheme(app, darkTheme());
  WindowTest test;
  return QTest::qExec(&test, argc, argv);
}
#include "window_test.moc"
