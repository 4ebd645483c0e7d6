// SPDX-License-Identifier: GPL-3.0-or-later
// What silence means: a server that answers proves it, one that does not was lost when it was last heard.
#include <QTemporaryDir>
#include <fstream>
#include <sstream>

#include "app/row_printer.h"
#include "core/net/stall_watch.h"
#include "core/plan/lower/lower.h"
#include "tests/qt/deaf_server.h"
#include "tests/qt/loopback_server.h"

using namespace weir;

namespace {

QString script(quint16 port, const QString& options) {
  return QStringLiteral(
             "CREATE STREAM T (n LONG) WITH (type = 'source', extension = 'websocket', \"websocket.url\" = "
             "'ws://127.0.0.1:%1/', %2);"
             " INSERT INTO O SELECT COUNT(*) AS n, window_has_gap() AS g, window_start() AS s, window_end() AS e FROM "
             "T WINDOW TUMBLING(200 ms);")
      .arg(port)
      .arg(options);
}

/// The rows of O so far.
struct Rows {
  explicit Rows(LiveRun& run) {
    run.pipeline().tap("O", [this](const BatchPtr& batch) {
      for (size_t row = 0; row < batch->rows(); ++row)
        all.push_back({batch->columns[0]->integer(row), batch->columns[1]->integer(row) != 0,
                       batch->columns[2]->integer(row), batch->columns[3]->integer(row)});
    });
  }
  struct Row {
    int64_t count;
    bool hasGap;
    int64_t start, end;
  };
  std::vector<Row> all;
};

}  // namespace

class SilenceTest final : public QObject {
  Q_OBJECT
private slots:
  void anAnswerClosesTheWindow() {
    Server server;
    server.onClient = [](QWebSocket* client) { client->sendTextMessage(QStringLiteral("{\"n\":1}")); };
    const auto run = start(script(server.port(), QStringLiteral("\"websocket.ping.timeout.ms\" = '60000'")));
    Rows rows(*run);
    QTRY_COMPARE(rows.all.size(), size_t{1});
    const ConnectionHealth h = run->health().front();
    QVERIFY(toMillis(h.lastProof) >= rows.all[0].end);
    QVERIFY(h.lastProof > h.lastMessage);
    QCOMPARE(h.gaps, uint64_t{0});
    // Asked once, not again and again.
    QCOMPARE(run->pipeline().clock().hasWaiting(), false);
  }

