// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/deployment.h"

#include <algorithm>

#include "core/flink/sql_text.h"
#include "core/flink/translation.h"

namespace weir::flink {

namespace {

// A job that fails goes on from the last of these.
constexpr const char* kCheckpoints = "10 s";

class Deploying {
public:
  Deploying(const logical::Plan& plan, const Cluster& cluster) : m_translation{plan, cluster} {}

  Result<Deployment> take() {
    const std::vector<std::string> results = resultStreams();
    if (results.empty())
      m_translation.complaints.refuse({}, "nothing to deploy: there is no query", "add SELECT ... FROM a stream");
    for (const auto& [name, stream] : plan().streams) m_translation.taken.insert(name);
    writeSettings();
    writeFeeds(results);
    for (const std::string& name : writtenInOrder())
      if (isNeeded(name, results)) writeStream(name);
    std::string set = "EXECUTE STATEMENT SET\nBEGIN\n";
    for (const std::string& name : results)
      if (const auto rows = m_translation.streams.find(name); rows != m_translation.streams.end())
        set += writeResultTopic(m_translation, resultOf(name), rows->second) + ";\n";
    m_translation.add(set + "END", {});
    Diagnostics found = m_translation.complaints.found();
    if (hasError(found)) return found;
    return {Deployment{std::move(m_translation.statements), results}, std::move(found)};
  }

private:
  const logical::Plan& plan() const { return m_translation.plan; }

  void set(const std::string& key, const std::string& value) {
    m_translation.add("SET " + text(key) + " = " + text(value), {});
  }

  void writeSettings() {
    const Cluster& cluster = m_translation.cluster;
    set("table.local-time-zone", "UTC");
    set("execution.runtime-mode", "streaming");
    set("execution.checkpointing.interval", kCheckpoints);
    set("parallelism.default", std::to_string(cluster.parallelism));
    set("pipeline.name", cluster.job);
    if (!cluster.savepoint.empty()) set("execution.state-recovery.path", cluster.savepoint);
  }

  std::vector<std::string> resultStreams() const {
    std::vector<std::string> out;
    for (const std::string& name : plan().results())
      if (std::any_of(plan().queries.begin(), plan().queries.end(),
                      [&](const logical::Query& query) { return query.target == name; }))
        out.push_back(name);
    return out;
  }

  // Written streams, upstream first.
  std::vector<std::string> writtenInOrder() const {
    std::vector<std::string> out;
    for (const logical::Query& query : plan().queries)
      if (std::find(out.begin(), out.end(), query.target) == out.end()) out.push_back(query.target);
    // One that several queries write is whole behind the last of them.
    std::stable_sort(out.begin(), out.end(),
                     [&](const std::string& a, const std::string& b) { return lastOf(a) < lastOf(b); });
    return out;
  }

  size_t lastOf(const std::string& target) const {
    size_t last = 0;
    for (size_t i = 0; i < plan().queries.size(); ++i)
      if (plan().queries[i].target == target) last = i;
    return last;
  }

  bool isNeeded(const std::string& name, const std::vector<std::string>& results) const {
    if (plan().stream(name).isTable) return false;
    return std::find(results.begin(), results.end(), name) != results.end() || plan().isRead(name);
  }

  void writeFeeds(const std::vector<std::string>& results) {
    std::set<std::string> needed;
    for (const std::string& result : results) needed.merge(plan().feedsOf(result));
    for (const std::string& name : plan().order) {
      const logical::Stream& stream = plan().stream(name);
      if (!needed.contains(name) || stream.isTable) continue;
      if (stream.inferred || !stream.schema) {
        m_translation.complaints.refuse(
            stream.span, "the columns of '" + name + "' are learnt from its messages, which a job cannot",
            "write them out in CREATE STREAM");
        continue;
      }
      if (stream.kind != StreamKind::Source)
        m_translation.complaints.warn(stream.span, "nothing of this script fills the topic of '" + name + "'",
                                      "`weir edge` publishes sources; write into " +
                                          topicOf(m_translation.cluster.prefix, name) + " by other means");
      m_translation.streams[name] = writeSourceTopic(m_translation, stream);
    }
  }

  // A view of each query that writes the stream, and where there are several, one of all.
  void writeStream(const std::string& target) {
    const logical::Stream& stream = plan().stream(target);
    if (plan().hasRules(stream))
      m_translation.complaints.refuse(
          stream.span, "options that ask something of each row of '" + target + "' have no translation into Flink SQL",
          "event time, repeats and order are the edge's: give these options to the source");
    std::vector<const logical::Query*> writers;
    for (const logical::Query& query : plan().queries)
      if (query.target == target) writers.push_back(&query);
    if (writers.size() == 1) {
      m_translation.streams[target] = writeQuery(m_translation, *writers[0], target);
      return;
    }
    std::vector<Relation> parts;
    for (const logical::Query* query : writers)
      parts.push_back(writeQuery(m_translation, *query, m_translation.fresh(target + "__part")));
    m_translation.streams[target] = unionOf(parts, target, writers.back()->span);
  }

  Relation unionOf(const std::vector<Relation>& parts, const std::string& view, Span span) {
    Relation out = parts[0];
    out.view = view;
    out.hasOffset = false;
    out.hasTime = std::all_of(parts.begin(), parts.end(), [](const Relation& part) { return part.hasTime; });
    std::vector<std::string> columns;
    for (const RelationColumn& column : out.columns) columns.push_back(name(column.flink));
    for (const char* hidden : {kAt, kTime}) columns.push_back(name(hidden));
    columns.push_back(as("PROCTIME()", kClock));
    std::string sql;
    for (const Relation& part : parts) sql += (sql.empty() ? "" : "\nUNION ALL\n") + select(columns, name(part.view));
    m_translation.addView(view, sql, span);
    return out;
  }

  const logical::Stream& resultOf(const std::string& name) {
    const logical::Stream& stream = plan().stream(name);
    if (stream.kind != StreamKind::Sink) return stream;
    const std::string extension = stream.options.text("extension");
    if (extension != "kafka")
      m_translation.complaints.refuse(stream.span,
                                      "'" + name + "' is a " + (extension == "websocket" ? "WebSocket" : extension) +
                                          " sink, which Flink cannot write",
                                      "write into a stream without WITH, and let `weir run` carry the topic " +
                                          topicOf(m_translation.cluster.prefix, name) + " on to the sink");
    else if (stream.options.text("format") != "json")
      m_translation.complaints.refuse(stream.options.valueSpan("format"),
                                      "a deployed query writes json, not " + stream.options.text("format"),
                                      "leave format out");
    return stream;
  }

  Translation m_translation;
};

}  // namespace

std::string printed(const Deployment& deployment, const std::string& file, std::string_view text) {
  const PlaceIndex places(text);
  std::string out;
  for (const Statement& statement : deployment.statements) {
    const bool hasPlace = statement.span.end > 0;
    if (hasPlace || !statement.sql.starts_with("SET ")) out += "\n";
    if (hasPlace) out += "-- " + file + ":" + std::to_string(places.placeOf(statement.span.begin).line) + "\n";
    out += statement.sql + ";\n";
  }
  return out;
}

Result<Deployment> deploymentOf(const logical::Plan& plan, const Cluster& cluster) {
  return Deploying(plan, cluster).take();
}

}  // namespace weir::flink
