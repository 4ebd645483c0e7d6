// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/flink/sql_text.h"
#include "core/flink/translation.h"

namespace weir::flink {

using logical::Pattern;
using logical::PatternStep;
using logical::PatternTerm;

namespace {

/// MATCH_RECOGNIZE: the terms in their order, and between them any rows that do not fit the next.
class PatternSql {
public:
  PatternSql(Translation& translation, const Pattern& pattern, const std::string& view)
      : m_translation(translation), m_pattern(pattern), m_view(view) {}

  Relation write() {
    refuseOthers();
    m_input = m_translation.streams.contains(m_pattern.steps[0].terms[0].stream)
                  ? m_translation.streams.at(m_pattern.steps[0].terms[0].stream)
                  : Relation();
    if (!m_input.hasTime)
      refuse(m_pattern.span, "a pattern over what a join WITHIN gave", "take the pattern before the join");
    const std::string key = sharedKey();
    std::string sql = "PARTITION BY " + name(key) + "\n";
    if (key.empty()) {
      sql.clear();
      m_translation.complaints.warn(m_pattern.span, "this pattern runs on one machine, whatever the parallelism",
                                    "compare a column of each event with the first one's, b.s = a.s");
    }
    m_translation.complaints.warn(
        m_pattern.span, "events are taken in the order of their times by Flink, in that of their arrival by Weir", "");
    std::string from = name(m_input.view) + " MATCH_RECOGNIZE (\n" + sql + "ORDER BY " + name(kTime) + "\nMEASURES " +
                       list(measures());
    from += "\nONE ROW PER MATCH\nAFTER MATCH SKIP TO NEXT ROW\nPATTERN (" + sequence() + ")";
    // Flink's bound is exclusive.
    if (m_pattern.withinMs >= 0) from += " WITHIN " + interval(m_pattern.withinMs + 1);
    from += "\nDEFINE " + list(definitions()) + ")";
    const std::string matches = m_translation.fresh(m_view + "__matches");
    std::vector<std::string> columns;
    for (const RelationColumn& column : m_output.columns) columns.push_back(name(column.flink));
    columns.push_back(name(kAt));
    columns.push_back(name(kTime));
    columns.push_back(as("PROCTIME()", kClock));
    m_translation.addView(matches, select(columns, from), m_pattern.span);
    m_output.view = matches;
    return m_output;
  }

private:
  void refuse(Span where, const std::string& what, const std::string& instead) {
    m_translation.complaints.refuse(where, what + " has no translation into Flink SQL", instead);
  }

  void refuseOthers() {
    const std::string byRun = "run this query by `weir run`, from and to a Kafka topic";
    if (m_pattern.every == logical::Every::Never)
      refuse(m_pattern.span, "a pattern without EVERY, which matches once,", "put EVERY before the first event");
    if (m_pattern.every == logical::Every::Group)
      refuse(m_pattern.span, "EVERY before parentheses", "put EVERY before the first event alone");
    if (m_pattern.inputs().size() > 1) refuse(m_pattern.span, "a pattern over several streams", byRun);
    for (const PatternStep& step : m_pattern.steps) {
      const Span where = step.terms[0].span;
      if (step.kind != PatternStep::Kind::Single)
        refuse(where, step.kind == PatternStep::Kind::And ? "AND in a pattern" : "OR in a pattern", byRun);
      if (step.least != 1 || step.most != 1) refuse(where, "an event that is repeated", "write the events one by one");
      for (const PatternTerm& term : step.terms)
        if (term.negated) refuse(term.span, term.waits() ? "NOT ... FOR in a pattern" : "NOT in a pattern", byRun);
    }
  }

  // A condition, where the event's own columns go by `variable`.
  std::string conditionOf(const PatternTerm& term, const std::string& variable) {
    const ExpressionSql sql(m_translation.complaints, [&](const Expression& part) -> std::optional<std::string> {
      if (part.kind != Expression::Kind::Column) return std::nullopt;
      if (part.type == Type::Bytes)
        return m_translation.complaints.refuse(part.span, "BYTES have no translation into Flink SQL",
                                               "leave the column out");
      return name(part.of == term.alias ? variable : part.of, part.name);
    });
    return term.condition ? sql(*term.condition) : "TRUE";
  }

  static std::string between(size_t index) { return "__" + std::to_string(index); }

  std::string sequence() const {
    std::string out;
    for (size_t i = 0; i < m_pattern.steps.size(); ++i) {
      if (i > 0 && !m_pattern.strict) out += " " + name(between(i)) + "*";
      out += (i > 0 ? " " : "") + name(m_pattern.steps[i].terms[0].alias);
    }
    return out;
  }

  std::vector<std::string> definitions() {
    std::vector<std::string> out;
    for (size_t i = 0; i < m_pattern.steps.size(); ++i) {
      const PatternTerm& term = m_pattern.steps[i].terms[0];
      if (i > 0 && !m_pattern.strict)
        out.push_back(name(between(i)) + " AS (" + conditionOf(term, between(i)) + ") IS NOT TRUE");
      out.push_back(name(term.alias) + " AS " + conditionOf(term, term.alias));
    }
    return out;
  }

  std::vector<std::string> measures() {
    std::vector<std::string> out;
    for (const PatternStep& step : m_pattern.steps)
      for (const PatternTerm& term : step.terms)
        for (const RelationColumn& column : m_input.columns) {
          const std::string measure = term.alias + "." + column.plan;
          out.push_back(name(term.alias, column.flink) + " AS " + name(measure));
          m_output.columns.push_back({term.alias, column.plan, measure, column.type});
        }
    const PatternTerm& last = m_pattern.steps.back().terms[0];
    out.push_back(name(last.alias, kAt) + " AS " + name(kAt));
    out.push_back("MATCH_ROWTIME() AS " + name(kTime));
    return out;
  }

  // The column that each event shares with the first: rows of other values are no concern of a match.
  std::string sharedKey() const {
    const std::string first = m_pattern.steps[0].terms[0].alias;
    for (const RelationColumn& column : m_input.columns) {
      const bool isShared =
          std::all_of(m_pattern.steps.begin() + 1, m_pattern.steps.end(), [&](const PatternStep& step) {
            const PatternTerm& term = step.terms[0];
            return term.condition && compares(*term.condition, term.alias, first, column.plan);
          });
      if (isShared && m_pattern.steps.size() > 1 && !m_pattern.strict) return column.flink;
    }
    return {};
  }

  static bool compares(const Expression& condition, const std::string& own, const std::string& first,
                       const std::string& column) {
    if (condition.kind != Expression::Kind::Call) return false;
    if (condition.name == "AND")
      return compares(condition.args[0], own, first, column) || compares(condition.args[1], own, first, column);
    const auto is = [&](const Expression& side, const std::string& alias) {
      return side.kind == Expression::Kind::Column && side.of == alias && side.name == column;
    };
    return condition.name == "=" && ((is(condition.args[0], own) && is(condition.args[1], first)) ||
                                     (is(condition.args[0], first) && is(condition.args[1], own)));
  }

  Translation& m_translation;
  const Pattern& m_pattern;
  std::string m_view;
  Relation m_input;
  Relation m_output;
};

}  // namespace

Relation writePattern(Translation& translation, const Pattern& pattern, const std::string& view) {
  return PatternSql(translation, pattern, view).write();
}

}  // namespace weir::flink
