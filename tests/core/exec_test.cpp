// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <random>
#include <sstream>

#include "app/row_printer.h"
#include "core/bind/checker.h"
#include "core/feed/capture.h"
#include "core/feed/feed_metrics.h"
#include "core/plan/lower/lower.h"

using namespace weir;

namespace {

const char* const kScript = R"(
CREATE STREAM T (s STRING, p DOUBLE, q LONG, ts LONG) WITH (type = 'internal', "event.time.field" = 'ts', "event.time.lateness.ms" = '200');
CREATE STREAM A (s STRING, v LONG);
INSERT INTO Vwap SELECT s, SUM(p * q) / SUM(q) AS vwap, COUNT(*) AS n FROM T WINDOW TUMBLING(1 sec) GROUP BY s;
INSERT INTO Hops SELECT s, MAX(p) AS hi, window_start() AS ws FROM T WINDOW HOP(2 sec, 500 ms) GROUP BY s;
INSERT INTO Sess SELECT s, COUNT(*) AS n, window_end() AS we FROM T WINDOW SESSION(300 ms) GROUP BY s;
INSERT INTO Roll SELECT s, AVG(v) AS a, MIN(v) AS lo FROM A WINDOW TIME(700 ms) GROUP BY s;
INSERT INTO Both SELECT s, v FROM A WHERE v % 2 = 0;
INSERT INTO Both SELECT s, n FROM Vwap;
INSERT INTO Sum SELECT COUNT(*) AS n, SUM(v) AS t FROM Both WINDOW TUMBLING(3 sec);
INSERT INTO Last SELECT s, v FROM A OUTPUT LAST EVERY 400 ms;
INSERT INTO Snap SELECT s, SUM(v) AS t FROM A WINDOW TUMBLING(2 sec) GROUP BY s EMIT PERIODIC 300 ms;
INSERT INTO Quote SELECT A.s AS s, A.v AS v, Vwap.vwap AS w FROM A ASOF LEFT JOIN Vwap ON A.s = Vwap.s TOLERANCE 5 sec;
INSERT INTO Pair SELECT l.s AS s, l.v AS v, r.v AS w FROM A AS l JOIN Both AS r ON l.s = r.s AND l.v > r.v WITHIN 300 ms;
INSERT INTO Outer SELECT l.s AS s, l.v AS v, r.v AS w FROM A AS l FULL JOIN Both AS r ON l.s = r.s AND l.v > r.v WITHIN 300 ms;
INSERT INTO OuterSum SELECT COUNT(*) AS n, COUNT(w) AS joined FROM Outer WINDOW TUMBLING(1 sec);
INSERT INTO Missing SELECT x.s AS s, x.p AS p, y.p AS q FROM T AS x LEFT JOIN T AS y ON x.s = y.s AND x.p < y.p WITHIN 400 ms;
INSERT INTO Book SELECT s, MAX(v) AS hi, LAST(v) AS l, COUNT(*) AS n FROM A WINDOW BOOK(v % 10, v % 7) GROUP BY s;
INSERT INTO Books SELECT COUNT(*) AS n, SUM(v) AS t, window_has_gap() AS gap FROM Outer WINDOW BOOK(COALESCE(v, w), COALESCE(w, v) % 5, v > 90, s);
INSERT INTO Swing SELECT a.v AS a, b.v AS b FROM PATTERN (EVERY a=A[v > 80] -> b=A[v < 20]) WITHIN 2 sec;
)";

