// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/data/schema.h"
#include "core/sql/ast.h"

namespace weir {

/// One stream in FROM, as a stretch of the combined columns.
struct Relation {
  std::string alias;   ///< what qualifies a column
  std::string stream;  ///< also accepted in front of the dot
  SchemaPtr schema;
  size_t offset = 0;
  bool isTerm = false;    ///< of a pattern: `e1[0].v` and `e1[last].v` are matches of it
  bool isAbsent = false;  ///< NOT stands before it: only its own condition reads it
  bool isHidden = false;  ///< read by its alias only, by no bare name and no star
  /// Of its rows, which columns name the group that they belong to, and how far their windows lie apart.
  std::vector<size_t> groupColumns;
  int64_t windowMs = 0;
};

/// Answers which column a name means.
class Scope {
public:
  Scope() = default;
  explicit Scope(const std::vector<Relation>& relations) {
    for (const Relation& relation : relations) add(relation);
  }

  struct Found {
    size_t column = 0;
    Type type = Type::Null;
    size_t partsUsed = 0;  ///< of a dotted name; the rest are members
    size_t relation = 0;
  };
  Result<Found> resolve(const ast::Expr& name) const;

  const std::vector<Relation>& relations() const { return m_relations; }
  void add(Relation relation);
  /// Bare names look here before anywhere else.
  void prefer(size_t relation) { m_preferred = relation; }
  size_t columns() const;
  /// All columns side by side; names that occur twice are fine here.
  SchemaPtr combined() const;
  const Relation* find(const std::string& name) const;

private:
  std::optional<size_t> columnOf(size_t relation, const std::string& name) const;

  std::vector<Relation> m_relations;
  std::vector<std::unordered_map<std::string_view, size_t>> m_columns;  ///< of each relation, by name
  std::optional<size_t> m_preferred;
};

}  // namespace weir
