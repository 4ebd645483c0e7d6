// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/lower/lower_expression.h"

namespace weir {

/// Each makes the body of one node; `slots` are the columns that it reads.
physical::Window lowerWindow(const logical::Window& window, ExpressionLowering& rows);
/// `target` are the columns of the stream that the query writes.
physical::Select lowerSelect(const logical::Query& query, const ColumnSlots& slots, const Schema& target);
physical::Join lowerJoin(const logical::Join& join, const ColumnSlots& left, const Schema& right);
physical::Unnest lowerUnnest(const logical::Unnest& unnest, const ColumnSlots& slots);
physical::Pattern lowerPattern(const logical::Pattern& pattern, const ColumnSlots& slots, const logical::Plan& plan);
/// Which of `columns` columns of its input a query looks at.
std::vector<bool> columnsRead(const physical::Select& select, size_t columns);

}  // namespace weir
