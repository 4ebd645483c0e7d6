// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/base/text.h"
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

// What has not come yet is NULL: a condition that looks at it would never hold.
void refuseLater(const ast::Expr& expr, const Scope& scope, const std::vector<size_t>& stepOf, size_t step) {
  if (expr.kind == AstKind::Name)
    if (const auto found = scope.resolve(expr); found && stepOf[found->relation] > step) {
      const Relation& relation = scope.relations()[found->relation];
      const std::string& later = relation.alias.starts_with('#') ? relation.stream : relation.alias;
      throwBind(Code::UnknownColumn, expr.span, "'" + later + "' comes later in the pattern: it is not known yet",
                "move the condition to '" + later + "'");
    }
  for (const auto& arg : expr.args) refuseLater(*arg, scope, stepOf, step);
}

void shift(BoundExpression& expr, size_t by) {
  if (expr.kind == BoundExpression::Kind::Column) expr.column -= by;
  for (auto& arg : expr.args) shift(*arg, by);
}

BoundExpressionPtr conjunction(std::vector<BoundExpressionPtr> parts) {
  if (parts.empty()) return nullptr;
  BoundExpressionPtr all = std::move(parts[0]);
  for (size_t i = 1; i < parts.size(); ++i) {
    auto both = std::make_unique<BoundExpression>();
    both->kind = BoundExpression::Kind::And;
    both->type = Type::Bool;
    both->args.push_back(std::move(all));
    both->args.push_back(std::move(parts[i]));
    all = std::move(both);
  }
  return all;
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
              "UNNEST expects OBJECT, got " + std::string(typeName(unnest.array->type)), "declare the column as OBJECT");
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
  bound.match = rightStream.isTable ? BoundJoin::Match::Table : join.asof ? BoundJoin::Match::Asof : BoundJoin::Match::Within;
  const bool oneSided = bound.match != BoundJoin::Match::Within;
  if (oneSided && (bound.kind == BoundJoin::Kind::Right || bound.kind == BoundJoin::Kind::Full))
    throwBind(Code::Unsupported, join.span,
              std::string(join.asof ? "ASOF" : "table") + " joins are INNER or LEFT: each left row is answered once",
              join.asof ? "swap the two streams, or JOIN them with WITHIN" : "keep the rows of interest in a stream, and join that with WITHIN");
  for (const Relation& known : left.scope.relations())
    if (known.alias == right.alias)
      throwBind(Code::AlreadyDefined, join.source.span, "'" + right.alias + "' is joined twice", "give each an alias with AS");
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
      if (!isNumber(l->type)) throwBind(Code::TypeMismatch, condition->span, "the time columns of an ASOF JOIN must be numbers");
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

void QueryBinder::flattenPattern(const ast::PatternNode& node, bool first, BoundPattern& pattern,
                                 std::vector<const ast::PatternNode*>& terms) {
  using NodeKind = ast::PatternNode::Kind;
  const auto setEvery = [&](const ast::PatternNode& written, bool leads) {
    if (!first || !leads)
      throwBind(Code::Unsupported, written.span, "EVERY stands only at the start of a pattern",
                "write EVERY before the first event, or take what comes before it from a query of its own");
    pattern.every = true;
    // Before one term it starts with each event, before the whole chain once the chain is done.
    pattern.overlapping = written.kind != NodeKind::Then;
  };
  if (node.every) setEvery(node, true);
  if (node.kind == NodeKind::Then) {
    if (node.least != 1 || node.most != 1)
      throwBind(Code::Unsupported, node.span, "repetition of a whole chain is not supported",
                "repeat each event, a{2} -> b{2}, or count the chain's matches in a query over its stream");
    for (size_t i = 0; i < node.parts.size(); ++i) flattenPattern(*node.parts[i], first && i == 0, pattern, terms);
    return;
  }
  BoundPatternStep step;
  step.least = node.least;
  step.most = node.most;
  const auto addTerm = [&](const ast::PatternNode& term) {
    if (term.kind != NodeKind::Stream)
      throwBind(Code::Unsupported, term.span, "AND and OR join single events here",
                "match one side in a query of its own and name its stream here; for OR let both queries INSERT INTO one stream");
    step.terms.emplace_back();
    step.terms.back().negated = term.negated;
    step.terms.back().lastingMs = term.lasting ? term.lasting->ms : 0;
    terms.push_back(&term);
  };
  if (node.kind == NodeKind::Stream) {
    addTerm(node);
    if (node.negated && !node.lasting)
      throwBind(Code::Syntax, node.span, "NOT needs a time to wait", "write NOT " + node.stream.text + " FOR 5 sec, or NOT ... AND ...");
  } else {
    step.kind = node.kind == NodeKind::And ? BoundPatternStep::Kind::And : BoundPatternStep::Kind::Or;
    for (const auto& part : node.parts) {
      // Before the first of the two it stands before both: either may come first.
      if (part->every) setEvery(*part, part == node.parts.front());
      addTerm(*part);
    }
  }
  pattern.steps.push_back(std::move(step));
}

