// SPDX-License-Identifier: GPL-3.0-or-later
// One connection, several streams: one socket, one card, one line of a capture for each message, and each stream its
// own rows.
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <sstream>

#include "core/feed/capture.h"
#include "core/feed/past.h"
#include "core/plan/lower/lower.h"
#include "core/session/runner.h"
#include "tests/qt/loopback_server.h"

using namespace weir;

namespace {

QString connection(quint16 port, const QString& more = {}) {
  return QStringLiteral(
             "CREATE CONNECTION Okx WITH (extension = 'websocket', \"websocket.url\" = 'ws://127.0.0.1:%1/', "
             "\"websocket.open.message\" = 'subscribe', \"websocket.reconnect.delay.ms\" = '30'%2);")
      .arg(port)
      .arg(more);
}

const QString kTrades = QStringLiteral(
    "CREATE STREAM Trades (px LONG) WITH (type = 'source', connection = 'Okx', \"json.records\" = '$.trades[*]');"
    "INSERT INTO T SELECT px FROM Trades;");
const QString kQuotes = QStringLiteral(
    "CREATE STREAM Quotes (bid LONG NOT NULL) WITH (type = 'source', connection = 'Okx');"
    "INSERT INTO Q SELECT bid FROM Quotes;");
const QString kStatus = QStringLiteral(
    "CREATE STREAM Status (bid STRING, state STRING NOT NULL) WITH (type = 'source', connection = 'Okx');"
    "INSERT INTO S SELECT state FROM Status;");
const QString kSink = QStringLiteral(
    "CREATE STREAM Orders (px LONG) WITH (type = 'sink', connection = 'Okx', format = 'json');"
    "INSERT INTO Orders SELECT px FROM T;");

QString all(quint16 port) { return connection(port) + kTrades + kQuotes + kStatus + kSink; }

void say(Server& server, const QString& text) { server.clients.at(0)->sendTextMessage(text); }

const SourceCounters& counters(LiveRun& run, const char* stream) { return run.feeder().intake(stream)->counters(); }

/// Keeps the rows of results as they come.
void keepRows(Pipeline& pipeline, const QStringList& streams, QStringList& out) {
  for (const QString& name : streams)
    pipeline.tap(name.toStdString(), [&out, name](const BatchPtr& batch) {
      for (size_t row = 0; row < batch->rows(); ++row) {
        const Column& column = *batch->columns[0];
        out << name + QLatin1Char(' ') +
                   (column.type() == Type::String ? QString::fromStdString(std::string(column.text(row)))
                                                  : QString::number(column.integer(row)));
      }
    });
}

QStringList captureLines(const QString& file) {
  QFile in(file);
  if (!in.open(QIODevice::ReadOnly)) return {};
  return QString::fromUtf8(in.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

}  // namespace

class SharedConnectionTest final : public QObject {
  Q_OBJECT

private slots:
  // Each stream takes what is its own; what another one took is no reject, and the sink writes over the same socket.
  void oneSocketForThreeStreamsAndASink() {
    Server server;
    const auto run = start(all(server.port()));
    QStringList rows;
    keepRows(run->pipeline(), {QStringLiteral("T"), QStringLiteral("Q"), QStringLiteral("S")}, rows);
    QTRY_COMPARE(server.texts, QStringList(QStringLiteral("subscribe")));
    say(server, QStringLiteral("{\"event\":\"subscribed\"}"));
    say(server, QStringLiteral("{\"trades\":[{\"px\":1},{\"px\":2}]}"));
    say(server, QStringLiteral("{\"bid\":3}"));
    say(server, QStringLiteral("{\"bid\":\"none\",\"state\":\"halt\"}"));
    QTRY_COMPARE(rows, QStringList({"T 1", "T 2", "Q 3", "S halt"}));
    QTRY_COMPARE(server.texts, QStringList({"subscribe", "{\"px\":1}", R"({"px":2})"}));
    QCOMPARE(server.requests.size(), 1);
    for (const char* stream : {"Trades", "Quotes", "Status"}) {
      const SourceCounters& c = counters(*run, stream);
      QCOMPARE(c.messages, 4U);
      QCOMPARE(c.decoded, 1U);
      QCOMPARE(c.control, 3U);
      QCOMPARE(c.rejected, 0U);
    }
    // Nobody takes this one: it is as bad as ever.
    say(server, QStringLiteral("{\"bid\":\"none\"}"));
    QTRY_COMPARE(counters(*run, "Quotes").rejected, 1U);
    QCOMPARE(counters(*run, "Trades").rejected, 0U);
    const std::map<std::string, uint64_t> sink = run->sinkMetrics();
    QCOMPARE(sink.at("Orders.published"), 2U);
    QTRY_COMPARE(run->sinkMetrics().at("Orders.sent"), 2U);
  }

  void oneCardNamesTheStreams() {
    Server server;
    const auto run = start(all(server.port()));
    QTRY_COMPARE(server.clients.size(), 1);
    say(server, QStringLiteral("{\"trades\":[{\"px\":1}]}"));
    QTRY_COMPARE(run->health().front().state, ConnectionState::Live);
    QTRY_COMPARE(run->health().front().sent, 1U);
    const std::vector<ConnectionHealth> health = run->health();
    QCOMPARE(health.size(), 1U);
    const ConnectionHealth& card = health.front();
    QCOMPARE(card.name, QStringLiteral("Okx"));
    QCOMPARE(card.messages, 1U);
    QVERIFY(!card.isSink);
    QStringList streams;
    for (const StreamHealth& stream : card.streams) streams << stream.name + QString::number(stream.rows);
    QCOMPARE(streams, QStringList({"Trades1", "Quotes0", "Status0", "Orders1"}));
    QCOMPARE(card.sources(), QStringList({"Trades", "Quotes", "Status"}));
  }

  // A loss is one for all of them; what the sink is given meanwhile goes out over the next connection.
  void aLossIsALossForAll() {
    Server server;
    const auto run = start(all(server.port()));
    QTRY_COMPARE(server.clients.size(), 1);
    say(server, QStringLiteral("{\"trades\":[{\"px\":1}]}"));
    say(server, QStringLiteral("{\"bid\":3}"));
    say(server, QStringLiteral("{\"state\":\"up\"}"));
    QTRY_COMPARE(counters(*run, "Status").passed, 1U);
    QCOMPARE(run->health().front().attempt, 0);
    closeWith(server.clients.at(0), 1012, QStringLiteral("restart"));
    QTRY_COMPARE(run->health().front().state, ConnectionState::Waiting);
    QVERIFY(run->health().front().error.contains(QStringLiteral("restart")));
    QTRY_COMPARE(server.requests.size(), 2);
    QTRY_COMPARE(server.clients.size(), 1);
    QTRY_COMPARE(server.texts.count(QStringLiteral("subscribe")), 2);
    QCOMPARE(run->health().front().attempt, 1);
    // A whole row of any of them is enough: the attempts start anew.
    say(server, QStringLiteral("{\"bid\":4}"));
    QTRY_COMPARE(run->health().front().attempt, 0);
    for (const char* stream : {"Trades", "Quotes", "Status"}) QCOMPARE(run->feeder().intake(stream)->gaps(), 1U);
    QCOMPARE(run->health().front().gaps, 1U);
    say(server, QStringLiteral("{\"trades\":[{\"px\":9}]}"));
    QTRY_VERIFY(server.texts.contains(QStringLiteral("{\"px\":9}")));
  }

  void theCardReconnectsAndDisconnects() {
    Server server;
    const auto run = start(all(server.port()));
    QTRY_COMPARE(server.clients.size(), 1);
    say(server, QStringLiteral("{\"bid\":3}"));
    QTRY_COMPARE(run->health().front().state, ConnectionState::Live);
    run->reconnect(QStringLiteral("Okx"));
    QTRY_COMPARE(server.requests.size(), 2);
    QTRY_COMPARE(run->health().front().state, ConnectionState::Open);
    run->disconnectFrom(QStringLiteral("Okx"));
    QCOMPARE(run->health().front().state, ConnectionState::Closed);
    QVERIFY(run->health().front().closedByUser);
    QTRY_COMPARE(server.clients.size(), 0);
    QVERIFY(run->allSourcesEnded());
  }

  // What waits for the sink is sent before the connection that it shares is closed.
  void theEndSendsWhatIsQueued() {
    Server server;
    const auto run = start(all(server.port()));
    QTRY_COMPARE(server.clients.size(), 1);
    QTRY_VERIFY(run->health().front().state == ConnectionState::Open);
    for (int i = 0; i < 500; ++i)
      run->feeder().message(*run->feeder().find("Okx"), "{\"trades\":[{\"px\":" + std::to_string(i) + "}]}",
                            run->clock().now());
    run->feeder().flush();
    bool done = false;
    run->stop([&] { done = true; });
    QTRY_VERIFY(done);
    QTRY_COMPARE(server.clients.size(), 0);
    QCOMPARE(server.texts.size(), 501);
    const auto sink = run->sinkMetrics();
    QCOMPARE(sink.at("Orders.sent"), 500U);
    QCOMPARE(sink.at("Orders.failed"), 0U);
  }

  // Two sinks and no source: one socket too, as sinks open theirs.
  void onlySinks() {
    Server server;
    Server feed;
    const auto run = start(connection(server.port()) +
                           QStringLiteral("CREATE STREAM F (n LONG) WITH (type = 'source', extension = 'websocket', "
                                          "\"websocket.url\" = 'ws://127.0.0.1:%1/');"
                                          "CREATE STREAM A (n LONG) WITH (type = 'sink', connection = 'Okx');"
                                          "CREATE STREAM B (n LONG) WITH (type = 'sink', connection = 'Okx');"
                                          "INSERT INTO A SELECT n FROM F; INSERT INTO B SELECT n + 1 AS n FROM F;")
                               .arg(feed.port()));
    QTRY_COMPARE(feed.clients.size(), 1);
    QTRY_COMPARE(server.clients.size(), 1);
    feed.clients.at(0)->sendTextMessage(QStringLiteral("{\"n\":1}"));
    QTRY_COMPARE(server.texts, QStringList({"subscribe", "{\"n\":1}", R"({"n":2})"}));
    QCOMPARE(server.requests.size(), 1);
    QCOMPARE(run->health().size(), 2U);
    // Without rows it stays closed, and a row brings it back.
    server.clients.at(0)->close();
    QTRY_COMPARE(run->health().front().state, ConnectionState::Idle);
    feed.clients.at(0)->sendTextMessage(QStringLiteral("{\"n\":5}"));
    QTRY_COMPARE(server.texts.size(), 6);
    QCOMPARE(server.texts.mid(4), QStringList({"{\"n\":5}", R"({"n":6})"}));
  }

  // A message is one line, under the connection's name; the replay's rows are those of the run, to the byte.
  void aRecordingReplaysToTheSameRows() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("c.jsonl"));
    Server server;
    const QString sql = all(server.port());
    QStringList rows;
    const QStringList results{QStringLiteral("T"), QStringLiteral("Q"), QStringLiteral("S")};
    {
      BoundResult checked = checkScript(overTestedTransport(sql));
      LiveRun::Settings settings;
      settings.recordFile = file;
      auto run = LiveRun::create(std::move(checked.script), settings);
      QVERIFY(run.ok());
      (*run)->start();
      keepRows((*run)->pipeline(), results, rows);
      QTRY_COMPARE(server.clients.size(), 1);
      for (int i = 0; i < 20; ++i) {
        say(server, QStringLiteral("{\"trades\":[{\"px\":%1}]}").arg(i));
        say(server, QStringLiteral("{\"bid\":%1}").arg(i));
        if (i % 5 == 0) say(server, QStringLiteral("{\"bid\":\"x\",\"state\":\"s%1\"}").arg(i));
        if (i == 10) {
          QTRY_COMPARE(rows.size(), 11 + 11 + 3);
          server.clients.at(0)->close();
          QTRY_COMPARE(server.requests.size(), 2);
          QTRY_COMPARE(server.clients.size(), 1);
        }
      }
      QTRY_COMPARE(rows.size(), 44);
      bool done = false;
      (*run)->stop([&] { done = true; });
      QTRY_VERIFY(done);
    }
    const QStringList lines = captureLines(file);
    QVERIFY(lines.front().contains(QStringLiteral("\"sources\":{\"Okx\":\"ws://127.0.0.1")));
    QCOMPARE(lines.filter(QStringLiteral("\"stream\":\"Okx\",\"text\"")).size(), 44);
    QCOMPARE(lines.filter(QStringLiteral("\"stream\":\"Trades\"")).size(), 0);
    for (const size_t batch : {size_t{1}, size_t{7}, size_t{2048}}) {
      std::ifstream in(file.toStdString(), std::ios::binary);
      CaptureReader reader(in);
      QVERIFY(reader.readHeader().ok());
      Pipeline pipeline(lowered(checkScript(sql.toStdString()).script), 0, 1);
      Feeder feeder(pipeline, batch);
      QStringList again;
      keepRows(pipeline, results, again);
      QVERIFY(playPast(reader, pipeline, feeder).empty());
      QCOMPARE(again, rows);
    }
  }

