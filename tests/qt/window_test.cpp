// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QTabBar>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>
#include <QTreeView>
#include <QTreeWidget>

#include "core/bind/checker.h"
#include "core/demo/demo_exchange.h"
#include "ui/charts/chart_deck.h"
#include "ui/charts/chart_view.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/sql_editor.h"
#include "ui/health/health_card.h"
#include "ui/results/results_model.h"
#include "ui/results/results_panel.h"
#include "ui/shell/main_window.h"

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

  void aCardSaysWhatItKnows() {
    QCOMPARE(spanWords(0.4), QStringLiteral("0.4 ms"));
    QCOMPARE(spanWords(50), QStringLiteral("50 ms"));
    QCOMPARE(spanWords(2799), QStringLiteral("2.8 s"));
    QCOMPARE(spanWords(-12), QString(QChar(0x2212)) + QStringLiteral("12 ms"));
    HealthCard card(darkTheme());
    ConnectionHealth h;
    h.name = QStringLiteral("T");
    h.state = ConnectionState::Live;
    h.messages = 3;
    h.newestEvent = 9'916;
    card.show(h, 10'000'000);
    QVERIFY2(card.accessibleDescription().contains(QLatin1String("lag 84 ms")),
             qPrintable(card.accessibleDescription()));
    h.stale = true;
    h.usualGapMs = 50;
    card.show(h, 10'100'000);
    QCOMPARE(card.detailText(), QStringLiteral("Socket open, but silent. Usual gap 50 ms."));
    // What is not verified says so, whatever state it is in.
    const int high = card.sizeHint().height();
    h.insecure = true;
    card.show(h, 10'200'000);
    QVERIFY(card.sizeHint().height() > high);
    QVERIFY(card.accessibleDescription().contains(QLatin1String("TLS checks are off")));
    h.insecure = false;
    // A failed attempt shows its hint beside the countdown.
    h.stale = false;
    h.state = ConnectionState::Waiting;
    h.error = QStringLiteral("Connection to WebSocket ws://ws.kraken.com timed out after 10 seconds");
    h.hint = QStringLiteral("check the network and the firewall");
    h.url = QStringLiteral("ws://ws.kraken.com/v2");
    h.attempt = 3;
    h.maxAttempts = 10;
    h.nextTry = 14'000'000;
    card.show(h, 10'300'000);
    QCOMPARE(card.causeText(), QStringLiteral("Host ws.kraken.com did not answer."));
    QCOMPARE(card.detailText(), QStringLiteral("Attempt 3 of 10, retrying in 4 s"));
    QVERIFY(card.accessibleDescription().contains(h.hint));
  }

  // Its buttons stand beneath what it says, and there is nothing to reconnect once the run is over.
  void aClosedCardHasRoomForItsButtons() {
    QWidget pane;
    HealthCard card(darkTheme(), &pane);
    pane.resize(320, 320);
    pane.show();
    const auto button = [&](const QString& text) {
      for (auto* each : card.findChildren<QToolButton*>())
        if (each->text() == text) return each;
      return static_cast<QToolButton*>(nullptr);
    };
    ConnectionHealth h;
    h.name = QStringLiteral("T");
    h.state = ConnectionState::Live;
    card.show(h, 1'000'000);
    card.resize(card.sizeHint());
    QVERIFY(button(tr("Reconnect now"))->isHidden());
    h.state = ConnectionState::Closed;
    h.closedByUser = true;
    card.show(h, 2'000'000);
    card.resize(card.sizeHint());
    QVERIFY(!button(tr("Reconnect now"))->isHidden());
    constexpr int kTextEnds = 69;
    QVERIFY(button(tr("Reconnect now"))->y() >= kTextEnds);
    QCOMPARE(card.causeText(), QStringLiteral("Closed on request."));
    h.state = ConnectionState::GaveUp;
    h.closedByUser = false;
    h.error = QStringLiteral("Failed to connect to WebSocket ws://x: Connection refused");
    card.show(h, 3'000'000);
    card.endRun();
    QCOMPARE(card.stateText(), QStringLiteral("Gave up"));
    QCOMPARE(card.causeText(), QStringLiteral("Connection refused"));
    QVERIFY(button(tr("Reconnect now"))->isHidden() && !button(tr("Copy error"))->isHidden());
  }

  // Three rows each five seconds are 0.6 a second, not 6 and then none.
  void aSinkHasASteadyRate() {
    HealthCard card(darkTheme());
    ConnectionHealth h;
    h.name = QStringLiteral("O");
    h.isSink = true;
    h.state = ConnectionState::Open;
    for (Micros now = 1'000'000; now < 61'000'000; now += 200'000) {
      h.sent = static_cast<uint64_t>(now / 5'000'000) * 3;
      card.show(h, now);
      if (now > 20'000'000) QVERIFY2(card.rate() > 0.3 && card.rate() < 0.9, qPrintable(QString::number(card.rate())));
    }
  }

  void liveSaysWhetherOneSeesThePresent() {
    DemoExchange::Settings s;
    s.port = 0;
    s.tradesPerSecond = 50;
    DemoExchange exchange(s);
    QVERIFY(exchange.start(nullptr));
    QTemporaryDir folder;
    MainWindow window(darkTheme(), {}, folder.path());
    window.resize(1440, 900);
    window.show();
    window.openText(QStringLiteral("demo.sql"), demoScript(exchange.baseUrl()));
    const auto* pill = window.findChild<QToolButton*>(QStringLiteral("live"));
    const auto state = [&] { return pill->property("state").toString(); };
    const auto trigger = [&](const char* name) { window.findChild<QAction*>(QLatin1String(name))->trigger(); };
    QCOMPARE(state(), QStringLiteral("idle"));
    window.run();
    QTRY_COMPARE(state(), QStringLiteral("live"));
    trigger("pause");
    QCOMPARE(state(), QStringLiteral("paused"));
    QVERIFY(window.findChild<QToolButton*>(QStringLiteral("pause"))->isChecked());
    trigger("live");
    QCOMPARE(state(), QStringLiteral("live"));
    QVERIFY(!window.findChild<QToolButton*>(QStringLiteral("pause"))->isChecked());
    window.charts().setFollowing(false);
    QCOMPARE(state(), QStringLiteral("detached"));
    trigger("range15");
    QCOMPARE(window.findChild<QToolButton*>(QStringLiteral("range"))->text(), QStringLiteral("15 min"));

    // Another tab does not change what runs, and gets no rates beside its lines.
    auto* status = window.findChild<QLabel*>(QStringLiteral("status"));
    QTRY_VERIFY(status->text().startsWith(QLatin1String("2 running")));
    window.documents().newScratch();
    QTest::qWait(500);
    QVERIFY2(status->text().startsWith(QLatin1String("2 running")), qPrintable(status->text()));
    window.documents().setCurrent(0);

    // A preview says in one line what it is, what it kept and what it stopped; and it is remembered.
    auto* badge = window.findChild<QLabel*>(QStringLiteral("previewBadge"));
    QVERIFY(!badge->isVisible());
    window.editor().goTo(static_cast<uint32_t>(window.editor().text().indexOf(QLatin1String("VWAP_STDDEV"))));
    trigger("runStatement");
    const auto* message = window.findChild<QLabel*>(QStringLiteral("messageText"));
    QTRY_VERIFY2(message->text().contains(QLatin1String("Preview of Dashboard, sinks off. Kept 1 source")),
                 qPrintable(message->text()));
    QVERIFY2(message->text().contains(QLatin1String("Stopped sink Dashboard.")), qPrintable(message->text()));
    QVERIFY(badge->isVisible());
    auto* history = window.findChild<QTreeWidget*>(QStringLiteral("history"));
    QVERIFY(history);
    // The same text run again moves to the top, under the name of its newest run.
    QCOMPARE(history->topLevelItemCount(), 1);
    QVERIFY2(history->topLevelItem(0)->text(1).contains(QLatin1String("preview of Dashboard")),
             qPrintable(history->topLevelItem(0)->text(1)));
    trigger("stop");
    QTRY_COMPARE_WITH_TIMEOUT(state(), QStringLiteral("idle"), 8000);
    QVERIFY(!badge->isVisible());
    QCOMPARE(window.card(QStringLiteral("BinanceTrades"))->stateText(), QStringLiteral("Closed"));
  }

  void theClockIsThatOfTheTables() {
    MainWindow window(darkTheme(), {});
    const auto* clock = window.findChild<QLabel*>(QStringLiteral("clock"));
    QTRY_VERIFY(clock->text().startsWith(QLatin1String("UTC ")));
    window.findChild<QAction*>(QStringLiteral("zone"))->trigger();
    QTRY_VERIFY(clock->text().startsWith(QLatin1String("Local ")));
  }

  // Only what is not zero stands out, and the demo counts what came since the run began.
  void theStatusBarTellsFaultsApart() {
    DemoExchange::Settings s;
    s.port = 0;
    s.tradesPerSecond = 50;
    DemoExchange exchange(s);
    QVERIFY(exchange.start(nullptr));
    MainWindow window(darkTheme(),
                      {[&] { return demoScript(exchange.baseUrl()); }, [&] { return exchange.dashboardRows() + 600; }});
    window.show();
    window.runDemo();
    const auto* faults = window.findChild<QLabel*>(QStringLiteral("statusFaults"));
    QTRY_VERIFY(faults->text().contains(QLatin1String("dropped 0")));
    QVERIFY(!faults->text().contains(darkTheme().warn.name()));
    QVERIFY(faults->text().contains(QLatin1String("buffer 0.0 %")));
    const auto* status = window.findChild<QLabel*>(QStringLiteral("status"));
    QTRY_VERIFY2(
        status->text().contains(QRegularExpression(QStringLiteral("dashboard received \\d{1,2} of [1-9]\\d? sent"))),
        qPrintable(status->text()));
  }

  // A table that lacks rows says so.
  void rowsThatTheWindowCouldNotTakeAreTold() {
    DemoExchange::Settings s;
    s.port = 0;
    s.tradesPerSecond = 50;
    DemoExchange exchange(s);
    QVERIFY(exchange.start(nullptr));
    MainWindow window(darkTheme(), {[&] { return demoScript(exchange.baseUrl()); }, {}});
    window.show();
    window.runDemo();
    const auto* faults = window.findChild<QLabel*>(QStringLiteral("statusFaults"));
    QTRY_VERIFY(faults->text().contains(QLatin1String("dropped 0")));
    QVERIFY(!faults->text().contains(QLatin1String("not shown")) && faults->toolTip().isEmpty());
    BatchBuilder rows(std::make_shared<Schema>(Schema{{{"n", Type::Long}}}));
    for (int i = 0; i < 300'000; ++i) {
      rows.column(0).appendInteger(i);
      rows.finishRow(RowMeta());
    }
    const BatchPtr flood = rows.take();
    for (int i = 0; i < 3; ++i) window.engine().feed().publish("Flood", flood);
    QTRY_VERIFY2(faults->text().contains(QRegularExpression(QStringLiteral("not shown 60\\d{4}"))),
                 qPrintable(faults->text()));
    QVERIFY(faults->text().contains(darkTheme().warn.name()));
    QVERIFY(faults->toolTip().contains(QLatin1String("came faster than the window could take them")));
    // The next run begins at nothing.
    window.stop();
    QTRY_COMPARE(window.findChild<QToolButton*>(QStringLiteral("live"))->property("state").toString(),
                 QStringLiteral("idle"));
    window.runDemo();
    QTRY_VERIFY(faults->text().contains(QLatin1String("dropped 0")));
    QVERIFY(!faults->text().contains(QLatin1String("not shown")));
  }

  void theSelectionIsWhatRuns() {
    DemoExchange::Settings s;
    s.port = 0;
    DemoExchange exchange(s);
    QVERIFY(exchange.start(nullptr));
    MainWindow window(darkTheme(), {});
    window.show();
    window.openText(QStringLiteral("demo.sql"), demoScript(exchange.baseUrl()));
    window.editor().selectAll();
    window.runStatement();
    QTRY_COMPARE(window.charts().panes().size(), size_t{2});
  }

  void everyPaneIsReachedByKeys() {
    MainWindow window(darkTheme(), {});
    window.resize(1440, 900);
    window.openText(QStringLiteral("a.sql"), QStringLiteral("SELECT 1;"));
    window.show();
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    window.editor().setFocus();
    const auto inside = [&](const QString& name) {
      const QWidget* pane = window.findChild<QWidget*>(name);
      const QWidget* focus = QApplication::focusWidget();
      return focus && (pane == focus || pane->isAncestorOf(focus));
    };
    const auto press = [&](Qt::KeyboardModifiers modifiers) {
      QTest::keyClick(QApplication::focusWidget(), Qt::Key_F6, modifiers);
    };
    press(Qt::NoModifier);
    QVERIFY(inside(QStringLiteral("chartDock")));
    // One sees where one is.
    const auto* ring =
        QApplication::focusWidget()->findChild<QWidget*>(QStringLiteral("focusRing"), Qt::FindDirectChildrenOnly);
    QVERIFY(ring && ring->isVisible());
    press(Qt::NoModifier);
    QVERIFY(inside(QStringLiteral("resultsDock")));
    press(Qt::NoModifier);
    QVERIFY(inside(QStringLiteral("streams")));
    press(Qt::NoModifier);
    QVERIFY(window.editor().hasFocus());
    press(Qt::ShiftModifier);
    QVERIFY(inside(QStringLiteral("streams")));
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
    const auto has = [](const std::vector<std::string>& list, const std::string& text) {
      return std::find(list.begin(), list.end(), text) != list.end();
    };
    const std::string head =
        "CREATE STREAM Trades (symbol STRING, price DOUBLE) WITH (type = 'source', \"websocket.url\" = 'ws://x');\n";
    QVERIFY(has(offered(head + "SELECT pr", " FROM Trades;"), "price"));
    QVERIFY(has(offered(head + "SELECT t.", " FROM Trades AS t;"), "symbol"));
    QVERIFY(!has(offered(head + "SELECT t.", " FROM Trades AS t;"), "SUM"));
    QVERIFY(has(offered(head + "SELECT price FROM Tr"), "Trades"));
    QVERIFY(has(offered(head + "SELECT VW"), "VWAP"));
    QVERIFY(has(offered(head + "SELECT price FROM Trades WINDOW TUM"), "TUMBLING"));
    QVERIFY(has(offered("CREATE STREAM S (a INT) WITH (type = 'source', recon"), "websocket.reconnect"));
    QVERIFY(has(offered("CREATE STREAM S (a INT) WITH (type = '"), "'source'") ||
            has(offered("CREATE STREAM S (a INT) WITH (type = "), "'source'"));
    QVERIFY(has(offered("CREATE STREAM S (a INT) WITH (format = "), "'msgpack'"));
    QVERIFY(has(offered("CREATE STREAM S (a D"), "DOUBLE"));
    QVERIFY(offered("-- pri").empty());
    QVERIFY(offered("SELECT 'pri").empty());
    QVERIFY(LanguageService("SELECT ROUND(x, ").signatureAt(16).find("ROUND") == 0);
    const LanguageService two(head + "SELECT price FROM Trades;");
    QCOMPARE(two.statements().size(), size_t{2});
    QCOMPARE(two.definitionAt(head.size() + 20)->begin, 14U);
  }

  void definitionsAreFoundAndNotWhatLooksAlike() {
    const std::string text =
        "-- Trades: no definition\n"
        "CREATE STREAM MyTrades (price DOUBLE, Quotes DOUBLE);\n"
        "INSERT INTO Stats SELECT 'Trades' AS text, t.price AS p FROM Trades AS t JOIN Quotes AS q ON t.sym = q.sym "
        "WITHIN 1 sec;\n"
        "SELECT p, Quotes FROM Stats JOIN MyTrades ON p = MyTrades.price WITHIN 1 sec;\n"
        "CREATE STREAM Trades (sym STRING, price DOUBLE);\n"
        "CREATE STREAM Quotes (sym STRING);\n"
        "SELECT x.n FROM (SELECT COUNT(*) AS n FROM Trades) AS x;\n"
        "SELECT e2.price FROM PATTERN (e1=Trades -> e2=Trades[price > e1.price]) WITHIN 1 sec;";
    const LanguageService language(text);
    const auto goes = [&](const std::string& from, size_t inside, const std::string& to) {
      const auto found = language.definitionAt(text.find(from) + inside);
      return found && text.compare(found->begin, to.size(), to) == 0;
    };
    QVERIFY(text.compare(language.definitionOf("Trades")->begin, 20, "Trades (sym STRING, ") == 0);
    QVERIFY(text.compare(language.definitionOf("Quotes")->begin, 12, "Quotes (sym ") == 0);
    QVERIFY(text.compare(language.definitionOf("Query1")->begin, 10, "SELECT p, ") == 0 ||
            !language.definitionOf("Query1"));
    QVERIFY(!language.definitionOf("Nope"));
    QVERIFY(goes("FROM Trades AS t", 6, "Trades (sym STRING, "));
    QVERIFY(goes("t.price AS p", 0, "t JOIN Quotes"));
    QVERIFY(goes("t.price AS p", 2, "price DOUBLE);\nCREATE STREAM Quotes"));
    QVERIFY(goes("SELECT p, Quotes", 7, "p FROM Trades AS t"));
    QVERIFY(goes("SELECT p, Quotes", 12, "Quotes DOUBLE);"));
    QVERIFY(goes("SELECT x.n", 7, "x;"));
    QVERIFY(goes("SELECT x.n", 9, "n FROM Trades) AS x"));
    QVERIFY(goes("FROM Trades) AS x", 6, "Trades (sym"));
    QVERIFY(goes("SELECT e2.price", 7, "e2=Trades"));
    QVERIFY(goes("e1.price]", 0, "e1=Trades"));
    QVERIFY(!language.definitionAt(text.find("'Trades' AS") + 2));
    const LanguageService broken("CREATE STREAM T (a INT,;\nSELECT FROM T");
    QCOMPARE(broken.definitionAt(broken.text().size() - 1)->begin, 14U);
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
      const bool control = qobject_cast<QAbstractButton*>(widget) || qobject_cast<QLineEdit*>(widget) ||
                           qobject_cast<QComboBox*>(widget) || qobject_cast<QAbstractItemView*>(widget) ||
                           qobject_cast<QPlainTextEdit*>(widget) || qobject_cast<QAbstractSpinBox*>(widget) ||
                           qobject_cast<QKeySequenceEdit*>(widget) || qobject_cast<QTextBrowser*>(widget);
      const QString type = QString::fromLatin1(widget->metaObject()->className());
      const bool inner = type == QLatin1String("QHeaderView") ||
                         (type.startsWith(QLatin1String("QTable")) && type.endsWith(QLatin1String("Button"))) ||
                         type == QLatin1String("QComboBoxListView") ||
                         widget->objectName().startsWith(QLatin1String("qt_")) ||
                         type == QLatin1String("CloseButton") || type == QLatin1String("QLineEditIconButton") ||
                         (type == QLatin1String("QToolButton") && qobject_cast<QTabBar*>(widget->parentWidget()));
      seen.insert(widget->objectName());
      if (control && !inner) {
        QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(widget);
        if (!accessible || accessible->text(QAccessible::Name).isEmpty())
          nameless << type + QLatin1Char(' ') + widget->objectName();
      }
      for (QObject* child : widget->children())
        if (auto* inside = qobject_cast<QWidget*>(child)) walk(inside);
    };
    walk(&window);
    // With cards, charts, a message, and every window that it opens.
    window.openText(QStringLiteral("demo.sql"), demoScript(exchange.baseUrl()));
    window.run();
    QTRY_VERIFY(window.card(QStringLiteral("BinanceTrades")) && window.charts().panes().size() > 1);
    window.showMessage(QStringLiteral("A message"), LogLevel::Error);
    window.showSettings();
    window.showHelp({});
    window.connectToUrl();
    window.documents().find(true);
    window.showCommands();
    walk(&window);
    for (const char* name : {"card_BinanceTrades", "settingsDialog", "helpWindow", "commandPalette", "connectDialog",
                             "findBar", "messageBar"})
      QVERIFY2(seen.contains(QLatin1String(name)), name);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
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
      panel.model().addClosed(ResultBlock(*builder.take(), {0}));
    };
    row("A", 1);
    row("B", 1234.5);
    row("A", 3);
    QCOMPARE(panel.model().rowCount(), 2);
    QCOMPARE(panel.asJsonLines(false),
             QStringLiteral("{\"time\":\"1970-01-01T00:00:01.000Z\",\"s\":\"B\",\"v\":1234.5,\"state\":\"closed\"}\n"
                            "{\"time\":\"1970-01-01T00:00:01.000Z\",\"s\":\"A\",\"v\":3.0,\"state\":\"closed\"}\n"));
    panel.findChild<QLineEdit*>(QStringLiteral("resultsFilter"))->setText(QStringLiteral("b"));
    QCOMPARE(panel.asTsv(false).count(QLatin1Char('\n')), 2);
    QVERIFY(panel.asCsv().contains(QLatin1String("B,1234.5,closed")));
    QVERIFY(panel.asSql(false).contains(QLatin1String("'B', 1234.5, 'closed'")));
  }

  void whatIsExportedAsCsvIsQuotedAsOnTheCommandLine() {
    auto schema = std::make_shared<Schema>(
        Schema{{{"VWAP(p, q)", Type::String}, {"5\" price", Type::String}, {"twice\ras much", Type::Double}}});
    ResultsPanel panel(lightTheme());
    panel.model().setSchema(schema, std::vector<size_t>{0});
    const QString heading = QStringLiteral("time,\"VWAP(p, q)\",\"5\"\" price\",\"twice\ras much\",state\r\n");
    QCOMPARE(panel.asCsv(), heading);
    BatchBuilder builder(schema);
    builder.column(0).appendText("a\rb");
    builder.column(1).appendText("");
    builder.column(2).appendNull();
    builder.finishRow({.at = 1000});
    panel.model().addClosed(ResultBlock(*builder.take(), {0}));
    QCOMPARE(panel.asCsv(), heading + QStringLiteral("1970-01-01T00:00:01.000Z,\"a\rb\",\"\",,closed\r\n"));
  }

  void problemsAreMarkedAndNotRun() {
    MainWindow window(lightTheme(), {});
    window.openText(QStringLiteral("x.sql"), QStringLiteral("SELECT prx FROM Nope;"));
    auto* problems = window.findChild<QTreeView*>(QStringLiteral("problems"));
    QCOMPARE(problems->model()->rowCount(), 1);
    QCOMPARE(problems->model()->index(0, 1).data().toString(), QStringLiteral("unknown stream 'Nope'"));
    window.run();
    QVERIFY(window.findChild<QLabel*>(QStringLiteral("messageText"))->text().contains(QLatin1String("unknown stream")));
    // The status bar counts them, and leads there.
    auto* count = window.findChild<QToolButton*>(QStringLiteral("problemCount"));
    QCOMPARE(count->text(), QStringLiteral("1 problem"));
    window.show();
    window.findChild<QDockWidget*>(QStringLiteral("resultsDock"))->raise();
    QTRY_VERIFY(problems->visibleRegion().isEmpty());
    count->click();
    QTRY_VERIFY(!problems->visibleRegion().isEmpty());
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
      return ResultBlock(*builder.take(), {});
    };
    model.addClosed(rows(3, false));
    model.setOpen(rows(2, true));
    QCOMPARE(model.rowCount(), 5);
    model.setOpen(rows(0, true));
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.data(model.index(0, 2), Qt::DisplayRole).toString(),
             QString(QChar(0x2212)) + QStringLiteral("1,234.50"));
  }

  void textReachesItsContrast() {
    for (const Theme* t : {&darkTheme(), &lightTheme()}) {
      for (const QColor& text : {t->text1, t->text2, t->text3})
        for (const QColor& ground : {t->bg0, t->bg1, t->bg2}) QVERIFY(Theme::contrast(text, ground) >= 4.5);
      for (const QColor& state : {t->success, t->warn, t->error, t->stale, t->accent})
        QVERIFY(Theme::contrast(state, t->bg2) >= 4.5);
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
