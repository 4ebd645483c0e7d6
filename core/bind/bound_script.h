// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/bind/bound_expression.h"
#include "core/data/schema.h"
#include "core/functions/aggregate_function.h"
#include "core/options/options.h"

namespace weir {

/// Where event time of a stream comes from, when it is a column.
struct EventTimeRule {
  size_t column = 0;
  std::string unit = "ms";
  int64_t latenessMs = 0;
  int64_t idleMs = 5000;
  bool missingIsArrival = false;
  std::optional<int64_t> maxAheadMs;  ///< a row further ahead of its arrival is not believed
};

/// A named topic. Streams that a query makes for itself (joins, subqueries) have names that start with '#'.
struct BoundStream {
  std::string name;
  StreamKind kind = StreamKind::Internal;
  bool isTable = false;
  bool declared = false;
  bool inferred = false;  ///< the columns are not known yet
  SchemaPtr schema;
  Options options;
  std::optional<EventTimeRule> eventTime;
  Span span;
  /// Of a result, for the charts: which columns name the group, of this query or of the one whose rows it passes on.
  std::vector<size_t> groupColumns;
  /// Rows come once a window closes.
  bool windowed = false;
  int64_t windowMs = 0;
};

/// A window with its lengths in ms; sizes that a kind does not have are 0.
struct BoundWindow {
  enum class Kind {
    None,
    Tumbling,
    Hopping,
    Cumulate,
    Session,
    LengthBatch,  // rows at the window's close
    Time,
    Length,
    Unique,
    FirstUnique,
    Delay  // rows with each event
  };
  Kind kind = Kind::None;
  int64_t sizeMs = 0;   ///< of SESSION the gap
  int64_t slideMs = 0;  ///< of CUMULATE the step
  int64_t count = 0;
  BoundExpressionPtr key;                ///< of UNIQUE and FIRSTUNIQUE
  std::optional<size_t> externalColumn;  ///< event time comes from this column, with lateness 0
  bool closes() const { return kind != Kind::None && kind <= Kind::LengthBatch; }
};

/// One call of an aggregate, made once however often the query writes it.
struct BoundAggregate {
  const AggregateFunction* function = nullptr;
  const AggregateOverload* overload = nullptr;
  bool distinct = false;
  std::vector<BoundExpressionPtr> args;
  BoundExpressionPtr filter;
  uint32_t weight = 1;
};

/// LAG: the value of an earlier row of its partition.
struct BoundLag {
  BoundExpressionPtr value;
  int64_t distance = 1;
  std::vector<BoundExpressionPtr> partition;
};

/// One key of ORDER BY.
struct BoundOrder {
  std::optional<size_t> output;  ///< a column of the result
  BoundExpressionPtr expr;       ///< else over the same layout as the items
  bool descending = false;
  bool nullsFirst = false;
};

/// How often rows are let out, from OUTPUT and EMIT.
struct BoundOutput {
  enum class Kind { None, All, First, Last, Snapshot, Changes };
  Kind kind = Kind::None;
  int64_t events = 0;   ///< or
  int64_t everyMs = 0;  ///< the period
};

/// SELECT over one stream. The layout that `items`, `having` and `order` see is, under a closing window, keys,
/// aggregates, window start, window end; otherwise the input's columns, aggregates, window start, window end. LAG
/// columns follow.
struct BoundSelect {
  std::string input;
  BoundExpressionPtr where;
  BoundWindow window;
  bool aggregated = false;
  std::vector<BoundExpressionPtr> keys;
  std::vector<BoundAggregate> aggregates;
  std::vector<BoundLag> lags;
  std::vector<BoundExpressionPtr> items;
  std::vector<size_t> groupColumns;  ///< items that are group keys
  BoundExpressionPtr having;
  bool distinct = false;
  std::vector<BoundOrder> order;
  std::optional<int64_t> limit;
  int64_t offset = 0;
  BoundOutput output;
  SchemaPtr layout;  ///< of what items see
};

/// Two streams side by side; the right columns follow the left ones.
struct BoundJoin {
  enum class Kind { Inner, Left, Right, Full };
  Kind kind = Kind::Inner;
  enum class Match { Asof, Within, Table };
  Match match = Match::Within;
  std::string left;
  std::string right;
  std::vector<BoundExpressionPtr> leftKeys;   ///< over the left columns
  std::vector<BoundExpressionPtr> rightKeys;  ///< over the right columns
  BoundExpressionPtr leftTime;                ///< of ASOF, when ON names time columns
  BoundExpressionPtr rightTime;
  bool strict = false;          ///< ASOF with > instead of >=
  BoundExpressionPtr residual;  ///< what is left of ON, over both
  int64_t withinMs = -1;        ///< of ASOF the tolerance; -1 is none
};

/// CROSS JOIN UNNEST: the input's columns, then value and ordinality.
struct BoundUnnest {
  std::string input;
  BoundExpressionPtr array;
};

/// The rules of a stream that queries write: its event time, repeats, sequence, as its options say.
struct BoundRules {};

/// An equality between an event and those before it, by which the matches that it may go on with are found.
struct BoundPatternKey {
  BoundExpressionPtr own;      ///< over the event's columns
  BoundExpressionPtr earlier;  ///< over the output's columns
};

/// One event of a pattern. Its condition is split: what looks at the event alone is asked once for each event, whatever
/// the number of matches that wait for it.
struct BoundPatternTerm {
  size_t port = 0;         ///< which input stream
  size_t firstColumn = 0;  ///< where its columns stand in the output
  size_t columns = 0;
  std::optional<size_t>
      firstMatch;  ///< of a repeated term: where the columns of its first match stand, behind all terms
  bool negated = false;
  int64_t lastingMs = 0;     ///< of NOT ... FOR
  BoundExpressionPtr alone;  ///< over the event's columns
  std::vector<BoundPatternKey> keys;
  BoundExpressionPtr rest;  ///< over the output's columns, the term's own filled with the event

