// SPDX-License-Identifier: GPL-3.0-or-later
// Inputs of a size that nobody writes by hand: handled, or refused with a reason.
#include <doctest/doctest.h>

#include "core/bind/checker.h"
#include "core/feed/feeder.h"
#include "core/formats/json_inference.h"
#include "core/plan/lower/lower.h"
#include "core/plan/reference.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <sstream>

using namespace weir;

namespace {

std::string repeated(const std::string& text, size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string firstError(const std::string& sql) {
  for (const Diagnostic& d : checkScript(sql).diagnostics)
    if (d.severity == Severity::Error) return d.message;
  return {};
}

}  // namespace

TEST_CASE("nesting too deep is refused, not a crash") {
  const std::string head = "CREATE STREAM S (a LONG); SELECT ";
  CHECK(firstError(head + repeated("(", 300) + "a" + repeated(")", 300) + " AS r FROM S") == "");
  CHECK(firstError(head + repeated("(", 100'000) + "a" + repeated(")", 100'000) + " AS r FROM S").find("nested") !=
        std::string::npos);
  CHECK(firstError(head + repeated("-", 99'999) + "- a AS r FROM S") != "");
  CHECK(firstError(head + "a" + repeated(" + a", 100'000) + " AS r FROM S").find("nested") != std::string::npos);
  CHECK(firstError("SELECT * FROM " + repeated("(SELECT * FROM ", 10'000) + "S" + repeated(")", 10'000)) != "");
}

TEST_CASE("a megabyte of SQL is checked, more than 16 are refused") {
  std::string sql = "CREATE STREAM S (a LONG, b STRING);\n";
  for (int i = 0; sql.size() < (1 << 20); ++i)
    sql += "INSERT INTO O" + std::to_string(i) + " SELECT a + " + std::to_string(i) +
           " AS x, UPPER(b) AS y FROM S WHERE a > 1;\n";
  CHECK(firstError(sql) == "");
  CHECK(firstError(repeated("-- 16\n", 3 << 20)).find("16 MB") != std::string::npos);
}

TEST_CASE("a thousand columns go through") {
  std::string columns, items, json;
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    columns += (i ? ", c" : "c") + n + " LONG";
    items += (i ? ", SUM(c" : "SUM(c") + n + ") AS s" + n;
    json += (i ? ",\"c" : "{\"c") + n + "\":" + n;
  }
  BoundResult checked = checkScript("CREATE STREAM S (" + columns + "); INSERT INTO O SELECT " + items +
                                    " FROM S WINDOW LENGTHBATCH(2);");
  REQUIRE_FALSE(hasError(checked.diagnostics));
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline);
  int64_t last = -1;
  pipeline.tap("O", [&](const BatchPtr& batch) { last = batch->columns[999]->integer(0); });
  for (int i = 0; i < 2; ++i) feeder.message(*feeder.find("S"), json + "}", 1000);
  feeder.flush();
  CHECK(last == 1998);
}

TEST_CASE("a million groups close") {
  BoundResult checked = checkScript(
      "CREATE STREAM S (k LONG, v LONG); INSERT INTO O SELECT k, SUM(v) AS s FROM S WINDOW TUMBLING(1 min) GROUP BY "
      "k;");
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  size_t groups = 0;
  int64_t sum = 0;
  pipeline.tap("O", [&](const BatchPtr& batch) {
    groups += batch->rows();
    for (size_t row = 0; row < batch->rows(); ++row) sum += batch->columns[1]->integer(row);
  });
  constexpr int64_t kGroups = 1'000'000;
  const auto schema = pipeline.script().stream("S").schema;
  for (int64_t from = 0; from < 2 * kGroups; from += 10'000) {
    BatchBuilder rows(schema);
    for (int64_t k = from; k < from + 10'000; ++k) {
      rows.column(0).appendInteger(k % kGroups);
      rows.column(1).appendInteger(1);
      rows.finishRow({.at = 1000, .arrival = fromMillis(1000)});
    }
    pipeline.push("S", rows.take());
  }
  pipeline.advanceTo(fromMillis(60'000));
  CHECK(groups == kGroups);
  CHECK(sum == 2 * kGroups);
}

TEST_CASE("the reference pages are what the lists say") {
  const auto page = [](const std::string& name) {
    std::ifstream in(std::string(WEIR_SOURCE) + "/docs/reference/" + name + ".md", std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  };
  CHECK_MESSAGE(page("functions") == functionReference(), "run script/reference");
  CHECK_MESSAGE(page("options") == optionReference(), "run script/reference");
}

TEST_CASE("an hour in which nobody looked passes at once") {
  BoundResult checked = checkScript(
      "CREATE STREAM S (v LONG);"
      "INSERT INTO A SELECT COUNT(*) AS n FROM S WINDOW TUMBLING(1 sec);"
      "INSERT INTO B SELECT v, COUNT(*) AS n FROM S GROUP BY v OUTPUT SNAPSHOT EVERY 100 ms;"
      "INSERT INTO C SELECT COUNT(*) AS n FROM S WINDOW SESSION(5 sec);");
  REQUIRE_FALSE(hasError(checked.diagnostics));
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline);
  std::map<std::string, size_t> rows;
  for (const char* name : {"A", "B", "C"})
    pipeline.tap(name, [&rows, name](const BatchPtr& batch) { rows[name] += batch->rows(); });
  feeder.message(*feeder.find("S"), "{\"v\":1}", fromMillis(100));
  feeder.advance(fromMillis(3'600'000));
  feeder.message(*feeder.find("S"), "{\"v\":1}", fromMillis(3'600'100));
  feeder.advance(fromMillis(3'610'000));
  CHECK(rows["A"] == 2);
  CHECK(rows["C"] == 2);
  CHECK(rows["B"] >= 2);
  CHECK(rows["B"] <= 36'101);
}

TEST_CASE("bad messages without end are counted and the newest kept") {
  BoundResult checked =
      checkScript("CREATE STREAM S (v LONG NOT NULL); INSERT INTO A SELECT SUM(v) AS s FROM S WINDOW TUMBLING(1 sec);");
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline);
  int64_t sum = 0;
  pipeline.tap("A", [&](const BatchPtr& batch) { sum += batch->columns[0]->integer(0); });
  const char* const kBad[] = {"{\"v\":",      "nonsense", "",         "{\"v\":\"x\"}",
                              "{\"v\":null}", "[[[[[[[[", "\xff\xfe", "{\"v\":1e999}"};
  constexpr int kMessages = 200'000;
  for (int i = 0; i < kMessages; ++i)
    feeder.message(*feeder.find("S"), i % 1000 == 0 ? "{\"v\":1}" : kBad[i % 8], fromMillis(i / 10));
  feeder.advance(fromMillis(kMessages));
  const Intake& intake = *feeder.intake("S");
  CHECK(sum == kMessages / 1000);
  CHECK(intake.counters().passed == kMessages / 1000);
  CHECK(intake.counters().messages == kMessages);
  CHECK(intake.counters().messages ==
        intake.counters().decoded + intake.counters().rejected + intake.counters().control);
  CHECK(intake.rejects().size() == 100);
  CHECK_FALSE(intake.rejects().back().reason.empty());
}

TEST_CASE("a join forgets keys that come no more") {
  BoundResult checked = checkScript(
      "CREATE STREAM A (k LONG); CREATE STREAM B (k LONG); INSERT INTO O SELECT A.k AS a, B.k AS b FROM A JOIN B ON "
      "A.k = B.k WITHIN 10 ms;");
  REQUIRE_FALSE(hasError(checked.diagnostics));
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline);
  size_t pairs = 0;
  pipeline.tap("O", [&](const BatchPtr& batch) { pairs += batch->rows(); });
  for (int64_t i = 0; i < 20'000; ++i) {
    feeder.message(*feeder.find("A"), "{\"k\":" + std::to_string(i) + "}", fromMillis(i));
    feeder.message(*feeder.find("B"), "{\"k\":" + std::to_string(i - 5) + "}", fromMillis(i));
  }
  feeder.flush();
  CHECK(pairs == 19'995);
}

TEST_CASE("an ASOF JOIN forgets keys beyond its tolerance, and finds what it keeps") {
  BoundResult checked = checkScript(
      "CREATE STREAM A (k LONG); CREATE STREAM B (k LONG, v LONG);"
      "INSERT INTO O SELECT A.k AS k, B.v AS v FROM A ASOF JOIN B ON A.k = B.k TOLERANCE 100 ms;"
      "CREATE TABLE L (k LONG, v LONG); INSERT INTO L SELECT k % 10 AS k, v FROM B;"
      "INSERT INTO P SELECT A.k AS k, L.v AS v FROM A JOIN L ON A.k % 10 = L.k;");
  REQUIRE_FALSE(hasError(checked.diagnostics));
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline);
  std::vector<int64_t> near;
  int64_t wrong = 0;
  pipeline.tap("O", [&](const BatchPtr& batch) {
    for (size_t row = 0; row < batch->rows(); ++row)
      near.push_back(batch->columns[1]->integer(row) - 2 * batch->columns[0]->integer(row));
  });
  pipeline.tap("P", [&](const BatchPtr& batch) {
    for (size_t row = 0; row < batch->rows(); ++row)
      wrong += batch->columns[1]->integer(row) % 10 != batch->columns[0]->integer(row) * 2 % 10;
  });
  constexpr int64_t kRows = 100'000;
  for (int64_t i = 0; i < kRows; ++i) {
    feeder.message(*feeder.find("B"), "{\"k\":" + std::to_string(i) + ",\"v\":" + std::to_string(2 * i) + "}",
                   fromMillis(i));
    if (i % 10 != 0) continue;
    feeder.message(*feeder.find("A"), "{\"k\":" + std::to_string(i - 100) + "}", fromMillis(i));
    feeder.message(*feeder.find("A"), "{\"k\":" + std::to_string(i - 101) + "}", fromMillis(i));
  }
  feeder.flush();
  CHECK(near.size() == (kRows - 100) / 10);
  CHECK(std::count(near.begin(), near.end(), 0) == static_cast<ptrdiff_t>(near.size()));
  CHECK(wrong == 0);
}

TEST_CASE("a rolling window forgets groups that come no more, and counts the others on") {
  for (const char* window : {"TIME(4 ms)", "LENGTH(8)"}) {
    BoundResult checked = checkScript(std::string("CREATE STREAM S (k LONG); INSERT INTO O SELECT k, COUNT(*) AS n, "
                                                  "SUM(k) AS s, MAX(k) AS m FROM S WINDOW ") +
                                      window + " GROUP BY k;");
    REQUIRE_FALSE(hasError(checked.diagnostics));
    Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
    Feeder feeder(pipeline);
    int64_t rows = 0;
    int64_t wrong = 0;
    pipeline.tap("O", [&](const BatchPtr& batch) {
      for (size_t row = 0; row < batch->rows(); ++row, ++rows) {
        const int64_t k = batch->columns[0]->integer(row);
        // Every second row is of group -1: four of them are in the window.
        const int64_t n = k == -1 ? std::min<int64_t>(4, rows / 2 + 1) : 1;
        wrong += batch->columns[1]->integer(row) != n || batch->columns[2]->integer(row) != n * k ||
                 batch->columns[3]->integer(row) != k;
      }
    });
    for (int64_t i = 0; i < 20'000; ++i) {
      feeder.message(*feeder.find("S"), "{\"k\":-1}", fromMillis(i));
      feeder.message(*feeder.find("S"), "{\"k\":" + std::to_string(i) + "}", fromMillis(i));
    }
    feeder.flush();
    CHECK(rows == 40'000);
    CHECK(wrong == 0);
  }
}

TEST_CASE("UNIQUE takes back what is replaced, whatever the group") {
  BoundResult checked = checkScript(
      "CREATE STREAM S (id LONG, g LONG, v LONG); INSERT INTO O SELECT g, COUNT(*) AS n, SUM(v) AS s, MAX(v) AS m FROM "
      "S WINDOW UNIQUE(id) GROUP BY g;");
  REQUIRE_FALSE(hasError(checked.diagnostics));
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline);
  struct Row {
    int64_t group;
    int64_t value;
  };
  std::map<int64_t, Row> kept;
  std::vector<std::array<int64_t, 4>> expected;
  std::vector<std::array<int64_t, 4>> got;
  pipeline.tap("O", [&](const BatchPtr& batch) {
    for (size_t row = 0; row < batch->rows(); ++row) {
      std::array<int64_t, 4> values{};
      for (size_t c = 0; c < 4; ++c) values[c] = batch->columns[c]->integer(row);
      got.push_back(values);
    }
  });
  for (int64_t i = 0; i < 6'000; ++i) {
    const int64_t id = i * 7 % 19;
    // Groups that never come again, and three that do.
    const int64_t group = i % 2 == 0 ? i + 10 : i % 3;
    const int64_t value = i * 31 % 101;
    kept[id] = {group, value};
    std::array<int64_t, 4> now{group, 0, 0, INT64_MIN};
    for (const auto& [key, row] : kept)
      if (row.group == group) now = {group, now[1] + 1, now[2] + row.value, std::max(now[3], row.value)};
    expected.push_back(now);
    feeder.message(
        *feeder.find("S"),
        "{\"id\":" + std::to_string(id) + ",\"g\":" + std::to_string(group) + ",\"v\":" + std::to_string(value) + "}",
        fromMillis(i));
  }
  feeder.flush();
  CHECK(got == expected);
}

TEST_CASE("UNIQUE over very many keys takes one back at the cost of one") {
  BoundResult checked = checkScript(
      "CREATE STREAM S (id LONG, v LONG); INSERT INTO O SELECT COUNT(*) AS n, SUM(v) AS s FROM S WINDOW UNIQUE(id);");
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline);
  int64_t last = 0;
  pipeline.tap("O", [&](const BatchPtr& batch) { last = batch->columns[1]->integer(batch->rows() - 1); });
  for (int64_t i = 0; i < 60'000; ++i)
    feeder.message(*feeder.find("S"),
                   "{\"id\":" + std::to_string(i % 20'000) + ",\"v\":" + std::to_string(i / 20'000) + "}",
                   fromMillis(i));
  feeder.flush();
  CHECK(last == 40'000);
}

TEST_CASE("no more than a thousand columns are learnt, and the user is told") {
  std::string json;
  for (int i = 0; i < 1500; ++i) json += (i ? ",\"c" : "{\"c") + std::to_string(i) + "\":" + std::to_string(i);
  JsonInference inference({}, {});
  inference.add(json + "}");
  const SchemaPtr schema = inference.schema();
  REQUIRE(schema);
  CHECK(schema->fields.size() == 1000);
  CHECK(schema->fields.back().name == "c999");
  const std::string sql =
      "CREATE STREAM S ( ... ) WITH (type = 'source', extension = 'websocket', \"websocket.url\" = 'ws://x'); INSERT "
      "INTO O SELECT c1 FROM S;";
  const BoundResult checked = checkScript(sql, {{"S", schema}});
  CHECK_FALSE(hasError(checked.diagnostics));
  REQUIRE(checked.diagnostics.size() == 1);
  CHECK(checked.diagnostics.front().message ==
        "the messages of 'S' have more than 1000 columns: the others are not read");
}
