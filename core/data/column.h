// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cassert>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/value.h"

namespace weir {

/// Holds the values of one column, typed and dense. NULL is a zero in `valid`, its slot holds a default.
class Column {
public:
  explicit Column(Type type = Type::Null) : m_type(type) {}

  Type type() const { return m_type; }
  size_t size() const { return m_valid.size(); }
  bool isNull(size_t row) const { return m_valid[row] == 0; }
  /// BOOL (0, 1), INT and LONG.
  int64_t integer(size_t row) const { return m_integers[row]; }
  /// FLOAT and DOUBLE.
  double real(size_t row) const { return m_reals[row]; }
  /// Any number as a DOUBLE.
  double number(size_t row) const { return isReal(m_type) ? m_reals[row] : static_cast<double>(m_integers[row]); }
  /// STRING, OBJECT (JSON text) and BYTES.
  std::string_view text(size_t row) const {
    const size_t begin = row == 0 ? 0 : m_ends[row - 1];
    return {m_heap.data() + begin, m_ends[row] - begin};
  }
  Value value(size_t row) const;

  void reserve(size_t rows);
  void appendNull();
  void appendInteger(int64_t value) {
    m_valid.push_back(1);
    m_integers.push_back(value);
  }
  /// Never infinite, nor NaN: who computed that appends NULL and counts it.
  void appendReal(double value) {
    assert(std::isfinite(value));
    m_valid.push_back(1);
    m_reals.push_back(value);
  }
  void appendText(std::string_view value) {
    m_valid.push_back(1);
    m_heap.append(value);
    m_ends.push_back(m_heap.size());
  }
  /// Appends a value of this type, or of one that widens to it.
  void append(const Value& value);
  /// Appends row `row` of `from`, whose type must widen to this one.
  void appendFrom(const Column& from, size_t row);
  void truncate(size_t rows);

  const std::vector<uint8_t>& valid() const { return m_valid; }
  const std::vector<int64_t>& integers() const { return m_integers; }
  const std::vector<double>& reals() const { return m_reals; }

private:
  Type m_type;
  std::vector<uint8_t> m_valid;
  std::vector<int64_t> m_integers;
  std::vector<double> m_reals;
  std::vector<size_t> m_ends;  ///< where each text ends; it begins where the one before does
  std::string m_heap;
};

using ColumnPtr = std::shared_ptr<const Column>;

/// Picks rows of a batch, ascending, instead of copying them.
using Selection = std::vector<uint32_t>;

/// Copies the picked rows of `column`; the column itself when all are picked.
ColumnPtr gathered(const ColumnPtr& column, const Selection& rows);

}  // namespace weir
