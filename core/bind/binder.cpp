// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/binder.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/base/text.h"
#include "core/bind/expression_parts.h"
#include "core/bind/insert_binder.h"
#include "core/bind/query_binder.h"
#include "core/formats/format_list.h"
#include "core/plan/identity.h"
#include "core/sql/lexer.h"
#include "core/sql/parser.h"

namespace weir {

namespace {

// The streams that a query reads, subqueries included.
void collectInputs(const ast::Query& query, std::vector<ast::Name>& out);

void collectInputs(const ast::Source& source, std::vector<ast::Name>& out) {
  if (source.query)
    collectInputs(*source.query, out);
  else if (!source.stream.text.empty())
    out.push_back(source.stream);
}

void collectInputs(const ast::PatternNode& node, std::vector<ast::Name>& out) {
  if (node.kind == ast::PatternNode::Kind::Stream) out.push_back(node.stream);
  for (const auto& part : node.parts) collectInputs(*part, out);
}

void collectInputs(const ast::Query& query, std::vector<ast::Name>& out) {
  if (query.from) collectInputs(*query.from, out);
  for (const ast::Join& join : query.joins) collectInputs(join.source, out);
  if (query.pattern) collectInputs(*query.pattern->root, out);
}

struct PendingQuery {
  const ast::Query* query = nullptr;
  std::string target;
  Span targetSpan;
  std::vector<ast::Name> inputs;
  bool isDone = false;  ///< has been complained about
};

class ScriptBinder {
public:
  ScriptBinder(std::string_view text, const std::map<std::string, SchemaPtr>& inferred)
      : m_text(text), m_inferred(inferred), m_catalog(text) {}

