// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/diagnostic.h"

namespace weir::ast {

/// An identifier as written, without its quotes.
struct Name {
  std::string text;
  Span span;
};

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

/// A length of time in ms, from `1 min`, `'1 minute'`, `500ms` or `INTERVAL '2' SECOND`.
struct Duration {
  int64_t ms = 0;
  Span span;
};

/// One expression. `text` is the operator, the literal's text, the function's or member's name; `args` in the order in
/// which they are written.
struct Expr {
  enum class Kind {
    Null,
    True,
    False,
    Integer,
    Decimal,
    String,
    Interval,
    Name,       ///< `parts`: column, or stream.column, members behind
    Star,       ///< inside COUNT(*)
    Unary,      ///< `text`: - or NOT
    Binary,     ///< `text`: OR AND = <> < <= > >= LIKE || + - * / // %
    Call,       ///< `text`: function name
    Cast,       ///< `type`, `flag` for TRY_CAST
    Case,       ///< [operand if `flag`] {when then} [else if `hasElse`]
    In,         ///< operand, items...; `negated`
    Between,    ///< operand, low, high; `negated`
    IsNull,     ///< operand; `negated`
    Member,     ///< operand.text
    Arrow,      ///< operand -> key
    ArrowText,  ///< operand ->> key
    Index,      ///< operand[key]
  };
  Kind kind = Kind::Null;
  Span span;
  std::string text;
  Span textSpan;  ///< of the function's name, the operator or the type
  std::vector<Name> parts;
  std::vector<ExprPtr> args;
  bool negated = false;
  bool flag = false;  ///< DISTINCT of a call, TRY_ of a cast, an operand of CASE
  bool hasElse = false;
  int64_t number = 0;  ///< an Interval's ms
  ExprPtr filter;      ///< FILTER (WHERE ...)
  bool hasOver = false;
  std::vector<ExprPtr> partition;  ///< OVER (PARTITION BY ...)
};

/// One column of a CREATE: `name type [NOT NULL]`.
struct ColumnDef {
  Name name;
  Name type;
  bool notNull = false;
};

/// `WATERMARK FOR column AS column - INTERVAL ...`.
struct Watermark {
  Name column;
  int64_t latenessMs = 0;
  Span span;
};

/// One `key = 'value'` of WITH.
struct Option {
  Name key;
  std::string value;
  Span valueSpan;
};

/// CREATE STREAM or TABLE, with what stands in its brackets and in WITH.
struct CreateStream {
  Name name;
  bool isTable = false;
  bool ifNotExists = false;
  bool inferred = false;  ///< `...` among the columns
  std::vector<ColumnDef> columns;
  std::optional<Watermark> watermark;
  std::vector<Option> options;
  bool hasWith = false;
};

/// CREATE CONNECTION: what several streams go over.
struct CreateConnection {
  Name name;
  bool ifNotExists = false;
  std::vector<Option> options;
};

/// One argument of a window: a length of time, or an expression such as a count or a key.
struct WindowArg {
  enum class Kind { Duration, Expr };
  Kind kind = Kind::Expr;
  Duration duration;
  ExprPtr expr;
  Span span;
};

/// `WINDOW name(args)`, not yet looked up.
struct Window {
  Name name;
  std::vector<WindowArg> args;
  Span span;
};

/// One item of SELECT: `*`, `stream.*`, or an expression with its alias.
struct SelectItem {
  enum class Kind { Star, StreamStar, Expr };
  Kind kind = Kind::Expr;
  Name stream;
  ExprPtr expr;
  std::optional<Name> alias;
  Span span;
};

struct Query;

/// What stands in FROM or JOIN: a stream or a query in brackets, with alias and window.
struct Source {
  Name stream;
  std::unique_ptr<Query> query;
  std::optional<Name> alias;
  std::optional<Window> window;
  Span span;
};

/// Which rows without a partner a join gives; UNNEST makes rows of an array.
enum class JoinKind { Inner, Left, Right, Full, Unnest };

/// A JOIN behind the first source.
struct Join {
  JoinKind kind = JoinKind::Inner;
  bool asof = false;
  Source source;
  ExprPtr on;  ///< the array of an UNNEST
  std::optional<Duration> tolerance;
  std::optional<Duration> within;
  Span span;
};

/// A term or a combination of terms of PATTERN and SEQUENCE.
struct PatternNode {
  enum class Kind { Stream, Then, And, Or };
  Kind kind = Kind::Stream;
  bool every = false;
  bool everyGroup = false;  ///< EVERY stands before parentheses around it
  bool negated = false;
  std::optional<Name> alias;
  Name stream;
  ExprPtr condition;
  int64_t least = 1;
  int64_t most = 1;
  std::optional<Duration> lasting;  ///< FOR d of a negated term
  std::vector<std::unique_ptr<PatternNode>> parts;
  Span span;
};

/// PATTERN (...) or SEQUENCE (...) in place of FROM's source.
struct Pattern {
  bool strict = false;  ///< SEQUENCE
  std::unique_ptr<PatternNode> root;
  std::optional<Duration> within;
  Span span;
};

/// One key of ORDER BY.
struct OrderItem {
  ExprPtr expr;
  bool descending = false;
  std::optional<bool> nullsFirst;
};

/// `OUTPUT what EVERY n EVENTS` or a length of time; one of the two is set.
struct Output {
  enum class What { All, First, Last, Snapshot };
  What what = What::All;
  std::optional<int64_t> events;
  std::optional<Duration> every;
  Span span;
};

/// EMIT CHANGES, FINAL or PERIODIC with its period.
struct Emit {
  enum class When { Changes, Final, Periodic };
  When when = When::Final;
  Duration period;
  Span span;
};

/// INSERT INTO: by position, for the named columns, or BY NAME.
struct InsertTarget {
  Name stream;
  std::vector<Name> columns;
  bool byName = false;
};

/// A query: SELECT with its clauses, each at most once.
struct Query {
  bool distinct = false;
  std::vector<SelectItem> items;
  Span itemsSpan;
  std::optional<Source> from;
  std::vector<Join> joins;
  std::optional<Pattern> pattern;
  std::optional<Window> window;
  ExprPtr where;
  Span whereSpan;
  std::vector<ExprPtr> groupBy;
  ExprPtr having;
  std::vector<OrderItem> orderBy;
  std::optional<int64_t> limit;
  int64_t offset = 0;
  std::optional<Output> output;
  std::optional<Emit> emit;
  std::optional<InsertTarget> into;
  Span span;
};

/// One statement with its place.
struct Statement {
  std::variant<CreateStream, CreateConnection, Query> body;
  Span span;
};

/// The statements that could be parsed; what could not is in the diagnostics beside it.
struct Script {
  std::vector<Statement> statements;
};

}  // namespace weir::ast
