// SPDX-License-Identifier: GPL-3.0-or-later
// What a pattern refuses, by name and at its place; and that its advice passes when it is followed.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "app/row_printer.h"
#include "core/bind/checker.h"
#include "core/feed/feed_metrics.h"
#include "core/plan/lower/lower.h"

using namespace weir;

namespace {

const std::string kStreams =
    "CREATE STREAM A (v LONG); CREATE STREAM B (v LONG); CREATE STREAM C (v LONG);\n"
    "CREATE TABLE D (v LONG) WITH (type = 'internal');\n";

std::string query(const std::string& pattern) { return "SELECT 1 AS one FROM " + pattern + " INSERT INTO O;"; }

struct Refusal {
  std::string pattern;
  std::string at;  // the text under the error's marks begins so
  std::string message;
  std::string hint;
  std::string followed;
};

const Refusal kRefusals[] = {
    {"PATTERN (a = A -> EVERY b = B) WITHIN 1 min", "EVERY b", "EVERY stands only at the start",
     "write EVERY before the first event", "PATTERN (EVERY a = A -> b = B) WITHIN 1 min"},
    {"PATTERN (a = A AND EVERY b = B) WITHIN 1 min", "EVERY b", "EVERY stands only at the start",
     "write EVERY before the first event", "PATTERN (EVERY a = A AND b = B) WITHIN 1 min"},
    {"PATTERN (EVERY (a = A AND b = B) AND c = C) WITHIN 1 min", "EVERY (a", "EVERY stands only at the start",
     "write EVERY before the first event", "PATTERN (EVERY a = A AND b = B AND c = C) WITHIN 1 min"},
    {"PATTERN (EVERY (EVERY a = A -> b = B)) WITHIN 1 min", "EVERY a", "EVERY inside EVERY", "keep one of the two",
     "PATTERN (EVERY (a = A -> b = B)) WITHIN 1 min"},
    {"PATTERN (EVERY (EVERY a = A)) WITHIN 1 min", "EVERY a", "EVERY inside EVERY", "keep one of the two",
     "PATTERN (EVERY a = A) WITHIN 1 min"},
    {"PATTERN (a = A -> NOT EVERY B FOR 1 sec) WITHIN 1 min", "EVERY B", "EVERY behind NOT", "leave EVERY out",
     "PATTERN (a = A -> NOT B FOR 1 sec) WITHIN 1 min"},
    {"PATTERN (a = A -> NOT (B AND C) FOR 5 sec) WITHIN 1 min", "NOT", "NOT before parentheses",
     "NOT A FOR 5 sec AND NOT B FOR 5 sec", "PATTERN (a = A -> NOT A FOR 5 sec AND NOT B FOR 5 sec) WITHIN 1 min"},
    {"PATTERN ((a = A -> b = B){2}) WITHIN 1 min", "(a", "repetition of a whole chain", "a{2} -> b{2}",
     "PATTERN (a = A{2} -> b = B{2}) WITHIN 1 min"},
    {"PATTERN ((a = A AND b = B){2}) WITHIN 1 min", "(a", "repetition of what AND or OR joins", "a{2} -> b{2}",
     "PATTERN (a = A{2} -> b = B{2}) WITHIN 1 min"},
    {"PATTERN (a = A{2} AND b = B) WITHIN 1 min", "a = A{2}", "repetition inside AND or OR", "a{2} -> b",
     "PATTERN (a = A{2} -> b = B) WITHIN 1 min"},
    {"PATTERN (EVERY (a = A){2} -> b = B) WITHIN 1 min", "{", "repetition behind these parentheses",
     "right behind the stream's name", "PATTERN (EVERY (a = A{2}) -> b = B) WITHIN 1 min"},
    {"PATTERN ((a = A{2}){3} -> b = B) WITHIN 1 min", "{", "repetition behind these parentheses",
     "write the bounds once", "PATTERN (a = A{3} -> b = B) WITHIN 1 min"},
    {"PATTERN ((a = A -> b = B)[v > 1]) WITHIN 1 min", "[", "a condition on a whole group",
     "behind the event that it looks at", "PATTERN ((a = A -> b = B[v > 1])) WITHIN 1 min"},
    {"PATTERN ((a = A[v > 1])[v > 2]) WITHIN 1 min", "[v > 2", "a second condition", "join the two in one, with AND",
     "PATTERN ((a = A[v > 1 AND v > 2])) WITHIN 1 min"},
    {"PATTERN ((a = A -> NOT B) FOR 5 sec) WITHIN 1 min", "FOR", "FOR on a whole group",
     "right behind the event that NOT is about", "PATTERN ((a = A -> NOT B FOR 5 sec)) WITHIN 1 min"},
    {"PATTERN (a = A -> (NOT B FOR 5 sec) FOR 5 sec) WITHIN 1 min", "FOR 5 sec)", "FOR on a whole group, or twice",
     "write it once", "PATTERN (a = A -> (NOT B FOR 5 sec)) WITHIN 1 min"},
    {"PATTERN (a = A FOR 5 sec -> b = B) WITHIN 1 min", "5 sec", "FOR belongs to NOT", "leave it out",
     "PATTERN (a = A -> b = B) WITHIN 1 min"},
    {"PATTERN (a = A -> NOT B FOR 0 sec) WITHIN 1 min", "0 sec", "FOR must be longer than 0", "", ""},
    {"PATTERN (a = A -> NOT B) WITHIN 1 min", "NOT B", "NOT needs a time to wait", "write NOT B FOR 5 sec",
     "PATTERN (a = A -> NOT B FOR 5 sec) WITHIN 1 min"},
    {"PATTERN (a = A -> NOT B OR c = C) WITHIN 1 min", "NOT B", "NOT beside OR needs a time", "write NOT B FOR 5 sec",
     "PATTERN (a = A -> NOT B FOR 5 sec OR c = C) WITHIN 1 min"},
    {"PATTERN (a = A -> NOT B AND NOT C) WITHIN 1 min", "NOT B AND", "NOT needs a time to wait, or an event",
     "write NOT C FOR 5 sec", "PATTERN (a = A -> NOT B AND NOT C FOR 5 sec) WITHIN 1 min"},
    {"PATTERN (a = A -> NOT B{2} FOR 5 sec) WITHIN 1 min", "NOT B{2}", "a repetition of what must not come",
     "leave the bounds out: NOT B FOR 5 sec", "PATTERN (a = A -> NOT B FOR 5 sec) WITHIN 1 min"},
    {"PATTERN (EVERY NOT A FOR 5 sec) WITHIN 1 min", "EVERY NOT A", "a pattern of waits alone",
     "EVERY a = A -> NOT A FOR 5 sec", "PATTERN (EVERY a = A -> NOT A FOR 5 sec) WITHIN 1 min"},
    {"PATTERN (NOT A FOR 1 sec AND b = B) WITHIN 1 min", "NOT A", "beside AND or OR needs an event before it",
     "put that event before the step, with ->", "PATTERN (c = C -> NOT A FOR 1 sec AND b = B) WITHIN 1 min"},
    {"PATTERN (NOT A FOR 1 sec OR b = B) WITHIN 1 min", "NOT A", "beside AND or OR needs an event before it",
     "put that event before the step, with ->", "PATTERN (c = C -> NOT A FOR 1 sec OR b = B) WITHIN 1 min"},
    {"PATTERN (EVERY b = B AND NOT A) WITHIN 1 min", "NOT A", "has no beginning to look from",
     "EVERY (NOT A FOR 5 sec -> ...)", "PATTERN (EVERY (NOT A FOR 5 sec -> b = B)) WITHIN 1 min"},
    {"PATTERN (EVERY (b = B AND NOT A -> c = C)) WITHIN 1 min", "NOT A", "has no beginning to look from",
     "EVERY (NOT A FOR 5 sec -> ...)", "PATTERN (EVERY (NOT A FOR 5 sec -> b = B -> c = C)) WITHIN 1 min"},
    {"PATTERN (EVERY NOT A FOR 5 sec -> b = B) WITHIN 1 min", "EVERY NOT A", "EVERY starts with an event",
     "EVERY (NOT A FOR 5 sec -> ...)", "PATTERN (EVERY (NOT A FOR 5 sec -> b = B)) WITHIN 1 min"},
    {"PATTERN (EVERY (NOT A FOR 5 sec) -> b = B) WITHIN 1 min", "EVERY (NOT A", "EVERY starts with an event",
     "EVERY (NOT A FOR 5 sec -> ...)", "PATTERN (EVERY (NOT A FOR 5 sec -> b = B)) WITHIN 1 min"},
    {"PATTERN (NOT A FOR 1 sec -> NOT B FOR 1 sec -> c = C) WITHIN 1 min", "NOT B",
     "NOT behind a NOT ... FOR that begins the pattern", "put an event between the two",
     "PATTERN (NOT A FOR 1 sec -> a = A -> NOT B FOR 1 sec -> c = C) WITHIN 1 min"},
    {"PATTERN (NOT A FOR 1 sec -> b = B AND NOT C) WITHIN 1 min", "NOT C",
     "NOT behind a NOT ... FOR that begins the pattern", "or before both",
     "PATTERN (a = A -> NOT A FOR 1 sec -> b = B AND NOT C) WITHIN 1 min"},
    {"PATTERN (a = A{1,3} -> NOT B FOR 1 sec) WITHIN 1 min", "NOT B", "NOT behind a repetition of no fixed number",
     "repeat A exactly: {1}", "PATTERN (a = A{1} -> NOT B FOR 1 sec) WITHIN 1 min"},
    {"PATTERN (a = A{0,3} -> b = B AND NOT C) WITHIN 1 min", "NOT C", "NOT behind a repetition of no fixed number",
     "repeat A exactly: {1}", "PATTERN (a = A{1} -> b = B AND NOT C) WITHIN 1 min"},
    {"PATTERN (a = A -> b = B{0,2}) WITHIN 1 min", "b = B", "an event that need not come cannot end a pattern",
     "write {1}", "PATTERN (a = A -> b = B{1}) WITHIN 1 min"},
    {"PATTERN (a = A -> NOT B FOR 2 min) WITHIN 1 min", "2 min", "FOR (120000 ms) must not exceed WITHIN (60000 ms)",
     "write WITHIN 120000 ms", "PATTERN (a = A -> NOT B FOR 2 min) WITHIN 120000 ms"},
    {"PATTERN (a = A -> NOT B FOR 40 sec -> NOT C FOR 40 sec) WITHIN 1 min", "1 min", "the waits together (80000 ms)",
     "write WITHIN 80000 ms", "PATTERN (a = A -> NOT B FOR 40 sec -> NOT C FOR 40 sec) WITHIN 80000 ms"},
    {"PATTERN (a = A[b.v > 1] -> b = B) WITHIN 1 min", "b.v", "'b' comes later in the pattern",
     "move the condition to 'b'", "PATTERN (a = A -> b = B[b.v > 1]) WITHIN 1 min"},
    {"PATTERN (a = A OR b = B[v > a.v]) WITHIN 1 min", "a.v", "of what OR joins only one comes",
     "look at the event alone", "PATTERN (a = A OR b = B[v > 1]) WITHIN 1 min"},
    {"PATTERN (a = A[v > b.v] AND b = B[v > a.v]) WITHIN 1 min", "v > b.v", "none of them can come first",
     "look at its own event alone", "PATTERN (a = A AND b = B[v > a.v]) WITHIN 1 min"},
    {"PATTERN (a = A -> b = B AND NOT C[v = b.v]) WITHIN 1 min", "v = b.v", "NOT looks for what comes before the event",
     "compare with an event of an earlier step", "PATTERN (a = A -> b = B AND NOT C[v = a.v]) WITHIN 1 min"},
    {"PATTERN (a = A -> NOT x = B FOR 1 sec -> c = C[v > x.v]) WITHIN 1 min", "x.v", "'x' never comes",
     "read an event of the pattern that comes",
     "PATTERN (a = A -> NOT x = B FOR 1 sec -> c = C[v > a.v]) WITHIN 1 min"},
    {"PATTERN (a = A -> d = D) WITHIN 1 min", "D", "'D' is a table", "join the matches with it",
     "PATTERN (a = A) WITHIN 1 min"},
    {"PATTERN (a = A AND (b = B -> c = C)) WITHIN 1 min", "(b", "AND and OR join single events",
     "match one side in a query of its own", "PATTERN (a = A AND c = C) WITHIN 1 min"},
    {"PATTERN (a = A+) WITHIN 1 min", "+", "unbounded repetition", "{1, 10}",
     "PATTERN (a = A{1, 10} -> b = B) WITHIN 1 min"},
};

}  // namespace

