// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/data/batch.h"

namespace weir {

/// A row of a result as charts and tables show it.
struct ResultRow {
  int64_t at = 0;  ///< ms
  std::vector<Value> values;
  /// Tells its group from others: no text can end a part of it, and NULL is not the empty text.
  std::string key;
  bool isWindowEnd = false;
  bool isProvisional = false;
  bool hasGap = false;
};
using ResultRowPtr = std::shared_ptr<const ResultRow>;

/// Rows of a result, decoded once for all who show them: chart and tables share the rows, and the keys of their groups.
class ResultBlock {
public:
  /// `groups` are the columns that name a row's group.
  ResultBlock(const Batch& batch, const std::vector<size_t>& groups) : ResultBlock(batch.schema) { add(batch, groups); }
  /// The rows of several batches, one behind the other; `schema` is theirs.
  ResultBlock(SchemaPtr schema, const std::vector<BatchPtr>& batches, const std::vector<size_t>& groups)
      : ResultBlock(std::move(schema)) {
    for (const BatchPtr& batch : batches) add(*batch, groups);
  }
  const SchemaPtr& schema() const { return m_schema; }
  const std::vector<ResultRowPtr>& rows() const { return m_rows; }
  /// The order in which a table puts them on top of one another: the last one comes to stand on top, but the rows of
  /// one window stand in the order of its groups.
  std::vector<ResultRowPtr> newestFirst() const;

private:
  explicit ResultBlock(SchemaPtr schema) : m_schema(std::move(schema)) {}
  void add(const Batch& batch, const std::vector<size_t>& groups);

  SchemaPtr m_schema;
  std::vector<ResultRowPtr> m_rows;
};

}  // namespace weir
