// SPDX-License-Identifier: GPL-3.0-or-later
// What stands beneath the editor: docks, tables that hold still, messages, events, the plan.
#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QTabBar>
#include <QTableView>
#include <QTest>
#include <QTreeWidget>

#include "core/bind/checker.h"
#include "core/session/language_service.h"
#include "ui/health/events_panel.h"
#include "ui/health/frames_panel.h"
#include "ui/health/health_card.h"
#include "ui/health/stream_rates.h"
#include "ui/health/stream_tree.h"
#include "ui/results/results_panel.h"
#include "ui/run/plan_view.h"
#include "ui/shell/dock_title.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_bar.h"
#include "ui/widgets/bytes_text.h"

using namespace weir;

namespace {

constexpr int64_t kAt = 1'795'529'180'000;

Frame frameOf(const QString& connection, bool isOutgoing, const QByteArray& payload) {
  Frame frame;
  frame.connection = connection;
  frame.isOutgoing = isOutgoing;
  frame.payload = payload;
  frame.size = payload.size();
  return frame;
}

}  // namespace

class DocksTest final : public QObject {
  Q_OBJECT

private slots:
  // What concerns a connection is offered in CREATE CONNECTION, and not to a stream that goes over one.
  void completionKnowsConnections() {
    const auto offers = [](const std::string& before, const std::string& text, const std::string& after = {}) {
      const std::vector<Completion> list = LanguageService(before + after).completionsAt(before.size());
      return std::any_of(list.begin(), list.end(), [&](const Completion& c) { return c.text == text; });
    };
    const std::string head = "CREATE CONNECTION Okx WITH (extension = 'websocket', \"websocket.url\" = 'ws://x');\n";
    const std::string over = head + "CREATE STREAM S (a INT) WITH (type = 'source', connection = ";
    QVERIFY(offers(over, "'Okx'"));
    QVERIFY(offers(over + "'", "Okx"));
    QVERIFY(offers(over + "'O", "Okx", "kx');"));
    QVERIFY(!offers(over + "'Okx', web", "websocket.url"));
    QVERIFY(offers(over + "'Okx', json", "json.records"));
    QVERIFY(offers("CREATE CONNECTION C WITH (web", "websocket.url"));
    QVERIFY(!offers("CREATE CONNECTION C WITH (web", "websocket.queue.full"));
    QVERIFY(!offers("CREATE CONNECTION C WITH (", "type"));
    QVERIFY(offers("CREATE CON", "CONNECTION"));
    const LanguageService language(head);
    QVERIFY(language.definitionOf("Okx").has_value());
  }

  // One card and one place in the tree for a connection, with the streams that go over it.
  void aConnectionNamesItsStreams() {
    const BoundResult checked = checkScript(
        "CREATE CONNECTION Okx WITH (extension = 'websocket', \"websocket.url\" = 'ws://x');"
        "CREATE STREAM Trades (px LONG) WITH (type = 'source', connection = 'Okx');"
        "CREATE STREAM Quotes (bid LONG) WITH (type = 'source', connection = 'Okx');"
        "CREATE STREAM Orders (px LONG) WITH (type = 'sink', connection = 'Okx');"
        "INSERT INTO Orders SELECT px FROM Trades; INSERT INTO Q SELECT bid FROM Quotes;");
    StreamTree tree(darkTheme());
    tree.setScript(checked.script);
    const QTreeWidgetItem* sources = tree.topLevelItem(0);
    QCOMPARE(sources->childCount(), 1);
    const QTreeWidgetItem* connection = sources->child(0);
    QCOMPARE(connection->text(0), QStringLiteral("Okx"));
    QCOMPARE(connection->childCount(), 2);
    QCOMPARE(connection->child(1)->text(0), QStringLiteral("Quotes"));
    RunSnapshot snapshot;
    snapshot.running = true;
    snapshot.now = 2'000'000;
    ConnectionHealth h;
    h.name = QStringLiteral("Okx");
    h.state = ConnectionState::Waiting;
    h.attempt = 2;
    h.streams = {{QStringLiteral("Trades"), false, 7, 0}, {QStringLiteral("Orders"), true, 3, 0}};
    snapshot.connections = {h};
    tree.setRunning(true);
    tree.showRun(snapshot);
    QCOMPARE(connection->text(1), QStringLiteral("try 2"));
    QCOMPARE(connection->child(0)->text(1), QStringLiteral("try 2"));
    HealthCard card(darkTheme());
    h.state = ConnectionState::Live;
    card.show(h, 2'000'000);
    QVERIFY2(card.accessibleDescription().contains(QStringLiteral("Trades 7 · Orders 3 sent")),
             qPrintable(card.accessibleDescription()));
  }

