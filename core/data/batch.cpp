// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/batch.h"

#include <utility>

namespace weir {

namespace {

std::vector<std::shared_ptr<Column>> emptyColumns(const Schema& schema) {
  std::vector<std::shared_ptr<Column>> columns;
  for (const Field& field : schema.fields) columns.push_back(std::make_shared<Column>(field.type));
  return columns;
}

}  // namespace

BatchBuilder::BatchBuilder(SchemaPtr schema) : m_schema(std::move(schema)), m_columns(emptyColumns(*m_schema)) {}

void BatchBuilder::truncate(size_t rows) {
  for (const auto& column : m_columns) column->truncate(rows);
  m_meta.resize(rows);
}

std::shared_ptr<Batch> BatchBuilder::take() {
  auto batch = std::make_shared<Batch>();
  batch->schema = m_schema;
  batch->columns.assign(m_columns.begin(), m_columns.end());
  batch->meta = std::exchange(m_meta, {});
  m_columns = emptyColumns(*m_schema);
  // The next batch will be about as long.
  for (const auto& column : m_columns) column->reserve(batch->rows());
  m_meta.reserve(batch->rows());
  return batch;
}

}  // namespace weir