TEST_CASE("a pattern that means nothing is refused at its place, and the advice passes") {
  for (const Refusal& refusal : kRefusals) {
    CAPTURE(refusal.pattern);
    const std::string sql = kStreams + query(refusal.pattern);
    const Diagnostics diagnostics = checkScript(sql).diagnostics;
    REQUIRE(hasError(diagnostics));
    const Diagnostic& error = *std::find_if(diagnostics.begin(), diagnostics.end(),
                                            [](const Diagnostic& d) { return d.severity == Severity::Error; });
    CHECK_MESSAGE(error.message.find(refusal.message) != std::string::npos, error.message);
    CHECK_MESSAGE(error.hint.find(refusal.hint) != std::string::npos, error.hint);
    CHECK_MESSAGE(sql.compare(error.span.begin, refusal.at.size(), refusal.at) == 0, sql.substr(error.span.begin));
    if (refusal.followed.empty()) continue;
    CAPTURE(refusal.followed);
    for (const Diagnostic& d : checkScript(kStreams + query(refusal.followed)).diagnostics)
      CHECK_MESSAGE(d.severity != Severity::Error, d.message);
  }
}

TEST_CASE("what never comes cannot be selected, and stands in no star") {
  const auto columns = [](const std::string& items) {
    BoundResult checked = checkScript(kStreams + "SELECT " + items +
                                      " FROM PATTERN (a = A -> NOT x = B FOR 1 sec) WITHIN 1 min INSERT INTO O;");
    return hasError(checked.diagnostics) ? std::vector<std::string>{checked.diagnostics.front().message}
                                         : checked.script.stream("O").schema->names();
  };
  CHECK(columns("*") == std::vector<std::string>{"v"});
  CHECK(columns("v") == std::vector<std::string>{"v"});
  CHECK(columns("x.v") == std::vector<std::string>{"'x' never comes: there is nothing of it to read"});
}

