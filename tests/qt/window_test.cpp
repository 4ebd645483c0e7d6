// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QLabel>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>

#include "core/demo/demo_exchange.h"
#include "core/plan/checker.h"
#include "ui/chart_view.h"
#include "ui/health_card.h"
#include "ui/main_window.h"
#include "ui/results_model.h"
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