  BoundResult bind() {
    Parsed parsed = parseScript(m_text);
    m_result.diagnostics = std::move(parsed.diagnostics);
    for (const std::string& name : parsed.brokenStreams) m_catalog.markConnectionBroken(name);
    for (const ast::Statement& statement : parsed.script.statements)
      if (const auto* create = std::get_if<ast::CreateConnection>(&statement.body))
        firstError([&](Diagnostics& found) { m_catalog.define(*create, statement.span, found); });
    size_t position = 0;
    for (const ast::Statement& statement : parsed.script.statements) {
      if (const auto* create = std::get_if<ast::CreateStream>(&statement.body)) {
        const auto known = m_inferred.find(create->name.text);
        firstError([&](Diagnostics& found) {
          m_catalog.define(*create, statement.span, found, known == m_inferred.end() ? nullptr : known->second);
        });
        mention(create->name.text, create->name.span.begin);
      } else if (const auto* query = std::get_if<ast::Query>(&statement.body)) {
        addQuery(*query, ++position);
      }
    }
    for (const std::string& name : parsed.brokenStreams)
      if (!m_catalog.find(name)) m_catalog.markBroken(name);
    checkDeadLetters();
    checkTargets();
    checkCycles();
    for (const size_t query : upstreamFirst()) bindQuery(m_queries[query]);
    for (const std::string& name : m_catalog.names()) checkRules(*m_catalog.find(name));
    logical::Plan& script = m_result.script;
    script.connections = m_catalog.takeConnections();
    script.streams = m_catalog.takeStreams();
    script.queries = std::move(m_bound);
    for (const std::string& name : m_order)
      if (script.streams.contains(name)) script.order.push_back(name);
    std::stable_sort(m_result.diagnostics.begin(), m_result.diagnostics.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
    return std::move(m_result);
  }

private:
  void mention(const std::string& name, uint32_t at) {
    const auto [first, isNew] = m_firstMentions.emplace(name, at);
    if (isNew)
      m_order.push_back(name);
    else
      first->second = std::min(first->second, at);
  }

  // Keeps the first error of a statement, and all its warnings.
  template <class Work>
  void firstError(const Work& work) {
    Diagnostics found;
    work(found);
    bool seen = false;
    for (Diagnostic& diagnostic : found) {
      if (diagnostic.severity == Severity::Error && std::exchange(seen, seen || diagnostic.severity == Severity::Error))
        continue;
      m_result.diagnostics.push_back(std::move(diagnostic));
    }
  }

  void addQuery(const ast::Query& query, size_t position) {
    PendingQuery pending;
    pending.query = &query;
    pending.target = query.into ? query.into->stream.text : "Query" + std::to_string(position);
    pending.targetSpan = query.into ? query.into->stream.span : Span{query.span.begin, query.span.begin + 6};
    collectInputs(query, pending.inputs);
    for (const ast::Name& input : pending.inputs) mention(input.text, input.span.begin);
    mention(pending.target, pending.targetSpan.begin);
    m_writers[pending.target].push_back(m_queries.size());
    m_queries.push_back(std::move(pending));
  }

  void checkDeadLetters() {
    static const Schema kShape{{{"originalEvent", Type::String},
                                {"errorMessage", Type::String},
                                {"errorType", Type::String},
                                {"timestamp", Type::Long},
                                {"attemptCount", Type::Int},
                                {"streamName", Type::String}}};
    const auto sameColumn = [](const Field& a, const Field& b) {
      return a.name == b.name && a.type == b.type && a.notNull == b.notNull;
    };
    const auto hasShape = [&](const std::vector<Field>& fields) {
      return std::equal(fields.begin(), fields.end(), kShape.fields.begin(), kShape.fields.end(), sameColumn);
    };
    for (const std::string& name : m_catalog.names()) {
      const logical::Stream& stream = *m_catalog.find(name);
      if (stream.options.text("error.strategy") != "dlq") continue;
      const std::string letters = stream.options.text("error.dlq.stream");
      const logical::Stream* target = m_catalog.find(letters);
      const Span span = stream.options.valueSpan("error.dlq.stream");
      const std::string shape = "CREATE STREAM " + letters +
                                " (originalEvent STRING, errorMessage STRING, errorType STRING, timestamp LONG, "
                                "attemptCount INT, streamName STRING);";
      if (!target)
        error(Code::UnknownStream, span, "unknown stream '" + letters + "'", "declare it: " + shape);
      else if (!hasShape(target->schema->fields))
        error(Code::InsertShape, span, "stream '" + letters + "' has not the columns of a dead letter", shape);
      else if (target->kind == StreamKind::Source)
        error(Code::Graph, span, "'" + letters + "' is a source stream and cannot be written to");
    }
  }

  void error(Code code, Span span, std::string message, std::string hint = {}) {
    m_result.diagnostics.push_back({Severity::Error, code, span, std::move(message), std::move(hint)});
  }

  // Said before anything is said of cycles: that the source is written to is what has to change.
  void checkTargets() {
    for (PendingQuery& query : m_queries) {
      const logical::Stream* target = m_catalog.find(query.target);
      if (m_catalog.findConnection(query.target)) {
        error(Code::Graph, query.targetSpan, "'" + query.target + "' is a connection and cannot be written to",
              "write to a sink stream that goes over it: connection = '" + query.target + "'");
        query.isDone = true;
        continue;
      }
      if (!target || target->kind != StreamKind::Source) continue;
      error(Code::Graph, query.targetSpan, "'" + query.target + "' is a source stream and cannot be written to",
            "write to a stream of another name");
      query.isDone = true;
    }
  }

  using Edges = std::unordered_map<std::string, std::vector<std::string>>;

  // Drops what no cycle can pass: streams that nothing writes, then those that only they wrote.
  static void dropLoose(Edges& edges) {
    std::unordered_map<std::string, size_t> writers;
    for (const auto& [from, to] : edges)
      for (const std::string& target : to) ++writers[target];
    std::vector<std::string> loose;
    for (const auto& [from, to] : edges)
      if (!writers.contains(from)) loose.push_back(from);
    while (!loose.empty()) {
      const auto from = edges.find(loose.back());
      loose.pop_back();
      if (from == edges.end()) continue;
      for (const std::string& target : from->second)
        if (--writers[target] == 0) loose.push_back(target);
      edges.erase(from);
    }
  }

  // A cycle is named from its stream that comes first in the file.
  void checkCycles() {
    Edges edges;
    for (const PendingQuery& query : m_queries)
      if (!query.isDone)
        for (const ast::Name& input : query.inputs) edges[input.text].push_back(query.target);
    dropLoose(edges);
    std::vector<std::pair<uint32_t, std::string>> starts;
    for (const auto& [name, targets] : edges) starts.emplace_back(m_firstMentions.at(name), name);
    std::sort(starts.begin(), starts.end());
    std::unordered_set<std::string> told;
    for (const auto& [offset, start] : starts) {
      if (told.contains(start)) continue;
      const std::vector<std::string> path = shortestCycle(edges, start);
      if (path.empty()) continue;
      const std::unordered_set<std::string> members(path.begin(), path.end());
      told.insert(members.begin(), members.end());
      Span span;
      for (const std::string& member : members) {
        for (const size_t writer : m_writers[member]) {
          PendingQuery& query = m_queries[writer];
          const bool reads = std::any_of(query.inputs.begin(), query.inputs.end(),
                                         [&](const ast::Name& input) { return members.contains(input.text); });
          if (!reads || query.isDone) continue;
          if (member == start) span = query.targetSpan;
          query.isDone = true;
          m_catalog.markBroken(query.target);
        }
      }
      error(Code::Graph, span, "queries form a cycle: " + joined(path, " -> "),
            "write the result to a stream of its own");
    }
  }

  static std::vector<std::string> shortestCycle(const Edges& edges, const std::string& start) {
    std::unordered_map<std::string, std::string> cameFrom;
    std::vector<std::string> frontier{start};
    while (!frontier.empty()) {
      std::vector<std::string> next;
      for (const std::string& at : frontier) {
        const auto out = edges.find(at);
        if (out == edges.end()) continue;
        for (const std::string& to : out->second) {
          if (to == start) {
            std::vector<std::string> path{start};
            for (std::string back = at; back != start; back = cameFrom.at(back)) path.push_back(back);
            path.push_back(start);
            std::reverse(path.begin(), path.end());
            return path;
          }
          if (cameFrom.emplace(to, at).second) next.push_back(to);
        }
      }
      frontier = std::move(next);
    }
    return {};
  }

  // All queries, those behind the ones that write what they read. A chain may be longer than any stack.
  std::vector<size_t> upstreamFirst() {
    std::vector<size_t> out;
    std::vector<uint8_t> seen(m_queries.size());
    std::vector<std::pair<size_t, bool>> open;
    for (size_t first = 0; first < m_queries.size(); ++first) {
      open.emplace_back(first, false);
      while (!open.empty()) {
        const auto [query, isReady] = open.back();
        open.pop_back();
        if (isReady) {
          out.push_back(query);
          continue;
        }
        if (std::exchange(seen[query], 1) != 0) continue;
        open.emplace_back(query, true);
        const std::vector<ast::Name>& inputs = m_queries[query].inputs;
        for (auto input = inputs.rbegin(); input != inputs.rend(); ++input) {
          const auto writers = m_writers.find(input->text);
          if (writers == m_writers.end()) continue;
          for (auto writer = writers->second.rbegin(); writer != writers->second.rend(); ++writer)
            open.emplace_back(*writer, false);
        }
      }
    }
    return out;
  }

  void bindQuery(PendingQuery& query) {
    if (query.isDone) return;
    firstError([&](Diagnostics& found) {
      try {
        BoundQuery bound = QueryBinder(*query.query, m_catalog, found).bind();
        bindTarget(bound, query.target, m_catalog, found);
        m_bound.push_back(std::move(bound.query));
      } catch (BindError& failed) {
        found.insert(found.begin(), std::move(failed.diagnostic));
        giveUp(query.target);
      } catch (const BrokenInput&) {
        giveUp(query.target);
      } catch (const DeferredInput&) {
        noteWaiting(query);
        giveUp(query.target);
      }
    });
  }

  void noteWaiting(const PendingQuery& query) {
    std::vector<std::string>& waiting = m_result.waiting;
    for (const ast::Name& input : query.inputs)
      if (const logical::Stream* stream = m_catalog.find(input.text);
          stream && stream->inferred && std::find(waiting.begin(), waiting.end(), input.text) == waiting.end())
        waiting.push_back(input.text);
  }

  // A stream that queries write takes no messages.
  void checkRules(const logical::Stream& stream) {
    const auto isWriter = [&](const logical::Query& query) { return query.target == stream.name; };
    if (!stream.declared || stream.kind != StreamKind::Internal || stream.isTable ||
        std::none_of(m_bound.begin(), m_bound.end(), isWriter))
      return;
    for (const auto& [key, value] : stream.options.values())
      if (isForMessages(key))
        error(Code::OptionValue, stream.options.valueSpan(key),
              "option '" + key + "' is for messages from outside, but queries write '" + stream.name + "'",
              "leave it out, or put it on the stream that brings the messages");
  }

  static bool isForMessages(std::string_view key) { return formatWith(key) || key.starts_with("error."); }

  void giveUp(const std::string& target) {
    if (!m_catalog.find(target)) m_catalog.markBroken(target);
  }

  std::string_view m_text;
  const std::map<std::string, SchemaPtr>& m_inferred;
  Catalog m_catalog;
  std::vector<PendingQuery> m_queries;
  std::vector<logical::Query> m_bound;
  std::vector<std::string> m_order;
  std::unordered_map<std::string, uint32_t> m_firstMentions;
  std::unordered_map<std::string, std::vector<size_t>> m_writers;
  BoundResult m_result;
};

}  // namespace

BoundResult bindScript(std::string_view text, const std::map<std::string, SchemaPtr>& inferred) {
  return ScriptBinder(text, inferred).bind();
}

}  // namespace weir
