// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs on Flink, from the window. What needs a Flink runs where script/test-scale has started one: WEIR_FLINK,
// WEIR_JOBS, WEIR_KAFKA say where, and WEIR_SCRIPT is a file whose sources an edge publishes.
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeWidget>

#include "core/bind/checker.h"
#include "core/cluster/job_manager.h"
#include "core/flink/deployment.h"
#include "ui/cluster/deploy_dialog.h"
#include "ui/cluster/jobs_panel.h"
#include "ui/results/series_store.h"
#include "ui/shell/main_window.h"

using namespace weir;

namespace {

const char* const kSource =
    "CREATE STREAM T (s STRING, p DOUBLE) WITH (type = 'source', extension = 'websocket', \"websocket.url\" = "
    "'ws://127.0.0.1:1/x');\n";
const char* const kQuery =
    "SELECT s AS symbol, AVG(p) AS mean, window_end() AS \"the end\" FROM T WINDOW TUMBLING(1 sec) GROUP BY s INSERT "
    "INTO Means;\n";

QString fromEnvironment(const char* name) { return qEnvironmentVariable(name); }

struct Deploying {
  explicit Deploying(const QString& text, const ClusterChoice& choice = {})
      : dialog(checkScript(text.toStdString()).script, QStringLiteral("means.sql"), text, choice) {}
  QString report() { return dialog.findChild<QPlainTextEdit*>(QStringLiteral("deployReport"))->toPlainText(); }
  QString sql() { return dialog.findChild<QPlainTextEdit*>(QStringLiteral("deploySql"))->toPlainText(); }
  QPushButton& deploy() { return *dialog.findChild<QPushButton*>(QStringLiteral("primary")); }
  void write(const char* field, const QString& text) {
    dialog.findChild<QLineEdit*>(QLatin1String(field))->setText(text);
  }

  DeployDialog dialog;
};

}  // namespace

class ClusterTest final : public QObject {
  Q_OBJECT

private slots:
  void theDialogShowsWhatFlinkIsTold() {
    Deploying it(QLatin1String(kSource) + QLatin1String(kQuery));
    QVERIFY(it.sql().contains(QStringLiteral("-- means.sql:2\nCREATE TEMPORARY VIEW `Means`")));
    QVERIFY(it.sql().contains(QStringLiteral("'topic' = 'weir.Means'")));
    QVERIFY2(it.report().contains(QStringLiteral("Say where Kafka")), qPrintable(it.report()));
    QVERIFY(!it.deploy().isEnabled());
    it.write("deployKafka", QStringLiteral("broker:9092"));
    it.write("deployGateway", QStringLiteral("http://flink:8083"));
    it.write("deployPrefix", QStringLiteral("desk"));
    QVERIFY(it.sql().contains(QStringLiteral("'topic' = 'desk.Means'")));
    QVERIFY(it.sql().contains(QStringLiteral("'broker:9092'")));
    QVERIFY(it.deploy().isEnabled());
  }

  void whatIsRefusedIsToldWithItsPlace() {
    const QString text = QLatin1String(kSource) + QStringLiteral("SELECT s, UUID() AS id FROM T INSERT INTO O;\n");
    Deploying it(text, {.kafka = QStringLiteral("broker:9092"), .gateway = QStringLiteral("http://flink:8083")});
    QSignalSpy placed(&it.dialog, &DeployDialog::placed);
    it.write("deployPrefix", QStringLiteral("other"));
    QVERIFY2(it.report().contains(QStringLiteral("means.sql:2:11: error[E026]: UUID has no translation")),
             qPrintable(it.report()));
    QVERIFY(it.sql().isEmpty());
    QVERIFY(!it.deploy().isEnabled());
    QCOMPARE(placed.last().first().toUInt(), static_cast<uint>(text.indexOf(QStringLiteral("UUID"))));
  }

  void aGatewayThatIsNotThereIsTold() {
    Deploying it(QLatin1String(kSource) + QLatin1String(kQuery),
                 {.kafka = QStringLiteral("127.0.0.1:1"), .gateway = QStringLiteral("http://127.0.0.1:1")});
    QSignalSpy deployed(&it.dialog, &DeployDialog::deployed);
    it.deploy().click();
    QTRY_VERIFY2(it.report().contains(QStringLiteral("cannot reach Flink's SQL gateway at http://127.0.0.1:1")),
                 qPrintable(it.report()));
    QVERIFY(it.deploy().isEnabled());
    QVERIFY(deployed.isEmpty());
  }

  // What is being sent would be nobody's: the dialog stays until it is known what came of it.
  void itCannotBeClosedWhileStatementsGoOut() {
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    Deploying it(QLatin1String(kSource) + QLatin1String(kQuery),
                 {.kafka = QStringLiteral("127.0.0.1:1"),
                  .gateway = QStringLiteral("http://127.0.0.1:%1").arg(silent.serverPort())});
    it.dialog.show();
    it.deploy().click();
    it.dialog.reject();
    QVERIFY(it.dialog.isVisible());
    QTRY_VERIFY(silent.hasPendingConnections());
    QTcpSocket* const asked = silent.nextPendingConnection();
    // Another attempt is made, and finds nobody.
    silent.pauseAccepting();
    asked->setParent(this);
    silent.close();
    asked->abort();
    QTRY_VERIFY(it.deploy().isEnabled());
    it.dialog.reject();
    QVERIFY(!it.dialog.isVisible());
  }

