// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/from_binder.h"

#include "core/base/text.h"
#include "core/bind/expression_binder.h"
#include "core/bind/query_binder.h"

namespace weir {

void FromBinder::warn(Code code, Span span, std::string message, std::string hint) {
  m_diagnostics.push_back({Severity::Warning, code, span, std::move(message), std::move(hint)});
}

std::variant<logical::From, logical::Pattern> FromBinder::bind(const ast::Query& query, Scope& scope) {
  if (query.pattern) return bindPattern(*query.pattern, scope);
  logical::From from;
  from.source = bindSource(*query.from, scope);
  const std::string& name = from.source.stream;
  if (const logical::Stream* stream = m_catalog.find(name); stream && stream->isTable)
    throwBind(Code::Graph, query.from->stream.span, "'" + name + "' is a table and cannot be read as a stream",
              "join it: FROM a stream JOIN " + name + " ON ...");
  for (const ast::Join& join : query.joins) {
    if (join.kind == ast::JoinKind::Unnest)
      from.joins.emplace_back(bindUnnest(join, scope));
    else
      from.joins.emplace_back(bindJoin(join, scope));
  }
  return from;
}

logical::Source FromBinder::bindSource(const ast::Source& source, Scope& scope) {
  logical::Source bound;
  scope.add(relationOf(source, scope, bound));
  return bound;
}

Relation FromBinder::relationOf(const ast::Source& source, const Scope& scope, logical::Source& bound) {
  Relation relation;
  relation.offset = scope.columns();
  if (source.window)
    throwBind(Code::Unsupported, source.window->span, "a window on one side of a join is not supported",
              "bound the join with WITHIN, or window the stream in a query of its own");
  if (source.query) {
    BoundQuery query = QueryBinder(*source.query, m_catalog, m_diagnostics).bind();
    refuseRepeatedNames(query);
    relation.alias = source.alias ? source.alias->text : "#" + std::to_string(scope.relations().size() + 1);
    relation.stream = relation.alias;
    relation.schema = query.query.schema();
    relation.groupColumns = std::move(query.groupColumns);
    relation.windowMs = query.windowMs;
    bound.query = std::move(query.query);
    bound.alias = relation.alias;
    return relation;
  }
  const logical::Stream* stream = m_catalog.find(source.stream.text);
  if (m_catalog.isBroken(source.stream.text)) throw BrokenInput{};
  if (m_catalog.findConnection(source.stream.text))
    throwBind(Code::UnknownStream, source.stream.span, "'" + source.stream.text + "' is a connection, not a stream",
              "read a source stream that goes over it: connection = '" + source.stream.text + "'");
  if (!stream)
    throwBind(Code::UnknownStream, source.stream.span, "unknown stream '" + source.stream.text + "'",
              didYouMean(source.stream.text, m_catalog.names()));
  if (stream->kind == StreamKind::Sink)
    throwBind(Code::Graph, source.stream.span, "'" + source.stream.text + "' is a sink stream and cannot be read from",
              "read the stream that feeds it, or write the query's result to a stream of its own first");
  if (stream->inferred) throw DeferredInput{};
  relation.stream = source.stream.text;
  relation.alias = source.alias ? source.alias->text : source.stream.text;
  relation.schema = stream->schema;
  relation.groupColumns = stream->groupColumns;
  relation.windowMs = stream->windowMs;
  bound.stream = relation.stream;
  bound.alias = relation.alias;
  return relation;
}

logical::Unnest FromBinder::bindUnnest(const ast::Join& join, Scope& scope) {
  ExpressionBinder binder(scope, m_source, "UNNEST");
  logical::Unnest unnest;
  unnest.span = join.span;
  unnest.array = binder.bind(*join.on);
  if (unnest.array.type != Type::Object)
    throwBind(Code::TypeMismatch, join.on->span, "UNNEST expects OBJECT, got " + named(unnest.array.type),
              "declare the column as OBJECT");
  for (Diagnostic& warning : binder.takeWarnings()) m_warnings.push_back(std::move(warning));
  unnest.alias = join.source.alias->text;
  Relation elements;
  elements.alias = elements.stream = unnest.alias;
  elements.schema = logical::unnestColumns();
  elements.offset = scope.columns();
  scope.add(std::move(elements));
  return unnest;
}

}  // namespace weir
