// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/insert_binder.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "core/base/text.h"
#include "core/bind/expression_parts.h"

namespace weir {

using logical::Expression;

namespace {

bool namesColumns(const ast::Query& query) { return query.into && !query.into->columns.empty(); }

// Gives the columns of a target that nobody declared the names behind INSERT INTO, when there are any.
void nameColumns(const ast::Query& query, std::vector<Field>& fields) {
  if (!namesColumns(query)) return;
  const std::vector<ast::Name>& names = query.into->columns;
  if (names.size() != fields.size())
    throwBind(
        Code::InsertShape, query.itemsSpan,
        std::to_string(names.size()) + " columns are named but the query produces " + std::to_string(fields.size()));
  std::unordered_set<std::string_view> taken;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!taken.insert(names[i].text).second)
      throwBind(Code::InsertShape, names[i].span, "column '" + names[i].text + "' is written twice");
    fields[i].name = names[i].text;
  }
}

// Adds the query's columns to those that its target, declared with `...`, has written out.
void complete(logical::Stream& target, const ast::Query& query, const std::vector<Field>& fields) {
  auto schema = std::make_shared<Schema>(*target.schema);
  const size_t written = schema->fields.size();
  const ast::InsertTarget* into = query.into ? &*query.into : nullptr;
  const bool named = into && (into->byName || !into->columns.empty());
  for (size_t i = 0; i < fields.size(); ++i) {
    Field field = fields[i];
    if (into && i < into->columns.size()) field.name = into->columns[i].text;
    const bool known = schema->find(field.name).has_value();
    if (!named && i >= written && known)
      throwBind(Code::AlreadyDefined, query.itemsSpan,
                "column '" + field.name + "' of " + target.name + " is written by position and by name",
                "give the later one another name with AS, or write INSERT INTO " + target.name + " BY NAME");
    if (named ? !known : i >= written) schema->fields.push_back(std::move(field));
  }
  target.schema = std::move(schema);
  target.inferred = false;
}

/// Puts the items of a query where a declared target has their columns.
class Placement {
public:
  Placement(const ast::Query& query, const std::vector<logical::Item>& items, const logical::Stream& target)
      : m_query(query), m_items(items), m_target(target), m_schema(*target.schema), m_written(m_schema.fields.size()) {}

  /// Returns which of the target's columns each item becomes.
  std::vector<size_t> place(Diagnostics& warnings) {
    const ast::InsertTarget* into = m_query.into ? &*m_query.into : nullptr;
    if (into && (into->byName || !into->columns.empty()))
      placeByName(*into);
    else
      placeInOrder(warnings);
    for (size_t column = 0; column < m_written.size(); ++column) checkColumn(column);
    return std::move(m_places);
  }

private:
  void put(size_t item, size_t column) {
    if (m_written[column])
      throwBind(Code::InsertShape, m_query.itemsSpan, "column '" + m_schema.fields[column].name + "' is written twice");
    m_written[column] = &m_items[item].expression;
    m_places.push_back(column);
  }

  void placeByName(const ast::InsertTarget& into) {
    const size_t count = into.byName ? m_items.size() : into.columns.size();
    if (count != m_items.size())
      throwBind(Code::InsertShape, m_query.itemsSpan,
                std::to_string(count) + " columns are named but the query produces " + std::to_string(m_items.size()));
    std::unordered_map<std::string_view, size_t> columns;
    for (size_t i = 0; i < m_schema.fields.size(); ++i) columns.emplace(m_schema.fields[i].name, i);
    for (size_t i = 0; i < count; ++i) {
      const std::string& name = into.byName ? m_items[i].name : into.columns[i].text;
      const auto column = columns.find(name);
      if (column == columns.end())
        throwBind(Code::UnknownColumn, into.byName ? m_query.itemsSpan : into.columns[i].span,
                  "unknown column '" + name + "' of " + m_target.name, didYouMean(name, m_schema.names()));
      put(i, column->second);
    }
  }

  void placeInOrder(Diagnostics& warnings) {
    const std::vector<std::string> names = m_schema.names();
    if (m_items.size() != names.size())
      throwBind(Code::InsertShape, m_query.itemsSpan,
                m_target.name + " expects " + std::to_string(names.size()) +
                    (names.size() == 1 ? " column (" : " columns (") + joined(names, ", ") +
                    ") but the query produces " + std::to_string(m_items.size()));
    std::vector<std::string> given;
    given.reserve(m_items.size());
    for (size_t i = 0; i < m_items.size(); ++i) {
      put(i, i);
      given.push_back(m_items[i].name);
    }
    if (given != names && std::is_permutation(given.begin(), given.end(), names.begin(), names.end()))
      warnings.push_back(
          {Severity::Warning, Code::InsertShape, m_query.itemsSpan,
           "the columns have the names of " + m_target.name + " in another order",
           "columns are written by position; write INSERT INTO " + m_target.name + " BY NAME to match names"});
  }

  void checkColumn(size_t column) const {
    const Field& field = m_schema.fields[column];
    const Expression* written = m_written[column];
    if (!written && field.notNull)
      throwBind(Code::InsertShape, m_query.itemsSpan, "column '" + field.name + "' is NOT NULL and is not written");
    if (!written || widensTo(written->type, field.type)) return;
    if (written->kind == Expression::Kind::Literal && isNull(written->literal)) return;
    throwBind(Code::InsertShape, written->span,
              "column " + std::to_string(column + 1) + ": cannot write " + named(written->type) + " into '" +
                  field.name + "' " + named(field.type),
              "use CAST(... AS " + named(field.type) + ")");
  }

  const ast::Query& m_query;
  const std::vector<logical::Item>& m_items;
  const logical::Stream& m_target;
  const Schema& m_schema;
  std::vector<const Expression*> m_written;  ///< into each column
  std::vector<size_t> m_places;
};

}  // namespace

void bindTarget(BoundQuery& bound, const std::string& target, Catalog& catalog, Diagnostics& diagnostics) {
  const ast::Query& written = *bound.written;
  logical::Query& query = bound.query;
  query.target = target;
  logical::Stream* existing = catalog.find(target);
  // Declared columns have names of their own; without them the names of SELECT become the stream's.
  if ((!existing || existing->inferred) && !namesColumns(written)) refuseRepeatedNames(bound);
  std::vector<Field> fields = query.schema()->fields;
  if (existing && (!existing->inferred || !existing->schema->fields.empty())) {
    if (existing->inferred) complete(*existing, written, fields);
    query.columns = Placement(written, query.items, *existing).place(diagnostics);
  } else {
    nameColumns(written, fields);
    query.columns.resize(fields.size());
    std::iota(query.columns.begin(), query.columns.end(), size_t{0});
    logical::Stream created = existing ? *existing : logical::Stream{};
    created.name = target;
    created.schema = std::make_shared<Schema>(Schema{std::move(fields)});
    created.inferred = false;
    if (!existing) created.span = written.span;
    catalog.add(std::move(created));
  }
  logical::Stream& stream = *catalog.find(target);
  if (!stream.groupColumns.empty() || stream.windowMs != 0) return;
  for (const size_t item : bound.groupColumns) stream.groupColumns.push_back(query.columns[item]);
  stream.windowed = query.window.closes();
  stream.windowMs = bound.windowMs;
}

}  // namespace weir
