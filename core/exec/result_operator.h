// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "core/exec/operator.h"

namespace weir {

/// The last part of a SELECT: HAVING, LAG, the items, DISTINCT, ORDER BY and LIMIT. Order and limit act within one
/// emission: the rows of one window, or of one event.
class ResultOperator final : public Operator {
public:
  ResultOperator(NodeContext& context, const physical::Select& select, SchemaPtr schema);
  void consume(const Batch& batch) override;

private:
  struct Past {
    std::unordered_map<std::string, std::deque<Value>> values;
    std::deque<std::string> order;  ///< of the partitions' first rows
  };
  void addLags(Batch& batch);
  void remember(Past& past, std::string partition);
  void keepDistinct(const Batch& in, Selection& rows);
  void order(const Batch& in, const std::vector<ColumnPtr>& items, Selection& rows);

  const physical::Select& m_select;
  SchemaPtr m_schema;
  /// For each LAG, the last values of each partition.
  std::vector<Past> m_lags;
  std::unordered_set<std::string> m_seen;
  std::deque<std::string> m_seenOrder;
};

}  // namespace weir
