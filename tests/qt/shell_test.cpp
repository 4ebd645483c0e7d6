// SPDX-License-Identifier: GPL-3.0-or-later
// What the window is put together from: docks and commands as lists, layers of a chart, problems, alerts.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>

#include "ui/charts/alert_layer.h"
#include "ui/charts/chart_view.h"
#include "ui/editor/problems_model.h"
#include "ui/results/alerts_controller.h"
#include "ui/shell/commands.h"
#include "ui/shell/dock_layout.h"
#include "ui/shell/file_settings.h"

using namespace weir;

namespace {

/// A panel with ears for all there is to hear.
class Listener final : public QWidget {
public:
  void setTheme(const Theme& theme) { isDark = theme.isDark; }
  void setLocalTime(bool local) { isLocal = local; }
  void setRunning(bool running) { isRunning = running; }
  void showRun(const RunSnapshot& snapshot) { at = snapshot.now; }

  bool isDark = true;
  bool isLocal = false;
  bool isRunning = false;
  Micros at = 0;
};

/// A window of four docks, the last of which stands for one that somebody adds.
struct Desk {
  QMainWindow window;
  Commands commands{window, *window.menuBar()};
  Listener* added = new Listener;
  DockLayout docks{window,
                   darkTheme(),
                   {panelOf("left", QStringLiteral("Left"), Qt::LeftDockWidgetArea, new Listener),
                    panelOf("right", QStringLiteral("Right"), Qt::RightDockWidgetArea, new Listener),
                    panelOf("first", QStringLiteral("First"), Qt::BottomDockWidgetArea, new QWidget),
                    panelOf("added", QStringLiteral("Added"), Qt::BottomDockWidgetArea, added)},
                   commands.menu(MenuId::View)};
  Desk() { commands.add(docks.commands()); }
};

/// Says something at one place.
class SayingLayer final : public PlotLayer {
public:
  void paint(QPainter&, const PlotFrame&) override {}
  std::optional<PlotNote> noteAt(const PlotView&, double x) const override {
    return x < 10 ? std::optional(PlotNote{QStringLiteral("here"), Qt::red}) : std::nullopt;
  }
};

logical::Stream numbers() {
  logical::Stream stream;
  stream.name = "N";
  stream.schema = std::make_shared<Schema>(Schema{{{"price", Type::Double}}});
  return stream;
}

ResultBlock rows(const logical::Stream& stream, int count) {
  BatchBuilder builder(stream.schema);
  for (int i = 1; i <= count; ++i) {
    builder.column(0).appendReal(i);
    builder.finishRow({.at = i * 1000});
  }
  return {*builder.take(), {}};
}

}  // namespace

