// SPDX-License-Identifier: GPL-3.0-or-later
// What an analyst does all day: running again, several charts, alerts, settings, coming back the next morning.
#include <QAbstractButton>
#include <QApplication>
#include <QDirIterator>
#include <QDockWidget>
#include <QFile>
#include <QLabel>
#include <QMenuBar>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTranslator>
#include <QTreeWidget>

#include "core/demo/demo_exchange.h"
#include "ui/charts/chart_deck.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/sql_editor.h"
#include "ui/health/health_card.h"
#include "ui/results/alerts_panel.h"
#include "ui/results/results_panel.h"
#include "ui/shell/help_window.h"
#include "ui/shell/main_window.h"
#include "ui/shell/settings_dialog.h"

using namespace weir;

namespace {

/// Every text a third longer and in brackets: what is not translated, or does not fit, is seen.
class PseudoLocale final : public QTranslator {
public:
  bool isEmpty() const override { return false; }
  QString translate(const char*, const char* source, const char*, int) const override {
    const QString text = QString::fromUtf8(source);
    static const QRegularExpression kKeys(QStringLiteral("^((Ctrl|Shift|Alt)\\+[^ ]*|F\\d+)$"));
    if (kKeys.match(text).hasMatch()) return text;
    return QLatin1Char('[') + text + QString(text.size() / 3, QLatin1Char('~')) + QLatin1Char(']');
  }
};

std::unique_ptr<DemoExchange> startedExchange() {
  DemoExchange::Settings s;
  s.port = 0;
  s.tradesPerSecond = 50;
  auto exchange = std::make_unique<DemoExchange>(s);
  return exchange->start(nullptr) ? std::move(exchange) : nullptr;
}

QString source(const DemoExchange& exchange) {
  return QStringLiteral(
             "CREATE STREAM T (s STRING, p DOUBLE, q DOUBLE, T LONG) WITH (type = 'source', extension = 'websocket', "
             "format = 'json', \"websocket.url\" = '%1/ws/btcusdt@trade/ethusdt@trade');\n")
      .arg(exchange.baseUrl());
}
const QString kFast = QStringLiteral(
    "INSERT INTO Fast SELECT s AS symbol, VWAP(p, q) AS vwap, SUM(q) AS volume FROM T WINDOW TUMBLING(200 ms) GROUP BY "
    "s;\n");
const QString kSlow = QStringLiteral(
    "INSERT INTO Slow SELECT s AS symbol, VWAP(p, q) AS vwap, COUNT(*) AS trades FROM T WINDOW TUMBLING(1 hour) GROUP "
    "BY s;\n");

QString messageOf(const MainWindow& window) { return window.findChild<QLabel*>(QStringLiteral("messageText"))->text(); }

void press(MainWindow& window, const char* action) { window.findChild<QAction*>(QLatin1String(action))->trigger(); }

bool isRunning(const MainWindow& window) {
  return window.findChild<QAbstractButton*>(QStringLiteral("stop"))->isEnabled();
}

QStringList clippedTexts(const QWidget& window) {
  QStringList clipped;
  const auto check = [&](const QWidget* widget, const QString& text) {
    if (!widget->isVisible() || widget->visibleRegion().isEmpty() || text.isEmpty() ||
        widget->sizePolicy().horizontalPolicy() == QSizePolicy::Ignored)
      return;
    if (widget->width() < widget->minimumSizeHint().width() || widget->height() < widget->minimumSizeHint().height())
      clipped << QStringLiteral("%1: %2x%3 of %4x%5")
                     .arg(text)
                     .arg(widget->width())
                     .arg(widget->height())
                     .arg(widget->minimumSizeHint().width())
                     .arg(widget->minimumSizeHint().height());
  };
  for (const QLabel* label : window.findChildren<QLabel*>())
    if (!label->wordWrap()) check(label, label->text());
  for (const QAbstractButton* button : window.findChildren<QAbstractButton*>()) check(button, button->text());
  return clipped;
}

}  // namespace

