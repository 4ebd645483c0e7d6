// SPDX-License-Identifier: GPL-3.0-or-later
// PATTERN and SEQUENCE of FROM: what their terms are called, and what their conditions may look at.
#include <algorithm>

#include "core/bind/expression_binder.h"
#include "core/bind/from_binder.h"
#include "core/bind/pattern_shape.h"

namespace weir {

namespace {

using StepKind = logical::PatternStep::Kind;

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

/// Refuses conditions that look at what is not known while they are asked: they would never hold.
class Visibility {
public:
  Visibility(const logical::Pattern& pattern, const std::vector<const ast::PatternNode*>& terms)
      : m_pattern(pattern), m_terms(terms) {
    for (size_t step = 0; step < pattern.steps.size(); ++step)
      for (size_t term = 0; term < pattern.steps[step].terms.size(); ++term) m_places.push_back({step, term});
    m_waitsFor.resize(terms.size());
  }

  /// Checks the condition of term `index`; `scope` prefers its columns.
  void check(size_t index, const Scope& scope) {
    const ast::PatternNode& written = *m_terms[index];
    const logical::PatternStep& step = m_pattern.steps[m_places[index].step];
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
      const logical::PatternStep& step = m_pattern.steps[m_places[i].step];
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
  void checkAbsent(size_t index, size_t first, const logical::PatternStep& step) const {
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

  const logical::Pattern& m_pattern;
  const std::vector<const ast::PatternNode*>& m_terms;
  std::vector<Place> m_places;
  std::vector<std::vector<size_t>> m_waitsFor;  ///< of each term, those of its own step that it looks at
};

}  // namespace

Relation FromBinder::bindTerm(const ast::PatternNode& term, bool negated, const Scope& scope) {
  ast::Source source;
  source.stream = term.stream;
  source.span = term.span;
  logical::Source bound;
  Relation relation = relationOf(source, scope, bound);
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
  relation.groupColumns.clear();
  relation.windowMs = 0;
  relation.isTerm = true;
  relation.isAbsent = negated;
  return relation;
}

logical::Pattern FromBinder::bindPattern(const ast::Pattern& pattern, Scope& scope) {
  PatternShape shape = shapeOf(pattern);
  logical::Pattern& bound = shape.pattern;
  for (Diagnostic& warning : shape.warnings) m_diagnostics.push_back(std::move(warning));
  if (!pattern.within) warn(Code::Window, pattern.span, "a pattern without WITHIN waits for ever", "add WITHIN 5 min");
  std::vector<logical::PatternTerm*> terms;
  std::vector<bool> repeats;
  for (logical::PatternStep& step : bound.steps)
    for (logical::PatternTerm& term : step.terms) {
      scope.add(bindTerm(*shape.terms[terms.size()], term.negated, scope));
      term.alias = scope.relations().back().alias;
      term.span = shape.terms[terms.size()]->span;
      terms.push_back(&term);
      repeats.push_back(step.most > 1);
    }
  for (size_t index = 0; index < terms.size(); ++index) {
    if (!repeats[index]) continue;
    Relation first = scope.relations()[index];
    first.alias = first.stream = logical::firstMatchOf(first.alias);
    first.isTerm = false;
    first.isHidden = true;
    first.offset = scope.columns();
    scope.add(std::move(first));
  }
  Visibility visibility(bound, shape.terms);
  for (size_t index = 0; index < terms.size(); ++index) {
    const ast::PatternNode& written = *shape.terms[index];
    if (!written.condition) continue;
    Scope own = scope;
    own.prefer(index);
    bindCondition(written, own, *terms[index]);
    visibility.check(index, own);
  }
  visibility.checkTogether();
  return std::move(bound);
}

void FromBinder::bindCondition(const ast::PatternNode& written, const Scope& scope, logical::PatternTerm& term) {
  ExpressionBinder binder(scope, m_source, "PATTERN");
  logical::Expression condition = binder.bind(*written.condition);
  if (condition.type != Type::Bool)
    throwBind(Code::TypeMismatch, written.condition->span,
              "a pattern's condition must be BOOL, got " + named(condition.type));
  term.condition = std::move(condition);
  for (Diagnostic& warning : binder.takeWarnings()) m_warnings.push_back(std::move(warning));
}

}  // namespace weir
