// SPDX-License-Identifier: GPL-3.0-or-later
// Logical plans are compared, not their texts: layout is nothing, and everything that a query means is something.
#include <doctest/doctest.h>

#include <set>

#include "core/bind/checker.h"
#include "core/plan/explain.h"
#include "core/plan/identity.h"
#include "core/plan/logical_text.h"
#include "core/plan/window_list.h"

namespace weir {
namespace {

const std::string kStreams =
    "CREATE STREAM S (k STRING, v LONG, x DOUBLE, t LONG);\nCREATE STREAM R (k STRING, w LONG, t LONG);\n"
    "CREATE TABLE N (k STRING, name STRING);\nCREATE STREAM T (a DOUBLE, b DOUBLE);\n";

logical::Plan plan(const std::string& text) {
  BoundResult checked = checkScript(kStreams + text);
  for (const Diagnostic& d : checked.diagnostics)
    if (d.severity == Severity::Error) FAIL(text << ": " << d.message);
  return std::move(checked.script);
}

uint64_t identity(const logical::Plan& of) { return logical::Identities(of).stages.back(); }

TEST_CASE("a script that is laid out otherwise has the same plan") {
  const logical::Plan one = plan(
      "INSERT INTO O SELECT k, SUM(x * v) / SUM(v) AS vwap, COUNT(DISTINCT k) AS n FROM S AS s WHERE x > 0.50\n"
      "WINDOW TUMBLING(1 min) GROUP BY k HAVING n > 1 ORDER BY vwap DESC LIMIT 3;");
  const logical::Plan other = plan(
      "-- the same\ninsert into O select k, sum( x*v )/sum(v) as vwap, DISTINCTCOUNT(s.k) as n\n\n from S as s "
      "where (s.x > 0.5) window tumbling(60 sec) group by s.k having (n>1) order by 2 desc limit 3;");
  CHECK(logical::text(one) == logical::text(other));
  CHECK(one == other);
  CHECK(identity(one) == identity(other));
}

TEST_CASE("whatever a query means makes its plan another one") {
  const std::vector<std::string> kScripts = {
      "INSERT INTO O SELECT v AS r FROM S;",
      "INSERT INTO O SELECT v AS q FROM S;",
      "INSERT INTO O SELECT t AS r FROM S;",
      "INSERT INTO O SELECT v + 1 AS r FROM S;",
      "INSERT INTO O SELECT v + 2 AS r FROM S;",
      "INSERT INTO O SELECT v - 1 AS r FROM S;",
      "INSERT INTO O SELECT v + 1.0 AS r FROM S;",
      "INSERT INTO O SELECT CAST(k AS LONG) AS r FROM S;",
      "INSERT INTO O SELECT TRY_CAST(k AS LONG) AS r FROM S;",
      "INSERT INTO O SELECT '1' AS r FROM S;",
      "INSERT INTO O SELECT 1 AS r FROM S;",
      "INSERT INTO O SELECT 1.0 AS r FROM S;",
      "INSERT INTO O SELECT v >= 1 AND v <= 2 AS r FROM S;",
      "INSERT INTO O SELECT v BETWEEN 1 AND 2 AS r FROM S;",
      "INSERT INTO O SELECT v AS r FROM S WHERE v > 1;",
      "INSERT INTO O SELECT v AS r FROM S WHERE v >= 1;",
      "INSERT INTO O SELECT DISTINCT v AS r FROM S;",
      "INSERT INTO O SELECT v AS r FROM S LIMIT 1;",
      "INSERT INTO O SELECT v AS r FROM S LIMIT 1 OFFSET 1;",
      "INSERT INTO O SELECT v AS r FROM S ORDER BY v;",
      "INSERT INTO O SELECT v AS r FROM S ORDER BY v DESC;",
      "INSERT INTO O SELECT v AS r FROM S ORDER BY v NULLS FIRST;",
      "INSERT INTO O SELECT v AS r FROM S ORDER BY r;",
      "INSERT INTO O SELECT v AS r FROM S OUTPUT LAST EVERY 1 sec;",
      "INSERT INTO O SELECT v AS r FROM S OUTPUT FIRST EVERY 1 sec;",
      "INSERT INTO O SELECT v AS r FROM S OUTPUT LAST EVERY 2 sec;",
      "INSERT INTO O SELECT v AS r FROM S OUTPUT LAST EVERY 2 EVENTS;",
      "INSERT INTO O SELECT LAG(v) OVER () AS r FROM S;",
      "INSERT INTO O SELECT LAG(v, 2) OVER () AS r FROM S;",
      "INSERT INTO O SELECT LAG(v) OVER (PARTITION BY k) AS r FROM S;",
      "INSERT INTO O SELECT SUM(v) AS r FROM S;",
      "INSERT INTO O SELECT SUM(DISTINCT v) AS r FROM S;",
      "INSERT INTO O SELECT SUM(v) FILTER (WHERE x > 1) AS r FROM S;",
      "INSERT INTO O SELECT MAX(v) AS r FROM S;",
      "INSERT INTO O SELECT SUM(v) AS r FROM S GROUP BY k;",
      "INSERT INTO O SELECT SUM(v) AS r FROM S GROUP BY t;",
      "INSERT INTO O SELECT SUM(v) AS r FROM S HAVING r > 1;",
      "INSERT INTO O SELECT SUM(v) AS r FROM S HAVING SUM(v) > 1;",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW TUMBLING(1 min);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW TUMBLING(2 min);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW HOP(1 min, 1 min);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW HOP(1 min, 30 sec);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW TIME(1 min);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW EXTERNALTIME(t, 1 min);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW EXTERNALTIME(v, 1 min);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW UNIQUE(k);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW UNIQUE(t);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW BOOK(v, t);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW BOOK(t, v);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW BOOK(t, v, v > 1);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW BOOK(t, v, FALSE, k);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW BOOK(t, v, v > 1, k);",
      "INSERT INTO O SELECT SUM(v) AS r FROM S WINDOW TUMBLING(1 min) EMIT CHANGES;",
      "INSERT INTO O SELECT v AS r FROM S JOIN R ON S.k = R.k WITHIN 1 sec;",
      "INSERT INTO O SELECT v AS r FROM S JOIN R ON S.k = R.k WITHIN 2 sec;",
      "INSERT INTO O SELECT v AS r FROM S LEFT JOIN R ON S.k = R.k WITHIN 1 sec;",
      "INSERT INTO O SELECT v AS r FROM S JOIN R ON S.k = R.k AND v > w WITHIN 1 sec;",
      "INSERT INTO O SELECT v AS r FROM S JOIN R ON S.v = R.w WITHIN 1 sec;",
      "INSERT INTO O SELECT v AS r FROM S JOIN N ON S.k = N.k;",
      "INSERT INTO O SELECT v AS r FROM S ASOF JOIN R ON S.k = R.k TOLERANCE 1 sec;",
      "INSERT INTO O SELECT v AS r FROM S ASOF JOIN R ON S.k = R.k AND S.t >= R.t TOLERANCE 1 sec;",
      "INSERT INTO O SELECT v AS r FROM S ASOF JOIN R ON S.k = R.k AND S.t > R.t TOLERANCE 1 sec;",
      "INSERT INTO O SELECT v AS r FROM (SELECT v FROM S);",
      "INSERT INTO O SELECT v AS r FROM (SELECT v FROM S WHERE v > 1);",
      "INSERT INTO O SELECT S.v AS r FROM PATTERN (S -> R) WITHIN 1 sec;",
      "INSERT INTO O SELECT S.v AS r FROM PATTERN (S -> R[w > 1]) WITHIN 1 sec;",
      "INSERT INTO O SELECT S.v AS r FROM PATTERN (S -> R{2}) WITHIN 1 sec;",
      "INSERT INTO O SELECT S.v AS r FROM PATTERN (EVERY S -> R) WITHIN 1 sec;",
      "INSERT INTO O SELECT S.v AS r FROM PATTERN (EVERY (S -> R)) WITHIN 1 sec;",
      "INSERT INTO O SELECT S.v AS r FROM PATTERN (S AND R) WITHIN 1 sec;",
      "INSERT INTO O SELECT S.v AS r FROM PATTERN (S OR R) WITHIN 1 sec;",
      "INSERT INTO O SELECT S.v AS r FROM PATTERN (S -> NOT R FOR 1 sec) WITHIN 1 sec;",
      "INSERT INTO O SELECT S.v AS r FROM SEQUENCE (S -> R) WITHIN 1 sec;",
      "INSERT INTO T (a) SELECT v FROM S;",
      "INSERT INTO T (b) SELECT v FROM S;",
  };
  std::vector<logical::Plan> plans;
  std::set<uint64_t> identities;
  for (const std::string& script : kScripts) {
    CAPTURE(script);
    plans.push_back(plan(script));
    CHECK(plans.back() == plan(script));
    CHECK_MESSAGE(identities.insert(identity(plans.back())).second, "its identity is another script's");
    for (size_t i = 0; i + 1 < plans.size(); ++i) {
      CHECK_MESSAGE(!(plans[i].queries == plans.back().queries), kScripts[i]);
      CHECK_MESSAGE(logical::text(plans[i]) != logical::text(plans.back()), kScripts[i]);
    }
  }
}

TEST_CASE("an identity does not hang on what else the script holds") {
  const std::string query = "INSERT INTO O SELECT x FROM (SELECT v * 2 AS x FROM S) JOIN R ON x = w WITHIN 1 sec;";
  const std::string other = "INSERT INTO P SELECT x FROM (SELECT v * 3 AS x FROM S);";
  const auto of = [](const logical::Plan& script) { return logical::Identities(script).streams.at("O"); };
  CHECK(of(plan(query)) == of(plan(other + query)));
  CHECK(of(plan(query)) != of(plan("INSERT INTO R SELECT k, v, t FROM S;" + query)));
}

TEST_CASE("explain names each window by the list") {
  const std::string text =
      explain(plan("INSERT INTO A SELECT SUM(v) AS r FROM S WINDOW CUMULATE(1 min, 1 hour) GROUP BY k;"
                   "INSERT INTO B SELECT v FROM S;"));
  CHECK(text.find("  CUMULATE 3600000 ms each 60000 ms, 1 group keys, 1 aggregates\n") != std::string::npos);
  CHECK(text.find("  no window, 0 group keys, 0 aggregates\n") != std::string::npos);
}

TEST_CASE("explain says what a feed goes over") {
  const auto checked = checkScript(
      "CREATE CONNECTION C WITH (extension = 'websocket', \"websocket.url\" = 'ws://h');"
      "CREATE STREAM S (v LONG) WITH (type = 'source', connection = 'C'); INSERT INTO O SELECT v FROM S;");
  CHECK(explain(checked.script).find("feed S over C (1 columns, event time is arrival)\n") == 0);
}

TEST_CASE("the list of windows is whole") {
  std::set<logical::WindowKind> kinds;
  for (const WindowSpec& window : windowTable()) {
    CAPTURE(window.name);
    kinds.insert(window.kind);
    CHECK(window.parameters.find_first_not_of("slnktpqbd") == std::string_view::npos);
    CHECK(closes(window.kind) == window.closes);
    CHECK(findWindow(window.name, window.parameters.size()) == &window);
    CHECK_FALSE(window.help.empty());
  }
  for (int kind = 1; kind <= static_cast<int>(logical::WindowKind::Delay); ++kind)
    CHECK(kinds.contains(static_cast<logical::WindowKind>(kind)));
}

}  // namespace
}  // namespace weir
