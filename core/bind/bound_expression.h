// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/diagnostic.h"
#include "core/data/value.h"
#include "core/functions/scalar_function.h"

namespace weir {

/// An expression with names and types resolved, ready to run over the columns of a batch.
struct BoundExpression {
  enum class Kind {
    Column,   ///< column `column` of the batch
    Literal,  ///< `literal`
    Call,     ///< `kernel` over `args`; also casts
    And,      ///< two or more args; the right ones only where the left ones do not decide
    Or,
    Not,
    Case,      ///< {when then} [else]: `args`, with an else when their number is odd; branches only where taken
    Coalesce,  ///< later args only where the earlier ones are NULL
    In,        ///< operand, items
    EventTime,
    EventTimeNs,
    ArrivalTime,
    Now,
    Uuid,
    WindowFinal,
    WindowHasGap,  ///< of the row's RowMeta
  };
  Kind kind = Kind::Literal;
  Type type = Type::Null;
  Span span;
  size_t column = 0;
  Value literal;
  Kernel kernel = nullptr;
  std::vector<std::unique_ptr<BoundExpression>> args;
  uint32_t weight = 1;  ///< written occurrences that issues are counted for; 0 for TRY_CAST
};

using BoundExpressionPtr = std::unique_ptr<BoundExpression>;

}  // namespace weir