  void everyPanelIsADock() {
    MainWindow window(darkTheme(), {});
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    const auto dock = [&](const char* name) { return window.findChild<QDockWidget*>(QLatin1String(name)); };
    for (const char* name : {"resultsDock", "changesDock", "messagesDock", "problemsDock", "alertsDock", "eventsDock",
                             "historyDock", "planDock"}) {
      QVERIFY2(dock(name), name);
      QTRY_VERIFY2(static_cast<DockTitle*>(dock(name)->titleBarWidget())->isFolded(), name);
    }
    const auto inside = [&](const char* name) { return window.rect().intersects(dock(name)->geometry()); };
    QTRY_VERIFY(inside("resultsDock") && !inside("planDock"));
    window.findChild<QAction*>(QStringLiteral("planPanel"))->trigger();
    QTRY_VERIFY(inside("planDock") && !inside("resultsDock"));
    // One that stands alone says its name; the layout comes back as it came.
    dock("planDock")->setFloating(true);
    QTRY_VERIFY(!static_cast<DockTitle*>(dock("planDock")->titleBarWidget())->isFolded());
    dock("eventsDock")->close();
    window.findChild<QAction*>(QStringLiteral("resetLayout"))->trigger();
    QTRY_VERIFY(!dock("planDock")->isFloating() && !dock("eventsDock")->isHidden());
    QTRY_VERIFY(inside("resultsDock"));
  }