class DesktopTest final : public QObject {
  Q_OBJECT

private slots:
  // One over files may have ended before the window looks for the first time.
  void aRunOverFilesShowsItsRows() {
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("t.csv")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("1000,A,10\n1500,A,20\n2500,A,30\n");
    file.close();
    MainWindow window(darkTheme(), {});
    window.show();
    window.openText(
        QStringLiteral("files.sql"),
        QStringLiteral(
            "CREATE STREAM T (t LONG, s STRING, p DOUBLE) WITH (type = 'source', extension = 'file', format = "
            "'csv', \"file.path\" = '%1', \"event.time.field\" = 't');\n"
            "SELECT s, AVG(p) AS mean FROM T WINDOW TUMBLING(1 sec) GROUP BY s INSERT INTO O;")
            .arg(file.fileName()));
    QTest::mouseClick(window.findChild<QToolButton*>(QStringLiteral("run")), Qt::LeftButton);
    QTRY_VERIFY(window.series().series().size() == 1 && window.series().series()[0].points.size() == 1);
    QTRY_VERIFY(!window.findChild<QToolButton*>(QStringLiteral("stop"))->isEnabled());
    QTRY_VERIFY(window.card(QStringLiteral("T")));
    QTRY_COMPARE(window.card(QStringLiteral("T"))->causeText(), QStringLiteral("Read to its end."));
  }

  // A table stands as it was when its file becomes one that cannot be read, and its card says so.
  void aTableFromAFileSaysWhetherItIsOutdated() {
    const auto exchange = startedExchange();
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("names.csv"));
    const auto write = [&path](const char* text) {
      QFile file(path);
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write(text);
    };
    write("BTCUSDT,Bitcoin\nETHUSDT,Ether\n");
    MainWindow window(darkTheme(), {});
    window.show();
    window.openText(
        QStringLiteral("a.sql"),
        source(*exchange) +
            QStringLiteral(
                "CREATE TABLE Names (symbol STRING, name STRING) WITH (extension = 'file', format = 'csv', "
                "\"file.path\" = '%1');\n"
                "INSERT INTO O SELECT n.name AS name, VWAP(T.p, T.q) AS vwap FROM T JOIN Names AS n ON T.s = "
                "n.symbol WINDOW TUMBLING(200 ms) GROUP BY n.name;\n")
                .arg(path));
    window.run();
    const auto cause = [&] {
      const HealthCard* card = window.card(QStringLiteral("Names"));
      return card ? card->causeText() : QString();
    };
    QTRY_COMPARE(cause(), QStringLiteral("2 rows, watched for changes."));
    QCOMPARE(window.card(QStringLiteral("Names"))->accessibleName(), QStringLiteral("Names: Loaded"));
    QTRY_VERIFY(window.series().series().size() == 2);
    write("BTCUSDT\n\"");
    QTRY_COMPARE_WITH_TIMEOUT(window.card(QStringLiteral("Names"))->accessibleName(), QStringLiteral("Names: Outdated"),
                              10'000);
    QCOMPARE(cause(), QStringLiteral("2 rows, as they were before."));
  }

