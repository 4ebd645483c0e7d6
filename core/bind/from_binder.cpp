// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/base/text.h"
#include "core/bind/expression_parts.h"
#include "core/bind/query_binder.h"

namespace weir {

namespace {

using AstKind = ast::Expr::Kind;

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

}  // namespace

Relation QueryBinder::bindSource(const ast::Source& source) {
  Relation relation;
  if (source.window)
    throwBind(Code::Unsupported, source.window->span, "a window on one side of a join is not supported",
              "bound the join with WITHIN, or window the stream in a query of its own");
  if (source.query) {
    const std::string name = "#" + std::to_string(++m_hidden);
    QueryBinder(m_catalog, m_nodes, m_diagnostics, m_hidden).bind(*source.query, name, true);
    relation.stream = name;
    relation.alias = source.alias ? source.alias->text : name;
    relation.schema = m_catalog.find(name)->schema;
    return relation;
  }
  const BoundStream* stream = m_catalog.find(source.stream.text);
  if (m_catalog.isBroken(source.stream.text)) throw BrokenInput{};
  if (!stream)
    throwBind(Code::UnknownStream, source.stream.span, "unknown stream '" + source.stream.text + "'",
              didYouMean(source.stream.text, m_catalog.names()));
  if (stream->kind == StreamKind::Sink)
    throwBind(Code::Graph, source.stream.span, "'" + source.stream.text + "' is a sink stream and cannot be read from",
              "read the stream that feeds it, or write the query's result to a stream of its own first");
  if (stream->inferred) throw DeferredInput{};
  relation.stream = source.stream.text;
  relation.alias = source.alias ? source.alias->text : source.stream.text;
  relation.schema = stream->schema;
  return relation;
}

QueryBinder::From QueryBinder::bindFrom(const ast::Query& query) {
  const Relation first = bindSource(*query.from);
  if (const BoundStream* stream = m_catalog.find(first.stream); stream && stream->isTable)
    throwBind(Code::Graph, query.from->stream.span, "'" + first.stream + "' is a table and cannot be read as a stream",
              "join it: FROM a stream JOIN " + first.stream + " ON ...");
  From from{first.stream, Scope({first})};
  for (const ast::Join& join : query.joins)
    from = join.kind == ast::JoinKind::Unnest ? bindUnnest(std::move(from), join) : bindJoin(std::move(from), join);
  return from;
}

QueryBinder::From QueryBinder::bindUnnest(From left, const ast::Join& join) {
  ExpressionBinder binder(left.scope, m_catalog.source());
  BoundUnnest unnest;
  unnest.input = left.input;
  unnest.array = binder.bindRow(*join.on, "UNNEST");
  if (unnest.array->type != Type::Object)
    throwBind(Code::TypeMismatch, join.on->span,
              "UNNEST expects OBJECT, got " + std::string(typeName(unnest.array->type)),
              "declare the column as OBJECT");
  auto added = std::make_shared<Schema>();
  added->fields = {{"value", Type::Object}, {"ordinality", Type::Long}};
  left.scope.add({join.source.alias->text, join.source.alias->text, added, left.scope.columns()});
  BoundNode node;
  node.inputs = {left.input};
  node.span = join.span;
  node.body = std::move(unnest);
  const std::string name = addHidden(left.scope.combined(), std::move(node));
  return {name, std::move(left.scope)};
}

QueryBinder::From QueryBinder::bindJoin(From left, const ast::Join& join) {
  Relation right = bindSource(join.source);
  const BoundStream& rightStream = *m_catalog.find(right.stream);
  BoundJoin bound;
  bound.left = left.input;
  bound.right = right.stream;
  bound.kind = join.kind == ast::JoinKind::Left    ? BoundJoin::Kind::Left
               : join.kind == ast::JoinKind::Right ? BoundJoin::Kind::Right
               : join.kind == ast::JoinKind::Full  ? BoundJoin::Kind::Full
                                                   : BoundJoin::Kind::Inner;
  bound.match = rightStream.isTable ? BoundJoin::Match::Table
                : join.asof         ? BoundJoin::Match::Asof
                                    : BoundJoin::Match::Within;
  const bool oneSided = bound.match != BoundJoin::Match::Within;
  if (oneSided && (bound.kind == BoundJoin::Kind::Right || bound.kind == BoundJoin::Kind::Full))
    throwBind(Code::Unsupported, join.span,
              std::string(join.asof ? "ASOF" : "table") + " joins are INNER or LEFT: each left row is answered once",
              join.asof ? "swap the two streams, or JOIN them with WITHIN"
                        : "keep the rows of interest in a stream, and join that with WITHIN");
  for (const Relation& known : left.scope.relations())
    if (known.alias == right.alias)
      throwBind(Code::AlreadyDefined, join.source.span, "'" + right.alias + "' is joined twice",
                "give each an alias with AS");
  const size_t leftColumns = left.scope.columns();
  right.offset = leftColumns;
  const size_t rightIndex = left.scope.relations().size();
  left.scope.add(right);
  const Scope& scope = left.scope;
  ExpressionBinder binder(scope, m_catalog.source());

  std::vector<const ast::Expr*> conditions;
  conjuncts(*join.on, conditions);
  std::vector<BoundExpressionPtr> rest;
  for (const ast::Expr* condition : conditions) {
    const bool comparison = condition->kind == AstKind::Binary && condition->args.size() == 2;
    int a = 0;
    int b = 0;
    if (comparison) {
      a = sidesOf(*condition->args[0], scope, rightIndex);
      b = sidesOf(*condition->args[1], scope, rightIndex);
    }
    const bool across = (a == 1 && b == 2) || (a == 2 && b == 1);
    auto whole = binder.bindRow(*condition, "ON");
    if (whole->type != Type::Bool && whole->type != Type::Null)
      throwBind(Code::TypeMismatch, condition->span, "ON must be BOOL, got " + std::string(typeName(whole->type)));
    if (comparison && across && condition->text == "=") {
      // Comparing has already brought both sides to one type, but for numbers, which are equal whatever theirs.
      auto l = std::move(whole->args[a == 1 ? 0 : 1]);
      auto r = std::move(whole->args[a == 1 ? 1 : 0]);
      if (l->type != r->type) {
        l = ExpressionBinder::asNumberKey(std::move(l));
        r = ExpressionBinder::asNumberKey(std::move(r));
      }
      shift(*r, leftColumns);
      bound.leftKeys.push_back(std::move(l));
      bound.rightKeys.push_back(std::move(r));
      continue;
    }
    const std::string op = comparison ? condition->text : "";
    const bool inequality = op == ">=" || op == ">" || op == "<=" || op == "<";
    if (bound.match == BoundJoin::Match::Asof && across && inequality && !bound.leftTime) {
      const bool leftFirst = a == 1;
      const bool leftIsLater = (op[0] == '>') == leftFirst;
      if (!leftIsLater)
        throwBind(Code::Unsupported, condition->span, "ASOF takes the latest right row at or before the left one",
                  "write left.time >= right.time");
      auto l = std::move(whole->args[leftFirst ? 0 : 1]);
      auto r = std::move(whole->args[leftFirst ? 1 : 0]);
      for (BoundExpressionPtr* side : {&l, &r})
        if ((*side)->type == Type::Object) *side = ExpressionBinder::widened(std::move(*side), Type::Long);
      if (!isNumber(l->type))
        throwBind(Code::TypeMismatch, condition->span, "the time columns of an ASOF JOIN must be numbers");
      shift(*r, leftColumns);
      bound.leftTime = std::move(l);
      bound.rightTime = std::move(r);
      bound.strict = op.size() == 1;
      continue;
    }
    rest.push_back(std::move(whole));
  }
  bound.residual = conjunction(std::move(rest));
  if (bound.match == BoundJoin::Match::Asof) {
    if (join.within) throwBind(Code::Syntax, join.within->span, "ASOF JOIN is bounded by TOLERANCE, not WITHIN");
    bound.withinMs = join.tolerance ? join.tolerance->ms : -1;
  } else if (bound.match == BoundJoin::Match::Within) {
    if (join.tolerance) throwBind(Code::Syntax, join.tolerance->span, "TOLERANCE belongs to ASOF JOIN", "use WITHIN");
    bound.withinMs = join.within ? join.within->ms : 60000;
    if (!join.within)
      warn(Code::Window, join.span, "JOIN without WITHIN: rows at most 1 minute apart are joined", "add WITHIN 1 min");
  }
  BoundNode node;
  node.inputs = {bound.left, bound.right};
  node.span = join.span;
  node.body = std::move(bound);
  const std::string name = addHidden(scope.combined(), std::move(node));
  return {name, std::move(left.scope)};
}

}  // namespace weir