  void timesAndDecimalsAreWritten() {
    ResultsModel model(darkTheme());
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    auto schema = std::make_shared<Schema>(
        Schema{{{"s", Type::String}, {"v", Type::Double}, {"n", Type::Long}, {"window_end", Type::Long}}});
    model.setSchema(schema, std::vector<size_t>{0}, true);
    const auto add = [&](const char* key, double value) {
      BatchBuilder builder(schema);
      builder.column(0).appendText(key);
      builder.column(1).appendReal(value);
      builder.column(2).appendInteger(1'234'567);
      builder.column(3).appendInteger(kAt);
      builder.finishRow({.at = kAt, .isWindowEnd = true});
      model.addClosed(ResultBlock(*builder.take(), {0}));
    };
    add("BTC", 94416.71);
    add("SOL", 188.474);
    // Its window's end is there already: no second time.
    QCOMPARE(model.columnCount(), 5);
    QCOMPARE(model.timeColumn(), 3);
    QCOMPARE(model.headerData(3, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("window_end (UTC)"));
    const auto shown = [&](int row, int column) { return model.index(row, column).data().toString(); };
    QCOMPARE(shown(0, 1), QStringLiteral("188.474"));
    QCOMPARE(shown(1, 1), QStringLiteral("94,416.710"));
    QCOMPARE(shown(0, 2), QStringLiteral("1,234,567"));
    QCOMPARE(shown(0, 3), QDateTime::fromMSecsSinceEpoch(kAt, Qt::UTC).toString(QStringLiteral("HH:mm:ss.zzz")));
    QCOMPARE(model.index(0, 3).data(ResultsModel::kPlainRole).toString(), QString::number(kAt));
    QVERIFY(model.index(0, 3).data(Qt::ToolTipRole).toString().contains(QString::number(kAt)));
  }

  void floatsAreWrittenWithTheirOwnDigits() {
    ResultsModel model(darkTheme());
    auto schema = std::make_shared<Schema>(Schema{{{"f", Type::Float}}});
    model.setSchema(schema);
    BatchBuilder builder(schema);
    builder.column(0).appendReal(static_cast<double>(1234.1F));
    builder.finishRow({.at = kAt});
    model.addClosed(ResultBlock(*builder.take(), {}));
    const QModelIndex cell = model.index(0, 1);
    QCOMPARE(cell.data().toString(), QStringLiteral("1,234.10"));
    QCOMPARE(cell.data(ResultsModel::kPlainRole).toString(), QStringLiteral("1234.1"));
    QCOMPARE(cell.data(ResultsModel::kJsonRole).toString(), QStringLiteral("1234.1"));
  }

  void noKeyIsNotTheEmptyKey() {
    ResultsModel model(darkTheme());
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    auto schema = std::make_shared<Schema>(Schema{{{"a", Type::String}, {"b", Type::String}}});
    model.setSchema(schema, std::vector<size_t>{0, 1}, false);
    const auto add = [&](const char* a, const char* b) {
      BatchBuilder builder(schema);
      size_t column = 0;
      for (const char* text : {a, b}) {
        if (text)
          builder.column(column++).appendText(text);
        else
          builder.column(column++).appendNull();
      }
      builder.finishRow({.at = kAt});
      model.addClosed(ResultBlock(*builder.take(), {0, 1}));
    };
    for (int twice = 0; twice < 2; ++twice) {
      add("", "x");
      add(nullptr, "x");
      add("x", nullptr);
      add("x\x1f", "");
      add("x", "\x1f");
    }
    QCOMPARE(model.closedRows(), 5);
  }

  void htmlOfAFeedIsShownAsItIs() {
    ResultsModel model(darkTheme());
    auto schema = std::make_shared<Schema>(Schema{{{"s", Type::String}}});
    model.setSchema(schema);
    const char* const html = "<img src='file:///dev/zero'><b>buy</b>";
    BatchBuilder builder(schema);
    builder.column(0).appendText(html);
    builder.finishRow({.at = kAt});
    model.addClosed(ResultBlock(*builder.take(), {}));
    EventsPanel events;
    events.add(QLatin1String(html), LogLevel::Error);
    const auto* list = events.findChild<QTreeWidget*>(QStringLiteral("events"));
    MessageBar bar(darkTheme());
    bar.show(QLatin1String(html), LogLevel::Error);
    const QString tips[] = {model.index(0, 1).data(Qt::ToolTipRole).toString(), list->topLevelItem(0)->toolTip(2),
                            bar.findChild<QLabel*>(QStringLiteral("messageText"))->toolTip()};
    for (const QString& tip : tips)
      QVERIFY2(!tip.contains(QLatin1String("<img")) && tip.contains(QLatin1String("&lt;img")), qPrintable(tip));
  }

  void rowsUnderTheEyeHoldStill() {
    ResultsPanel panel(darkTheme());
    auto schema = std::make_shared<Schema>(Schema{{{"n", Type::Long}}});
    panel.model().setSchema(schema);
    int64_t next = 0;
    const auto add = [&](int rows) {
      BatchBuilder builder(schema);
      for (int i = 0; i < rows; ++i) {
        builder.column(0).appendInteger(next++);
        builder.finishRow({.at = 1000});
      }
      panel.model().addClosed(ResultBlock(*builder.take(), {}));
    };
    add(200);
    panel.resize(600, 300);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    QScrollBar* bar = panel.table().verticalScrollBar();
    QTRY_VERIFY(bar->maximum() > 50);
    bar->setValue(40);
    const auto top = [&] { return panel.table().indexAt({4, 4}).data(ResultsModel::kSortRole).toLongLong(); };
    panel.table().selectRow(42);
    const QVariant before = panel.table().model()->index(40, 1).data(ResultsModel::kSortRole);
    add(7);
    QTRY_COMPARE(bar->value(), 47);
    QCOMPARE(panel.table().model()->index(bar->value(), 1).data(ResultsModel::kSortRole), before);
    QVERIFY(top() > 0);
    QCOMPARE(panel.table().selectionModel()->selectedRows().value(0).row(), 49);
    panel.refreshInfo();
    auto* live = panel.findChild<QAbstractButton*>(QStringLiteral("goLive"));
    QVERIFY(live->isVisible() && live->text().contains(QLatin1Char('7')));
    live->click();
    QCOMPARE(bar->value(), 0);
  }

  void messagesAreFilteredAsTheyCome() {
    FramesPanel panel;
    auto* list = panel.findChild<QTableView*>(QStringLiteral("frames"));
    QAbstractItemModelTester tester(list->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    panel.findChild<QLineEdit*>(QStringLiteral("framesFilter"))->setText(QStringLiteral("btc"));
    panel.add({frameOf(QStringLiteral("A"), false, "BTC 1"), frameOf(QStringLiteral("A"), true, "subscribe"),
               frameOf(QStringLiteral("B"), true, "btc 2")},
              0);
    QCOMPARE(list->model()->rowCount(), 2);
    panel.findChild<QComboBox*>(QStringLiteral("framesWay"))->setCurrentIndex(2);
    QCOMPARE(list->model()->rowCount(), 1);
    panel.findChild<QComboBox*>(QStringLiteral("framesConnection"))->setCurrentText(QStringLiteral("A"));
    QCOMPARE(list->model()->rowCount(), 0);
    panel.findChild<QLineEdit*>(QStringLiteral("framesFilter"))->clear();
    QVERIFY(panel.asText().contains("A out subscribe"));
  }

  void repeatedEventsAreOneLine() {
    EventsPanel panel;
    auto* list = panel.findChild<QTreeWidget*>(QStringLiteral("events"));
    QVERIFY(!panel.findChild<QLabel*>(QStringLiteral("eventsEmpty"))->isHidden());
    for (int i = 0; i < 412; ++i) {
      panel.add(QStringLiteral("A: refused"), LogLevel::Error);
      panel.add(QStringLiteral("B: refused"), LogLevel::Error);
    }
    QCOMPARE(list->topLevelItemCount(), 2);
    QCOMPARE(list->topLevelItem(0)->text(1), QStringLiteral("x412"));
    QVERIFY(panel.findChild<QLabel*>(QStringLiteral("eventsEmpty"))->isHidden());
    panel.findChild<QLineEdit*>(QStringLiteral("eventsFilter"))->setText(QStringLiteral("b:"));
    QVERIFY(panel.asTsv().contains(QLatin1String("B: refused")) &&
            !panel.asTsv().contains(QLatin1String("A: refused")));
  }

  void thePlanIsToldInWords() {
    const std::string text =
        "CREATE STREAM T (s STRING, p DOUBLE) WITH (type = 'source', extension = 'websocket', \"websocket.url\" = "
        "'ws://x');\n"
        "CREATE STREAM O (s STRING, n LONG) WITH (type = 'sink', extension = 'websocket', \"websocket.url\" = "
        "'ws://y');\n"
        "INSERT INTO O SELECT s, COUNT(*) AS n FROM T WINDOW TUMBLING(1 sec) GROUP BY s;";
    const BoundResult result = checkScript(text);
    QVERIFY(!hasError(result.diagnostics));
    PlanView plan(darkTheme());
    plan.setScript(result.script);
    RunSnapshot snapshot;
    snapshot.now = 1'000'000;
    snapshot.streamRows["T"] = 0;
    plan.showRun(snapshot);
    snapshot.now = 3'000'000;
    snapshot.streamRows["T"] = 624;
    ConnectionHealth health;
    health.name = QStringLiteral("T");
    health.bad = 2;
    snapshot.connections = {health};
    plan.showRun(snapshot);
    QVERIFY2(plan.text().contains(QLatin1String("reads T 312/s")), qPrintable(plan.text()));
    QVERIFY(plan.text().contains(QLatin1String("2 bad")));
    // The sink reads the query that writes it.
    QVERIFY2(plan.text().contains(QLatin1String("reads for O")), qPrintable(plan.text()));
    QCOMPARE(plan.accessibleDescription(), plan.text());
  }

  void bytesThatAreNoTextAreHex() {
    QCOMPARE(textOrHex("{\"a\":\"\xc3\xa4\"}"), QStringLiteral("{\"a\":\"ä\"}"));
    QVERIFY(textOrHex(QByteArray("\xff\x00\x41", 3)).startsWith(QLatin1String("000000  ff 00 41")));
  }
};

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  applyTheme(app, darkTheme());
  DocksTest test;
  return QTest::qExec(&test, argc, argv);
}

#include "docks_test.moc"
