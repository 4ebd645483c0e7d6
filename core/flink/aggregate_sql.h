// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "core/flink/expression_sql.h"

namespace weir::flink {

/// How an aggregate of a window is computed in Flink.
enum class AggregateRoad {
  Plain,    ///< an expression over Flink's own aggregates
  Ranked,   ///< the one row that comes first in an order
  TwoPass,  ///< over the distances from the group's mean, which is computed before: Flink's own subtracts squares
  None,     ///< not at all
};

AggregateRoad roadOf(const Expression& aggregate);

/// A plain aggregate over the rows of a group or of an OVER window. `suffix` stands behind each of Flink's
/// aggregates: ` OVER w`, or nothing.
std::string plainAggregate(const Expression& aggregate, const ExpressionSql& rows, const std::string& suffix);

/// What a ranked aggregate takes, which rows it looks at, and in which order.
struct Ranking {
  std::string value;
  std::string condition;
  std::string order;
};
Ranking rankingOf(const Expression& aggregate, const ExpressionSql& rows, bool hasOffset);

/// What a two-pass aggregate computes of a group: first the mean, then the rest from it.
struct Deviation {
  std::string value;
  std::string weight;
  std::string condition;
  std::string mean;
  std::string result;  ///< over the columns `value`, `weight` and `mean`
};
Deviation deviationOf(const Expression& aggregate, const ExpressionSql& rows);

}  // namespace weir::flink
