// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/result_block.h"

#include <algorithm>

namespace weir {

namespace {

std::string keyOf(const ResultRow& row, const Schema& schema, const std::vector<size_t>& groups) {
  std::string key;
  for (const size_t column : groups) {
    const Value& value = row.values[column];
    const std::string part = isNull(value) ? std::string() : displayText(value, schema.fields[column].type);
    key += (isNull(value) ? std::string("-") : std::to_string(part.size())) + ':' + part;
  }
  return key;
}

}  // namespace

void ResultBlock::add(const Batch& batch, const std::vector<size_t>& groups) {
  m_rows.reserve(m_rows.size() + batch.rows());
  for (size_t i = 0; i < batch.rows(); ++i) {
    const RowMeta& meta = batch.meta[i];
    auto row = std::make_shared<ResultRow>();
    row->at = meta.at;
    row->isWindowEnd = meta.isWindowEnd;
    row->isProvisional = meta.isProvisional;
    row->hasGap = meta.hasGap;
    row->values.reserve(batch.columns.size());
    for (const ColumnPtr& column : batch.columns) row->values.push_back(column->value(i));
    row->key = keyOf(*row, *m_schema, groups);
    m_rows.push_back(std::move(row));
  }
}

std::vector<ResultRowPtr> ResultBlock::newestFirst() const {
  std::vector<ResultRowPtr> order = m_rows;
  for (size_t from = 0; from < order.size();) {
    size_t to = from + 1;
    while (to < order.size() && order[to]->isWindowEnd && order[from]->isWindowEnd && order[to]->at == order[from]->at)
      ++to;
    std::reverse(order.begin() + static_cast<std::ptrdiff_t>(from), order.begin() + static_cast<std::ptrdiff_t>(to));
    from = to;
  }
  return order;
}

}  // namespace weir
