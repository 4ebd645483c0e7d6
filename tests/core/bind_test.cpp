// SPDX-License-Identifier: GPL-3.0-or-later
// What the binder says of streams beside their columns: which group a row belongs to, and where it came from.
#include <doctest/doctest.h>

#include "core/bind/checker.h"

namespace weir {
namespace {

const std::string kSource = "CREATE STREAM S (sym STRING, v DOUBLE, n LONG);\n";
const std::string kStats =
    "INSERT INTO Stats SELECT AVG(v) AS mean, sym AS symbol FROM S WINDOW TUMBLING(10 sec) GROUP BY sym;\n";

logical::Plan bound(const std::string& text) {
  BoundResult checked = checkScript(text);
  for (const Diagnostic& d : checked.diagnostics)
    if (d.severity == Severity::Error) FAIL(d.message);
  return std::move(checked.script);
}

using Columns = std::vector<size_t>;
using Names = std::set<std::string>;

TEST_CASE("a LONG of a message that becomes DOUBLE by itself is told of, and what the hint says is not") {
  const auto warnings = [](const std::string& expression) {
    return checkScript(kSource + "INSERT INTO O SELECT " + expression + " AS r FROM S;").diagnostics.size();
  };
  for (const char* lossy : {"COALESCE(n, 0.5)", "IFNULL(n, v)", "IF(v > 1, n, v)",
                            "CASE WHEN v > 1 THEN n ELSE 0.0 END", "COALESCE(n, v::FLOAT)"})
    CHECK_MESSAGE(warnings(lossy) == 1, lossy);
  for (const char* fine : {"COALESCE(n, 0)", "COALESCE(CAST(n AS DOUBLE), 0.5)", "COALESCE(v, 0)", "IF(v > 1, 1, v)",
                           "n + v", "n = v", "COALESCE(COUNT(n), 0.5)"})
    CHECK_MESSAGE(warnings(fine) == 0, fine);
}

TEST_CASE("rows that are passed on belong to the groups that they came from") {
  const logical::Plan script = bound(kSource + kStats +
                                     "INSERT INTO Passed SELECT symbol AS s, mean FROM Stats WHERE mean > 0;\n"
                                     "INSERT INTO Again SELECT mean * 2 AS twice, x.s FROM Passed AS x;\n"
                                     "INSERT INTO Lost SELECT mean FROM Stats;\n"
                                     "INSERT INTO Changed SELECT UPPER(symbol) AS u, mean FROM Stats;\n"
                                     "INSERT INTO Own SELECT COUNT(*) AS n FROM Stats;\n");
  CHECK(script.stream("Stats").groupColumns == Columns{1});
  CHECK(script.stream("Passed").groupColumns == Columns{0});
  CHECK(script.stream("Passed").windowMs == 10'000);
  CHECK_FALSE(script.stream("Passed").windowed);
  CHECK(script.stream("Again").groupColumns == Columns{1});
  // Without all its keys a row is of no group any more.
  for (const char* name : {"Lost", "Changed", "Own"}) {
    CAPTURE(name);
    CHECK(script.stream(name).groupColumns.empty());
    CHECK(script.stream(name).windowMs == 0);
  }
}

TEST_CASE("groups are found where the target has its columns") {
  const std::string target = "CREATE STREAM T (mean DOUBLE, extra LONG, symbol STRING);\n";
  CHECK(bound(kSource + target +
              "INSERT INTO T BY NAME SELECT sym AS symbol, AVG(v) AS mean FROM S WINDOW TUMBLING(1 sec) GROUP BY sym;")
            .stream("T")
            .groupColumns == Columns{2});
  CHECK(bound(kSource + target + "INSERT INTO T (symbol, mean) SELECT sym, AVG(v) FROM S GROUP BY sym;")
            .stream("T")
            .groupColumns == Columns{2});
}

TEST_CASE("a stream names the feeds that it is made of") {
  const logical::Plan script =
      bound(kSource + kStats +
            "CREATE STREAM R (sym STRING, w LONG);\n"
            "INSERT INTO J SELECT st.symbol, r.w FROM Stats AS st JOIN R AS r ON st.symbol = r.sym WITHIN 1 min;\n"
            "INSERT INTO OnlyR SELECT w FROM R;\n");
  CHECK(script.feedsOf("Stats") == Names{"S"});
  CHECK(script.feedsOf("J") == Names{"R", "S"});
  CHECK(script.feedsOf("OnlyR") == Names{"R"});
  CHECK(script.feedsOf("S") == Names{"S"});
}

}  // namespace
}  // namespace weir