TEST_CASE("an upper bound without effect is warned of") {
  const Diagnostics diagnostics =
      checkScript(kStreams + query("PATTERN (a = A -> b = B{2,5}) WITHIN 1 min")).diagnostics;
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].severity == Severity::Warning);
  CHECK(diagnostics[0].message.find("the upper bound has no effect") != std::string::npos);
  CHECK(diagnostics[0].hint.find("write {2}") != std::string::npos);
}

TEST_CASE("a hostile feed of matches that never end is played, and what is let go is counted") {
  struct Feed {
    std::string condition;
    int rows;
  };
  // Found by a key, by the event alone, and by comparing with each.
  for (const Feed& feed :
       {Feed{"k = a.k AND v > a.v * 1000", 200'000}, Feed{"v > 5000", 200'000}, Feed{"v + a.v = 5000", 12'000}}) {
    BoundResult checked = checkScript(
        "CREATE STREAM S (k LONG, v LONG); INSERT INTO O SELECT a.v AS v FROM PATTERN (EVERY a = S -> b = S[" +
        feed.condition + "]) WITHIN 1 hour;");
    Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
    Feeder feeder(pipeline);
    for (int i = 0; i < feed.rows; ++i)
      feeder.message(*feeder.find("S"),
                     R"({"k":)" + std::to_string(i % 1000) + R"(,"v":)" + std::to_string(1 + i % 700) + "}", 1000 * i);
    feeder.flush();
    CHECK(pipeline.stateDropped().at("O") == static_cast<uint64_t>(feed.rows) - 10'000);
    // One batch compares so many events with so many matches, and no more.
    CHECK(pipeline.mostRows() * 10'000 < 500'000);
    const std::string metrics = metricsJson(metricsOf(pipeline, feeder, {}));
    CHECK(metrics.find("\"query.O.state_dropped\": " + std::to_string(feed.rows - 10'000)) != std::string::npos);
  }
}
