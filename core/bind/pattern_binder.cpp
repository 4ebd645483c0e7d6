// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/bind/expression_parts.h"
#include "core/bind/pattern_shape.h"
#include "core/bind/query_binder.h"

namespace weir {

namespace {

using Kind = BoundExpression::Kind;
using StepKind = BoundPatternStep::Kind;

struct Place {
  size_t step = 0;
  size_t term = 0;  // within the step
};

/// Which relations of `scope` an expression reads.
void relationsIn(const ast::Expr& expr, const Scope& scope, std::vector<const ast::Expr*>& names) {
  if (expr.kind == ast::Expr::Kind::Name && scope.resolve(expr)) names.push_back(&expr);
  for (const auto& arg : expr.args) relationsIn(*arg, scope, names);
}

std::string shownName(const Relation& relation) {
  return relation.alias.starts_with('#') ? relation.stream : relation.alias;
}

void split(BoundExpressionPtr expr, std::vector<BoundExpressionPtr>& out) {
  if (expr->kind != Kind::And) {
    out.push_back(std::move(expr));
    return;
  }
  for (auto& arg : expr->args) split(std::move(arg), out);
}

// Which columns an expression reads, and whether it looks at the row besides them.
struct Reads {
  bool own = false;
  bool others = false;
  bool row = false;
};

void readsOf(const BoundExpression& expr, const BoundPatternTerm& term, Reads& reads) {
  switch (expr.kind) {
    case Kind::Column: {
      const bool own = expr.column >= term.firstColumn && expr.column < term.firstColumn + term.columns;
      // The first match of a repeated event is the event itself until there is one.
      const bool first =
          term.firstMatch && expr.column >= *term.firstMatch && expr.column < *term.firstMatch + term.columns;
      reads.own = reads.own || own || first;
      reads.others = reads.others || !own;
      break;
    }
    case Kind::EventTime:
    case Kind::ArrivalTime:
    case Kind::Now:
    case Kind::Uuid:
    case Kind::WindowFinal:
    case Kind::WindowHasGap: reads.row = true; break;
    default: break;
  }
  for (const auto& arg : expr.args) readsOf(*arg, term, reads);
}

bool isEquality(const BoundExpression& expr) {
  if (expr.kind != Kind::Call || expr.args.size() != 2) return false;
  const auto& overloads = findOperator("=")->overloads;
  return std::any_of(overloads.begin(), overloads.end(), [&](const Overload& o) { return o.kernel == expr.kernel; });
}

// Types whose values are equal exactly when their keys are.
bool sameKind(Type a, Type b) {
  return (a == b && a != Type::Object && a != Type::Null) || (isInteger(a) && isInteger(b)) || (isReal(a) && isReal(b));
}

// Splits a condition by what it looks at: the event alone, an equality with those before, the rest.
void splitCondition(BoundExpressionPtr condition, BoundPatternTerm& term) {
  std::vector<BoundExpressionPtr> parts;
  split(std::move(condition), parts);
  std::vector<BoundExpressionPtr> alone;
  std::vector<BoundExpressionPtr> rest;
  for (BoundExpressionPtr& part : parts) {
    Reads reads;
    readsOf(*part, term, reads);
    if (!reads.others) {
      shift(*part, term.firstColumn);
      alone.push_back(std::move(part));
      continue;
    }
    if (isEquality(*part) && sameKind(part->args[0]->type, part->args[1]->type)) {
      Reads sides[2];
      for (size_t i = 0; i < 2; ++i) readsOf(*part->args[i], term, sides[i]);
      const auto isOwn = [](const Reads& r) { return r.own && !r.others && !r.row; };
      const auto isEarlier = [](const Reads& r) { return r.others && !r.own && !r.row; };
      const size_t own = isOwn(sides[0]) ? 0 : 1;
      if (isOwn(sides[own]) && isEarlier(sides[1 - own])) {
        shift(*part->args[own], term.firstColumn);
        term.keys.push_back({std::move(part->args[own]), std::move(part->args[1 - own])});
        continue;
      }
    }
    rest.push_back(std::move(part));
  }
  term.alone = conjunction(std::move(alone));
  term.rest = conjunction(std::move(rest));
}

/// Refuses conditions that look at what is not known while they are asked: they would never hold.
class Visibility {
public:
  Visibility(const BoundPattern& pattern, const std::vector<const ast::PatternNode*>& terms)
      : m_pattern(pattern), m_terms(terms) {
    for (size_t step = 0; step < pattern.steps.size(); ++step)
      for (size_t term = 0; term < pattern.steps[step].terms.size(); ++term) m_places.push_back({step, term});
    m_waitsFor.resize(terms.size());
  }

