// SPDX-License-Identifier: GPL-3.0-or-later
// A pipeline that goes over to another script keeps what is the same in both.
#include <doctest/doctest.h>

#include "core/bind/checker.h"
#include "core/feed/feeder.h"
#include "core/plan/lower/lower.h"

namespace weir {
namespace {

constexpr const char* kSource =
    "CREATE STREAM S (t LONG, v LONG) WITH (type = 'source', extension = 'websocket', \"websocket.url\" = "
    "'ws://127.0.0.1:1/', \"event.time.field\" = 't');";

struct Line {
  int64_t value;
  bool hasGap;
  bool operator==(const Line&) const = default;
};

/// A pipeline with the first column of each result, by name.
struct Bench {
  explicit Bench(const std::string& text) : pipeline(lowered(script(text)), 0, 1), feeder(pipeline) { listen(); }

  static logical::Plan script(const std::string& text) {
    BoundResult checked = checkScript(text);
    for (const Diagnostic& d : checked.diagnostics)
      if (d.severity == Severity::Error) FAIL(d.message);
    return std::move(checked.script);
  }
  void listen() {
    for (const std::string& name : pipeline.script().results())
      pipeline.tap(name, [this, name](const BatchPtr& batch) {
        for (size_t row = 0; row < batch->rows(); ++row)
          rows[name].push_back({batch->columns[0]->integer(row), batch->meta[row].hasGap});
      });
  }
  std::set<std::string> change(const std::string& text) {
    feeder.flush();
    const std::set<std::string> kept = pipeline.changeTo(lowered(script(text)));
    feeder.followChange(kept);
    listen();
    return kept;
  }
  void send(int64_t t, int64_t v) {
    now += 1000;
    feeder.message(*feeder.find("S"), "{\"t\":" + std::to_string(t) + ",\"v\":" + std::to_string(v) + "}", now);
    feeder.flush();
  }

  Pipeline pipeline;
  Feeder feeder;
  std::map<std::string, std::vector<Line>> rows;
  Micros now = 0;
};

using Names = std::set<std::string>;

TEST_CASE("a query that is the same keeps its window, one that is new says that its first one is not whole") {
  const std::string sums = "INSERT INTO A SELECT SUM(v) AS s FROM S WINDOW TUMBLING(10 sec);";
  Bench bench(kSource + sums + "INSERT INTO B SELECT MAX(v) AS s FROM S WINDOW TUMBLING(10 sec);");
  bench.send(1'000, 1);
  bench.send(12'000, 5);
  CHECK(
      bench.change(
          kSource +
          std::string(
              "INSERT INTO C SELECT COUNT(*) AS n FROM S WINDOW TUMBLING(10 sec);\n-- the same, otherwise laid out\n") +
          "insert into A\n  select SUM(v) as s from S\n  window TUMBLING(10 sec);") == Names{"S", "A"});
  bench.send(13'000, 6);
  bench.send(21'000, 7);
  bench.send(31'000, 8);
  // The window from 0 was begun before the first row, the one from 10 s is whole for A and not for C.
  CHECK(bench.rows["A"] == std::vector<Line>{{1, true}, {11, false}, {7, false}});
  CHECK(bench.rows["B"] == std::vector<Line>{{1, true}});
  CHECK(bench.rows["C"] == std::vector<Line>{{1, true}, {1, false}});
  CHECK(bench.feeder.intake("S")->counters().passed == 5);
}

TEST_CASE("the second of two queries goes on when the first one goes, through streams of its own") {
  const std::string nested =
      "INSERT INTO A SELECT SUM(x) AS s FROM (SELECT v * 2 AS x FROM S WHERE v > 0) WINDOW TUMBLING(10 sec);";
  const std::string other = "INSERT INTO B SELECT SUM(x) AS s FROM (SELECT v AS x FROM S) WINDOW TUMBLING(10 sec);";
  Bench bench(kSource + other + nested);
  bench.send(11'000, 5);
  CHECK(bench.change(kSource + nested) == Names{"S", "A"});
  CHECK(bench.change(kSource + nested + other) == Names{"S", "A"});
  bench.send(12'000, 1);
  bench.send(25'000, 1);
  CHECK(bench.rows["A"] == std::vector<Line>{{12, true}});
  CHECK(bench.rows["B"] == std::vector<Line>{{1, true}});
}

TEST_CASE("what reads a stream that has changed starts anew") {
  const std::string chain =
      "INSERT INTO A SELECT v AS x FROM S WHERE v > %; INSERT INTO B SELECT SUM(x) AS s FROM A WINDOW TUMBLING(10 "
      "sec);";
  const auto with = [&](const char* least) { return kSource + std::string(chain).replace(chain.find('%'), 1, least); };
  Bench bench(with("0"));
  bench.send(11'000, 5);
  CHECK(bench.change(with("2")) == Names{"S"});
  CHECK(bench.change(std::string(kSource).replace(std::string(kSource).find("127.0.0.1:1/"), 12, "127.0.0.1:2/") +
                     chain.substr(0, chain.find('%')) + "2" + chain.substr(chain.find('%') + 1)) == Names{});
  bench.send(12'000, 3);
  bench.send(25'000, 3);
  CHECK(bench.rows["B"] == std::vector<Line>{{3, true}});
}

TEST_CASE("a connection is part of what its streams are, and other streams of it are not") {
  const auto source = [](const std::string& url) {
    return "CREATE CONNECTION C WITH (extension = 'websocket', \"websocket.url\" = '" + url +
           "'); CREATE STREAM S (t LONG, v LONG) WITH (type = 'source', connection = 'C', \"event.time.field\" = 't');";
  };
  const std::string sums = "INSERT INTO A SELECT SUM(v) AS s FROM S WINDOW TUMBLING(10 sec);";
  const std::string other = "CREATE STREAM T (w LONG) WITH (type = 'source', connection = 'C');";
  Bench bench(source("ws://h/1") + sums);
  bench.send(11'000, 5);
  CHECK(bench.change(source("ws://h/1") + other + sums) == Names{"S", "A"});
  CHECK(bench.feeder.find("C")->intakes == std::vector{bench.feeder.intake("S"), bench.feeder.intake("T")});
  CHECK(bench.change(source("ws://h/2") + other + sums) == Names{});
}

TEST_CASE("timers go with their query, and stay with one that is kept") {
  const std::string arrival = "CREATE STREAM S (t LONG, v LONG);";
  const std::string kept = "INSERT INTO A SELECT COUNT(*) AS n FROM S WINDOW TUMBLING(10 sec);";
  Bench bench(arrival + "INSERT INTO B SELECT v, COUNT(*) AS n FROM S GROUP BY v OUTPUT SNAPSHOT EVERY 1 sec;" + kept);
  bench.send(0, 1);
  CHECK(bench.change(arrival + kept) == Names{"S", "A"});
  bench.send(0, 1);
  bench.feeder.advance(30'000'000);
  CHECK(bench.rows["A"] == std::vector<Line>{{2, true}});
  CHECK(bench.rows["B"].empty());
}

}  // namespace
}  // namespace weir
