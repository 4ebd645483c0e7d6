// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/formats/decoder.h"
#include "core/formats/json_message.h"
#include "core/formats/json_shape.h"
#include "core/formats/json_wanted.h"

namespace weir {

/// Thrown inside a decode only: the message is bad, for this reason.
struct BadMessage {
  std::string reason;
};

/// Makes rows of what was read of a message into cells. Rows are added by `endEvent`; what stands around the events may
/// come behind them, and is put into their rows by `endLevel`.
class JsonRows {
public:
  JsonRows(const DecoderSettings& settings, const SchemaPtr& schema, const JsonPlan& plan);

  /// What follows is said of one message, and none of these is asked for after it.
  void begin(BatchBuilder& rows, const RowMeta& meta, DecodeResult& result) {
    m_rows = &rows;
    m_meta = &meta;
    m_result = &result;
  }

  std::span<JsonCell> cells() { return m_cells; }
  void keep(std::span<const size_t> columns, const JsonCell& cell) {
    for (const size_t column : columns) m_cells[column] = cell;
  }
  void forgetAll() {
    for (JsonCell& cell : m_cells) cell = {};
  }
  /// An element of a level begins: what was read of the one before does not count for it.
  void forget(size_t level) {
    for (const size_t c : m_plan.levels[level].cells) m_cells[c] = {};
  }

  size_t count() const { return m_rows->rows(); }
  void control() { ++m_result->controlRecords; }
  size_t controlRecords() const { return m_result->controlRecords; }

  /// The event is read: a row, or control. Whether conditions on what lies around it are to be asked as well.
  void endEvent(bool asksAround);
  /// The same of an element whose events are the rows from `before` on.
  void endLevel(size_t level, size_t before) {
    if (!m_plan.levels[level].columns.empty()) fill(level, before);
  }

private:
  void fill(size_t level, size_t before);
  bool isWanted(bool asksAround) const;
  void write(size_t index, Column& column);
  bool readTime(const JsonCell& cell, const Field& field, Value& out) const;

  const DecoderSettings& m_settings;
  const JsonPlan& m_plan;
  SchemaPtr m_schema;
  std::vector<uint8_t> m_isNotNull;
  std::vector<JsonCell> m_cells;
  BatchBuilder* m_rows = nullptr;
  DecodeResult* m_result = nullptr;
  const RowMeta* m_meta = nullptr;
};

}  // namespace weir