  bool waits() const { return negated && lastingMs > 0; }
};

/// Terms that must match together, one by one or so many times.
struct BoundPatternStep {
  enum class Kind { Single, And, Or };
  Kind kind = Kind::Single;
  std::vector<BoundPatternTerm> terms;
  int64_t least = 1;
  int64_t most = 1;

  bool isEvent() const { return kind == Kind::Single && !terms.front().negated; }
};

/// PATTERN or SEQUENCE: steps over the rows of its inputs, in the order of arrival.
struct BoundPattern {
  /// When a match may begin: until there is one, with each event, or when the match before has left the first
  /// `groupSteps` steps.
  enum class Every { Never, Event, Group };

  std::vector<std::string> inputs;
  std::vector<BoundPatternStep> steps;
  Every every = Every::Never;
  size_t groupSteps = 0;
  bool strict = false;
  int64_t withinMs = -1;
  std::vector<bool> read;  ///< of the output's columns, whether the query looks at them
};

/// Something that reads streams and writes one.
struct BoundNode {
  std::variant<BoundSelect, BoundJoin, BoundUnnest, BoundPattern, BoundRules> body;
  std::string target;
  std::vector<std::string> inputs;
  Span span;
  /// The statement it comes from, without comments and layout, and which of the statement's nodes it is.
  std::string definition;
};

/// A script that may run: every name resolved, every type checked, nodes in an order in which upstream comes first.
struct BoundScript {
  std::map<std::string, BoundStream> streams;
  std::vector<BoundNode> nodes;
  /// User-visible streams in the order in which the text names them first.
  std::vector<std::string> order;

  const BoundStream& stream(const std::string& name) const { return streams.at(name); }
  bool isWritten(const std::string& name) const;
  bool isRead(const std::string& name) const;
  /// Streams that wait for rows from outside: sources, and declared streams that nothing writes.
  std::vector<std::string> feeds() const;
  /// What `run` prints: streams that a query writes and no other reads, in order.
  std::vector<std::string> results() const;
  /// The feeds whose rows a stream is made of, itself when it is one.
  std::set<std::string> feedsOf(const std::string& name) const;
};

}  // namespace weir
