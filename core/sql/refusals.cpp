// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sql/refusals.h"

#include <algorithm>
#include <array>

namespace weir {

namespace {

using enum RefusedIn;

struct Refusal {
  RefusedIn where;
  /// Words as they follow each other; `#` is any whole number.
  std::array<std::string_view, 3> words;
  std::string_view hint;
  std::string_view name = {};  ///< what the message calls it, if not by its words
};

constexpr std::string_view kTumbling = "write the window behind the stream: FROM Trades WINDOW TUMBLING(1 min)";
constexpr std::string_view kHop =
    "write the window behind the stream, its size first: FROM Trades WINDOW HOP(1 min, 10 sec)";
constexpr std::string_view kSession = "write the window behind the stream: FROM Trades WINDOW SESSION(30 sec)";
constexpr std::string_view kCumulate = "write the window behind the stream: FROM Trades WINDOW CUMULATE(1 min, 1 hour)";
constexpr std::string_view kUnnest = "write it behind the stream: FROM Messages CROSS JOIN UNNEST(data) AS u";
constexpr std::string_view kRows = "rows of a stream do not change; filter them with WHERE, or INSERT INTO a table";
constexpr std::string_view kText = "the text is all there is: change it, check it with weir check, and run it again";
constexpr std::string_view kTop = "the first rows of a window: WINDOW TUMBLING(1 min) ... ORDER BY price DESC LIMIT 3";
constexpr std::string_view kLevel = "write one query for each level of grouping";
constexpr std::string_view kKeep = "filter with WHERE, or LEFT JOIN the other stream and keep rows without a match";

constexpr std::string_view kAnyCase = "write LOWER(s) LIKE 'btc%', or NOT LIKE";
constexpr std::string_view kLike = "LIKE, STARTS_WITH, ENDS_WITH and CONTAINS look into texts";

// What other SQL has and a stream cannot answer, or what has another name here.
constexpr auto kRefused = std::to_array<Refusal>({
    {Statement, {"UPDATE"}, kRows},
    {Statement, {"DELETE"}, kRows},
    {Statement, {"UPSERT"}, "write INSERT INTO; a table keeps the latest row of each key when it is read by a join"},
    {Statement, {"MERGE"}, kRows},
    {Statement, {"TRUNCATE"}, kRows},
    {Statement, {"WITH"}, "write the inner query as one of its own, INSERT INTO x SELECT ..., and read x"},
    {Statement, {"DROP"}, kText},
    {Statement, {"ALTER"}, kText},
    {Statement, {"TERMINATE"}, kText},
    {Statement, {"SHOW"}, "weir explain tells what a file's streams and queries are"},
    {Statement, {"LIST"}, "weir explain tells what a file's streams and queries are"},
    {Statement, {"DESCRIBE"}, "weir explain tells what a file's streams and queries are"},
    {Statement, {"EXPLAIN"}, "run weir explain FILE"},
    {Statement, {"PRINT"}, "weir run --stream NAME prints a stream's rows, weir tap URL a connection's messages"},
    {Statement, {"SET"}, "settings of a stream stand in its WITH (...)"},
    {Statement, {"USE"}, "all streams of a file are in one place: leave it out"},
    {Statement, {"BEGIN"}, "all statements of a file run together: leave it out"},
    {Statement, {"COMMIT"}, "all statements of a file run together: leave it out"},
    {Statement, {"GRANT"}, "whoever may read the file may run it: leave it out"},
    {Statement, {"VALUES"}, "rows come from sources: weir replay feeds those of a capture"},
    {Statement, {"FROM"}, "begin with SELECT: SELECT s, p FROM Trades WHERE p > 1 INSERT INTO Filtered"},
    {Statement, {"PARTITION", "WITH"}, "write GROUP BY in each of the queries"},

    {Create, {"OR", "REPLACE"}, "write CREATE STREAM alone: a run starts with what the text says"},
    {Create, {"SOURCE"}, "write CREATE STREAM ... WITH (type = 'source', ...)"},
    {Create, {"SINK"}, "write CREATE STREAM ... WITH (type = 'sink', ...) and a query that writes INTO it"},
    {Create, {"MATERIALIZED", "VIEW"}, "write INSERT INTO its name SELECT ..."},
    {Create, {"VIEW"}, "write INSERT INTO its name SELECT ..."},
    {Create, {"AGGREGATION"}, "write INSERT INTO its name SELECT ... FROM ... WINDOW TUMBLING(1 min) GROUP BY ..."},
    {Create, {"WINDOW"}, "write the window where it is used: FROM Trades WINDOW TUMBLING(1 min)"},
    {Create, {"FUNCTION"}, "the functions are those of the reference: write the expression where it is used"},
    {Create, {"TYPE"}, "a value with members is an OBJECT"},
    {Create, {"INDEX"}, "joins and groups find their rows by themselves: leave it out"},
    {Create, {"CONNECTOR"}, "write CREATE CONNECTION Name WITH (...), or its settings into the WITH (...) of a stream"},
    {Create, {"SECRET"}, "store it with weir secret NAME, and write ${secret:NAME} into an option"},
    {Create, {"TEMPORARY"}, "write CREATE STREAM alone: a stream lives as long as its run"},
    {Create, {"EXTERNAL"}, "write CREATE STREAM ... WITH (type = 'source', ...)"},

    {Item, {"TOP", "#"}, "write LIMIT behind the query: it counts within a window"},
    {Item, {"DISTINCT", "ON", "("}, "WINDOW UNIQUE(id) keeps the latest row of each key"},

    {Star, {"EXCEPT", "("}, "write the columns out", "EXCEPT behind a star"},
    {Star, {"EXCLUDE", "("}, "write the columns out", "EXCLUDE behind a star"},
    {Star, {"REPLACE", "("}, "write the columns out", "REPLACE behind a star"},

    {Source, {"TABLE", "("}, kTumbling, "a table function in FROM"},
    {Source, {"TUMBLE", "("}, kTumbling},
    {Source, {"TUMBLING", "("}, kTumbling, "TUMBLING as a table function"},
    {Source, {"HOP", "("}, kHop, "HOP as a table function"},
    {Source, {"HOPPING", "("}, kHop},
    {Source, {"CUMULATE", "("}, kCumulate, "CUMULATE as a table function"},
    {Source, {"SESSION", "("}, kSession, "SESSION as a table function"},
    {Source, {"UNNEST", "("}, kUnnest, "UNNEST without CROSS JOIN"},
    {Source, {"EXPLODE", "("}, kUnnest},
    {Source, {"LATERAL", "("}, kUnnest, "LATERAL"},
    {Source, {"LATERAL", "UNNEST", "("}, kUnnest, "LATERAL"},
    {Source, {"LATERAL", "TABLE", "("}, kUnnest, "LATERAL"},
    {Source, {"VALUES", "("}, "rows come from sources: weir replay feeds those of a capture"},

    {Clause, {"UNION"}, "let both queries INSERT INTO the same stream"},
    {Clause, {"EXCEPT"}, kKeep},
    {Clause, {"MINUS", "SELECT"}, kKeep, "MINUS"},
    {Clause, {"MINUS", "("}, kKeep, "MINUS"},
    {Clause, {"INTERSECT"}, "JOIN the two streams with WITHIN"},
    {Clause, {"NATURAL"}, "write the columns out: JOIN b ON a.k = b.k", "NATURAL JOIN"},
    {Clause, {"USING"}, "write the columns out: ON a.k = b.k"},
    {Clause, {"ROLLUP"}, kLevel},
    {Clause, {"CUBE"}, kLevel},
    {Clause, {"QUALIFY"}, "filter the result in a second query"},
    {Clause,
     {"PARTITION", "BY"},
     "write GROUP BY; LAG alone has PARTITION BY, inside its OVER",
     "PARTITION BY outside OVER"},
    {Clause, {"CLUSTER", "BY"}, "write GROUP BY, and ORDER BY for the rows of a window"},
    {Clause, {"DISTRIBUTE", "BY"}, "write GROUP BY, and ORDER BY for the rows of a window"},
    {Clause, {"SORT", "BY"}, "write ORDER BY: it sorts the rows of a window"},
    {Clause, {"SAMPLE", "BY"}, kTumbling},
    {Clause, {"LATEST", "ON"}, "WINDOW UNIQUE(id) keeps the latest row of each key"},
    {Clause, {"LATEST", "BY"}, "WINDOW UNIQUE(id) keeps the latest row of each key"},
    {Clause, {"FETCH", "FIRST"}, "write LIMIT 10"},
    {Clause, {"FETCH", "NEXT"}, "write LIMIT 10"},
    {Clause, {"OFFSET", "#"}, "write LIMIT 10 OFFSET 5", "OFFSET without LIMIT"},
    {Clause, {"GRACE", "PERIOD"}, "a source waits for late rows by \"event.time.lateness.ms\" in its WITH (...)"},
    {Clause, {"MATCH_RECOGNIZE", "("}, "write FROM PATTERN (a=Trades -> b=Trades[p > a.p]) WITHIN 1 min"},
    {Clause, {"FOR", "SYSTEM_TIME"}, "ASOF JOIN finds the row of that time: ASOF JOIN Quotes AS q ON t.s = q.s"},
    {Clause, {"TABLESAMPLE"}, "OUTPUT LAST EVERY 10 EVENTS thins rows out"},
    {Clause, {"LATERAL", "VIEW"}, kUnnest},
    {Clause, {"CONNECT", "BY"}, kLevel},

    {Group, {"GROUPING", "SETS"}, "write one query for each set"},
    {Group, {"TUMBLE", "("}, kTumbling, "TUMBLE in GROUP BY"},
    {Group, {"TUMBLING", "("}, kTumbling, "TUMBLING in GROUP BY"},
    {Group, {"HOP", "("}, kHop, "HOP in GROUP BY"},
    {Group, {"HOPPING", "("}, kHop, "HOPPING in GROUP BY"},
    {Group, {"SESSION", "("}, kSession, "SESSION in GROUP BY"},

    {Emit, {"AFTER"}, "write EMIT FINAL: rows leave when their window closes", "EMIT AFTER"},
    {Emit, {"STREAM"}, "write EMIT CHANGES: provisional rows as they change", "EMIT STREAM"},
    {Emit, {"ON", "UPDATE"}, "write EMIT CHANGES: provisional rows as they change", "EMIT ON UPDATE"},

    {Test, {"ILIKE"}, kAnyCase},
    {Test, {"NOT", "ILIKE"}, kAnyCase},
    {Test, {"SIMILAR", "TO"}, kLike},
    {Test, {"NOT", "SIMILAR", "TO"}, kLike},
    {Test, {"RLIKE"}, kLike},
    {Test, {"NOT", "RLIKE"}, kLike},
    {Test, {"REGEXP"}, kLike},
    {Test, {"NOT", "REGEXP"}, kLike},
    {Test, {"AT", "TIME", "ZONE"}, "times are UTC: add the hours, ts + INTERVAL '1' HOUR"},
    {Test, {"COLLATE"}, "texts compare by their bytes: compare LOWER(a) with LOWER(b)"},
    {Test, {"WITHIN", "GROUP", "("}, "MEDIAN(x) and PERCENTILE(x, 0.95) take the column inside"},
    {Test, {"IGNORE", "NULLS"}, "aggregates skip NULL: leave it out"},
    {Test, {"RESPECT", "NULLS"}, "aggregates skip NULL: leave it out, or COALESCE the value"},

    {Over, {"ORDER", "BY"}, kTop, "ORDER BY inside OVER"},
    {Over,
     {"ROWS"},
     "WINDOW LENGTH(10) holds the last rows, and GROUP BY is what it is partitioned by",
     "a frame inside OVER"},
    {Over,
     {"RANGE"},
     "WINDOW TIME(1 min) holds the rows of a time, and GROUP BY is what it is partitioned by",
     "a frame inside OVER"},
});

bool isHere(const TokenCursor& cursor, const Refusal& refusal) {
  for (size_t i = 0; i < refusal.words.size() && !refusal.words[i].empty(); ++i) {
    const std::string_view word = refusal.words[i];
    const bool isNumber = word == "#" && cursor.peek(i).kind == TokenKind::Integer;
    const bool fits = isNumber || (word == "(" ? cursor.isSymbol(word, i) : cursor.isWord(word, i));
    if (!fits) return false;
  }
  // Alone behind a value it may be the value's name.
  const bool mayBeName = refusal.where == Test && refusal.words[1].empty();
  return !mayBeName || cursor.peek(1).kind == TokenKind::String || cursor.isSymbol("(", 1) || cursor.isName(1);
}

std::string nameOf(const Refusal& refusal) {
  if (!refusal.name.empty()) return std::string(refusal.name);
  std::string name;
  for (const std::string_view word : refusal.words)
    if (!word.empty() && word != "#" && word != "(") name.append(name.empty() ? "" : " ").append(word);
  return name;
}

}  // namespace

void refuseWords(TokenCursor& cursor, RefusedIn where) {
  if (cursor.peek().kind != TokenKind::Word) return;
  const auto found = std::find_if(kRefused.begin(), kRefused.end(),
                                  [&](const Refusal& r) { return r.where == where && isHere(cursor, r); });
  if (found == kRefused.end()) return;
  Span span = cursor.peek().span;
  const auto isWord = [&](size_t i) {
    return !found->words[i].empty() && found->words[i] != "(" && found->words[i] != "#";
  };
  for (size_t i = 1; i < found->words.size() && isWord(i); ++i) span.end = cursor.peek(i).span.end;
  cursor.fail(Code::Unsupported, span, nameOf(*found) + " is not supported", std::string(found->hint));
}

}  // namespace weir
