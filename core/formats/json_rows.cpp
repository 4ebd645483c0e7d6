// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_rows.h"

#include <utility>

#include "core/base/plain_number.h"
#include "core/formats/json_conversion.h"

namespace weir {

JsonRows::JsonRows(const DecoderSettings& settings, const SchemaPtr& schema, const JsonPlan& plan)
    : m_settings(settings), m_plan(plan), m_schema(schema), m_cells(plan.cells) {
  for (const Field& field : schema->fields) m_isNotNull.push_back(field.notNull);
}

bool JsonRows::isWanted(bool asksAround) const {
  for (const JsonPlan::Condition& condition : m_plan.conditions) {
    if (condition.place.level < m_plan.eventLevel && !asksAround) continue;
    const JsonCell& cell = m_cells[condition.cell];
    if (!cell.present) return false;
    if (!condition.term.value) continue;
    if (cell.kind == JsonKind::Container || !condition.term.holdsText(cell.text)) return false;
  }
  return true;
}

void JsonRows::endEvent(bool asksAround) {
  const size_t columns = m_isNotNull.size();
  size_t first = 0;
  while (first < columns && !(m_cells[first].present && m_plan.makesEvent[first])) ++first;
  if (first == columns || (m_plan.hasConditions && !isWanted(asksAround))) {
    control();
    return;
  }
  for (size_t c = 0; c < columns; ++c) {
    Column& column = m_rows->column(c);
    if (!m_plan.isOfEvent[c]) {
      column.appendNull();
      continue;
    }
    write(c, column);
    if (m_isNotNull[c] && column.isNull(column.size() - 1)) throw BadMessage{missingReason(m_schema->fields[c])};
  }
  m_rows->finishRow(*m_meta);
}

void JsonRows::fill(size_t level, size_t before) {
  if (m_rows->rows() == before) return;
  for (const size_t c : m_plan.levels[level].columns) {
    if (!m_cells[c].present) {
      if (m_isNotNull[c]) throw BadMessage{missingReason(m_schema->fields[c])};
      continue;
    }
    Column& column = m_rows->column(c);
    const size_t mismatches = m_result->fieldMismatches;
    column.truncate(before);
    for (size_t row = before; row < m_rows->rows(); ++row) write(c, column);
    if (m_isNotNull[c] && column.isNull(before)) throw BadMessage{missingReason(m_schema->fields[c])};
    // One member is one mismatch, however many rows it stands in.
    if (m_result->fieldMismatches > mismatches) m_result->fieldMismatches = mismatches + 1;
  }
}

// Appends a cell's value, converted. Most numbers take the short way; the long one has the last word.
void JsonRows::write(size_t index, Column& column) {
  const JsonCell& cell = m_cells[index];
  if (!cell.present || cell.kind == JsonKind::Null) return column.appendNull();
  const bool number = cell.kind == JsonKind::Number || cell.kind == JsonKind::String;
  switch (column.type()) {
    case Type::String:
      if (cell.kind == JsonKind::Foreign) break;
      return column.appendText(cell.text);
    case Type::Int:
    case Type::Long:
      if (const auto value = number ? plainInteger(cell.text) : std::nullopt;
          value && (column.type() == Type::Long || std::in_range<int32_t>(*value)))
        return column.appendInteger(*value);
      break;
    case Type::Double:
      if (const auto value = number ? plainReal(cell.text) : std::nullopt) return column.appendReal(*value);
      break;
    default: break;
  }
  const Field& field = m_schema->fields[index];
  Value value;
  if (convertJson(cell.kind, std::string(cell.text), field.type, value)) return column.append(value);
  if (readTime(cell, field, value)) return column.append(value);
  if (!m_settings.mismatchIsNull) throw BadMessage{mismatchReason(field, cell.text)};
  ++m_result->fieldMismatches;
  column.appendNull();
}

// What is a time by its type needs no column that was declared one.
bool JsonRows::readTime(const JsonCell& cell, const Field& field, Value& out) const {
  if (cell.kind != JsonKind::String && cell.kind != JsonKind::Time) return false;
  if (cell.kind == JsonKind::String || field.isTime || field.type != Type::Long)
    return readIsoTime(m_settings, field, cell.text, out);
  return readIsoTime(m_settings, {field.name, field.type, field.notNull, true}, cell.text, out);
}

}  // namespace weir