  void noAnswerIsALossThatBeganAtTheLastProof() {
    DeafServer server("{\"n\":1}");
    const auto run = start(script(
        server.serverPort(), QStringLiteral("\"websocket.ping.timeout.ms\" = '700', \"websocket.reconnect.delay.ms\" = "
                                            "'60000', \"websocket.reconnect.max.delay.ms\" = '60000'")));
    Rows rows(*run);
    QTRY_VERIFY(run->health().front().lastMessage > 0);
    const int64_t heard = toMillis(run->health().front().lastMessage);
    QTRY_COMPARE_WITH_TIMEOUT(rows.all.size(), size_t{1}, 10'000);
    QCOMPARE(rows.all[0].count, 1);
    QVERIFY(rows.all[0].hasGap);
    const ConnectionHealth h = run->health().front();
    QCOMPARE(h.state, ConnectionState::Waiting);
    QVERIFY2(h.error.contains(QLatin1String("no answer to a ping")), qPrintable(h.error));
    const auto& gaps = run->pipeline().gapLog("T").gaps();
    QCOMPARE(gaps.size(), size_t{1});
    QVERIFY(gaps.front().from <= heard);
    QVERIFY(gaps.front().from > heard - 200);
  }

  void withoutPingsOnlyDataProvesAnything() {
    Server server;
    server.onClient = [](QWebSocket* client) { client->sendTextMessage(QStringLiteral("{\"n\":1}")); };
    const auto run = start(script(server.port(), QStringLiteral("\"websocket.ping.interval.ms\" = '0'")));
    Rows rows(*run);
    QTRY_VERIFY(run->pipeline().clock().hasWaiting());
    QVERIFY(rows.all.empty());
    server.clients.front()->sendTextMessage(QStringLiteral("{\"n\":2}"));
    QTRY_COMPARE(rows.all.size(), size_t{1});
    QCOMPARE(rows.all[0].count, 1);
  }

  void aSourceThatIsClosedByHandHoldsNobodyBack() {
    Server server;
    server.onClient = [](QWebSocket* client) { client->sendTextMessage(QStringLiteral("{\"n\":1}")); };
    const auto run = start(script(server.port(), QStringLiteral("\"websocket.ping.interval.ms\" = '0'")));
    Rows rows(*run);
    QTRY_VERIFY(run->pipeline().clock().hasWaiting());
    QVERIFY(rows.all.empty());
    run->disconnectFrom(QStringLiteral("T"));
    QTRY_COMPARE(rows.all.size(), size_t{1});
    QVERIFY(rows.all[0].hasGap);
    QVERIFY(!run->pipeline().clock().hasWaiting());
  }

  void whatNobodyProvedSaysSoAtTheEnd() {
    DeafServer server("{\"n\":1}");
    const auto run = start(script(server.serverPort(), QStringLiteral("\"websocket.ping.timeout.ms\" = '60000'")));
    Rows rows(*run);
    QTRY_VERIFY(run->pipeline().clock().hasWaiting());
    QVERIFY(rows.all.empty());
    bool stopped = false;
    run->stop([&] { stopped = true; });
    QCOMPARE(rows.all.size(), size_t{1});
    QVERIFY(rows.all[0].hasGap);
    QTRY_VERIFY(stopped);
  }

  void aRecordingOfProofsReplaysTheSame() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("a.weircap"));
    Server server;
    const QString sql = script(server.port(), QStringLiteral("\"websocket.ping.timeout.ms\" = '60000'"));
    BoundResult checked = checkScript(sql.toStdString());
    std::string live;
    {
      const auto run = *LiveRun::create(std::move(checked.script), {true, file, nullptr, nullptr});
      RowPrinter printer(run->pipeline(), {"O"}, RowFormat::JsonLines, -1,
                         [&](const std::string& rows) { live += rows; });
      server.onClient = [](QWebSocket* client) { client->sendTextMessage(QStringLiteral("{\"n\":1}")); };
      run->start();
      const auto lines = [&] {
        printer.flush();
        return std::count(live.begin(), live.end(), '\n');
      };
      for (int more = 1; more < 4; ++more) {
        QTRY_COMPARE(lines(), more);
        server.clients.front()->sendTextMessage(QStringLiteral("{\"n\":2}"));
      }
      bool stopped = false;
      run->stop([&] { stopped = true; });
      QTRY_VERIFY(stopped);
      printer.flush();
    }
    std::ifstream capture(file.toStdString(), std::ios::binary);
    std::stringstream text;
    text << capture.rdbuf();
    QVERIFY2(text.str().find("\"proofs\":true") < text.str().find('\n'), text.str().c_str());
    QVERIFY2(text.str().find("\"event\":\"alive\"") != std::string::npos, text.str().c_str());
    checked = checkScript(sql.toStdString());
    CaptureReader reader(text);
    const auto started = reader.readHeader();
    QVERIFY(started.ok());
    std::string replayed;
    Pipeline pipeline(lowered(std::move(checked.script)), *started, 1);
    Feeder feeder(pipeline);
    RowPrinter printer(pipeline, {"O"}, RowFormat::JsonLines, -1, [&](const std::string& rows) { replayed += rows; });
    QVERIFY(playPast(reader, pipeline, feeder).empty());
    printer.flush();
    QCOMPARE(QString::fromStdString(replayed), QString::fromStdString(live));
  }

  void aStallIsNoticedByWhoeverComesFirst() {
    VirtualClock clock(1'000'000);
    std::vector<std::pair<Micros, Micros>> stalls;
    StallWatch watch(clock, [&](Micros since, Micros until) { stalls.emplace_back(since, until); });
    clock.advanceTo(3'000'000);
    QVERIFY(stalls.empty());
    watch.check(4'000'000);
    QVERIFY(stalls.empty());
    watch.check(9'000'000);
    QCOMPARE(stalls.size(), size_t{1});
    QCOMPARE(stalls[0].first, Micros{3'000'000});
    QCOMPARE(stalls[0].second, Micros{9'000'000});
    watch.check(9'100'000);
    QCOMPARE(stalls.size(), size_t{1});
  }
};

QTEST_GUILESS_MAIN(SilenceTest)
#include "silence_test.moc"
