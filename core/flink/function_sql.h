// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/plan/expression.h"

namespace weir::flink {

/// A function or operator over arguments that are written already; nothing where there is no translation that gives
/// the same, and then `why` may say more.
std::optional<std::string> functionSql(const logical::Expression& call, const std::vector<std::string>& arguments,
                                       std::string* why);

/// The sum, difference or product of integers, NULL where it does not fit `type`; Flink's own wraps around.
std::string checkedSql(const std::string& sql, Type type);

}  // namespace weir::flink
