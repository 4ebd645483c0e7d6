// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/data/schema.h"
#include "core/options/options.h"
#include "core/plan/expression.h"

namespace weir::logical {

/// Where event time of a stream comes from, when it is a column.
struct EventTimeRule {
  size_t column = 0;
  std::string unit = "ms";
  int64_t latenessMs = 0;
  int64_t idleMs = 5000;
  bool missingIsArrival = false;
  std::optional<int64_t> maxAheadMs;  ///< a row further ahead of its arrival is not believed

  bool operator==(const EventTimeRule&) const = default;
};

/// What several streams go over: one of them is enough to open it.
struct Connection {
  std::string name;
  Options options;  ///< of a sink where only sinks go over it
  Place span;

  bool operator==(const Connection& other) const;
};

/// A named topic.
struct Stream {
  std::string name;
  StreamKind kind = StreamKind::Internal;
  bool isTable = false;
  bool declared = false;
  bool inferred = false;  ///< the columns are not known yet
  SchemaPtr schema;
  Options options;  ///< with those of its connection
  std::optional<EventTimeRule> eventTime;
  Place span;
  /// Of a result, for the charts: which columns name the group, of this query or of the one whose rows it passes on.
  std::vector<size_t> groupColumns;
  /// Rows come once a window closes.
  bool windowed = false;
  int64_t windowMs = 0;

  /// A table that is loaded whole from outside; the others are filled row by row.
  bool isLoaded() const { return isTable && kind == StreamKind::Source; }
  /// The connection that it goes over with others; empty where it has its own, or none.
  std::string connection() const { return options.text("connection"); }
  bool operator==(const Stream& other) const;
};

/// What a window does with its rows; `window_list` says which names and arguments a kind has.
enum class WindowKind {
  None,
  Tumbling,
  Hopping,
  Cumulate,
  Session,
  LengthBatch,
  Time,
  Length,
  Unique,
  FirstUnique,
  Book,
  Delay,
};

/// What makes a level of an order book. Its price, and its side where it is given, tell it from others.
struct Book {
  Expression price;
  Expression quantity;
  Box<Expression> snapshot;  ///< whether a row begins the book anew; nothing where none ever does
  Box<Expression> side;

  bool operator==(const Book&) const = default;
};

/// A window with its lengths in ms; what a kind does not have is 0 or nothing.
struct Window {
  WindowKind kind = WindowKind::None;
  int64_t sizeMs = 0;    ///< of SESSION the gap
  int64_t slideMs = 0;   ///< of CUMULATE the step
  int64_t count = 0;     ///< of events
  Box<Expression> key;   ///< of UNIQUE and FIRSTUNIQUE
  Box<Expression> time;  ///< the column that event time comes from, with lateness 0
  Box<Book> book;
  Place span;

  /// Rows come when it closes, one for each group, not with each event.
  bool closes() const;
  bool operator==(const Window&) const = default;
};

struct Query;

/// A stream, or a query in brackets, with the alias that its columns go by.
struct Source {
  std::string stream;  ///< empty of a query
  Box<Query> query;
  std::string alias;

  bool operator==(const Source&) const = default;
};

/// An equality of a join: `left` over what stands before it, `right` over its own source.
struct Equality {
  Expression left;
  Expression right;

  bool operator==(const Equality&) const = default;
};

/// One more source beside those before it.
struct Join {
  enum class Kind { Inner, Left, Right, Full };
  enum class Match { Asof, Within, Table };
  Kind kind = Kind::Inner;
  Match match = Match::Within;
  Source right;
  std::vector<Equality> keys;
  Box<Expression> leftTime;  ///< of ASOF, when ON names time columns
  Box<Expression> rightTime;
  bool strict = false;       ///< ASOF with > instead of >=
  Box<Expression> residual;  ///< what is left of ON, over both
  int64_t withinMs = -1;     ///< of ASOF the tolerance; -1 is none
  Place span;

  bool operator==(const Join&) const = default;
};

/// CROSS JOIN UNNEST: each row once for each element, with the columns `value` and `ordinality` of `alias`.
struct Unnest {
  Expression array;
  std::string alias;
  Place span;

  bool operator==(const Unnest&) const = default;
};

/// The columns of an Unnest.
SchemaPtr unnestColumns();

/// FROM: a source, and what is joined to it, from left to right.
struct From {
  Source source;
  std::vector<std::variant<Join, Unnest>> joins;

  bool operator==(const From&) const = default;
};

/// One event of a pattern. Its columns go by its alias; of a repeated one these are the last match's, and those of the
/// first go by `firstMatchOf(alias)`.
struct PatternTerm {
  std::string stream;
  std::string alias;
  bool negated = false;
  int64_t lastingMs = 0;  ///< of NOT ... FOR
  Box<Expression> condition;
  Place span;