QueryBinder::From QueryBinder::bindPattern(const ast::Pattern& pattern) {
  BoundPattern bound;
  bound.strict = pattern.strict;
  bound.withinMs = pattern.within ? pattern.within->ms : -1;
  std::vector<const ast::PatternNode*> terms;
  flattenPattern(*pattern.root, true, bound, terms);
  if (!pattern.within)
    warn(Code::Window, pattern.span, "a pattern without WITHIN waits for ever", "add WITHIN 5 min");
  Scope scope;
  for (const ast::PatternNode* term : terms) {
    ast::Source source;
    source.stream = term->stream;
    source.span = term->span;
    Relation relation = bindSource(source);
    relation.alias = term->alias ? term->alias->text : "";
    // A stream named twice without aliases could not be told apart by its name.
    const auto same = [&](const Relation& r) { return r.alias == (relation.alias.empty() ? relation.stream : relation.alias); };
    if (std::any_of(scope.relations().begin(), scope.relations().end(), same)) {
      if (term->alias) throwBind(Code::AlreadyDefined, term->alias->span, "'" + term->alias->text + "' is used twice");
      relation.alias = "#" + std::to_string(scope.relations().size());
    } else if (relation.alias.empty()) {
      relation.alias = relation.stream;
    }
    if (term->alias) relation.stream = relation.alias;
    relation.offset = scope.columns();
    relation.isTerm = true;
    scope.add(relation);
  }
  std::vector<size_t> stepOf;  // of each relation
  for (size_t step = 0; step < bound.steps.size(); ++step) stepOf.insert(stepOf.end(), bound.steps[step].terms.size(), step);
  for (size_t step = 0, index = 0; step < bound.steps.size(); ++step) {
    for (BoundPatternTerm& term : bound.steps[step].terms) {
      Relation relation = scope.relations()[index++];
      if (bound.steps[step].most == 1) continue;
      relation.alias = relation.stream = firstMatchOf(relation.alias);
      relation.isTerm = false;
      relation.isHidden = true;
      relation.offset = scope.columns();
      term.firstMatch = relation.offset;
      scope.add(std::move(relation));
      stepOf.push_back(step);
    }
  }
  size_t index = 0;
  for (BoundPatternStep& step : bound.steps) {
    for (BoundPatternTerm& term : step.terms) {
      const ast::PatternNode& written = *terms[index];
      const Relation& relation = scope.relations()[index];
      term.firstColumn = relation.offset;
      term.columns = relation.schema->fields.size();
      const auto known = std::find(bound.inputs.begin(), bound.inputs.end(), written.stream.text);
      term.port = static_cast<size_t>(known - bound.inputs.begin());
      if (known == bound.inputs.end()) bound.inputs.push_back(written.stream.text);
      if (written.condition) {
        Scope own = scope;
        own.prefer(index);
        ExpressionBinder binder(own, m_catalog.source());
        term.condition = binder.bindRow(*written.condition, "PATTERN");
        if (term.condition->type != Type::Bool)
          throwBind(Code::TypeMismatch, written.condition->span,
                    "a pattern's condition must be BOOL, got " + std::string(typeName(term.condition->type)));
        refuseLater(*written.condition, own, stepOf, stepOf[index]);
      }
      ++index;
    }
  }
  BoundNode node;
  node.inputs = bound.inputs;
  node.span = pattern.span;
  node.body = std::move(bound);
  const std::string name = addHidden(scope.combined(), std::move(node));
  return {name, std::move(scope)};
}

}  // namespace weir