  /// Checks the condition of term `index`; `scope` prefers its columns.
  void check(size_t index, const Scope& scope) {
    const ast::PatternNode& written = *m_terms[index];
    const BoundPatternStep& step = m_pattern.steps[m_places[index].step];
    std::vector<const ast::Expr*> names;
    relationsIn(*written.condition, scope, names);
    for (const ast::Expr* name : names) {
      const size_t relation = scope.resolve(*name)->relation;
      if (relation >= m_places.size() || relation == index) continue;
      if (m_places[relation].step < m_places[index].step) continue;
      const std::string other = shownName(scope.relations()[relation]);
      if (m_places[relation].step > m_places[index].step)
        throwBind(Code::UnknownColumn, name->span, "'" + other + "' comes later in the pattern: it is not known yet",
                  "move the condition to '" + other + "'");
      if (step.kind == StepKind::Or)
        throwBind(Code::UnknownColumn, name->span, "'" + other + "' is not known here: of what OR joins only one comes",
                  "look at the event alone, or at one before this step");
      m_waitsFor[index].push_back(relation);
    }
  }

  /// Within AND any event may come first, but one of them must be able to.
  void checkTogether() const {
    for (size_t i = 0; i < m_terms.size(); ++i) {
      if (m_waitsFor[i].empty()) continue;
      const BoundPatternStep& step = m_pattern.steps[m_places[i].step];
      const size_t first = i - m_places[i].term;
      if (step.terms[m_places[i].term].negated)
        checkAbsent(i, first, step);
      else if (!canCome(i, std::vector<bool>(m_terms.size())))
        throwBind(Code::UnknownColumn, m_terms[i]->condition->span,
                  "these events wait for each other: none of them can come first",
                  "let one of the conditions look at its own event alone");
    }
  }

private:
  bool canCome(size_t index, std::vector<bool> open) const {
    if (open[index]) return false;
    open[index] = true;
    return std::all_of(m_waitsFor[index].begin(), m_waitsFor[index].end(),
                       [&](size_t other) { return canCome(other, open); });
  }

  // NOT ends once all events of the step have come: if it needs them all, it never looks.
  void checkAbsent(size_t index, size_t first, const BoundPatternStep& step) const {
    for (size_t i = 0; i < step.terms.size(); ++i) {
      if (step.terms[i].waits()) return;
      const bool known =
          std::find(m_waitsFor[index].begin(), m_waitsFor[index].end(), first + i) != m_waitsFor[index].end();
      if (!step.terms[i].negated && !known) return;
    }
    throwBind(Code::UnknownColumn, m_terms[index]->condition->span,
              "NOT looks for what comes before the event that it is compared with here",
              "compare with an event of an earlier step");
  }

