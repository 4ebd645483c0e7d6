// SPDX-License-Identifier: GPL-3.0-or-later
// The first minute of somebody who has never started the program: from a fresh profile to a VWAP that moves, over a
// connection that is lost, to the offer of one's own URL. With WEIR_PICTURES=folder it leaves a picture of each moment.
#include <QAbstractButton>
#include <QApplication>
#include <QElapsedTimer>
#include <QLabel>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

#include "core/demo/demo_exchange.h"
#include "ui/charts/chart_deck.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/sql_editor.h"
#include "ui/health/health_card.h"
#include "ui/shell/connect_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/shell/welcome_card.h"

using namespace weir;

class FirstMinuteTest final : public QObject {
  Q_OBJECT

private slots:
  void itHappensAsWritten() {
    QTemporaryDir profile;
    std::unique_ptr<DemoExchange> exchange;
    const DemoServices demo{[&]() -> QString {
                              if (!exchange) {
                                DemoExchange::Settings s;
                                s.port = 0;
                                s.tradesPerSecond = 20;
                                s.faults = parseFaults(QStringLiteral("drop@15s/4s"), nullptr);
                                exchange = std::make_unique<DemoExchange>(s);
                                if (!exchange->start(nullptr)) return {};
                              }
                              return demoScript(exchange->baseUrl());
                            },
                            [&] { return exchange ? exchange->dashboardRows() : 0; }};
    MainWindow window(darkTheme(), demo, profile.path());
    window.resize(1440, 900);
    QVERIFY(!window.restoreSession());
    window.openText(QStringLiteral("demo-vwap.sql"), demoScript(QStringLiteral("ws://127.0.0.1:41733")));
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    const auto picture = [&](const char* name) {
      const QString folder = qEnvironmentVariable("WEIR_PICTURES");
      if (!folder.isEmpty())
        window.grab().save(folder + QLatin1Char('/') + QLatin1String(name) + QStringLiteral(".png"));
    };
    const auto message = [&] { return window.findChild<QLabel*>(QStringLiteral("messageText"))->text(); };

    // The demo pipeline is open and does not run; a card offers three ways to begin.
    QVERIFY(window.editor().text().contains(QLatin1String("CREATE STREAM BinanceTrades")));
    auto* welcome = window.findChild<WelcomeCard*>();
    QVERIFY(welcome && welcome->isVisible());
    QPushButton* run = nullptr;
    QStringList offers;
    for (auto* button : welcome->findChildren<QPushButton*>()) {
      offers << button->text();
      if (button->text().contains(QLatin1String("demo"))) run = button;
    }
    QCOMPARE(offers.size(), 3);
    QVERIFY(run);
    picture("1-first-start");

    QElapsedTimer since;
    since.start();
    QTest::mouseClick(run, Qt::LeftButton);
    // It moves within five seconds, and says what it shows.
    QTRY_VERIFY_WITH_TIMEOUT(window.chart().visiblePoints() >= 3, 5000);
    QVERIFY(window.windowTitle().contains(QLatin1String("DEMO DATA")));
    QVERIFY(window.findChild<QLabel*>(QStringLiteral("demoBadge"))->isVisible());
    QVERIFY(!welcome->isVisible());
    QCOMPARE(window.card(QStringLiteral("BinanceTrades"))->stateText(), QStringLiteral("Live"));
    QTest::qWait(3000);
    picture("2-moving");

    // At 15 s the connection is lost: countdown, gap, recovery.
    QTRY_COMPARE_WITH_TIMEOUT(window.card(QStringLiteral("BinanceTrades"))->stateText(), QStringLiteral("Retrying"),
                              16000);
    QVERIFY(since.elapsed() > 13000);
    QTRY_VERIFY(window.card(QStringLiteral("BinanceTrades"))->detailText().contains(QLatin1String("retrying in")));
    picture("3-lost");
    QTRY_COMPARE_WITH_TIMEOUT(window.card(QStringLiteral("BinanceTrades"))->stateText(), QStringLiteral("Live"), 15000);
    QTest::qWait(3000);
    const auto& points = window.series().series().front().points;
    QVERIFY(std::any_of(points.begin(), points.end(), [](const ChartPoint& point) { return point.incomplete; }));
    QCOMPARE(window.engine().snapshot().gaps["BinanceTrades"].size(), size_t{1});
    picture("4-recovered");

    // It ends with one's own URL.
    QTRY_VERIFY_WITH_TIMEOUT(message().contains(QLatin1String("your own URL")), 30000);
    picture("5-your-own");
    for (auto* button : window.findChildren<QAbstractButton*>())
      if (button->isVisible() && button->text() == QLatin1String("Connect to a URL")) {
        button->click();
        break;
      }
    QTRY_VERIFY(window.findChild<ConnectDialog*>());
    QVERIFY(since.elapsed() < 60'000);
    window.findChild<ConnectDialog*>()->close();
  }
};

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  applyTheme(app, darkTheme());
  FirstMinuteTest test;
  return QTest::qExec(&test, argc, argv);
}
#include "first_minute_test.moc"
