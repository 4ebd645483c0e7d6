// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/flink/deployment.h"
#include "core/flink/topic_columns.h"
#include "core/plan/plan_writer.h"

namespace weir::flink {

namespace {

// The column of a result that says when its row is: a window's end.
std::string timeColumn(const logical::Plan& plan, const std::string& result) {
  for (const logical::Query& query : plan.queries) {
    if (query.target != result) continue;
    for (size_t i = 0; i < query.items.size(); ++i) {
      const logical::Expression& item = query.items[i].expression;
      if (item.kind == logical::Expression::Kind::Call && (item.name == "WINDOW_END" || item.name == "EVENT_TIMESTAMP"))
        return plan.stream(result).schema->fields[query.columns.empty() ? i : query.columns[i]].name;
    }
  }
  return {};
}

std::string option(const std::string& key, const std::string& value) {
  return ",\n  " + logical::quoted(key, '"') + " = " + logical::quoted(value, '\'');
}

}  // namespace

std::string readerOf(const logical::Plan& plan, const Cluster& cluster, const std::vector<std::string>& results) {
  std::string out = "-- What " + cluster.job + " writes.\n";
  for (const std::string& result : results) {
    const logical::Stream& stream = plan.stream(result);
    const bool isKafka = stream.kind == StreamKind::Sink;
    std::string columns;
    for (const Field& field : stream.schema->fields)
      columns += (columns.empty() ? "" : ", ") + logical::named(field.name) + " " + std::string(typeName(field.type));
    out += "CREATE STREAM " + logical::named(result) + " (" + columns +
           ") WITH (\n  type = 'source',\n  extension = 'kafka'";
    out +=
        option("kafka.bootstrap.servers", isKafka ? stream.options.text("kafka.bootstrap.servers") : cluster.brokers);
    out += option("kafka.topic", isKafka ? stream.options.text("kafka.topic") : topicOf(cluster.prefix, result));
    out += option("kafka.start", "earliest");
    if (!stream.groupColumns.empty())
      out += option("kafka.key.field", stream.schema->fields[stream.groupColumns[0]].name);
    if (const std::string time = timeColumn(plan, result); !time.empty()) out += option("event.time.field", time);
    out += "\n);\n";
    std::string items;
    for (const Field& field : stream.schema->fields) items += (items.empty() ? "" : ", ") + logical::named(field.name);
    out += "SELECT " + items + " FROM " + logical::named(result) + " INSERT INTO " + logical::named(result + "Seen") +
           ";\n\n";
  }
  return out;
}

}  // namespace weir::flink
