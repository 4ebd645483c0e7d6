// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/flink/translation.h"

namespace weir::flink {

/// What the sides of a join are called in Flink.
inline constexpr const char* kLeft = "l";
inline constexpr const char* kRight = "r";

/// The columns of both sides of a join, which are called `alias.column` from then on.
struct JoinedColumns {
  Relation relation;
  std::vector<std::string> list;
};
/// `ofRight` says how a column of the right side is written.
JoinedColumns joinedColumns(const Relation& left, const Relation& right, const std::string& view,
                            const std::function<std::string(const std::string& sql)>& ofRight);

/// Expressions over both sides.
ExpressionSql overBoth(Translation& translation, const Relation& left, const Relation& right);
/// The equalities of a join, each in brackets.
std::vector<std::string> equalitiesOf(const logical::Join& join, const ExpressionSql& both);

}  // namespace weir::flink
