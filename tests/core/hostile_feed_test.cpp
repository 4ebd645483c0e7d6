// SPDX-License-Identifier: GPL-3.0-or-later
// Feeds that open state without end: each operator bounds it, says how much it let go, and still answers.
#include <doctest/doctest.h>

#include "core/bind/checker.h"
#include "core/exec/pipeline.h"
#include "core/plan/lower/lower.h"

using namespace weir;

namespace {

constexpr int64_t kMore = 1'100'000;  ///< than any operator keeps without a window
constexpr int64_t kRowsOfPush = 2048;

/// A pipeline over S (k LONG, ts LONG), the event time in ts, and A (k LONG) by arrival.
struct Hostile {
  explicit Hostile(const std::string& query, int64_t latenessMs = 0)
      : pipeline(checked("CREATE STREAM S (k LONG, ts LONG) WITH (type = 'internal', \"event.time.field\" = 'ts', "
                         "\"event.time.lateness.ms\" = '" +
                         std::to_string(latenessMs) + "'); CREATE STREAM A (k LONG); " + query),
                 0, 1) {
    pipeline.tap("O", [this](const BatchPtr& batch) { rows += batch->rows(); });
  }
  static physical::Plan checked(const std::string& text) {
    BoundResult result = checkScript(text);
    for (const Diagnostic& d : result.diagnostics) REQUIRE_MESSAGE(d.severity != Severity::Error, d.message);
    return lowered(std::move(result.script));
  }
  /// Rows `from` to `to` of a stream: `row(i)` gives key and time.
  template <class Row>
  void feed(const std::string& stream, int64_t from, int64_t to, const Row& row) {
    for (int64_t begin = from; begin < to; begin += kRowsOfPush) {
      BatchBuilder builder(pipeline.script().stream(stream).schema);
      for (int64_t i = begin; i < std::min(to, begin + kRowsOfPush); ++i) {
        const auto [key, time] = row(i);
        builder.column(0).appendInteger(key);
        if (stream == "S") builder.column(1).appendInteger(time);
        RowMeta meta;
        meta.at = time;
        meta.arrival = pipeline.clock().now();
        builder.finishRow(meta);
      }
      pipeline.push(stream, builder.take());
    }
  }
  uint64_t forgotten() const { return pipeline.stateDropped().at("O"); }

  Pipeline pipeline;
  size_t rows = 0;
};

std::pair<int64_t, int64_t> eachItsKey(int64_t i) { return {i, 0}; }

}  // namespace

TEST_CASE("groups without a window are bounded, and those in use stay") {
  Hostile hostile("INSERT INTO O SELECT k, COUNT(*) AS n FROM A GROUP BY k;");
  int64_t mostOfZero = 0;
  hostile.pipeline.tap("O", [&](const BatchPtr& batch) {
    for (size_t row = 0; row < batch->rows(); ++row)
      if (batch->columns[0]->integer(row) == 0) mostOfZero = batch->columns[1]->integer(row);
  });
  // Every hundredth row is of group 0.
  hostile.feed("A", 0, kMore, [](int64_t i) { return std::pair{i % 100 == 0 ? int64_t{0} : i, int64_t{0}}; });
  CHECK(hostile.rows == kMore);
  CHECK(hostile.forgotten() > 0);
  CHECK(mostOfZero == kMore / 100);
}

TEST_CASE("partitions of LAG are bounded") {
  Hostile hostile("INSERT INTO O SELECT k, LAG(k) OVER (PARTITION BY k) AS l FROM A;");
  hostile.feed("A", 0, kMore, eachItsKey);
  CHECK(hostile.rows == kMore);
  CHECK(hostile.forgotten() == kMore - 1'000'000);
}

TEST_CASE("keys of an ASOF JOIN are bounded") {
  Hostile hostile("INSERT INTO O SELECT l.k FROM A AS l ASOF JOIN S AS r ON l.k = r.k;");
  hostile.feed("S", 0, 2 * kMore, eachItsKey);
  CHECK(hostile.forgotten() > 0);
  // The newest key is there.
  hostile.feed("A", 0, 1, [](int64_t) { return std::pair{2 * kMore - 1, int64_t{0}}; });
  CHECK(hostile.rows == 1);
}