class ShellTest final : public QObject {
  Q_OBJECT

private slots:
  // Nothing but its line in the list says that there is one dock more.
  void aDockOfTheListGetsAllByItself() {
    Desk desk;
    desk.window.resize(1000, 800);
    desk.window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&desk.window));
    auto* dock = desk.window.findChild<QDockWidget*>(QStringLiteral("addedDock"));
    QVERIFY(dock);
    QCOMPARE(desk.window.dockWidgetArea(dock), Qt::BottomDockWidgetArea);
    QCOMPARE(desk.window.tabifiedDockWidgets(dock).size(), 1);
    auto* menu = desk.window.menuBar()->findChild<QMenu*>(QStringLiteral("panelsMenu"));
    QVERIFY(menu->actions().contains(dock->toggleViewAction()));
    QAction* command = desk.commands.at(QStringLiteral("addedPanel"));
    QCOMPARE(command->text(), QStringLiteral("Show added"));
    QTRY_VERIFY(!DockLayout::isSeen(desk.added));
    command->trigger();
    QTRY_VERIFY(DockLayout::isSeen(desk.added));
    QCOMPARE(desk.docks.front(), desk.added);
    desk.docks.setCount(desk.added, 3);
    QCOMPARE(dock->windowTitle(), QStringLiteral("Added  3"));
    QCOMPARE(dock->toggleViewAction()->text(), QStringLiteral("Added"));
  }

  void aPanelIsToldWhatItHasEarsFor() {
    Desk desk;
    desk.docks.setTheme(lightTheme());
    desk.docks.setLocalTime(true);
    desk.docks.setRunning(true);
    desk.docks.setScript({});
    QVERIFY(!desk.added->isDark && desk.added->isLocal && desk.added->isRunning);
    RunSnapshot snapshot;
    snapshot.now = 7;
    auto* left = static_cast<Listener*>(desk.window.findChild<QDockWidget*>(QStringLiteral("leftDock"))->widget());
    desk.docks.showRun(snapshot, true);
    QVERIFY(left->at == 7 && desk.added->at == 0);
    desk.docks.showRun(snapshot, false);
    QCOMPARE(desk.added->at, Micros{7});
  }

  void aCommandIsALine() {
    QMainWindow window;
    Commands commands(window, *window.menuBar());
    int calls = 0;
    commands.add({{MenuId::Edit, "one", QStringLiteral("One"), QKeySequence(Qt::Key_F2), [&] { ++calls; }},
                  {MenuId::Edit},
                  {.name = "two", .text = QStringLiteral("Two"), .call = [&] { calls += 10; }}});
    QCOMPARE(commands.menu(MenuId::Edit).actions().size(), 2);
    QVERIFY(commands.menu(MenuId::Edit).actions().last()->isSeparator());
    commands.at(QStringLiteral("one"))->trigger();
    commands.at(QStringLiteral("two"))->trigger();
    QCOMPARE(calls, 11);
    commands.setKeys({{QStringLiteral("one"), QStringLiteral("F9")}});
    QCOMPARE(commands.at(QStringLiteral("one"))->shortcut(), QKeySequence(Qt::Key_F9));
    commands.setKeys({});
    QCOMPARE(commands.at(QStringLiteral("one"))->shortcut(), QKeySequence(Qt::Key_F2));
  }

  void aLayerHasItsOwnStateAndItsSay() {
    const logical::Stream stream = numbers();
    SeriesStore store(stream);
    store.addClosed(rows(stream, 60));
    ChartView chart(darkTheme()), other(darkTheme());
    for (ChartView* each : {&chart, &other}) {
      each->resize(500, 300);
      each->setStore(&store);
      each->refresh(60'000);
      each->grab();
    }
    const QImage before = other.grab().toImage();
    chart.layer<AlertLayer>().setAlerts({{30'000, QStringLiteral("high")}});
    const PlotView& view = chart.plot().view();
    const auto note = chart.layer<AlertLayer>().noteAt(view, view.timeToX(30'000));
    QCOMPARE(note ? note->text : QString(), QStringLiteral("high"));
    QVERIFY(!other.layer<AlertLayer>().noteAt(view, view.timeToX(30'000)));
    QVERIFY(chart.grab().toImage() != before);
    QCOMPARE(other.grab().toImage(), before);
    PlotLayers layers;
    layers.push_back(std::make_unique<SayingLayer>());
    const PlotFrame frame(view, layers);
    QCOMPARE(frame.notesAt(5).size(), size_t{1});
    QVERIFY(frame.notesAt(50).empty());
  }

  void problemsAreOneModelForAll() {
    ProblemsModel model(darkTheme());
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const std::string text = "SELECT a\nFROM b;";
    const PlaceIndex places(text);
    model.set({{Severity::Warning, Code::Syntax, {0, 6}, "a warning", ""},
               {Severity::Error, Code::UnknownStream, {14, 15}, "unknown stream 'b'", "declare it"}},
              places);
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(1, ProblemsModel::kPlace).data().toString(), QStringLiteral("2:6"));
    QCOMPARE(model.index(1, ProblemsModel::kHint).data().toString(), QStringLiteral("declare it"));
    QCOMPARE(model.index(1, 0).data(ProblemsModel::kOffsetRole).toUInt(), 14U);
    QCOMPARE(model.firstError()->message, std::string("unknown stream 'b'"));
    model.set({}, places);
    QVERIFY(!model.firstError() && model.rowCount() == 0);
  }

  void alertsAreCountedUntilTheyAreSeen() {
    AlertsPanel panel(darkTheme());
    AlertsController alerts(panel);
    QSignalSpy told(&alerts, &AlertsController::alerted);
    QSignalSpy unseen(&alerts, &AlertsController::unseenChanged);
    const logical::Stream stream = numbers();
    alerts.note("N", rows(stream, 3));
    alerts.show();
    QVERIFY2(unseen.isEmpty(), "it is no alert yet");
    alerts.setAlert(QStringLiteral("N"), true);
    alerts.note("N", rows(stream, 3));
    alerts.show();
    alerts.tell();
    QCOMPARE(panel.topLevelItemCount(), 3);
    QCOMPARE(unseen.last().at(0).toInt(), 3);
    QCOMPARE(told.size(), 1);
    QCOMPARE(alerts.marks().back().text, QStringLiteral("price 3.0"));
    alerts.setSeen(true);
    QCOMPARE(unseen.last().at(0).toInt(), 0);
    alerts.note("N", rows(stream, 1));
    alerts.show();
    alerts.tell();
    QCOMPARE(unseen.last().at(0).toInt(), 0);
    QVERIFY2(told.size() == 1, "not again within five seconds");
  }

  void settingsOfFilesThatRestAreForgotten() {
    FileSettings settings;
    settings.keepCurrent({{QStringLiteral("n"), 0}});
    QVERIFY2(settings.all().isEmpty(), "no file has run");
    for (int i = 0; i < 130; ++i) {
      settings.choose(QStringLiteral("%1.sql").arg(i));
      settings.keepCurrent({{QStringLiteral("n"), i}});
    }
    QCOMPARE(settings.all().size(), 100);
    QCOMPARE(settings.current()[QLatin1String("n")].toInt(), 129);
  }
};

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  applyTheme(app, darkTheme());
  ShellTest test;
  return QTest::qExec(&test, argc, argv);
}
#include "shell_test.moc"