  void runningAgainKeepsWhatDidNotChange() {
    const auto exchange = startedExchange();
    MainWindow window(darkTheme(), {});
    window.resize(1440, 900);
    window.show();
    window.openText(QStringLiteral("a.sql"), source(*exchange) + kFast + kSlow);
    window.run();
    QTRY_VERIFY(window.charts().panes().size() == 2);
    ChartPane* slow = window.charts().find(QStringLiteral("Slow"));
    QVERIFY(slow);
    QTRY_VERIFY(window.series().series().size() == 2 && window.series().series()[0].points.size() > 4);
    const size_t before = window.series().series()[0].points.size();
    const QPointer<HealthCard> card = window.card(QStringLiteral("T"));
    // The hour's query is not touched, the fast one gets another window, a third one joins them.
    window.editor().setText(source(*exchange) +
                            QString(kFast).replace(QLatin1String("200 ms"), QLatin1String("400 ms")) +
                            QStringLiteral("-- as it was\n") + kSlow +
                            QStringLiteral("INSERT INTO More SELECT COUNT(*) AS n FROM T WINDOW TUMBLING(1 hour);"));
    window.run();
    QTRY_VERIFY2(messageOf(window).contains(QLatin1String(
                     "Kept 1 source, the windows of Slow. Restarted Fast (200 ms to 400 ms). Started More.")),
                 qPrintable(messageOf(window)));
    QVERIFY(card && card == window.card(QStringLiteral("T")));
    QVERIFY(window.series().series().empty() || window.series().series()[0].points.size() < before);
    QTRY_VERIFY(window.series().series().size() == 2 && !window.series().series()[0].points.empty());
    // Only the layout is another: everything goes on, the chart too.
    const size_t points = window.series().series()[0].points.size();
    window.editor().formatText();
    window.run();
    QTRY_VERIFY2(messageOf(window).contains(QLatin1String("the windows of")) &&
                     !messageOf(window).contains(QLatin1String("Restarted")),
                 qPrintable(messageOf(window)));
    QVERIFY(window.series().series()[0].points.size() >= points);
    press(window, "stop");
    QTRY_VERIFY_WITH_TIMEOUT(!isRunning(window), 8000);
  }

  void chartsShareTheirTime() {
    const auto exchange = startedExchange();
    QTemporaryDir folder;
    {
      MainWindow window(darkTheme(), {}, folder.path());
      window.resize(1440, 900);
      window.show();
      window.openText(QStringLiteral("two.sql"), source(*exchange) + kFast + kSlow);
      window.run();
      QTRY_COMPARE(window.charts().panes().size(), size_t{2});
      ChartView& first = window.charts().panes()[0]->chart();
      ChartView& second = window.charts().panes()[1]->chart();
      QTRY_VERIFY(first.visiblePoints() > 4);
      QTRY_COMPARE(first.shownFrom(), second.shownFrom());
      // Looking back in one is looking back in both; End brings both to the present.
      QTest::keyClick(&first, Qt::Key_Left);
      QVERIFY(!first.isFollowing() && !second.isFollowing());
      QCOMPARE(first.shownTo(), second.shownTo());
      window.activateWindow();
      QVERIFY(QTest::qWaitForWindowActive(&window));
      second.setFocus();
      QTest::keyClick(&second, Qt::Key_End);
      QVERIFY(first.isFollowing() && second.isFollowing());
      QTest::mouseMove(first.viewport(), QPoint(200, 60));
      QVERIFY(!window.grab().isNull());
      for (const AxisMode mode : {AxisMode::Panes, AxisMode::Price, AxisMode::Percent, AxisMode::Automatic}) {
        first.setAxisMode(mode);
        QVERIFY(!first.grab().isNull());
      }
      first.setAxisMode(AxisMode::Panes);
      QTRY_VERIFY(first.asCsv().contains(QLatin1String("BTCUSDT")));
      window.close();
    }
    // What was chosen for a chart comes back with its file.
    MainWindow again(darkTheme(), {}, folder.path());
    again.resize(1440, 900);
    QVERIFY(again.restoreSession());
    again.show();
    again.run();
    QTRY_VERIFY(again.charts().find(QStringLiteral("Fast")));
    QCOMPARE(again.charts().find(QStringLiteral("Fast"))->chart().axisMode(), AxisMode::Panes);
  }

