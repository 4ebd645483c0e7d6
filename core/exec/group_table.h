// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/data/column.h"

namespace weir {

/// Appends row `row` of `columns` as bytes that are equal exactly when the values are; NULL equals NULL here.
void appendKey(std::string& out, std::span<const ColumnPtr> columns, size_t row);

/// Numbers groups in the order in which they first come.
class GroupTable {
public:
  explicit GroupTable(const std::vector<Type>& types);

  /// Returns the number of the group of `row`, a new one when it has not been seen.
  uint32_t find(std::span<const ColumnPtr> keys, size_t row);
  size_t size() const { return m_count; }
  /// The keys of all groups, one column for each key.
  const std::vector<Column>& keys() const { return m_keys; }
  void clear();
  /// Forgets all groups but these, ascending, which are numbered from 0 then.
  void keepOnly(std::span<const uint32_t> groups);

private:
  static uint64_t hashOfRow(std::span<const ColumnPtr> keys, size_t row);
  bool isSame(uint32_t group, std::span<const ColumnPtr> keys, size_t row) const;
  void rehash(size_t slots);

  std::vector<Type> m_types;
  std::vector<Column> m_keys;
  std::vector<uint32_t> m_slots;
  std::vector<uint64_t> m_hashes;
  size_t m_count = 0;
};

}  // namespace weir