TEST_CASE("right rows of an ASOF JOIN that no left row can want go") {
  Hostile hostile("INSERT INTO O SELECT l.k, r.ts FROM S AS l ASOF JOIN S AS r ON l.k = r.k;");
  std::vector<int64_t> found;
  hostile.pipeline.tap("O", [&](const BatchPtr& batch) {
    for (size_t row = 0; row < batch->rows(); ++row) found.push_back(batch->columns[1]->integer(row));
  });
  // A row a second for each of five keys: those of the last minute are enough.
  hostile.feed("S", 0, 200'000, [](int64_t i) { return std::pair{i % 5, i / 5 * 1000}; });
  CHECK(hostile.rows == 200'000);
  CHECK(found.back() == 199'999 / 5 * 1000);
  CHECK(hostile.forgotten() == 0);
}

TEST_CASE("one group with ever more open sessions") {
  Hostile hostile("INSERT INTO O SELECT k, COUNT(*) AS n FROM S WINDOW SESSION(1 ms) GROUP BY k;", 3'600'000);
  hostile.feed("S", 0, 400'000, [](int64_t i) { return std::pair{int64_t{0}, (i * 7919) % 400'000 * 2}; });
  CHECK(hostile.rows == 0);
  hostile.feed("S", 0, 1, [](int64_t) { return std::pair{int64_t{0}, int64_t{100'000'000}}; });
  CHECK(hostile.rows == 400'000);
}

TEST_CASE("a join within a bound lets go of what is behind it") {
  Hostile hostile("INSERT INTO O SELECT l.k FROM S AS l JOIN S AS r ON l.k = r.k WITHIN 1 sec;");
  hostile.feed("S", 0, 300'000, [](int64_t i) { return std::pair{i, i * 10}; });
  CHECK(hostile.rows == 300'000);
}

TEST_CASE("UNIQUE, FIRSTUNIQUE and DISTINCT are bounded") {
  for (const char* query :
       {"INSERT INTO O SELECT k FROM A WINDOW FIRSTUNIQUE(k);", "INSERT INTO O SELECT DISTINCT k FROM A;"}) {
    Hostile hostile(query);
    hostile.feed("A", 0, kMore, eachItsKey);
    CHECK(hostile.rows == kMore);
    CHECK(hostile.forgotten() > 0);
  }
}

TEST_CASE("order books are bounded, in their levels and in their number") {
  Hostile deep("INSERT INTO O SELECT k, COUNT(*) AS n, window_has_gap() AS gap FROM A WINDOW BOOK(k, 1);");
  int64_t levels = 0;
  bool hasGap = false;
  deep.pipeline.tap("O", [&](const BatchPtr& batch) {
    levels = batch->columns[1]->integer(batch->rows() - 1);
    hasGap = batch->columns[2]->integer(batch->rows() - 1) != 0;
  });
  deep.feed("A", 0, 120'000, eachItsKey);
  CHECK(levels == 100'000);
  CHECK(hasGap);
  CHECK(deep.forgotten() == 20'000);
  Hostile many("INSERT INTO O SELECT k, COUNT(*) AS n, window_has_gap() AS gap FROM A WINDOW BOOK(1, 1) GROUP BY k;");
  many.pipeline.tap("O", [&](const BatchPtr& batch) { hasGap = batch->columns[2]->integer(0) != 0; });
  many.feed("A", 0, 1, eachItsKey);
  CHECK_FALSE(hasGap);
  many.feed("A", 1, 120'000, eachItsKey);
  CHECK(many.rows == 120'000);
  CHECK(many.forgotten() > 20'000);
  // One that was let go begins anew, and says so.
  many.feed("A", 0, 1, eachItsKey);
  CHECK(hasGap);
}