  void aReaderIsSqlThatRuns() {
    const BoundResult checked = checkScript(std::string(kSource) + kQuery);
    const std::string reader =
        flink::readerOf(checked.script, {.brokers = "b:9092", .prefix = "x", .job = "x.means"}, {"Means"});
    const BoundResult read = checkScript(reader);
    QVERIFY2(!hasError(read.diagnostics), reader.c_str());
    const logical::Stream& source = read.script.stream("Means");
    QCOMPARE(source.options.text("kafka.topic"), "x.Means");
    QCOMPARE(source.options.text("event.time.field"), "the end");
    // The charts draw a line for each symbol.
    QCOMPARE(read.script.stream("MeansSeen").groupColumns, std::vector<size_t>{0});
  }

  void theCauseOfAStackTraceIsItsInnermostMessage() {
    QCOMPARE(
        cluster::causeOf(QStringLiteral(
            "java.lang.RuntimeException: outer\n\tat a.b\nCaused by: x.Y: no such\n  topic\n\tat c.d\n\t... 4 more")),
        QStringLiteral("no such topic"));
    QCOMPARE(cluster::causeOf(QStringLiteral("Not found: /v1/sessions")), QStringLiteral("Not found: /v1/sessions"));
    QVERIFY(cluster::causeOf(QString(100'000, QLatin1Char('x'))).size() < 1000);
  }

  void jobsOfAFlinkThatIsNotThereAreToldOf() {
    JobsPanel panel;
    panel.show();
    panel.setChoice({.gateway = QStringLiteral("http://127.0.0.1:2"), .jobs = QStringLiteral("http://127.0.0.1:1")});
    const auto says = [&panel] {
      for (const QLabel* label : panel.findChildren<QLabel*>())
        if (label->isVisible() &&
            label->text().contains(QStringLiteral("cannot reach Flink's JobManager at http://127.0.0.1:1")))
          return true;
      return false;
    };
    QTRY_VERIFY(says());
  }

  void theChoiceIsKept() {
    Settings settings;
    settings.cluster = {QStringLiteral("b:1"),
                        QStringLiteral("http://g"),
                        QStringLiteral("http://j"),
                        QStringLiteral("p"),
                        3,
                        true,
                        {{QStringLiteral("p.a"), QStringLiteral("SELECT 1")}}};
    QVERIFY(Settings::fromJson(settings.toJson()) == settings);
    QCOMPARE(ClusterChoice{.gateway = QStringLiteral("http://host:9999/x")}.jobManager(),
             QUrl(QStringLiteral("http://host:8081")));
    QVERIFY(ClusterChoice().jobManager().isEmpty());
  }

  void aJobIsStartedWatchedAndSeen() {
    if (fromEnvironment("WEIR_FLINK").isEmpty()) QSKIP("script/test-scale starts a Flink for it");
    QFile script(fromEnvironment("WEIR_SCRIPT"));
    QVERIFY(script.open(QIODevice::ReadOnly));
    QTemporaryDir folder;
    MainWindow window(darkTheme(), {}, folder.path());
    window.openText(QStringLiteral("desk.sql"), QString::fromUtf8(script.readAll()));
    Settings settings = window.settings();
    settings.cluster = {fromEnvironment("WEIR_KAFKA"), fromEnvironment("WEIR_FLINK"), fromEnvironment("WEIR_JOBS"),
                        fromEnvironment("WEIR_PREFIX")};
    window.setSettings(settings);
    window.show();
    window.deploy();
    auto* dialog = window.findChild<DeployDialog*>();
    QVERIFY(dialog);
    dialog->findChild<QPushButton*>(QStringLiteral("primary"))->click();
    auto* report = dialog->findChild<QPlainTextEdit*>(QStringLiteral("deployReport"));
    QTRY_VERIFY2_WITH_TIMEOUT(report->toPlainText().contains(QStringLiteral(" runs.")),
                              qPrintable(report->toPlainText()), 120'000);
    dialog->reject();
    auto* jobs = window.findChild<QTreeWidget*>(QStringLiteral("jobs"));
    const QString name = fromEnvironment("WEIR_PREFIX") + QStringLiteral(".desk");
    const auto row = [&]() -> QTreeWidgetItem* {
      for (int i = 0; i < jobs->topLevelItemCount(); ++i)
        if (jobs->topLevelItem(i)->text(0) == name && jobs->topLevelItem(i)->text(1) == QStringLiteral("running"))
          return jobs->topLevelItem(i);
      return nullptr;
    };
    QTRY_VERIFY_WITH_TIMEOUT(row(), 20'000);
    // Its source, and how far behind it is.
    QTRY_VERIFY_WITH_TIMEOUT(row() && row()->childCount() == 1 && !row()->child(0)->text(3).isEmpty(), 60'000);
    QCOMPARE(row()->child(0)->text(0), QStringLiteral("T"));
    jobs->setCurrentItem(row());
    emit jobs->itemActivated(row(), 0);
    QTRY_VERIFY_WITH_TIMEOUT(window.series().series().size() == 2 && window.series().series()[0].points.size() > 2,
                             60'000);
    window.stop();
  }
};

QTEST_MAIN(ClusterTest)
#include "cluster_test.moc"
