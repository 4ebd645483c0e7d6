// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/query_binder.h"

#include <algorithm>

#include "core/bind/from_binder.h"
#include "core/bind/result_binder.h"
#include "core/bind/window_binder.h"

namespace weir {

using logical::Expression;
using logical::Output;
using logical::WindowKind;

namespace {

NamedItems namedItems(const logical::Query& query, const std::vector<Type>& types) {
  NamedItems named{query.items, types, {}};
  for (size_t i = 0; i < query.items.size(); ++i) named.places.emplace(query.items[i].name, i);
  return named;
}

// Which items stand for these columns of a source as they are; nothing when one of them has none.
std::optional<std::vector<size_t>> itemsFor(const Relation& relation, const std::vector<logical::Item>& items) {
  std::vector<size_t> out;
  for (const size_t column : relation.groupColumns) {
    const std::string& name = relation.schema->fields[column].name;
    const auto item = std::find_if(items.begin(), items.end(), [&](const logical::Item& i) {
      return i.expression.kind == Expression::Kind::Column && i.expression.name == name;
    });
    if (item == items.end()) return std::nullopt;
    out.push_back(static_cast<size_t>(item - items.begin()));
  }
  return out;
}

Output::Kind outputKind(ast::Output::What what) {
  switch (what) {
    case ast::Output::What::All: return Output::Kind::All;
    case ast::Output::What::First: return Output::Kind::First;
    case ast::Output::What::Last: return Output::Kind::Last;
    case ast::Output::What::Snapshot: return Output::Kind::Snapshot;
  }
  return Output::Kind::None;
}

}  // namespace

BoundQuery QueryBinder::bind() {
  logical::Query& query = m_bound.query;
  m_bound.written = &m_written;
  query.span = m_written.span;
  FromBinder from(m_catalog, m_diagnostics);
  query.from = from.bind(m_written, m_scope);
  takeWarnings(from);
  if (m_written.window) query.window = bindWindow(*m_written.window, m_scope, m_source, m_warnings);
  bindWhere();
  m_grouping = bindGroupBy(m_written, m_scope, m_source, query.window, m_warnings);
  bindItems(expandItems(m_written, m_scope, m_source));
  bindHavingAndOrder();
  query.keys = m_grouping.keys;
  query.distinct = m_written.distinct;
  query.limit = m_written.limit;
  query.offset = m_written.offset;
  bindOutput();
  noteGroups();
  for (Diagnostic& warning : m_warnings) m_diagnostics.push_back(std::move(warning));
  return std::move(m_bound);
}

void QueryBinder::bindWhere() {
  if (!m_written.where) return;
  ExpressionBinder binder(m_scope, m_source, "WHERE");
  Expression where = binder.bind(*m_written.where);
  if (where.type == Type::Object) where = widened(std::move(where), Type::Bool);
  if (where.type != Type::Bool && where.type != Type::Null)
    throwBind(Code::TypeMismatch, m_written.where->span, "WHERE must be BOOL, got " + named(where.type));
  m_bound.query.where = std::move(where);
  takeWarnings(binder);
}

void QueryBinder::bindItems(const std::vector<WrittenItem>& items) {
  SelectBinder binder(m_scope, m_source, m_grouping);
  std::unordered_map<std::string_view, size_t> places;
  for (const WrittenItem& item : items) {
    Expression bound = binder.bind(*item.expr);
    m_itemTypes.push_back(bound.type);
    if (bound.type == Type::Null) bound.type = Type::String;
    if (!places.emplace(item.name, m_itemTypes.size()).second && m_bound.repeatedName.empty()) {
      m_bound.repeated = item.span;
      m_bound.repeatedName = item.name;
    }
    m_bound.query.items.push_back({item.name, std::move(bound)});
  }
  takeWarnings(binder);
}

void QueryBinder::bindHavingAndOrder() {
  logical::Query& query = m_bound.query;
  const NamedItems items = namedItems(query, m_itemTypes);
  if (m_written.having) {
    HavingBinder binder(m_scope, m_source, m_grouping, items);
    Expression having = binder.bind(*m_written.having);
    if (having.type != Type::Bool && having.type != Type::Null)
      throwBind(Code::TypeMismatch, m_written.having->span, "HAVING must be BOOL, got " + named(having.type));
    query.having = std::move(having);
    takeWarnings(binder);
  }
  OrderBinder binder(m_scope, m_source, m_grouping, items);
  for (const ast::OrderItem& key : m_written.orderBy) query.order.push_back(binder.bindKey(key));
  takeWarnings(binder);
}

void QueryBinder::bindOutput() {
  const auto& output = m_written.output;
  const auto& emit = m_written.emit;
  const bool emitsFinalOnly = emit && emit->when == ast::Emit::When::Final;
  // Final rows at a limited rate are one wish; provisional rows have a rate of their own.
  if (output && emit && (!emitsFinalOnly || output->what == ast::Output::What::Snapshot))
    throwBind(Code::Syntax, emit->span, "OUTPUT and EMIT exclude each other", "keep one of them");
  Output& bound = m_bound.query.output;
  if (output || emit) bound.span = output ? output->span : emit->span;
  if (emit && emit->when == ast::Emit::When::Changes) bound.kind = Output::Kind::Changes;
  if (emit && emit->when == ast::Emit::When::Periodic) {
    bound.kind = Output::Kind::Snapshot;
    bound.everyMs = emit->period.ms;
  }
  if (output) {
    bound.kind = outputKind(output->what);
    bound.events = output->events.value_or(0);
    bound.everyMs = output->every ? output->every->ms : 0;
  }
  if (bound.kind == Output::Kind::Snapshot && !m_bound.query.isAggregated())
    throwBind(Code::Window, output ? output->span : emit->span, "a snapshot needs a window or an aggregate",
              "OUTPUT LAST EVERY ... passes the latest row on");
}

void QueryBinder::noteGroups() {
  const logical::Query& query = m_bound.query;
  m_bound.groupColumns = query.keyItems();
  m_bound.windowMs = query.window.slideMs > 0 ? query.window.slideMs : query.window.sizeMs;
  if (query.isAggregated() || query.window.kind != WindowKind::None || m_scope.relations().size() != 1) return;
  // Rows that are passed on one by one belong to the groups that they came from.
  const Relation& relation = m_scope.relations().front();
  if (auto passedOn = itemsFor(relation, query.items)) {
    m_bound.groupColumns = std::move(*passedOn);
    m_bound.windowMs = relation.windowMs;
  }
}

void refuseRepeatedNames(const BoundQuery& bound) {
  if (bound.repeated.end == 0) return;
  throwBind(Code::AlreadyDefined, bound.repeated, "column '" + bound.repeatedName + "' appears twice in SELECT",
            "give one of them another name with AS");
}

}  // namespace weir
