// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/scope.h"

#include "core/base/text.h"
#include "core/functions/foreign_names.h"

namespace weir {

size_t Scope::columns() const {
  return m_relations.empty() ? 0 : m_relations.back().offset + m_relations.back().schema->fields.size();
}

SchemaPtr Scope::combined() const {
  auto schema = std::make_shared<Schema>();
  for (const Relation& relation : m_relations)
    schema->fields.insert(schema->fields.end(), relation.schema->fields.begin(), relation.schema->fields.end());
  return schema;
}

const Relation* Scope::find(const std::string& name) const {
  for (const Relation& relation : m_relations)
    if (relation.alias == name) return &relation;
  for (const Relation& relation : m_relations)
    if (relation.stream == name) return &relation;
  return nullptr;
}

void Scope::add(Relation relation) {
  auto& columns = m_columns.emplace_back();
  const std::vector<Field>& fields = relation.schema->fields;
  for (size_t i = 0; i < fields.size(); ++i) columns.emplace(fields[i].name, i);
  m_relations.push_back(std::move(relation));
}

std::optional<size_t> Scope::columnOf(size_t relation, const std::string& name) const {
  const auto found = m_columns[relation].find(name);
  return found == m_columns[relation].end() ? std::nullopt : std::optional(found->second);
}

Result<Scope::Found> Scope::resolve(const ast::Expr& name) const {
  const auto unknown = [&](const ast::Name& part, const std::vector<std::string>& candidates) {
    const std::string guess = didYouMean(part.text, candidates);
    return Diagnostic{Severity::Error, Code::UnknownColumn, part.span, "unknown column '" + part.text + "'",
                      guess.empty() ? std::string(insteadOfColumn(part.text)) : guess};
  };
  const ast::Name& first = name.parts.front();
  if (name.parts.size() > 1) {
    if (const Relation* relation = find(first.text)) {
      const ast::Name& column = name.parts[1];
      const auto place = static_cast<size_t>(relation - m_relations.data());
      const auto index = columnOf(place, column.text);
      if (relation->isAbsent && m_preferred != place)
        return Diagnostic{Severity::Error, Code::UnknownColumn, first.span,
                          "'" + first.text + "' never comes: there is nothing of it to read",
                          "read an event of the pattern that comes"};
      if (!index) return unknown(column, relation->schema->names());
      return Found{relation->offset + *index, relation->schema->fields[*index].type, 2, place};
    }
  }
  std::optional<Found> found;
  std::vector<std::string> owners;
  for (size_t i = 0; i < m_relations.size(); ++i) {
    const Relation& relation = m_relations[i];
    const bool reads = !relation.isHidden && (!relation.isAbsent || m_preferred == i);
    const auto index = reads ? columnOf(i, first.text) : std::nullopt;
    if (!index) continue;
    const Found here{relation.offset + *index, relation.schema->fields[*index].type, 1, i};
    if (m_preferred == i) return here;
    found = here;
    owners.push_back(relation.alias + "." + first.text);
  }
  if (owners.size() > 1)
    return Diagnostic{Severity::Error, Code::UnknownColumn, first.span, "column '" + first.text + "' is ambiguous",
                      "write " + joined(owners, ", ", " or ")};
  if (found) return *found;
  std::vector<std::string> names;
  for (const Relation& relation : m_relations)
    for (const Field& field : relation.schema->fields) names.push_back(field.name);
  if (name.parts.size() == 1) return unknown(first, names);
  std::vector<std::string> aliases;
  for (const Relation& relation : m_relations)
    if (!relation.isHidden && !relation.alias.starts_with('#')) aliases.push_back(relation.alias);
  Diagnostic wrong = unknown(first, aliases);
  if (wrong.hint.empty())
    wrong.hint =
        "'" + first.text + "' is neither a column nor a stream of FROM, which reads " + joined(aliases, ", ", " and ");
  return wrong;
}

}  // namespace weir
