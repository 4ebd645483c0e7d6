// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns: each condition is split by what it looks at, so that most of it is asked once for each event.
#include <algorithm>

#include "core/functions/function_list.h"
#include "core/plan/lower/lower_node.h"

namespace weir {

using physical::ExpressionPtr;
using Kind = physical::Expression::Kind;

namespace {

void split(ExpressionPtr expr, std::vector<ExpressionPtr>& out) {
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

void readsOf(const physical::Expression& expr, const physical::PatternTerm& term, Reads& reads) {
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

bool isEquality(const physical::Expression& expr) {
  if (expr.kind != Kind::Call || expr.args.size() != 2) return false;
  const auto& overloads = findOperator("=")->overloads;
  return std::any_of(overloads.begin(), overloads.end(), [&](const Overload& o) { return o.kernel == expr.kernel; });
}

// Types whose values are equal exactly when their keys are.
bool sameKind(Type a, Type b) {
  return (a == b && a != Type::Object && a != Type::Null) || (isInteger(a) && isInteger(b)) || (isReal(a) && isReal(b));
}

// Splits a condition by what it looks at: the event alone, an equality with those before, the rest.
void splitCondition(ExpressionPtr condition, physical::PatternTerm& term) {
  std::vector<ExpressionPtr> parts;
  split(std::move(condition), parts);
  std::vector<ExpressionPtr> alone;
  std::vector<ExpressionPtr> rest;
  for (ExpressionPtr& part : parts) {
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

physical::PatternTerm lowerTerm(const logical::PatternTerm& term) {
  physical::PatternTerm out;
  out.negated = term.negated;
  out.lastingMs = term.lastingMs;
  return out;
}

physical::PatternStep lowerStep(const logical::PatternStep& step) {
  physical::PatternStep out;
  out.kind = step.kind;
  out.least = step.least;
  out.most = step.most;
  for (const logical::PatternTerm& term : step.terms) out.terms.push_back(lowerTerm(term));
  return out;
}

/// A term in both plans.
struct Both {
  const logical::PatternTerm& logical;
  physical::PatternTerm& physical;
  bool repeats;
};

std::vector<Both> termsOf(const logical::Pattern& pattern, physical::Pattern& out) {
  std::vector<Both> terms;
  for (size_t step = 0; step < out.steps.size(); ++step)
    for (size_t term = 0; term < out.steps[step].terms.size(); ++term)
      terms.push_back({pattern.steps[step].terms[term], out.steps[step].terms[term], pattern.steps[step].most > 1});
  return terms;
}

}  // namespace

physical::Pattern lowerPattern(const logical::Pattern& pattern, const ColumnSlots& slots, const logical::Plan& plan) {
  physical::Pattern out;
  out.every = pattern.every;
  out.groupSteps = pattern.groupSteps;
  out.strict = pattern.strict;
  out.withinMs = pattern.withinMs;
  for (const logical::PatternStep& step : pattern.steps) out.steps.push_back(lowerStep(step));
  const std::vector<std::string> inputs = pattern.inputs();
  out.inputs = inputs.size();
  const std::vector<Both> terms = termsOf(pattern, out);
  size_t next = 0;
  for (const Both& term : terms) {
    const auto port = std::find(inputs.begin(), inputs.end(), term.logical.stream);
    term.physical.port = static_cast<size_t>(port - inputs.begin());
    term.physical.firstColumn = next;
    term.physical.columns = plan.stream(term.logical.stream).schema->fields.size();
    next += term.physical.columns;
  }
  for (const Both& term : terms)
    if (term.repeats) term.physical.firstMatch = std::exchange(next, next + term.physical.columns);
  ExpressionLowering rows(slots);
  for (const Both& term : terms)
    if (term.logical.condition) splitCondition(rows.lower(*term.logical.condition), term.physical);
  return out;
}

}  // namespace weir