  const BoundPattern& m_pattern;
  const std::vector<const ast::PatternNode*>& m_terms;
  std::vector<Place> m_places;
  std::vector<std::vector<size_t>> m_waitsFor;  ///< of each term, those of its own step that it looks at
};

}  // namespace

Relation QueryBinder::bindTerm(const ast::PatternNode& term, bool negated, const Scope& scope) {
  ast::Source source;
  source.stream = term.stream;
  source.span = term.span;
  Relation relation = bindSource(source);
  if (m_catalog.find(relation.stream)->isTable)
    throwBind(Code::Graph, term.stream.span, "'" + relation.stream + "' is a table and cannot be read as a stream",
              "join the matches with it in a query over their stream");
  relation.alias = term.alias ? term.alias->text : "";
  // A stream named twice without aliases could not be told apart by its name.
  const auto same = [&](const Relation& r) {
    return r.alias == (relation.alias.empty() ? relation.stream : relation.alias);
  };
  if (std::any_of(scope.relations().begin(), scope.relations().end(), same)) {
    if (term.alias) throwBind(Code::AlreadyDefined, term.alias->span, "'" + term.alias->text + "' is used twice");
    relation.alias = "#" + std::to_string(scope.relations().size());
  } else if (relation.alias.empty()) {
    relation.alias = relation.stream;
  }
  if (term.alias) relation.stream = relation.alias;
  relation.offset = scope.columns();
  relation.isTerm = true;
  relation.isAbsent = negated;
  return relation;
}

QueryBinder::From QueryBinder::bindPattern(const ast::Pattern& pattern) {
  PatternShape shape = shapeOf(pattern);
  BoundPattern& bound = shape.pattern;
  for (Diagnostic& warning : shape.warnings) m_diagnostics.push_back(std::move(warning));
  if (!pattern.within) warn(Code::Window, pattern.span, "a pattern without WITHIN waits for ever", "add WITHIN 5 min");
  Scope scope;
  std::vector<BoundPatternTerm*> terms;
  std::vector<bool> repeats;
  for (BoundPatternStep& step : bound.steps)
    for (BoundPatternTerm& term : step.terms) {
      scope.add(bindTerm(*shape.terms[terms.size()], term.negated, scope));
      terms.push_back(&term);
      repeats.push_back(step.most > 1);
    }
  for (size_t index = 0; index < terms.size(); ++index) {
    if (!repeats[index]) continue;
    Relation first = scope.relations()[index];
    first.alias = first.stream = firstMatchOf(first.alias);
    first.isTerm = false;
    first.isHidden = true;
    first.offset = scope.columns();
    terms[index]->firstMatch = first.offset;
    scope.add(std::move(first));
  }
  Visibility visibility(bound, shape.terms);
  for (size_t index = 0; index < terms.size(); ++index) {
    BoundPatternTerm& term = *terms[index];
    const ast::PatternNode& written = *shape.terms[index];
    const Relation& relation = scope.relations()[index];
    term.firstColumn = relation.offset;
    term.columns = relation.schema->fields.size();
    const auto known = std::find(bound.inputs.begin(), bound.inputs.end(), written.stream.text);
    term.port = static_cast<size_t>(known - bound.inputs.begin());
    if (known == bound.inputs.end()) bound.inputs.push_back(written.stream.text);
    if (!written.condition) continue;
    Scope own = scope;
    own.prefer(index);
    ExpressionBinder binder(own, m_catalog.source());
    BoundExpressionPtr condition = binder.bindRow(*written.condition, "PATTERN");
    if (condition->type != Type::Bool)
      throwBind(Code::TypeMismatch, written.condition->span,
                "a pattern's condition must be BOOL, got " + std::string(typeName(condition->type)));
    visibility.check(index, own);
    splitCondition(std::move(condition), term);
  }
  visibility.checkTogether();
  BoundNode node;
  node.inputs = bound.inputs;
  node.span = pattern.span;
  node.body = std::move(bound);
  const std::string name = addHidden(scope.combined(), std::move(node));
  return {name, std::move(scope)};
}

// Behind a window items count keys instead of columns: that marks too many, never too few.
void QueryBinder::noteRead(const BoundSelect& select) {
  const auto node =
      std::find_if(m_nodes.rbegin(), m_nodes.rend(), [&](const BoundNode& n) { return n.target == select.input; });
  std::vector<bool>& read = std::get<BoundPattern>(node->body).read;
  read.assign(m_catalog.find(select.input)->schema->fields.size(), false);
  const auto note = [&read](const auto& self, const BoundExpression& expr) -> void {
    if (expr.kind == Kind::Column && expr.column < read.size()) read[expr.column] = true;
    for (const auto& arg : expr.args) self(self, *arg);
  };
  const auto noteAll = [&](const auto& expressions) {
    for (const auto& expr : expressions)
      if (expr) note(note, *expr);
  };
  if (select.where) note(note, *select.where);
  if (select.having) note(note, *select.having);
  if (select.window.key) note(note, *select.window.key);
  if (select.window.externalColumn) read[*select.window.externalColumn] = true;
  noteAll(select.keys);
  noteAll(select.items);
  for (const BoundAggregate& aggregate : select.aggregates) {
    noteAll(aggregate.args);
    if (aggregate.filter) note(note, *aggregate.filter);
  }
  for (const BoundLag& lag : select.lags) {
    note(note, *lag.value);
    noteAll(lag.partition);
  }
  for (const BoundOrder& order : select.order)
    if (order.expr) note(note, *order.expr);
}

}  // namespace weir