  void theNextStartShowsThePastHours() {
    const auto exchange = startedExchange();
    QTemporaryDir folder;
    const QString text = source(*exchange) + kFast;
    {
      MainWindow window(darkTheme(), {}, folder.path());
      window.openText(QStringLiteral("a.sql"), text);
      window.run();
      QTRY_VERIFY(window.series().series().size() == 2 && window.series().series()[0].points.size() > 8);
    }
    const int64_t between = QDateTime::currentMSecsSinceEpoch();
    QTest::qWait(300);
    MainWindow window(darkTheme(), {}, folder.path());
    window.openText(QStringLiteral("a.sql"), text);
    window.run();
    QTRY_VERIFY(!window.series().series().empty() && !window.series().series()[0].points.empty() &&
                window.series().series()[0].points.front().at < between);
    QTRY_VERIFY(window.series().series()[0].points.back().at > between);
    // In order, no window twice, and in the table too.
    int64_t before = 0;
    for (const ChartPoint& point : window.series().series()[0].points) {
      QVERIFY(point.at > before);
      before = point.at;
    }
    auto* table = window.findChild<ResultsPanel*>(QStringLiteral("resultsPanel"));
    QVERIFY(table->model().closedRows() > 16);
    // Another query of the same name does not inherit them.
    window.editor().setText(QString(text).replace(QLatin1String("200 ms"), QLatin1String("300 ms")));
    window.run();
    QTRY_VERIFY(messageOf(window).contains(QLatin1String("Restarted Fast")));
    QTRY_VERIFY(!window.series().series().empty() && !window.series().series()[0].points.empty());
    QVERIFY(window.series().series()[0].points.front().at > between);
  }

  void alertsAreListedToldAndMarked() {
    const auto exchange = startedExchange();
    QTemporaryDir folder;
    {
      MainWindow window(darkTheme(), {}, folder.path());
      window.resize(1440, 900);
      window.show();
      QSignalSpy told(&window, &MainWindow::alerted);
      window.openText(QStringLiteral("alerts.sql"),
                      source(*exchange) + kFast + QStringLiteral("INSERT INTO Big SELECT s, p, q FROM T WHERE q > 0;"));
      window.run();
      QTRY_VERIFY(isRunning(window));
      QVERIFY(told.isEmpty());
      window.setAlert(QStringLiteral("Big"), true);
      auto* list = window.findChild<QTreeWidget*>(QStringLiteral("alerts"));
      QTRY_VERIFY(list->topLevelItemCount() > 2);
      QCOMPARE(list->topLevelItem(0)->text(1), QStringLiteral("Big"));
      QVERIFY(list->topLevelItem(0)->text(2).contains(QLatin1String("USDT")));
      QTRY_VERIFY(!told.isEmpty());
      QVERIFY(told[0][0].toString().startsWith(QLatin1String("Big: ")));
      // A stream that never rests is told of every five seconds, and listed all the time.
      const qsizetype toldBefore = told.size();
      const int listedBefore = list->topLevelItemCount();
      QTest::qWait(1500);
      QVERIFY(list->topLevelItemCount() > listedBefore + 2);
      QVERIFY(told.size() <= toldBefore + 1);
      auto* dock = window.findChild<QDockWidget*>(QStringLiteral("alertsDock"));
      static const QRegularExpression kNumber(QStringLiteral("\\d"));
      QVERIFY(dock->windowTitle().contains(kNumber));
      dock->raise();
      QTRY_VERIFY(!dock->windowTitle().contains(kNumber));
      window.close();
    }
    // The mark stays with the file.
    MainWindow again(darkTheme(), {}, folder.path());
    QVERIFY(again.restoreSession());
    QSignalSpy told(&again, &MainWindow::alerted);
    again.run();
    QTRY_VERIFY(!told.isEmpty());
  }

  void theListOfAlertsIsBounded() {
    AlertsPanel panel(darkTheme());
    std::deque<AlertsPanel::Alert> alerts;
    for (int i = 0; i < AlertsPanel::kMostRows + 10; ++i)
      alerts.push_back({QStringLiteral("Big"), i, QString::number(i)});
    panel.add(alerts);
    QCOMPARE(panel.topLevelItemCount(), AlertsPanel::kMostRows);
    QCOMPARE(panel.topLevelItem(0)->text(2), alerts.back().text);
    panel.add(
        {{QStringLiteral("Big"), 1, QStringLiteral("older")}, {QStringLiteral("Big"), 2, QStringLiteral("newer")}});
    QCOMPARE(panel.topLevelItemCount(), AlertsPanel::kMostRows);
    QCOMPARE(panel.topLevelItem(0)->text(2), QStringLiteral("newer"));
    QCOMPARE(panel.topLevelItem(1)->text(2), QStringLiteral("older"));
  }

