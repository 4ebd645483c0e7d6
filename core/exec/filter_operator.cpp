// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/filter_operator.h"

namespace weir {

Batch selected(const Batch& batch, const Selection& rows) {
  if (rows.size() == batch.rows()) return batch;
  Batch out;
  out.schema = batch.schema;
  for (const ColumnPtr& column : batch.columns) out.columns.push_back(column ? gathered(column, rows) : nullptr);
  out.meta.reserve(rows.size());
  for (const uint32_t row : rows) out.meta.push_back(batch.meta[row]);
  return out;
}

void FilterOperator::consume(const Batch& batch) {
  send(selected(batch, m_context.evaluator.select(m_condition, batch, allRows(batch))));
}

}  // namespace weir
