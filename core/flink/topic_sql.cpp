// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <string_view>

#include "core/flink/sql_text.h"
#include "core/flink/translation.h"

namespace weir::flink {

namespace {

std::string option(const std::string& key, const std::string& value) { return "  " + text(key) + " = " + text(value); }

std::string table(const std::string& table, const std::vector<std::string>& columns,
                  const std::vector<std::string>& options) {
  std::string out = "CREATE TEMPORARY TABLE " + name(table) + " (\n";
  for (size_t i = 0; i < columns.size(); ++i) out += "  " + columns[i] + (i + 1 < columns.size() ? ",\n" : "\n");
  out += ") WITH (\n";
  for (size_t i = 0; i < options.size(); ++i) out += options[i] + (i + 1 < options.size() ? ",\n" : "\n");
  return out + ")";
}

// 32 bits in the topic, computed in 64.
std::string columnType(Type type) { return type == Type::Float ? "FLOAT" : std::string(typeText(type)); }

void refuseHiddenName(Translation& translation, const logical::Stream& stream) {
  if (const auto wrong = hiddenColumn(stream)) translation.complaints.refuse(wrong->span, wrong->message, wrong->hint);
}

// A sink's own ways of writing are not Flink's.
void refuseOptions(Translation& translation, const logical::Stream& stream) {
  static constexpr auto kKnown =
      std::to_array<std::string_view>({"type", "extension", "format", "kafka.bootstrap.servers", "kafka.topic"});
  if (stream.kind != StreamKind::Sink || stream.options.text("extension") != "kafka") return;
  for (const auto& [key, value] : stream.options.values())
    if (!secretReferences(value).empty())
      translation.complaints.refuse(stream.options.valueSpan(key), "what " + key + " stands for is not known to Flink",
                                    "write it out");
    else if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end())
      translation.complaints.refuse(
          stream.options.valueSpan(key), "the option " + key + " of a sink has no translation into Flink SQL",
          "leave it out, or write into a stream without WITH and let `weir run` carry its topic on");
}

std::string keyFormat(Type type) { return type == Type::String ? "raw" : "json"; }

}  // namespace

Relation writeSourceTopic(Translation& translation, const logical::Stream& stream) {
  refuseHiddenName(translation, stream);
  const int64_t lateness = stream.eventTime ? stream.eventTime->latenessMs : 0;
  Relation out{stream.name, {}, true, true};
  std::vector<std::string> columns;
  std::vector<std::string> kept;
  for (const Field& field : stream.schema->fields) {
    if (field.type == Type::Bytes) continue;
    columns.push_back(name(field.name) + " " + columnType(field.type));
    kept.push_back(field.type == Type::Float ? as(cast(name(field.name), Type::Double), field.name) : name(field.name));
    out.columns.push_back({stream.name, field.name, field.name, field.type});
  }
  for (const char* column : {kAt, kGapFrom, kGapTo}) columns.push_back(name(column) + " BIGINT");
  columns.push_back(name(kHeartbeat) + " BOOLEAN");
  columns.push_back(name(kOffset) + " BIGINT METADATA FROM 'offset' VIRTUAL");
  // A heartbeat says how far event time has come, a row when it happened, a mark where it begins.
  std::string at = "COALESCE(" + name(kAt) + ", `__gap_from`, 0)";
  if (lateness > 0) at += " + CASE WHEN `__hb` THEN " + std::to_string(lateness) + " ELSE 0 END";
  // Windows are only joined where their times are of one type, and behind a window time is never NULL.
  columns.push_back(name(kTime) + " AS COALESCE(TO_TIMESTAMP_LTZ(" + at +
                    ", 3), CAST(TIMESTAMP '1970-01-01 00:00:00' AS TIMESTAMP_LTZ(3)))");
  columns.push_back(name(kClock) + " AS PROCTIME()");
  // Flink's watermark says that nothing older comes; the row at the watermark itself is in time.
  columns.push_back("WATERMARK FOR " + name(kTime) + " AS " + name(kTime) + " - " + interval(lateness + 1));
  const std::string topic = translation.fresh(stream.name + "__topic");
  translation.add(
      table(topic, columns,
            {option("connector", "kafka"), option("topic", topicOf(translation.cluster.prefix, stream.name)),
             option("properties.bootstrap.servers", translation.cluster.brokers),
             option("properties.isolation.level", "read_committed"), option("scan.startup.mode", "earliest-offset"),
             option("scan.watermark.emit.strategy", "on-event"), option("format", "json"),
             option("json.ignore-parse-errors", "true")}),
      stream.span);
  for (std::string& hidden : hiddenColumns(out)) kept.push_back(std::move(hidden));
  translation.marks[stream.name] = topic;
  translation.addView(stream.name, select(kept, name(topic), "`__hb` IS NULL AND `__gap_from` IS NULL"), stream.span);
  return out;
}

std::string writeResultTopic(Translation& translation, const logical::Stream& stream, const Relation& rows) {
  refuseHiddenName(translation, stream);
  refuseOptions(translation, stream);
  std::vector<std::string> columns;
  std::vector<std::string> values;
  for (const RelationColumn& column : rows.columns) {
    columns.push_back(name(column.flink) + " " + columnType(column.type));
    values.push_back(column.type == Type::Float ? "CAST(" + name(column.flink) + " AS FLOAT)" : name(column.flink));
  }
  columns.push_back("`__time` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp'");
  values.push_back("TO_TIMESTAMP_LTZ(" + name(kAt) + ", 3)");
  const bool isKafka = stream.kind == StreamKind::Sink;
  const Cluster& cluster = translation.cluster;
  const std::string topicName = isKafka ? stream.options.text("kafka.topic") : topicOf(cluster.prefix, stream.name);
  std::vector<std::string> options{option("connector", "kafka"), option("topic", topicName),
                                   option("properties.bootstrap.servers",
                                          isKafka ? stream.options.text("kafka.bootstrap.servers") : cluster.brokers),
                                   option("format", "json")};
  if (!stream.groupColumns.empty()) {
    const Field& key = stream.schema->fields[stream.groupColumns[0]];
    // Flink takes names apart there, and cannot be told that one is one.
    if (key.name.find(';') == std::string::npos) {
      options.push_back(option("key.format", keyFormat(key.type)));
      options.push_back(option("key.fields", key.name));
    }
  }
  if (cluster.isExactlyOnce) {
    options.push_back(option("sink.delivery-guarantee", "exactly-once"));
    options.push_back(option("sink.transactional-id-prefix", cluster.job + "." + stream.name));
    // Longer than the default a broker allows a transaction: a restart must find it open.
    options.push_back(option("properties.transaction.timeout.ms", "600000"));
  }
  const std::string topic = translation.fresh(stream.name + "__topic");
  translation.add(table(topic, columns, options), stream.span);
  return "INSERT INTO " + name(topic) + "\n" + select(values, name(rows.view));
}

}  // namespace weir::flink