  bool waits() const { return negated && lastingMs > 0; }
  bool operator==(const PatternTerm&) const = default;
};

/// Terms that must match together, one by one or so many times.
struct PatternStep {
  enum class Kind { Single, And, Or };
  Kind kind = Kind::Single;
  std::vector<PatternTerm> terms;
  int64_t least = 1;
  int64_t most = 1;

  bool operator==(const PatternStep&) const = default;
};

/// When a match of a pattern may begin: until there is one, with each event, or when the match before has left the
/// first steps, those of the group.
enum class Every { Never, Event, Group };

/// PATTERN or SEQUENCE: steps over the rows of its streams, in the order of arrival.
struct Pattern {
  std::vector<PatternStep> steps;
  Every every = Every::Never;
  size_t groupSteps = 0;
  bool strict = false;  ///< SEQUENCE
  int64_t withinMs = -1;
  Place span;

  /// The streams of its terms, each once, in their order.
  std::vector<std::string> inputs() const;
  bool operator==(const Pattern&) const = default;
};

/// The alias under which the first match of a pattern's repeated event stands.
inline std::string firstMatchOf(const std::string& alias) { return alias + "[0]"; }

/// One column of a SELECT.
struct Item {
  std::string name;
  Expression expression;

  bool operator==(const Item&) const = default;
};

/// One key of GROUP BY.
struct Key {
  Expression expression;
  bool isItem = false;  ///< it names an item, by alias or place: its text stands there and nowhere else

  bool operator==(const Key&) const = default;
};

/// One key of ORDER BY.
struct Order {
  Expression expression;
  bool descending = false;
  bool nullsFirst = false;

  bool operator==(const Order&) const = default;
};

/// How often rows are let out, from OUTPUT and EMIT.
struct Output {
  enum class Kind { None, All, First, Last, Snapshot, Changes };
  Kind kind = Kind::None;
  int64_t events = 0;   ///< or
  int64_t everyMs = 0;  ///< the period
  Place span;

  bool operator==(const Output&) const = default;
};

/// A SELECT: what it reads, what it makes of it, and whose columns its items become.
struct Query {
  std::variant<From, Pattern> from;
  Box<Expression> where;
  Window window;
  std::vector<Key> keys;
  std::vector<Item> items;
  Box<Expression> having;
  bool distinct = false;
  std::vector<Order> order;
  std::optional<int64_t> limit;
  int64_t offset = 0;
  Output output;
  std::string target;           ///< empty of a query in brackets
  std::vector<size_t> columns;  ///< of the target, for each item; its other columns stay NULL
  Place span;

  /// The aggregates of items, HAVING and ORDER BY, each once, in the order in which they are written.
  std::vector<const Expression*> aggregates() const;
  /// Answers for groups of rows: it has keys or aggregates, or a window that closes.
  bool isAggregated() const;
  /// Which items stand for a group key.
  std::vector<size_t> keyItems() const;
  /// The columns that its items make.
  SchemaPtr schema() const;
  /// The streams that it reads, itself or in its brackets.
  std::set<std::string> reads() const;
  bool operator==(const Query& other) const;
};

/// A script that may run: every name resolved, every type checked, and nothing yet of how it runs.
struct Plan {
  std::map<std::string, Connection> connections;
  std::map<std::string, Stream> streams;
  /// In an order in which upstream comes first.
  std::vector<Query> queries;
  /// Streams in the order in which the text names them first.
  std::vector<std::string> order;

  const Stream& stream(const std::string& name) const { return streams.at(name); }
  /// The streams that queries write, or that take dead letters.
  std::set<std::string> written() const;
  /// The streams that queries read.
  std::set<std::string> read() const;
  bool isWritten(const std::string& name) const { return written().contains(name); }
  bool isRead(const std::string& name) const { return read().contains(name); }
  /// Queries write it, and its options ask something of each row: what they write goes through these rules.
  bool hasRules(const Stream& stream) const;
  /// Streams that wait for rows from outside: sources, and declared streams that nothing writes.
  std::vector<std::string> feeds() const;
  /// The sources that go over a connection, in the order of the text.
  std::vector<std::string> sourcesOver(const std::string& connection) const;
  /// What `run` prints: streams that a query writes and no other reads, in order.
  std::vector<std::string> results() const;
  /// The feeds whose rows a stream is made of, itself when it is one.
  std::set<std::string> feedsOf(const std::string& name) const;
  /// The columns of a source, whatever it is.
  SchemaPtr schemaOf(const Source& source) const;
  bool operator==(const Plan&) const = default;
};

}  // namespace weir::logical
