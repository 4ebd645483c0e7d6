// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "core/plan/logical.h"

namespace weir {

/// Finds the slot of a column among those of a FROM, which stand side by side.
class ColumnSlots {
public:
  void add(const std::string& alias, const Schema& schema);
  /// Of an expression that is a column.
  size_t of(const logical::Expression& column) const;
  size_t size() const { return m_fields.size(); }
  SchemaPtr schema() const { return std::make_shared<Schema>(Schema{m_fields}); }
  const std::vector<Field>& fields() const { return m_fields; }

private:
  std::vector<Field> m_fields;
  std::unordered_map<std::string, size_t> m_slots;
};

/// The slots of a query's FROM, of what stands before its step `end` when there is one.
ColumnSlots slotsOf(const logical::Plan& plan, const logical::Query& query, const void* end = nullptr);
/// The slots of a pattern: its terms', then those of the first matches of repeated ones.
ColumnSlots slotsOf(const logical::Plan& plan, const logical::Pattern& pattern);

}  // namespace weir
