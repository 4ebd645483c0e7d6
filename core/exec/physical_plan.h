// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/functions/aggregate_function.h"
#include "core/plan/logical.h"

/// What operators work by: a logical plan with kernels for functions and slots for names. `plan/lower` makes it.
namespace weir::physical {

/// An expression ready to run over the columns of a batch.
struct Expression {
  enum class Kind {
    Column,   ///< column `column` of the batch
    Literal,  ///< `literal`
    Call,     ///< `kernel` over `args`; also casts
    And,      ///< two or more args; the right ones only where the left ones do not decide
    Or,
    Not,
    Case,      ///< {when then} [else]: `args`, with an else when their number is odd; branches only where taken
    Coalesce,  ///< later args only where the earlier ones are NULL
    In,        ///< operand, items
    EventTime,
    EventTimeNs,
    ArrivalTime,
    Now,
    Uuid,
    WindowFinal,
    WindowHasGap,  ///< of the row's RowMeta
  };
  Kind kind = Kind::Literal;
  Type type = Type::Null;
  size_t column = 0;
  Value literal;
  Kernel kernel = nullptr;
  std::vector<std::unique_ptr<Expression>> args;
  uint32_t weight = 1;  ///< written occurrences that issues are counted for; 0 for TRY_CAST
};

using ExpressionPtr = std::unique_ptr<Expression>;

/// What makes a level of an order book; `snapshot` and `side` are null where they are not given.
struct Book {
  ExpressionPtr price;
  ExpressionPtr quantity;
  ExpressionPtr snapshot;
  ExpressionPtr side;
};

/// A window with its lengths in ms; sizes that a kind does not have are 0.
struct Window {
  logical::WindowKind kind = logical::WindowKind::None;
  bool isClosing = false;  ///< rows come when it closes, not with each event
  int64_t sizeMs = 0;      ///< of SESSION the gap
  int64_t slideMs = 0;     ///< of CUMULATE the step
  int64_t count = 0;
  ExpressionPtr key;  ///< of UNIQUE and FIRSTUNIQUE
  std::optional<Book> book;
  std::optional<size_t> externalColumn;  ///< event time comes from this column, with lateness 0
  bool closes() const { return isClosing; }
};

/// One call of an aggregate, made once however often the query writes it.
struct Aggregate {
  const AggregateFunction* function = nullptr;
  const AggregateOverload* overload = nullptr;
  bool distinct = false;
  std::vector<ExpressionPtr> args;
  ExpressionPtr filter;
  uint32_t weight = 1;
};

/// LAG: the value of an earlier row of its partition.
struct Lag {
  ExpressionPtr value;
  int64_t distance = 1;
  std::vector<ExpressionPtr> partition;
};

/// One key of ORDER BY.
struct Order {
  std::optional<size_t> output;  ///< a column of the result
  ExpressionPtr expr;            ///< else over the same layout as the items
  bool descending = false;
  bool nullsFirst = false;
};

/// SELECT over one stream. The layout that `items`, `having` and `order` see is, under a closing window, keys,
/// aggregates, window start, window end; otherwise the input's columns, aggregates, window start, window end. LAG
/// columns follow.
struct Select {
  ExpressionPtr where;
  Window window;
  bool aggregated = false;
  std::vector<ExpressionPtr> keys;
  std::vector<Aggregate> aggregates;
  std::vector<Lag> lags;
  std::vector<ExpressionPtr> items;
  std::vector<size_t> groupColumns;  ///< items that are group keys
  ExpressionPtr having;
  bool distinct = false;
  std::vector<Order> order;
  std::optional<int64_t> limit;
  int64_t offset = 0;
  logical::Output output;
  SchemaPtr layout;  ///< of what items see
};

/// Two streams side by side; the right columns follow the left ones.
struct Join {
  using Kind = logical::Join::Kind;
  using Match = logical::Join::Match;
  Kind kind = Kind::Inner;
  Match match = Match::Within;
  std::vector<ExpressionPtr> leftKeys;   ///< over the left columns
  std::vector<ExpressionPtr> rightKeys;  ///< over the right columns
  ExpressionPtr leftTime;                ///< of ASOF, when ON names time columns
  ExpressionPtr rightTime;
  bool strict = false;     ///< ASOF with > instead of >=
  ExpressionPtr residual;  ///< what is left of ON, over both
  int64_t withinMs = -1;   ///< of ASOF the tolerance; -1 is none
};

/// CROSS JOIN UNNEST: the input's columns, then value and ordinality.
struct Unnest {
  ExpressionPtr array;
};

/// The rules of a stream that queries write: its event time, repeats, sequence, as its options say.
struct Rules {};

/// An equality between an event and those before it, by which the matches that it may go on with are found.
struct PatternKey {
  ExpressionPtr own;      ///< over the event's columns
  ExpressionPtr earlier;  ///< over the output's columns
};

/// One event of a pattern. Its condition is split: what looks at the event alone is asked once for each event, whatever
/// the number of matches that wait for it.
struct PatternTerm {
  size_t port = 0;         ///< which input stream
  size_t firstColumn = 0;  ///< where its columns stand in the output
  size_t columns = 0;
  std::optional<size_t>
      firstMatch;  ///< of a repeated term: where the columns of its first match stand, behind all terms
  bool negated = false;
  int64_t lastingMs = 0;  ///< of NOT ... FOR
  ExpressionPtr alone;    ///< over the event's columns
  std::vector<PatternKey> keys;
  ExpressionPtr rest;  ///< over the output's columns, the term's own filled with the event

  bool waits() const { return negated && lastingMs > 0; }
};

/// Terms that must match together, one by one or so many times.
struct PatternStep {
  using Kind = logical::PatternStep::Kind;
  Kind kind = Kind::Single;
  std::vector<PatternTerm> terms;
  int64_t least = 1;
  int64_t most = 1;

  bool isEvent() const { return kind == Kind::Single && !terms.front().negated; }
};

/// PATTERN or SEQUENCE: steps over the rows of its inputs, in the order of arrival.
struct Pattern {
  using Every = logical::Every;
  size_t inputs = 0;
  std::vector<PatternStep> steps;
  Every every = Every::Never;
  size_t groupSteps = 0;
  bool strict = false;
  int64_t withinMs = -1;
  std::vector<bool> read;  ///< of the output's columns, whether the query looks at them
};

/// Something that reads streams and writes one.
struct Node {
  std::variant<Select, Join, Unnest, Pattern, Rules> body;
  std::string target;
  std::vector<std::string> inputs;
  uint64_t identity = 0;  ///< nodes of one identity may take over from each other
};

/// A stream between nodes. Those that a query needs for itself have names that start with '#'.
struct Stream {
  SchemaPtr schema;
  bool isTable = false;
  uint64_t identity = 0;
};

/// A script as a pipeline runs it: nodes in an order in which upstream comes first.
struct Plan {
  logical::Plan script;
  std::map<std::string, Stream> streams;
  std::vector<Node> nodes;
};

}  // namespace weir::physical
