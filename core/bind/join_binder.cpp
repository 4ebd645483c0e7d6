// SPDX-License-Identifier: GPL-3.0-or-later
// JOIN of FROM: what its condition says of equality and of time, and what is left of it.
#include "core/bind/expression_binder.h"
#include "core/bind/from_binder.h"

namespace weir {

using logical::Expression;
using logical::Join;

namespace {

using AstKind = ast::Expr::Kind;

constexpr int64_t kWithinMs = 60'000;

// Splits a condition at its ANDs.
void conjuncts(const ast::Expr& expr, std::vector<const ast::Expr*>& out) {
  if (expr.kind == AstKind::Binary && expr.text == "AND") {
    conjuncts(*expr.args[0], out);
    conjuncts(*expr.args[1], out);
  } else {
    out.push_back(&expr);
  }
}

// Which relations an expression reads: bit 0 for those before `right`, bit 1 for `right`.
int sidesOf(const ast::Expr& expr, const Scope& scope, size_t right) {
  int sides = 0;
  if (expr.kind == AstKind::Name)
    if (const auto found = scope.resolve(expr)) sides |= found->relation == right ? 2 : 1;
  for (const auto& arg : expr.args) sides |= sidesOf(*arg, scope, right);
  return sides;
}

/// One part of ON between its ANDs, and where the sides of a comparison stand.
struct Condition {
  const ast::Expr& expr;
  std::string op;          ///< of a comparison between both sides, else empty
  bool leftFirst = false;  ///< the left relations' side stands before the operator
};

Condition conditionOf(const ast::Expr& expr, const Scope& scope) {
  Condition condition{expr, {}};
  if (expr.kind != AstKind::Binary || expr.args.size() != 2) return condition;
  const size_t right = scope.relations().size() - 1;
  const int a = sidesOf(*expr.args[0], scope, right);
  const int b = sidesOf(*expr.args[1], scope, right);
  if ((a == 1 && b == 2) || (a == 2 && b == 1)) condition.op = expr.text;
  condition.leftFirst = a == 1;
  return condition;
}

bool isInequality(const std::string& op) { return op == ">=" || op == ">" || op == "<=" || op == "<"; }

logical::Equality sidesInOrder(Expression whole, bool leftFirst) {
  return {std::move(whole.args[leftFirst ? 0 : 1]), std::move(whole.args[leftFirst ? 1 : 0])};
}

void bindTimes(const Condition& condition, Expression whole, Join& bound) {
  const bool leftIsLater = (condition.op[0] == '>') == condition.leftFirst;
  if (!leftIsLater)
    throwBind(Code::Unsupported, condition.expr.span, "ASOF takes the latest right row at or before the left one",
              "write left.time >= right.time");
  logical::Equality times = sidesInOrder(std::move(whole), condition.leftFirst);
  for (Expression* side : {&times.left, &times.right})
    if (side->type == Type::Object) *side = widened(std::move(*side), Type::Long);
  if (!isNumber(times.left.type))
    throwBind(Code::TypeMismatch, condition.expr.span, "the time columns of an ASOF JOIN must be numbers");
  bound.leftTime = std::move(times.left);
  bound.rightTime = std::move(times.right);
  bound.strict = condition.op.size() == 1;
}

Join::Kind kindOf(ast::JoinKind kind) {
  switch (kind) {
    case ast::JoinKind::Left: return Join::Kind::Left;
    case ast::JoinKind::Right: return Join::Kind::Right;
    case ast::JoinKind::Full: return Join::Kind::Full;
    default: return Join::Kind::Inner;
  }
}

}  // namespace

Join FromBinder::bindJoin(const ast::Join& join, Scope& scope) {
  Join bound;
  bound.span = join.span;
  Relation right = relationOf(join.source, scope, bound.right);
  const logical::Stream* stream = bound.right.query ? nullptr : m_catalog.find(right.stream);
  bound.kind = kindOf(join.kind);
  bound.match = stream && stream->isTable ? Join::Match::Table : join.asof ? Join::Match::Asof : Join::Match::Within;
  const bool oneSided = bound.match != Join::Match::Within;
  if (oneSided && (bound.kind == Join::Kind::Right || bound.kind == Join::Kind::Full))
    throwBind(Code::Unsupported, join.span,
              std::string(join.asof ? "ASOF" : "table") + " joins are INNER or LEFT: each left row is answered once",
              join.asof ? "swap the two streams, or JOIN them with WITHIN"
                        : "keep the rows of interest in a stream, and join that with WITHIN");
  for (const Relation& known : scope.relations())
    if (known.alias == right.alias)
      throwBind(Code::AlreadyDefined, join.source.span, "'" + right.alias + "' is joined twice",
                "give each an alias with AS");
  scope.add(std::move(right));
  bindConditions(join, scope, bound);
  bindBounds(join, bound);
  return bound;
}

void FromBinder::bindConditions(const ast::Join& join, const Scope& scope, Join& bound) {
  ExpressionBinder binder(scope, m_source, "ON");
  std::vector<const ast::Expr*> conditions;
  conjuncts(*join.on, conditions);
  std::vector<Expression> rest;
  for (const ast::Expr* part : conditions) {
    const Condition condition = conditionOf(*part, scope);
    Expression whole = binder.bind(*part);
    if (whole.type != Type::Bool && whole.type != Type::Null)
      throwBind(Code::TypeMismatch, part->span, "ON must be BOOL, got " + named(whole.type));
    // Comparing has already brought both sides to one type, but for numbers, which are equal whatever theirs.
    if (condition.op == "=")
      bound.keys.push_back(sidesInOrder(std::move(whole), condition.leftFirst));
    else if (bound.match == Join::Match::Asof && isInequality(condition.op) && !bound.leftTime)
      bindTimes(condition, std::move(whole), bound);
    else
      rest.push_back(std::move(whole));
  }
  bound.residual = logical::conjunction(std::move(rest));
  for (Diagnostic& warning : binder.takeWarnings()) m_warnings.push_back(std::move(warning));
}

void FromBinder::bindBounds(const ast::Join& join, Join& bound) {
  if (bound.match == Join::Match::Asof) {
    if (join.within) throwBind(Code::Syntax, join.within->span, "ASOF JOIN is bounded by TOLERANCE, not WITHIN");
    bound.withinMs = join.tolerance ? join.tolerance->ms : -1;
  } else if (bound.match == Join::Match::Within) {
    if (join.tolerance) throwBind(Code::Syntax, join.tolerance->span, "TOLERANCE belongs to ASOF JOIN", "use WITHIN");
    bound.withinMs = join.within ? join.within->ms : kWithinMs;
    if (!join.within)
      warn(Code::Window, join.span, "JOIN without WITHIN: rows at most 1 minute apart are joined", "add WITHIN 1 min");
  }
}

}  // namespace weir
