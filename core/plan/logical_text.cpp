// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/logical_text.h"

#include "core/options/connector_options.h"
#include "core/plan/plan_writer.h"
#include "core/plan/window_list.h"

namespace weir::logical {

namespace {

std::string span(int64_t ms) { return std::to_string(ms) + " ms"; }

std::string fieldText(const Field& field) {
  std::string out = named(field.name) + " " + std::string(typeName(field.type));
  if (field.isTime) out += " TIMESTAMP";
  return out + (field.notNull ? " NOT NULL" : "");
}

/// Writes the clauses of queries and what stands in FROM.
class Writer {
public:
  void add(const Connection& connection);
  void add(const Stream& stream);
  void add(const Query& query);
  void add(const Join& join);
  void add(const Unnest& unnest);
  void add(const Pattern& pattern);
  std::string take() { return m_out.take(); }

private:
  void addOption(const std::string& key, const std::string& value);
  void addSource(const std::string& before, const Source& source);
  void addFrom(const Query& query);
  void addItems(const Query& query);
  void addOrder(const Query& query);
  void addOutput(const Output& output);
  void addTarget(const Query& query);
  void addTerm(const std::string& before, const PatternTerm& term);

  PlanWriter m_out;
};

void Writer::addOption(const std::string& key, const std::string& value) {
  m_out.line(quoted(key, '"') + " = " + quoted(value, '\''));
}

void Writer::add(const Connection& connection) {
  m_out.line("connection " + named(connection.name));
  m_out.deeper();
  for (const auto& [key, value] : connection.options.values()) addOption(key, value);
  m_out.back();
}

void Writer::add(const Stream& stream) {
  static const char* const kKinds[] = {"", " source", " sink"};
  std::string head = (stream.isTable ? "table " : "stream ") + named(stream.name);
  head += kKinds[static_cast<size_t>(stream.kind)];
  if (!stream.declared) head += " not declared";
  if (stream.inferred) head += " with columns of its messages";
  m_out.line(head);
  m_out.deeper();
  if (stream.schema)
    for (const Field& field : stream.schema->fields) m_out.line(fieldText(field));
  if (const auto& rule = stream.eventTime) {
    std::string line = "event time " + named(stream.schema->fields[rule->column].name) + " in " + rule->unit;
    line += ", lateness " + span(rule->latenessMs) + ", idle " + span(rule->idleMs);
    if (rule->missingIsArrival) line += ", else arrival";
    if (rule->maxAheadMs) line += ", ahead " + span(*rule->maxAheadMs);
    m_out.line(line);
  }
  for (const auto& [key, value] : stream.options.values())
    if (stream.connection().empty() || (key != "extension" && !isOfConnection(key))) addOption(key, value);
  if (!stream.groupColumns.empty()) {
    std::string line = "groups by";
    for (const size_t column : stream.groupColumns) line += " " + named(stream.schema->fields[column].name);
    m_out.line(line);
  }
  if (stream.windowed || stream.windowMs > 0)
    m_out.line((stream.windowed ? "rows of windows, " : "rows each ") + span(stream.windowMs));
  m_out.back();
}

void Writer::add(const Query& query) {
  m_out.line(query.target.empty() ? "query" : "query " + named(query.target));
  m_out.deeper();
  addFrom(query);
  if (query.where) m_out.line("where " + text(*query.where));
  if (query.window.kind != WindowKind::None) m_out.line("window " + text(query.window));
  for (const Key& key : query.keys) m_out.line("group by " + text(key.expression) + (key.isItem ? " of an item" : ""));
  addItems(query);
  if (query.having) m_out.line("having " + text(*query.having));
  addOrder(query);
  addOutput(query.output);
  addTarget(query);
  m_out.back();
}

void Writer::addSource(const std::string& before, const Source& source) {
  const std::string alias = source.alias == source.stream ? "" : " as " + named(source.alias);
  m_out.line(before + (source.query ? "query" : named(source.stream)) + alias);
  if (!source.query) return;
  m_out.deeper();
  add(*source.query);
  m_out.back();
}

void Writer::addFrom(const Query& query) {
  if (const auto* pattern = std::get_if<Pattern>(&query.from)) return add(*pattern);
  const From& from = std::get<From>(query.from);
  addSource("from ", from.source);
  for (const auto& step : from.joins) std::visit([this](const auto& joined) { add(joined); }, step);
}

void Writer::add(const Join& join) {
  static const char* const kKinds[] = {"", "left ", "right ", "full "};
  static const char* const kMatches[] = {"asof join ", "join ", "table join "};
  addSource(kKinds[static_cast<size_t>(join.kind)] + std::string(kMatches[static_cast<size_t>(join.match)]),
            join.right);
  m_out.deeper();
  for (const Equality& key : join.keys) m_out.line("on " + text(key.left) + " = " + text(key.right));
  if (join.leftTime) m_out.line("at " + text(*join.leftTime) + (join.strict ? " > " : " >= ") + text(*join.rightTime));
  if (join.residual) m_out.line("where " + text(*join.residual));
  if (join.withinMs >= 0) m_out.line("within " + span(join.withinMs));
  m_out.back();
}

void Writer::add(const Unnest& unnest) { m_out.line("unnest " + text(unnest.array) + " as " + named(unnest.alias)); }

void Writer::add(const Pattern& pattern) {
  std::string head = pattern.strict ? "sequence" : "pattern";
  if (pattern.every == Every::Event) head += " of every first event";
  if (pattern.every == Every::Group) head += " of every first " + std::to_string(pattern.groupSteps) + " steps";
  if (pattern.withinMs >= 0) head += " within " + span(pattern.withinMs);
  m_out.line(head);
  m_out.deeper();
  for (const PatternStep& step : pattern.steps) {
    const char* const joint = step.kind == PatternStep::Kind::And ? "and " : "or ";
    std::string before = "then ";
    if (step.least != 1 || step.most != 1)
      before += std::to_string(step.least) + " to " + std::to_string(step.most) + " times ";
    for (const PatternTerm& term : step.terms) {
      addTerm(before, term);
      before = joint;
    }
  }
  m_out.back();
}

void Writer::addTerm(const std::string& before, const PatternTerm& term) {
  std::string line = before + (term.negated ? "not " : "") + named(term.stream);
  if (term.alias != term.stream) line += " as " + named(term.alias);
  if (term.lastingMs > 0) line += " for " + span(term.lastingMs);
  m_out.line(term.condition ? line + " where " + text(*term.condition) : line);
}

void Writer::addItems(const Query& query) {
  m_out.line(query.distinct ? "select distinct" : "select");
  m_out.deeper();
  for (const Item& item : query.items)
    m_out.line(named(item.name) + " " + std::string(typeName(item.expression.type)) + " = " + text(item.expression));
  m_out.back();
}

void Writer::addOrder(const Query& query) {
  for (const Order& key : query.order)
    m_out.line("order by " + text(key.expression) + (key.descending ? " descending" : "") +
               (key.nullsFirst ? ", NULL first" : ""));
  if (query.limit) m_out.line("limit " + std::to_string(*query.limit));
  if (query.offset > 0) m_out.line("offset " + std::to_string(query.offset));
}

void Writer::addOutput(const Output& output) {
  static const char* const kKinds[] = {"", "all", "first", "last", "snapshot", "changes"};
  if (output.kind == Output::Kind::None) return;
  std::string line = "output " + std::string(kKinds[static_cast<size_t>(output.kind)]);
  if (output.events > 0) line += " every " + std::to_string(output.events) + " events";
  if (output.everyMs > 0) line += " every " + span(output.everyMs);
  m_out.line(line);
}

void Writer::addTarget(const Query& query) {
  bool isInOrder = true;
  std::string line = "into columns";
  for (size_t i = 0; i < query.columns.size(); ++i) {
    isInOrder = isInOrder && query.columns[i] == i;
    line += " " + std::to_string(query.columns[i] + 1);
  }
  if (!isInOrder) m_out.line(line);
}

template <class Part>
std::string written(const Part& part) {
  Writer writer;
  writer.add(part);
  return writer.take();
}

}  // namespace

std::string text(const Window& window) {
  std::string out(windowName(window.kind));
  std::string arguments;
  const auto add = [&](const std::string& argument) { arguments += (arguments.empty() ? "" : ", ") + argument; };
  if (window.time) add("at " + text(*window.time));
  if (window.sizeMs > 0) add(span(window.sizeMs));
  if (window.slideMs > 0) add("each " + span(window.slideMs));
  if (window.count > 0) add(std::to_string(window.count) + " events");
  if (window.key) add(text(*window.key));
  if (window.book) {
    add(text(window.book->price));
    add(text(window.book->quantity));
    if (window.book->snapshot) add("snapshot " + text(*window.book->snapshot));
    if (window.book->side) add("side " + text(*window.book->side));
  }
  return arguments.empty() ? out : out + "(" + arguments + ")";
}

std::string text(const Join& join) { return written(join); }
std::string text(const Unnest& unnest) { return written(unnest); }
std::string text(const Pattern& pattern) { return written(pattern); }
std::string text(const Query& query) { return written(query); }
std::string text(const Connection& connection) { return written(connection); }
std::string text(const Stream& stream) { return written(stream); }

std::string text(const Plan& plan) {
  Writer writer;
  for (const auto& [name, connection] : plan.connections) writer.add(connection);
  for (const auto& [name, stream] : plan.streams) writer.add(stream);
  for (const Query& query : plan.queries) writer.add(query);
  return writer.take();
}

}  // namespace weir::logical
