// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exec/operator.h"

namespace weir {

/// WHERE: passes the rows on for which the condition is TRUE.
class FilterOperator final : public Operator {
public:
  FilterOperator(NodeContext& context, const physical::Expression& condition)
      : Operator(context), m_condition(condition) {}
  void consume(const Batch& batch) override;

private:
  const physical::Expression& m_condition;
};

/// Copies the picked rows of a batch; the batch itself when all are picked.
Batch selected(const Batch& batch, const Selection& rows);

}  // namespace weir