  void settingsAreKept() {
    QTemporaryDir folder;
    {
      MainWindow window(darkTheme(), {}, folder.path());
      Settings s = window.settings();
      s.look = Settings::Look::Light;
      s.colourBlind = true;
      s.localTime = true;
      s.notifyFeeds = false;
      s.historyDays = 3;
      s.keys[QStringLiteral("run")] = QStringLiteral("Ctrl+Alt+R");
      window.setSettings(s);
      QCOMPARE(window.findChild<QAction*>(QStringLiteral("run"))->shortcut(),
               QKeySequence(QStringLiteral("Ctrl+Alt+R")));
      window.openText(QStringLiteral("a.sql"), QStringLiteral("-- text"));
      window.close();
    }
    MainWindow again(darkTheme(), {}, folder.path());
    again.restoreSession();
    QVERIFY(again.settings().colourBlind && again.settings().localTime && !again.settings().notifyFeeds);
    QCOMPARE(again.settings().historyDays, 3);
    QCOMPARE(again.findChild<QAction*>(QStringLiteral("run"))->shortcut(), QKeySequence(QStringLiteral("Ctrl+Alt+R")));
    QCOMPARE(again.findChild<QAction*>(QStringLiteral("stop"))->shortcut(), QKeySequence(QStringLiteral("Shift+F5")));
    again.showSettings();
    auto* dialog = again.findChild<SettingsDialog*>();
    QVERIFY(dialog);
    auto* keys = dialog->findChild<QTreeWidget*>(QStringLiteral("keys"));
    QVERIFY(keys->topLevelItemCount() > 30);
    for (int i = 0; i < keys->topLevelItemCount(); ++i)
      if (keys->topLevelItem(i)->data(0, Qt::UserRole).toString() == QLatin1String("run"))
        QCOMPARE(keys->topLevelItem(i)->text(1), QStringLiteral("Ctrl+Alt+R"));
    dialog->reject();
    // A file of nonsense is answered with what the program comes with.
    QCOMPARE(Settings::fromJson({{QStringLiteral("historyDays"), -5}, {QStringLiteral("look"), 7}}).historyDays, 1);
  }

  void helpIsInTheProgram() {
    MainWindow window(darkTheme(), {});
    window.openText(QStringLiteral("a.sql"), QStringLiteral("SELECT VWAP(p, q) FROM T WINDOW TUMBLING(1 min);"));
    window.editor().setCursorPosition(0, 8);
    press(window, "help");
    auto* help = window.findChild<HelpWindow*>();
    QVERIFY(help && help->isVisible());
    QVERIFY(help->text().startsWith(QLatin1String("Functions, operators and windows")));
    QVERIFY(help->showWord(QStringLiteral("websocket.ping.interval.ms")));
    QVERIFY(help->text().startsWith(QLatin1String("Options of a stream")));
    QVERIFY(!help->showWord(QStringLiteral("nosuchword")));
    if (const QString pictures = qEnvironmentVariable("WEIR_PICTURES"); !pictures.isEmpty())
      help->grab().save(pictures + QStringLiteral("/help.png"));
    press(window, "manual");
    // Every page of the documentation is there.
    QSet<QString> pages;
    for (const QTreeWidgetItem* item :
         help->findChild<QTreeWidget*>()->findItems(QStringLiteral("*"), Qt::MatchWildcard | Qt::MatchRecursive))
      if (!item->data(0, Qt::UserRole).isNull()) pages.insert(item->data(0, Qt::UserRole).toString());
    QDirIterator files(QStringLiteral(WEIR_SOURCE "/docs"), {QStringLiteral("*.md")}, QDir::Files,
                       QDirIterator::Subdirectories);
    int count = 0;
    while (files.hasNext()) {
      const QString path = files.next().mid(static_cast<int>(qstrlen(WEIR_SOURCE "/docs/")));
      // That one is for who writes the pages.
      if (path == QLatin1String("README.md")) continue;
      QVERIFY2(pages.contains(path), qPrintable(path + QStringLiteral(" is not in docs/help.qrc")));
      ++count;
    }
    QCOMPARE(pages.size(), count);
    help->close();
  }

