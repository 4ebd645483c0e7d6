// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/base/box.h"
#include "core/base/diagnostic.h"
#include "core/data/value.h"

namespace weir::logical {

/// Where something was written. All places are equal: a plan is the same however its text is laid out.
struct Place : Span {
  Place() = default;
  Place(Span span) : Span(span) {}
  bool operator==(const Place&) const { return true; }
};

/// An expression with its names and types resolved, as data: columns and functions by name, nothing that runs.
struct Expression {
  enum class Kind {
    Column,     ///< `name` of the relation whose alias is `of`
    Literal,    ///< `literal`
    Call,       ///< function or operator `name` over `args`; AND, OR and COALESCE ask later args only where they must
    Cast,       ///< `args[0]` as `type`, NULL where that fails; `tries` where it may
    Widen,      ///< the same where nobody wrote it: `args[0]` fits `type` by itself
    Case,       ///< {when then} [else]: `args`, with an else when their number is odd
    In,         ///< operand, items
    Aggregate,  ///< aggregate `name` over `args`, of none for COUNT(*); `distinct`, `filter`
    Over,       ///< window function `name` (LAG) over `args`, among the rows of its `partition`
    Item,       ///< in HAVING and ORDER BY: the SELECT's item number `item`, which is called `name`
    Again,      ///< `args[0]`, whose text stands elsewhere in the plan too: what fails in it is counted there
  };
  Kind kind = Kind::Literal;
  Type type = Type::Null;
  Place span;
  std::string of;
  std::string name;
  size_t item = 0;
  Value literal;
  std::vector<Expression> args;
  Box<Expression> filter;
  std::vector<Expression> partition;
  bool distinct = false;
  bool tries = false;

  bool operator==(const Expression& other) const;
};

/// The two OBJECTs of `=` and `<>` are equal when these calls over them are: the text of the value, members in order.
inline constexpr const char* kCanonical = "CANONICAL";

Expression made(Expression::Kind kind, Type type, Span span);
Expression literal(Value value, Type type, Span span);
Expression call(std::string name, Type type, std::vector<Expression> args, Span span);
/// The parts joined by AND, in their order; nothing when there are none.
Box<Expression> conjunction(std::vector<Expression> parts);

/// Calls `each` with `expr` and all that is in it, from left to right.
template <class Each>
void walk(const Expression& expr, const Each& each) {
  each(expr);
  for (const Expression& arg : expr.args) walk(arg, each);
  if (expr.filter) walk(*expr.filter, each);
  for (const Expression& part : expr.partition) walk(part, each);
}

}  // namespace weir::logical
