// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/edge_plan.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "core/flink/topic_columns.h"

namespace weir {

using logical::Expression;

namespace {

// A broker may be away for minutes, and what came meanwhile is not to be lost: so much of it is kept.
constexpr const char* kQueueRows = "1000000";
constexpr const char* kQueueBytes = "268435456";
constexpr const char* kPatienceMs = "300000";

// The column of a source that a query groups by first.
std::string keyIn(const logical::Query& query, const std::string& source) {
  if (query.keys.empty() || query.keys[0].expression.kind != Expression::Kind::Column) return {};
  const Expression& key = query.keys[0].expression;
  const auto* from = std::get_if<logical::From>(&query.from);
  if (!from) return {};
  const auto is = [&](const logical::Source& read) { return read.stream == source && read.alias == key.of; };
  if (is(from->source)) return key.name;
  for (const auto& step : from->joins)
    if (const auto* join = std::get_if<logical::Join>(&step); join && is(join->right)) return key.name;
  return {};
}

// Without GROUP BY what joins compare keeps the rows of one key together as well.
std::string joinedBy(const logical::Query& query, const std::string& source) {
  const auto* from = std::get_if<logical::From>(&query.from);
  if (!from) return {};
  for (const auto& step : from->joins) {
    const auto* join = std::get_if<logical::Join>(&step);
    if (!join || join->keys.empty()) continue;
    const Expression& left = join->keys[0].left;
    const Expression& right = join->keys[0].right;
    if (from->source.stream == source && left.kind == Expression::Kind::Column && left.of == from->source.alias)
      return left.name;
    if (join->right.stream == source && right.kind == Expression::Kind::Column && right.of == join->right.alias)
      return right.name;
  }
  return {};
}

// What LAG looks back in must stay in order.
std::string partitionedBy(const logical::Query& query, const std::string& source) {
  const auto* from = std::get_if<logical::From>(&query.from);
  if (!from || from->source.stream != source) return {};
  std::string key;
  for (const logical::Item& item : query.items)
    walk(item.expression, [&](const Expression& part) {
      if (part.kind != Expression::Kind::Over || part.partition.empty()) return;
      const Expression& first = part.partition[0];
      if (key.empty() && first.kind == Expression::Kind::Column && first.of == from->source.alias) key = first.name;
    });
  return key;
}

std::string keyOf(const logical::Plan& plan, const std::string& source) {
  for (const auto& find : {keyIn, joinedBy, partitionedBy})
    for (const logical::Query& query : plan.queries)
      if (std::string key = find(query, source); !key.empty()) return key;
  return {};
}

logical::Query passOn(const logical::Stream& source, const std::string& topic) {
  logical::Query query;
  logical::From from;
  from.source = {source.name, {}, source.name};
  query.from = std::move(from);
  for (const Field& field : source.schema->fields) {
    Expression column = logical::made(Expression::Kind::Column, field.type, source.span);
    column.of = source.name;
    column.name = field.name;
    query.items.push_back({field.name, std::move(column)});
  }
  query.items.push_back({flink::kAt, logical::call("EVENT_TIMESTAMP", Type::Long, {}, source.span)});
  for (size_t i = 0; i < query.items.size(); ++i) query.columns.push_back(i);
  query.target = topic;
  query.span = source.span;
  return query;
}

}  // namespace

Result<std::vector<EdgeTopic>> makeEdge(logical::Plan& plan, const EdgeSettings& settings) {
  std::vector<EdgeTopic> topics;
  std::vector<logical::Query> queries;
  std::map<std::string, logical::Stream> sinks;
  for (const std::string& name : plan.order) {
    const logical::Stream& source = plan.stream(name);
    if (source.kind != StreamKind::Source || source.isTable || !source.schema) continue;
    if (auto wrong = flink::hiddenColumn(source)) return *wrong;
    const std::string topic = flink::topicOf(settings.prefix, name);
    if (plan.streams.contains(topic))
      return Diagnostic{Severity::Error, Code::Deployment, source.span,
                        "the topic of '" + name + "' has the name of another stream", "take another --prefix"};
    const std::string key = keyOf(plan, name);
    std::map<std::string, std::string> options{{"type", "sink"},
                                               {"extension", "kafka"},
                                               {"kafka.bootstrap.servers", settings.brokers},
                                               {"kafka.topic", topic},
                                               {"kafka.timestamp.field", flink::kAt},
                                               {"kafka.queue.max.events", kQueueRows},
                                               {"kafka.queue.max.bytes", kQueueBytes},
                                               {"kafka.message.timeout.ms", kPatienceMs}};
    if (!key.empty()) options["kafka.key.field"] = key;
    for (const auto& [option, value] : settings.options) options[option] = value;
    // What is said behind rows would overtake them.
    if (const auto full = options.find("kafka.queue.full"); full != options.end() && full->second != "drop_oldest")
      return failure(Code::OptionValue, "kafka.queue.full of an edge is drop_oldest", "leave it out");
    auto checked = Options::fromMap(options);
    if (!checked) return checked.diagnostics();
    logical::Stream sink{
        .name = topic, .kind = StreamKind::Sink, .declared = true, .options = *checked, .span = source.span};
    auto schema = std::make_shared<Schema>(*source.schema);
    for (Field& field : schema->fields) field.notNull = false;
    schema->fields.push_back({flink::kAt, Type::Long});
    sink.schema = std::move(schema);
    queries.push_back(passOn(source, topic));
    sinks[topic] = std::move(sink);
    topics.push_back({name, topic});
  }
  if (topics.empty())
    return failure(Code::NoInput, "nothing to publish: the script has no source",
                   "CREATE STREAM a source, with type = 'source'");
  plan.queries = std::move(queries);
  // Bad messages go where the sources say.
  std::set<std::string> kept;
  for (const EdgeTopic& topic : topics) {
    kept.insert(topic.source);
    kept.insert(plan.stream(topic.source).options.text("error.dlq.stream"));
  }
  std::erase_if(plan.streams, [&](const auto& entry) { return !kept.contains(entry.first); });
  plan.order.clear();
  for (auto& [name, sink] : sinks) plan.streams[name] = std::move(sink);
  for (const EdgeTopic& topic : topics)
    for (const std::string& name : {topic.source, topic.topic}) plan.order.push_back(name);
  return topics;
}

}  // namespace weir