  void everyTextIsTranslatedAndFits() {
    PseudoLocale pseudo;
    QApplication::installTranslator(&pseudo);
    {
      MainWindow window(darkTheme(), {});
      window.resize(1440, 900);
      window.show();
      QVERIFY(QTest::qWaitForWindowExposed(&window));
      window.openText(QStringLiteral("doc"), QStringLiteral("-- a"));
      window.showMessage(QObject::tr("A message"), LogLevel::Info);
      QTest::qWait(300);
      QStringList bad;
      static const QRegularExpression kWord(QStringLiteral("[A-Za-z]{3}"));
      const auto check = [&](const QString& text, const QObject* where) {
        if (kWord.match(text).hasMatch() && !text.contains(QLatin1Char('[')) && text != QLatin1String("doc"))
          bad << text + QStringLiteral(" in ") + where->metaObject()->className() + QLatin1Char(' ') +
                     where->objectName();
      };
      for (const QLabel* label : window.findChildren<QLabel*>()) check(label->text(), label);
      for (const QAbstractButton* button : window.findChildren<QAbstractButton*>()) check(button->text(), button);
      for (const QAction* action : window.findChildren<QAction*>()) check(action->text(), action);
      for (const QTabBar* bar : window.findChildren<QTabBar*>())
        for (int i = 0; i < bar->count(); ++i) check(bar->tabText(i), bar);
      for (const QTreeWidget* tree : window.findChildren<QTreeWidget*>())
        for (int c = 0; !tree->isHeaderHidden() && c < tree->columnCount(); ++c)
          check(tree->headerItem()->text(c), tree);
      QVERIFY2(bad.isEmpty(), qPrintable(bad.join(QLatin1Char('\n'))));
    }
    QApplication::removeTranslator(&pseudo);
  }

  void nothingIsClipped_data() {
    QTest::addColumn<QSize>("size");
    QTest::newRow("1280x720") << QSize(1280, 720);
    QTest::newRow("1440x900") << QSize(1440, 900);
    QTest::newRow("1920x1080") << QSize(1920, 1080);
  }

  void nothingIsClipped() {
    QFETCH(QSize, size);
    const auto exchange = startedExchange();
    MainWindow window(darkTheme(), {});
    window.resize(size);
    window.show();
    window.openText(QStringLiteral("a.sql"), source(*exchange) + kFast + kSlow);
    window.run();
    QTRY_VERIFY(window.series().series().size() == 2 && window.card(QStringLiteral("T")));
    QTest::qWait(400);
    // A text that has just changed has its place only after the next turn of the loop: what stays is clipped.
    QTRY_VERIFY2(clippedTexts(window).isEmpty(), qPrintable(clippedTexts(window).join(QLatin1Char('\n'))));
    const QString pictures = qEnvironmentVariable("WEIR_PICTURES");
    if (!pictures.isEmpty())
      window.grab().save(QStringLiteral("%1/%2x%3@%4.png")
                             .arg(pictures)
                             .arg(size.width())
                             .arg(size.height())
                             .arg(window.devicePixelRatioF()));
  }
};

int main(int argc, char** argv) {
  QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
  QApplication app(argc, argv);
  applyTheme(app, darkTheme());
  DesktopTest test;
  return QTest::qExec(&test, argc, argv);
}
#include "desktop_test.moc"