  // Of a replay only the sinks connect, over one socket; a line that names a stream is for that one alone.
  void aReplaySendsOverOneSocket() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("c.jsonl"));
    std::ofstream out(file.toStdString());
    CaptureWriter writer(out, 1, {});
    writer.message("Okx", "{\"trades\":[{\"px\":1}],\"bid\":2}", true, 1'000'000);
    writer.message("Trades", "{\"trades\":[{\"px\":3}],\"bid\":4}", true, 2'000'000);
    out.close();
    Server server;
    const QString bids = QStringLiteral(
        "CREATE STREAM Bids (bid LONG) WITH (type = 'sink', connection = 'Okx'); INSERT INTO Bids SELECT bid FROM Q;");
    Runner runner{World{}};
    std::shared_ptr<Run> run;
    runner.make({.text = overTestedTransport(all(server.port()) + bids), .capture = file.toStdString()}, {},
                [&](RunOutcome outcome) { run = outcome.run; });
    QTRY_VERIFY(run);
    run->start();
    QTRY_VERIFY(run->isFinished());
    QTRY_COMPARE(server.texts.size(), 4);
    QStringList rows = server.texts.mid(1);
    rows.sort();
    QCOMPARE(rows, QStringList({"{\"bid\":2}", "{\"px\":1}", "{\"px\":3}"}));
    QCOMPARE(server.requests.size(), 1);
    const std::vector<ConnectionHealth> health = run->health();
    QCOMPARE(health.size(), 1U);
    QCOMPARE(health.front().name, QStringLiteral("Okx"));
    QCOMPARE(health.front().streams.size(), 5U);
    bool done = false;
    run->stop([&] { done = true; });
    QTRY_VERIFY(done);
    QTRY_COMPARE(server.clients.size(), 0);
    QCOMPARE(run->sinkMetrics().at("Orders.sent"), 2U);
  }

  // Run again: a connection that says the same goes on, and a stream more on it takes the messages from then.
  void runAgainKeepsTheConnection() {
    Server server;
    const auto first = start(connection(server.port()) + kTrades + kSink);
    QTRY_COMPARE(server.clients.size(), 1);
    say(server, QStringLiteral("{\"trades\":[{\"px\":1}]}"));
    QTRY_COMPARE(counters(*first, "Trades").passed, 1U);
    QTRY_COMPARE(first->sinkMetrics().at("Orders.sent"), 1U);
    const auto again = [&](const QString& sql, LiveRun& before) {
      BoundResult checked = checkScript(overTestedTransport(sql));
      LiveRun::Settings settings;
      settings.previous = &before;
      auto run = LiveRun::create(std::move(checked.script), settings);
      if (!run) qFatal("%s", run.diagnostics().front().message.c_str());
      (*run)->start();
      before.stop({});
      return *run;
    };
    const auto second = again(connection(server.port()) + kTrades + kQuotes + kSink, *first);
    QCOMPARE(second->kept(), QStringList(QStringLiteral("Okx")));
    say(server, QStringLiteral("{\"trades\":[{\"px\":2}]}"));
    say(server, QStringLiteral("{\"bid\":3}"));
    QTRY_COMPARE(counters(*second, "Quotes").passed, 1U);
    QCOMPARE(counters(*second, "Trades").passed, 2U);
    QTRY_VERIFY(server.texts.contains(QStringLiteral("{\"px\":2}")));
    // Without its first stream and its sink, and the run before is gone.
    const auto third = again(connection(server.port()) + kQuotes, *second);
    say(server, QStringLiteral("{\"bid\":4}"));
    QTRY_COMPARE(counters(*third, "Quotes").passed, 2U);
    QTest::qWait(200);
    QCOMPARE(server.requests.size(), 1);
    QCOMPARE(server.clients.size(), 1);
    // Another option of the connection is another connection.
    const auto fourth =
        again(connection(server.port(), QStringLiteral(", \"websocket.ping.interval.ms\" = '999'")) + kQuotes, *third);
    QTRY_COMPARE(server.requests.size(), 2);
    QTRY_COMPARE(server.clients.size(), 1);
  }

  // Columns of several streams are learnt over the one socket, and the run takes it over with all that came.
  void columnsAreLearntOverOneSocket() {
    Server server;
    server.onClient = [](QWebSocket* client) {
      for (int i = 0; i < 40; ++i) {
        client->sendTextMessage(QStringLiteral("{\"trades\":[{\"px\":%1,\"sz\":2,\"id\":3}]}").arg(i));
        client->sendTextMessage(QStringLiteral("{\"quotes\":[{\"bid\":%1,\"ask\":2,\"id\":3}]}").arg(i));
      }
    };
    const auto records = [](const QString& name) {
      return QStringLiteral(
                 "CREATE STREAM %1 ( ... ) WITH (type = 'source', connection = 'Okx', \"json.records\" = "
                 "'$.%2[*]');")
          .arg(name, name.toLower());
    };
    Runner runner{World{}};
    std::shared_ptr<Run> run;
    const QString sql = connection(server.port()) + records(QStringLiteral("Trades")) +
                        records(QStringLiteral("Quotes")) +
                        QStringLiteral("INSERT INTO T SELECT px FROM Trades; INSERT INTO Q SELECT bid FROM Quotes;");
    Diagnostics wrong;
    runner.make({.text = overTestedTransport(sql)}, {}, [&](RunOutcome outcome) {
      run = outcome.run;
      wrong = outcome.diagnostics;
    });
    QTRY_VERIFY_WITH_TIMEOUT(run || hasError(wrong), 10'000);
    QVERIFY2(run, wrong.empty() ? "" : wrong.front().message.c_str());
    run->start();
    auto& live = dynamic_cast<LiveRun&>(*run);
    QTRY_COMPARE(counters(live, "Trades").passed, 40U);
    QTRY_COMPARE(counters(live, "Quotes").passed, 40U);
    QCOMPARE(server.requests.size(), 1);
  }

  // Its streams need not know of it: a loss of one socket is one of the connection, and rows leave over the first.
  void severalSocketsAreOneConnection() {
    Server server;
    const auto run = start(QStringLiteral("CREATE CONNECTION Okx WITH (extension = 'websocket', \"websocket.url\" = "
                                          "'ws://127.0.0.1:%1/', \"websocket.reconnect.delay.ms\" = '30', "
                                          "\"websocket.each\" = 'a,b', \"websocket.each.per.connection\" = '1', "
                                          "\"websocket.open.message\" = '${each}');")
                               .arg(server.port()) +
                           kTrades + kQuotes + kSink);
    QTRY_COMPARE(QSet<QString>(server.texts.begin(), server.texts.end()), QSet<QString>({"a", "b"}));
    QTRY_COMPARE(run->health().front().state, ConnectionState::Open);
    QCOMPARE(run->health().front().sockets, 2);
    server.clients.at(0)->sendTextMessage(QStringLiteral("{\"trades\":[{\"px\":1}]}"));
    server.clients.at(1)->sendTextMessage(QStringLiteral("{\"bid\":3}"));
    QTRY_COMPARE(counters(*run, "Trades").passed, 1U);
    QTRY_COMPARE(counters(*run, "Quotes").passed, 1U);
    QTRY_COMPARE(server.texts.count(QStringLiteral("{\"px\":1}")), 1);
    server.clients.at(1)->abort();
    QTRY_COMPARE(server.texts.count(QStringLiteral("a")) + server.texts.count(QStringLiteral("b")), 3);
    QTRY_VERIFY(run->source(QStringLiteral("Okx"))->source().isOpen());
    server.clients.at(0)->sendTextMessage(QStringLiteral("{\"trades\":[{\"px\":2}]}"));
    QTRY_COMPARE(server.texts.count(QStringLiteral("{\"px\":2}")), 1);
    for (const char* stream : {"Trades", "Quotes"}) QCOMPARE(run->feeder().intake(stream)->gaps(), 1U);
  }

  // A stream that says which records are its own is told of one that it cannot read, whoever else takes the message.
  void whatIsChosenAndCannotBeReadIsBad() {
    Server server;
    const auto run = start(connection(server.port()) + kStatus +
                           QStringLiteral("CREATE STREAM Chosen (px LONG) WITH (type = 'source', connection = 'Okx', "
                                          "\"json.when\" = '$.state = halt'); INSERT INTO C SELECT px FROM Chosen;"));
    QTRY_COMPARE(server.clients.size(), 1);
    say(server, QStringLiteral("{\"state\":\"up\",\"px\":\"none\"}"));
    say(server, QStringLiteral("{\"state\":\"halt\",\"px\":\"none\"}"));
    QTRY_COMPARE(counters(*run, "Status").passed, 2U);
    QCOMPARE(counters(*run, "Chosen").control, 1U);
    QCOMPARE(counters(*run, "Chosen").rejected, 1U);
    QCOMPARE(counters(*run, "Status").rejected, 0U);
  }

  void framesAreThoseOfTheConnection() {
    Server server;
    const auto run = start(all(server.port()));
    QStringList frames;
    run->watchFrames([&](const QString& name) -> FrameWatch {
      return [&frames, name](std::string_view payload, bool, bool isOutgoing) {
        frames << name + (isOutgoing ? QStringLiteral(" > ") : QStringLiteral(" < ")) +
                      QString::fromUtf8(payload.data(), static_cast<qsizetype>(payload.size()));
      };
    });
    QTRY_COMPARE(server.clients.size(), 1);
    say(server, QStringLiteral("{\"trades\":[{\"px\":1}]}"));
    QTRY_COMPARE(frames, QStringList({"Okx > subscribe", "Okx < {\"trades\":[{\"px\":1}]}", R"(Okx > {"px":1})"}));
  }
};

QTEST_GUILESS_MAIN(SharedConnectionTest)
#include "shared_connection_test.moc"
