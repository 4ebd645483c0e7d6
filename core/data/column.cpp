// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/column.h"

#include <cassert>

#include "core/base/text.h"

namespace weir {

void appendJson(std::string& out, const Value& value, Type type) {
  if (isNull(value)) {
    out += "null";
  } else if (const bool* truth = std::get_if<bool>(&value)) {
    out += *truth ? "true" : "false";
  } else if (const int64_t* integer = std::get_if<int64_t>(&value)) {
    out += std::to_string(*integer);
  } else if (const double* real = std::get_if<double>(&value)) {
    if (type == Type::Float)
      appendFloat(out, static_cast<float>(*real));
    else
      appendDouble(out, *real);
  } else {
    const std::string& text = std::get<std::string>(value);
    if (type == Type::Object)
      out += text;
    else
      appendJsonString(out, type == Type::Bytes ? base64Encoded(text) : text);
  }
}

std::string displayText(const Value& value, Type type) {
  if (isNull(value)) return {};
  if (const std::string* text = std::get_if<std::string>(&value))
    return type == Type::Bytes ? base64Encoded(*text) : *text;
  std::string out;
  appendJson(out, value, type);
  return out;
}

double numberAsWritten(double value, Type type) {
  if (type != Type::Float) return value;
  std::string text;
  appendFloat(text, static_cast<float>(value));
  return parseNumber<double>(text).value_or(value);
}

Value Column::value(size_t row) const {
  if (isNull(row)) return {};
  if (m_type == Type::Bool) return m_integers[row] != 0;
  if (isInteger(m_type)) return m_integers[row];
  if (isReal(m_type)) return m_reals[row];
  return std::string(text(row));
}

void Column::reserve(size_t rows) {
  m_valid.reserve(rows);
  if (isReal(m_type))
    m_reals.reserve(rows);
  else if (isText(m_type))
    m_ends.reserve(rows);
  else
    m_integers.reserve(rows);
}

void Column::appendNull() {
  m_valid.push_back(0);
  if (isReal(m_type))
    m_reals.push_back(0);
  else if (isText(m_type))
    m_ends.push_back(m_heap.size());
  else
    m_integers.push_back(0);
}

void Column::append(const Value& value) {
  if (weir::isNull(value)) {
    appendNull();
  } else if (const bool* truth = std::get_if<bool>(&value)) {
    appendInteger(*truth ? 1 : 0);
  } else if (const int64_t* integer = std::get_if<int64_t>(&value)) {
    if (isReal(m_type))
      appendReal(static_cast<double>(*integer));
    else
      appendInteger(*integer);
  } else if (const double* real = std::get_if<double>(&value)) {
    appendReal(m_type == Type::Float ? static_cast<double>(static_cast<float>(*real)) : *real);
  } else {
    appendText(std::get<std::string>(value));
  }
}

void Column::appendFrom(const Column& from, size_t row) {
  assert(from.type() == m_type || widensTo(from.type(), m_type));
  if (from.isNull(row))
    appendNull();
  else if (isReal(m_type))
    appendReal(m_type == Type::Float ? static_cast<double>(static_cast<float>(from.number(row))) : from.number(row));
  else if (isText(m_type))
    appendText(from.text(row));
  else
    appendInteger(from.integer(row));
}

void Column::truncate(size_t rows) {
  m_valid.resize(rows);
  if (isReal(m_type)) {
    m_reals.resize(rows);
  } else if (isText(m_type)) {
    m_ends.resize(rows);
    m_heap.resize(rows == 0 ? 0 : m_ends.back());
  } else {
    m_integers.resize(rows);
  }
}

ColumnPtr gathered(const ColumnPtr& column, const Selection& rows) {
  if (rows.size() == column->size()) return column;
  auto out = std::make_shared<Column>(column->type());
  out->reserve(rows.size());
  for (const uint32_t row : rows) out->appendFrom(*column, row);
  return out;
}

}  // namespace weir