std::string capture(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::ostringstream out;
  CaptureWriter writer(out, 0, {});
  Micros at = 1'000'000;
  for (int i = 0; i < 400; ++i) {
    at += static_cast<Micros>(random() % 5 == 0 ? random() % 900'000 : random() % 3000);
    const std::string sym = std::string(1, static_cast<char>('A' + random() % 3));
    const int64_t ms = toMillis(at);
    switch (random() % 10) {
      case 0: writer.message("T", "{bad", true, at); break;
      case 1: writer.advance(at); break;
      case 2: writer.event("T", random() % 2 ? "close" : "open", at); break;
      case 3:
      case 4:
      case 5:
        writer.message("A", "{\"s\":\"" + sym + "\",\"v\":" + std::to_string(random() % 100) + "}", true, at);
        break;
      default:
        writer.message("T",
                       "{\"s\":\"" + sym + "\",\"p\":" + std::to_string(random() % 1000) +
                           ",\"q\":" + std::to_string(random() % 9 + 1) +
                           ",\"ts\":" + std::to_string(ms - static_cast<int64_t>(random() % 600)) + "}",
                       true, at);
    }
  }
  writer.advance(at + 10'000'000);
  return out.str();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

// The same over one connection, of which both streams get all messages; `least` makes them refuse each other's.
std::string connected(const std::string& least) {
  std::string script = replaced(kScript, "type = 'internal'", "type = 'source', connection = 'C'");
  script = replaced(script, "q LONG", "q LONG" + least);
  script = replaced(script, "v LONG)", "v LONG" + least + ") WITH (type = 'source', connection = 'C')");
  return "CREATE CONNECTION C WITH (extension = 'websocket', \"websocket.url\" = 'ws://h');" + script;
}

std::string replay(const std::string& text, size_t batchRows, const std::string& script = kScript) {
  BoundResult checked = checkScript(script);
  REQUIRE_FALSE(hasError(checked.diagnostics));
  const std::vector<std::string> streams{"Vwap",  "Hops", "Sess",  "Roll",     "Both",    "Sum",  "Last",  "Snap",
                                         "Quote", "Pair", "Outer", "OuterSum", "Missing", "Book", "Books", "Swing"};
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline, batchRows);
  std::string out;
  RowPrinter printer(pipeline, streams, RowFormat::JsonLines, -1, [&](const std::string& rows) { out += rows; });
  std::istringstream in(text);
  CaptureReader reader(in);
  REQUIRE(reader.readHeader().ok());
  REQUIRE(playPast(reader, pipeline, feeder).empty());
  pipeline.flush();
  printer.flush();
  return out + metricsJson(metricsOf(pipeline, feeder, {}));
}

}  // namespace

TEST_CASE("the size of a batch is never visible") {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    const std::string text = capture(seed);
    const std::string one = replay(text, 1);
    CHECK(one.size() > 5000);
    CHECK_MESSAGE(replay(text, 7) == one, seed);
    CHECK_MESSAGE(replay(text, 2048) == one, seed);
  }
}

TEST_CASE("nor is it where streams share a connection") {
  for (uint64_t seed = 1; seed <= 12; ++seed)
    for (const char* least : {"", " NOT NULL"}) {
      const std::string script = connected(least);
      const std::string text = replaced(replaced(capture(seed), "\"stream\":\"T\"", "\"stream\":\"C\""),
                                        "\"stream\":\"A\"", "\"stream\":\"C\"");
      const std::string one = replay(text, 1, script);
      CHECK(one.size() > 5000);
      CHECK_MESSAGE(replay(text, 7, script) == one, seed);
      CHECK_MESSAGE(replay(text, 2048, script) == one, seed);
    }
}

TEST_CASE("a capture says what is wrong with it, by line") {
  const auto firstError = [](const std::string& text) {
    std::istringstream in(text);
    CaptureReader reader(in);
    if (const auto header = reader.readHeader(); !header) return header.diagnostics().front().message;
    while (true) {
      const auto line = reader.next();
      if (!line) return line.diagnostics().front().message;
      if (!*line) return std::string("fine");
    }
  };
  const std::string header = "{\"weir_capture\":1,\"started\":0,\"sources\":{}}\n";
  CHECK(firstError("hello").find("not a Weir capture") == 0);
  CHECK(firstError(header + "{\"at\":1,\"stream\":\"S\",\"text\":\"x\"}\n") == "fine");
  CHECK(
      firstError(header + "{\"at\":1.5,\"stream\":\"S\",\"text\":\"x\"}\n{\"at\":1,\"stream\":\"S\",\"text\":\"x\"}\n")
          .find("capture line 3") == 0);
  CHECK(firstError(header + "{\"at\":1,\"stream\":\"S\"}").find("capture line 2") == 0);
  CHECK(firstError(header + "{\"at\":1,\"stream\":\"S\",\"text\":\"}\n").find("capture line 2: not valid JSON") == 0);
  CHECK(firstError(header + "{\"at\":1,").find("capture line 2: not valid JSON") == 0);
  CHECK(firstError(header + std::string((64u << 20) + 1, 'x')) == "capture line 2: longer than 64 MB");
}

TEST_CASE("open windows can be looked at without changing anything") {
  BoundResult checked =
      checkScript("CREATE STREAM S (v LONG); INSERT INTO O SELECT SUM(v) AS s FROM S WINDOW TUMBLING(1 sec);");
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline);
  std::vector<int64_t> closed;
  pipeline.tap("O", [&](const BatchPtr& batch) { closed.push_back(batch->columns[0]->integer(0)); });
  feeder.message(*feeder.find("S"), "{\"v\":5}", 100'000);
  feeder.flush();
  for (int i = 0; i < 3; ++i) {
    const auto open = pipeline.openRows("O");
    REQUIRE(open.size() == 1);
    CHECK(open[0]->columns[0]->integer(0) == 5);
    CHECK(open[0]->meta[0].isProvisional);
  }
  CHECK(closed.empty());
  feeder.advance(1'000'000);
  CHECK(closed == std::vector<int64_t>{5});
}
