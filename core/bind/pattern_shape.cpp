// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/pattern_shape.h"

#include <algorithm>

#include "core/bind/expression_parts.h"

namespace weir {

namespace {

using NodeKind = ast::PatternNode::Kind;
using StepKind = logical::PatternStep::Kind;
using logical::Every;

std::string waitFor(const ast::PatternNode& term) { return "NOT " + term.stream.text + " FOR 5 sec"; }

bool hasPositive(const logical::PatternStep& step) {
  return std::any_of(step.terms.begin(), step.terms.end(), [](const logical::PatternTerm& t) { return !t.negated; });
}
bool hasNegated(const logical::PatternStep& step) {
  return std::any_of(step.terms.begin(), step.terms.end(), [](const logical::PatternTerm& t) { return t.negated; });
}
bool hasWait(const logical::PatternStep& step) {
  return std::any_of(step.terms.begin(), step.terms.end(), [](const logical::PatternTerm& t) { return t.waits(); });
}

class Layout {
public:
  explicit Layout(const ast::Pattern& written) : m_written(written) {
    m_shape.pattern.strict = written.strict;
    m_shape.pattern.withinMs = written.within ? written.within->ms : -1;
    m_shape.pattern.span = written.span;
  }

  PatternShape build() {
    flatten(*m_written.root, true);
    checkBeginning();
    for (size_t i = 1; i < steps().size(); ++i) checkFollows(i);
    checkEnd();
    checkWaits();
    return std::move(m_shape);
  }

private:
  std::vector<logical::PatternStep>& steps() { return m_shape.pattern.steps; }
  const ast::PatternNode& written(size_t step, size_t term = 0) const {
    size_t index = term;
    for (size_t i = 0; i < step; ++i) index += m_shape.pattern.steps[i].terms.size();
    return *m_shape.terms[index];
  }
  const ast::PatternNode& negatedIn(size_t step) {
    const auto& terms = steps()[step].terms;
    const auto found =
        std::find_if(terms.begin(), terms.end(), [](const logical::PatternTerm& t) { return t.negated; });
    return written(step, static_cast<size_t>(found - terms.begin()));
  }

  void flatten(const ast::PatternNode& node, bool first) {
    if (node.every) setEvery(node, first, node.everyGroup ? Every::Group : Every::Event);
    if (node.kind == NodeKind::Then) {
      if (node.least != 1 || node.most != 1)
        throwBind(Code::Unsupported, node.span, "repetition of a whole chain is not supported",
                  "repeat each event, a{2} -> b{2}, or count the chain's matches in a query over its stream");
      for (size_t i = 0; i < node.parts.size(); ++i) flatten(*node.parts[i], first && i == 0);
    } else {
      addStep(node, first);
    }
    if (node.every && node.everyGroup) m_shape.pattern.groupSteps = steps().size();
  }

  void setEvery(const ast::PatternNode& node, bool first, Every every) {
    if (!first)
      throwBind(Code::Unsupported, node.span, "EVERY stands only at the start of a pattern",
                "write EVERY before the first event, or take what comes before it from a query of its own");
    if (m_shape.pattern.every != Every::Never)
      throwBind(Code::Unsupported, node.span, "EVERY inside EVERY is not supported", "keep one of the two");
    m_shape.pattern.every = every;
  }

  void addStep(const ast::PatternNode& node, bool first) {
    logical::PatternStep step;
    if (node.kind == NodeKind::Stream) {
      addTerm(node, step);
      step.least = node.least;
      step.most = node.most;
      if (node.negated && !node.lasting)
        throwBind(Code::Syntax, node.span, "NOT needs a time to wait",
                  "write " + waitFor(node) + ", or NOT ... AND ...");
    } else {
      step.kind = node.kind == NodeKind::And ? StepKind::And : StepKind::Or;
      addParts(node, step, first);
      if (step.kind == StepKind::And && !hasPositive(step) && !hasWait(step))
        throwBind(Code::Syntax, node.span, "NOT needs a time to wait, or an event that it comes before",
                  "write " + waitFor(*m_shape.terms.back()));
    }
    steps().push_back(std::move(step));
  }

  void addParts(const ast::PatternNode& node, logical::PatternStep& step, bool first) {
    if (node.least != 1 || node.most != 1)
      throwBind(Code::Unsupported, node.span, "repetition of what AND or OR joins is not supported",
                "repeat each event in a step of its own, a{2} -> b{2}");
    for (const auto& part : node.parts) {
      const bool leads = first && step.terms.empty();
      // Before the first of them it stands before all: any may come first.
      if (part->every) setEvery(*part, leads && part->kind == NodeKind::Stream, Every::Event);
      // `a AND b AND c` is one step wherever its parentheses stand.
      if (part->kind == node.kind)
        addParts(*part, step, leads);
      else
        addTerm(*part, step);
    }
  }

