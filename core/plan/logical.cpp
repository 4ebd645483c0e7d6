// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/logical.h"

#include <algorithm>
#include <unordered_set>

#include "core/plan/logical_text.h"
#include "core/plan/window_list.h"

namespace weir::logical {

namespace {

using Kind = Expression::Kind;

bool hasAggregate(const Expression& expr) {
  if (expr.kind == Kind::Aggregate) return true;
  return std::any_of(expr.args.begin(), expr.args.end(), hasAggregate);
}

void readBy(const Source& source, std::set<std::string>& out) {
  if (source.query)
    out.merge(source.query->reads());
  else
    out.insert(source.stream);
}

}  // namespace

bool Connection::operator==(const Connection& other) const {
  return name == other.name && options.sameValues(other.options);
}

bool Stream::operator==(const Stream& other) const {
  const bool sameColumns = schema && other.schema ? *schema == *other.schema : schema == other.schema;
  return sameColumns && name == other.name && kind == other.kind && isTable == other.isTable &&
         declared == other.declared && inferred == other.inferred && options.sameValues(other.options) &&
         eventTime == other.eventTime && groupColumns == other.groupColumns && windowed == other.windowed &&
         windowMs == other.windowMs;
}

bool Window::closes() const { return weir::closes(kind); }

SchemaPtr unnestColumns() {
  return std::make_shared<Schema>(Schema{{{"value", Type::Object}, {"ordinality", Type::Long}}});
}

std::vector<std::string> Pattern::inputs() const {
  std::vector<std::string> out;
  for (const PatternStep& step : steps)
    for (const PatternTerm& term : step.terms)
      if (std::find(out.begin(), out.end(), term.stream) == out.end()) out.push_back(term.stream);
  return out;
}

bool Query::operator==(const Query& other) const = default;

std::vector<const Expression*> Query::aggregates() const {
  std::vector<const Expression*> out;
  std::unordered_set<std::string> known;
  const auto collect = [&](const Expression& whole) {
    walk(whole, [&](const Expression& expr) {
      if (expr.kind == Kind::Aggregate && known.insert(text(expr)).second) out.push_back(&expr);
    });
  };
  for (const Item& item : items) collect(item.expression);
  if (having) collect(*having);
  for (const Order& key : order) collect(key.expression);
  return out;
}

bool Query::isAggregated() const {
  return !keys.empty() || window.closes() || (having && hasAggregate(*having)) ||
         std::any_of(items.begin(), items.end(), [](const Item& item) { return hasAggregate(item.expression); });
}

std::vector<size_t> Query::keyItems() const {
  std::vector<size_t> out;
  for (size_t i = 0; i < items.size(); ++i)
    if (std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.expression == items[i].expression; }))
      out.push_back(i);
  return out;
}

SchemaPtr Query::schema() const {
  auto schema = std::make_shared<Schema>();
  for (const Item& item : items) schema->fields.push_back({item.name, item.expression.type});
  return schema;
}

std::set<std::string> Query::reads() const {
  std::set<std::string> out;
  if (const auto* pattern = std::get_if<Pattern>(&from)) {
    for (std::string& input : pattern->inputs()) out.insert(std::move(input));
    return out;
  }
  const From& sources = std::get<From>(from);
  readBy(sources.source, out);
  for (const auto& step : sources.joins)
    if (const auto* join = std::get_if<Join>(&step)) readBy(join->right, out);
  return out;
}

std::set<std::string> Plan::written() const {
  std::set<std::string> out;
  for (const Query& query : queries) out.insert(query.target);
  for (const auto& [name, stream] : streams)
    if (stream.options.text("error.strategy") == "dlq") out.insert(stream.options.text("error.dlq.stream"));
  return out;
}

std::set<std::string> Plan::read() const {
  std::set<std::string> out;
  for (const Query& query : queries) out.merge(query.reads());
  return out;
}

bool Plan::hasRules(const Stream& stream) const {
  if (!stream.declared || stream.kind != StreamKind::Internal || stream.isTable) return false;
  if (!stream.eventTime && !stream.options.has("dedupe.key") && !stream.options.has("sequence.key")) return false;
  return std::any_of(queries.begin(), queries.end(), [&](const Query& query) { return query.target == stream.name; });
}

std::vector<std::string> Plan::feeds() const {
  const std::set<std::string> byQueries = written();
  std::vector<std::string> out;
  for (const std::string& name : order) {
    const Stream& s = stream(name);
    if (s.kind == StreamKind::Source || (s.kind == StreamKind::Internal && s.declared && !byQueries.contains(name)))
      out.push_back(name);
  }
  return out;
}

std::vector<std::string> Plan::sourcesOver(const std::string& connection) const {
  std::vector<std::string> out;
  for (const std::string& name : order)
    if (const Stream& s = stream(name); s.kind == StreamKind::Source && s.connection() == connection)
      out.push_back(name);
  return out;
}

std::vector<std::string> Plan::results() const {
  const std::set<std::string> byQueries = written();
  const std::set<std::string> byOthers = read();
  std::vector<std::string> out;
  for (const std::string& name : order)
    if (!stream(name).isTable && stream(name).kind != StreamKind::Source && byQueries.contains(name) &&
        !byOthers.contains(name))
      out.push_back(name);
  return out;
}

std::set<std::string> Plan::feedsOf(const std::string& name) const {
  std::set<std::string> upstream{name};
  // Upstream comes first, so that once backwards is enough.
  for (auto query = queries.rbegin(); query != queries.rend(); ++query)
    if (upstream.contains(query->target)) upstream.merge(query->reads());
  std::set<std::string> out;
  for (const std::string& feed : feeds())
    if (upstream.contains(feed)) out.insert(feed);
  return out;
}

SchemaPtr Plan::schemaOf(const Source& source) const {
  return source.query ? source.query->schema() : stream(source.stream).schema;
}

}  // namespace weir::logical
