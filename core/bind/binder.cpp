// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/binder.h"

#include <algorithm>
#include <functional>
#include <set>

#include "core/base/text.h"
#include "core/bind/identity.h"
#include "core/bind/query_binder.h"
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
  enum class State { Waiting, Binding, Done } state = State::Waiting;
};

class ScriptBinder {
 public:
  ScriptBinder(std::string_view text, const std::map<std::string, SchemaPtr>& inferred)
      : m_text(text), m_inferred(inferred), m_catalog(text) {}

  BoundResult bind() {
    Parsed parsed = parseScript(m_text);
    m_result.diagnostics = std::move(parsed.diagnostics);
    for (const std::string& name : parsed.brokenStreams) m_catalog.markBroken(name);
    size_t position = 0;
    for (const ast::Statement& statement : parsed.script.statements) {
      if (const auto* create = std::get_if<ast::CreateStream>(&statement.body)) {
        const auto known = m_inferred.find(create->name.text);
        firstError([&](Diagnostics& found) {
          m_catalog.define(*create, statement.span, found, known == m_inferred.end() ? nullptr : known->second);
        });
        mention(create->name.text);
      } else {
        addQuery(std::get<ast::Query>(statement.body), ++position);
      }
    }
    checkDeadLetters();
    checkCycles();
    for (PendingQuery& query : m_queries) bindQuery(query);
    BoundScript& script = m_result.script;
    script.streams = m_catalog.takeStreams();
    script.nodes = std::move(m_nodes);
    for (const std::string& name : m_order)
      if (script.streams.contains(name)) script.order.push_back(name);
    std::stable_sort(m_result.diagnostics.begin(), m_result.diagnostics.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
    return std::move(m_result);
  }

 private:
  void mention(const std::string& name) {
    if (std::find(m_order.begin(), m_order.end(), name) == m_order.end()) m_order.push_back(name);
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
    for (const ast::Name& input : pending.inputs) mention(input.text);
    mention(pending.target);
    m_queries.push_back(std::move(pending));
  }

  void checkDeadLetters() {
    static const Schema kShape{{{"originalEvent", Type::String},
                                {"errorMessage", Type::String},
                                {"errorType", Type::String},
                                {"timestamp", Type::Long},
                                {"attemptCount", Type::Int},
                                {"streamName", Type::String}}};
    for (const std::string& name : m_catalog.names()) {
      const BoundStream& stream = *m_catalog.find(name);
      if (stream.options.text("error.strategy") != "dlq") continue;
      const std::string letters = stream.options.text("error.dlq.stream");
      const BoundStream* target = m_catalog.find(letters);
      const Span span = stream.options.valueSpan("error.dlq.stream");
      const std::string shape =
          "CREATE STREAM " + letters +
          " (originalEvent STRING, errorMessage STRING, errorType STRING, timestamp LONG, attemptCount INT, streamName STRING);";
      if (!target)
        error(Code::UnknownStream, span, "unknown stream '" + letters + "'", "declare it: " + shape);
      else if (target->schema->fields != kShape.fields)
        error(Code::InsertShape, span, "stream '" + letters + "' has not the columns of a dead letter", shape);
      else if (target->kind == StreamKind::Source)
        error(Code::Graph, span, "'" + letters + "' is a source stream and cannot be written to");
    }
  }

  void error(Code code, Span span, std::string message, std::string hint = {}) {
    m_result.diagnostics.push_back({Severity::Error, code, span, std::move(message), std::move(hint)});
  }

  // A cycle is named from its stream that comes first in the file.
  void checkCycles() {
    std::map<std::string, std::vector<std::string>> edges;
    for (const PendingQuery& query : m_queries)
      for (const ast::Name& input : query.inputs) edges[input.text].push_back(query.target);
    std::set<std::string> told;
    for (const std::string& start : m_order) {
      if (told.contains(start)) continue;
      std::vector<std::string> path = shortestCycle(edges, start);
      if (path.empty()) continue;
      told.insert(path.begin(), path.end());
      Span span;
      for (PendingQuery& query : m_queries) {
        const bool reads = std::any_of(query.inputs.begin(), query.inputs.end(), [&](const ast::Name& input) {
          return std::find(path.begin(), path.end(), input.text) != path.end();
        });
        if (!reads || std::find(path.begin(), path.end(), query.target) == path.end()) continue;
        if (query.target == start || span.end == 0) span = query.targetSpan;
        query.state = PendingQuery::State::Done;
        m_catalog.markBroken(query.target);
      }
      error(Code::Graph, span, "queries form a cycle: " + joined(path, " -> "),
            "write the result to a stream of its own");
    }
  }

  static std::vector<std::string> shortestCycle(const std::map<std::string, std::vector<std::string>>& edges,
                                                const std::string& start) {
    std::map<std::string, std::string> cameFrom;
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

  void bindQuery(PendingQuery& query) {
    if (query.state != PendingQuery::State::Waiting) return;
    query.state = PendingQuery::State::Binding;
    for (const ast::Name& input : query.inputs)
      for (PendingQuery& writer : m_queries)
        if (writer.target == input.text) bindQuery(writer);
    query.state = PendingQuery::State::Done;
    const size_t nodesBefore = m_nodes.size();
    firstError([&](Diagnostics& found) {
      try {
        const BoundStream* target = m_catalog.find(query.target);
        if (target && target->kind == StreamKind::Source)
          throwBind(Code::Graph, query.targetSpan, "'" + query.target + "' is a source stream and cannot be written to",
                    "write to a stream of another name");
        QueryBinder(m_catalog, m_nodes, found, m_hidden).bind(*query.query, query.target);
        const std::string statement = bareStatement(textOf(m_text, query.query->span));
        for (size_t i = nodesBefore; i < m_nodes.size(); ++i) m_nodes[i].definition = std::to_string(i - nodesBefore) + " of " + statement;
      } catch (BindError& failed) {
        found.insert(found.begin(), std::move(failed.diagnostic));
        giveUp(query.target, nodesBefore);
      } catch (const BrokenInput&) {
        giveUp(query.target, nodesBefore);
      } catch (const DeferredInput&) {
        for (const ast::Name& input : query.inputs)
          if (const BoundStream* stream = m_catalog.find(input.text); stream && stream->inferred)
            m_result.waiting.push_back(input.text);
        giveUp(query.target, nodesBefore);
      }
    });
  }

  void giveUp(const std::string& target, size_t nodesBefore) {
    m_nodes.resize(nodesBefore);
    if (!m_catalog.find(target)) m_catalog.markBroken(target);
  }

  std::string_view m_text;
  const std::map<std::string, SchemaPtr>& m_inferred;
  Catalog m_catalog;
  std::vector<PendingQuery> m_queries;
  std::vector<BoundNode> m_nodes;
  std::vector<std::string> m_order;
  int m_hidden = 0;
  BoundResult m_result;
};

}  // namespace

BoundResult bindScript(std::string_view text, const std::map<std::string, SchemaPtr>& inferred) {
  return ScriptBinder(text, inferred).bind();
}

}  // namespace weir