  void addTerm(const ast::PatternNode& node, logical::PatternStep& step) {
    if (node.kind != NodeKind::Stream)
      throwBind(Code::Unsupported, node.span, "AND and OR join single events here",
                "match one side in a query of its own and name its stream here; for OR let both queries INSERT INTO "
                "one stream");
    const bool repeats = node.least != 1 || node.most != 1;
    if (node.lasting && !node.negated)
      throwBind(Code::Syntax, node.lasting->span, "FOR belongs to NOT",
                "leave it out; WITHIN bounds the whole pattern");
    if (repeats && node.negated)
      throwBind(Code::Unsupported, node.span, "a repetition of what must not come is not supported",
                "leave the bounds out: " + waitFor(node));
    if (repeats && step.kind != StepKind::Single)
      throwBind(Code::Unsupported, node.span, "repetition inside AND or OR is not supported",
                "repeat the event in a step of its own, a{2} -> b");
    if (step.kind == StepKind::Or && node.negated && !node.lasting)
      throwBind(Code::Syntax, node.span, "NOT beside OR needs a time to wait", "write " + waitFor(node));
    logical::PatternTerm& term = step.terms.emplace_back();
    term.stream = node.stream.text;
    term.negated = node.negated;
    term.lastingMs = node.lasting ? node.lasting->ms : 0;
    m_shape.terms.push_back(&node);
  }

  // A wait at the start looks back from the event behind it: there is nothing else that it could begin with.
  void checkBeginning() {
    const logical::PatternStep& first = steps().front();
    const Every every = m_shape.pattern.every;
    if (std::none_of(steps().begin(), steps().end(), hasPositive))
      throwBind(Code::Unsupported, negatedIn(0).span,
                "a pattern of waits alone is not supported: it needs an event that comes",
                "begin with the event since when nothing has come, as in EVERY a = " + negatedIn(0).stream.text +
                    " -> " + waitFor(negatedIn(0)));
    if (!hasNegated(first)) return;
    const ast::PatternNode& absent = negatedIn(0);
    if (first.kind != StepKind::Single && hasWait(first))
      throwBind(Code::Unsupported, absent.span,
                "NOT ... FOR beside AND or OR needs an event before it: it runs from there",
                "put that event before the step, with ->");
    if (first.kind == StepKind::And) {
      const auto events = std::count_if(first.terms.begin(), first.terms.end(),
                                        [](const logical::PatternTerm& t) { return !t.negated; });
      if (every != Every::Never && events == 1)
        throwBind(Code::Unsupported, absent.span,
                  "NOT without FOR in the first step under EVERY has no beginning to look from",
                  "give it a time in a step of its own: EVERY (" + waitFor(absent) + " -> ...)");
      return;
    }
    if (every == Every::Event || m_shape.pattern.groupSteps == 1)
      throwBind(Code::Unsupported, absent.span, "EVERY starts with an event, and NOT ... FOR is none",
                "put parentheses around the wait and the event behind it: EVERY (" + waitFor(absent) + " -> ...)");
    if (hasNegated(steps()[1]))
      throwBind(Code::Unsupported, negatedIn(1).span,
                "NOT behind a NOT ... FOR that begins the pattern is not supported",
                "put an event between the two, or before both");
  }

  void checkFollows(size_t index) {
    const logical::PatternStep& before = steps()[index - 1];
    if (before.least == before.most || !hasNegated(steps()[index])) return;
    const ast::PatternNode& repeated = written(index - 1);
    throwBind(
        Code::Unsupported, negatedIn(index).span,
        "NOT behind a repetition of no fixed number has no beginning to look from",
        "repeat " + repeated.stream.text + " exactly: {" + std::to_string(std::max<int64_t>(repeated.least, 1)) + "}");
  }

  void checkEnd() {
    const logical::PatternStep& last = steps().back();
    if (last.least == last.most) return;
    const ast::PatternNode& node = written(steps().size() - 1);
    const std::string exactly = "{" + std::to_string(std::max<int64_t>(last.least, 1)) + "}";
    if (last.least == 0)
      throwBind(Code::Unsupported, node.span, "an event that need not come cannot end a pattern",
                "leave it out, or write " + exactly);
    m_shape.warnings.push_back({Severity::Warning, Code::Window, node.span,
                                "a pattern ends as soon as it can: the upper bound has no effect on its last event",
                                "write " + exactly + ", or let another event follow"});
  }

  // A match lasts at least as long as the waits in it, one behind the other.
  void checkWaits() {
    if (!m_written.within) return;
    const int64_t within = m_written.within->ms;
    int64_t together = 0;
    size_t index = 0;
    for (const logical::PatternStep& step : steps()) {
      int64_t longest = 0;
      int64_t shortest = 0;
      for (const logical::PatternTerm& term : step.terms) {
        const ast::PatternNode& node = *m_shape.terms[index++];
        if (term.lastingMs > within)
          throwBind(Code::Window, node.lasting->span,
                    "FOR (" + std::to_string(term.lastingMs) + " ms) must not exceed WITHIN (" +
                        std::to_string(within) + " ms)",
                    "write WITHIN " + std::to_string(term.lastingMs) + " ms or more");
        longest = std::max(longest, term.lastingMs);
        shortest = shortest == 0 ? term.lastingMs : std::min(shortest, term.lastingMs);
      }
      if (step.kind != StepKind::Or)
        together += longest;
      else if (!hasPositive(step))
        together += shortest;
      if (together > within)
        throwBind(Code::Window, m_written.within->span,
                  "the waits together (" + std::to_string(together) + " ms) must not exceed WITHIN (" +
                      std::to_string(within) + " ms)",
                  "write WITHIN " + std::to_string(together) + " ms or more");
    }
  }

  const ast::Pattern& m_written;
  PatternShape m_shape;
};

}  // namespace

PatternShape shapeOf(const ast::Pattern& pattern) { return Layout(pattern).build(); }

}  // namespace weir
