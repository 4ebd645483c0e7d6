// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/expression_binder.h"
#include "core/data/compare.h"

namespace weir {

using logical::Expression;
using Kind = Expression::Kind;

namespace {

// Where a constant is the same in the type of what it meets, two of one type are compared, which is quick.
void meet(Expression& constant, Type other) {
  if (constant.kind != Kind::Literal) return;
  const int64_t* whole = std::get_if<int64_t>(&constant.literal);
  const double* real = std::get_if<double>(&constant.literal);
  if (whole && isReal(other)) {
    const auto same = static_cast<double>(*whole);
    if (std::is_eq(orderOf(*whole, same))) constant = literal(same, Type::Double, constant.span);
  } else if (real && isInteger(other) && *real >= -0x1p63 && *real < 0x1p63) {
    const auto same = static_cast<int64_t>(*real);
    if (std::is_eq(orderOf(same, *real))) constant = literal(same, Type::Long, constant.span);
  }
}

void matchObject(Expression& object, const Expression& other) {
  if (object.type != Type::Object || other.type == Type::Object || other.type == Type::Null || isNumber(other.type))
    return;
  object = widened(std::move(object), other.type);
}

// An OBJECT as the text by which it is compared with another.
Expression canonical(Expression object) {
  const Span span = object.span;
  return call(logical::kCanonical, Type::String, listOf(std::move(object)), span);
}

// Halves of halves, so that a long list makes no deep tree.
Expression anyOf(std::vector<Expression> tests, Span span) {
  while (tests.size() > 1) {
    std::vector<Expression> pairs;
    for (size_t i = 0; i + 1 < tests.size(); i += 2)
      pairs.push_back(call("OR", Type::Bool, listOf(std::move(tests[i]), std::move(tests[i + 1])), span));
    if (tests.size() % 2 == 1) pairs.push_back(std::move(tests.back()));
    tests = std::move(pairs);
  }
  return std::move(tests.front());
}

// One evaluation of the operand for all items, which have a type in common.
Expression inList(std::vector<Expression> args, Type type, bool hasObjects, Span span) {
  if (hasObjects && type == Type::Null) {
    type = Type::String;
    for (Expression& arg : args)
      if (arg.type == Type::Object) arg = canonical(std::move(arg));
  }
  if (type == Type::Null) type = Type::Long;
  Expression in = logical::made(Kind::In, Type::Bool, span);
  for (Expression& arg : args) {
    // Numbers stay as they are, since LONG and DOUBLE are compared exactly, and an OBJECT as the number that it says.
    const Type own = arg.type;
    if (isNumber(type) && own == Type::Object)
      in.args.push_back(std::move(arg));
    else if (isNumber(type) && isNumber(own))
      in.args.push_back(widened(std::move(arg), isInteger(own) ? Type::Long : Type::Double));
    else
      in.args.push_back(widened(std::move(arg), type));
  }
  return in;
}

Expression negatedIf(bool negated, Expression condition) {
  if (!negated) return condition;
  const Span span = condition.span;
  return call("NOT", Type::Bool, listOf(std::move(condition)), span);
}

}  // namespace

void ExpressionBinder::checkComparable(const Expression& left, const ast::Expr& leftText, const Expression& right,
                                       const ast::Expr& rightText, Span span) const {
  const bool leftIsText = left.type == Type::String && isNumber(right.type);
  if (!leftIsText && !(right.type == Type::String && isNumber(left.type))) return;
  throwBind(Code::TypeMismatch, span, "cannot compare " + named(left.type) + " with " + named(right.type),
            "use CAST(" + shown(textOf((leftIsText ? leftText : rightText).span)) + " AS DOUBLE)");
}

Expression ExpressionBinder::bindComparison(const std::string& op, const ast::Expr& left, const ast::Expr& right,
                                            Span span) {
  Expression a = bind(left);
  Expression b = bind(right);
  checkComparable(a, left, b, right, span);
  return compare(op, std::move(a), std::move(b), span);
}

Expression ExpressionBinder::compare(const std::string& op, Expression left, Expression right, Span span) {
  matchObject(left, right);
  matchObject(right, left);
  // A number in an OBJECT is compared as what it says.
  const bool hasNumber = isNumber(left.type) || isNumber(right.type);
  // What is an OBJECT else meets another, or NULL.
  for (Expression* side : {&left, &right}) {
    if (hasNumber || side->type != Type::Object) continue;
    if (op != "=" && op != "<>")
      throwBind(Code::TypeMismatch, span, "OBJECT compares only with = and <>",
                "use ->> or CAST to compare what is inside");
    *side = canonical(std::move(*side));
  }
  const bool hasObject = left.type == Type::Object || right.type == Type::Object;
  if (!hasObject && !commonType(left.type, right.type))
    throwBind(Code::TypeMismatch, span, "cannot compare " + named(left.type) + " with " + named(right.type));
  meet(left, right.type);
  meet(right, left.type);
  return bindScalar(*findOperator(op), listOf(std::move(left), std::move(right)), span);
}

Expression ExpressionBinder::bindBetween(const ast::Expr& expr) {
  // NOT (a >= low AND a <= high) is what SQL says; the operand is written once, so it counts its issues once.
  Expression low = bindComparison(">=", *expr.args[0], *expr.args[1], expr.span);
  Expression high = bindComparison("<=", *expr.args[0], *expr.args[2], expr.span);
  high.args[0] = again(std::move(high.args[0]));
  return negatedIf(expr.negated, call("AND", Type::Bool, listOf(std::move(low), std::move(high)), expr.span));
}

Expression ExpressionBinder::bindIn(const ast::Expr& expr) {
  // Each item is compared as `=` would.
  std::vector<Expression> args;
  Type type = Type::Null;
  bool isUniform = true;
  size_t objects = 0;
  for (const auto& arg : expr.args) {
    args.push_back(bind(*arg));
    checkComparable(args.front(), *expr.args.front(), args.back(), *arg, arg->span);
    if (args.back().type == Type::Object) {
      ++objects;
      continue;
    }
    const auto both = commonType(type, args.back().type);
    if (!both && args.front().type != Type::Object)
      throwBind(Code::TypeMismatch, arg->span, "cannot compare " + named(type) + " with " + named(args.back().type));
    isUniform = isUniform && both;
    type = both.value_or(type);
  }
  const bool onlyOperand = objects == 1 && args.front().type == Type::Object;
  if (objects == 0 || type == Type::Null || (onlyOperand && isUniform))
    return negatedIf(expr.negated, inList(std::move(args), type, objects > 0, expr.span));
  std::vector<Expression> tests;
  for (size_t i = 1; i < args.size(); ++i) {
    Expression test = compare("=", args[0], std::move(args[i]), expr.args[i]->span);
    if (i > 1) test.args[0] = again(std::move(test.args[0]));
    tests.push_back(std::move(test));
  }
  return negatedIf(expr.negated, anyOf(std::move(tests), expr.span));
}

}  // namespace weir
