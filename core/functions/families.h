// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/functions/aggregate_function.h"
#include "core/functions/scalar_function.h"

namespace weir {

/// The families that the one list in function_list.cpp is made of, one file each.
std::vector<ScalarFunction> operatorFunctions();
std::vector<ScalarFunction> comparisonFunctions();
std::vector<ScalarFunction> jsonOperators();
std::vector<ScalarFunction> mathFunctions();
std::vector<ScalarFunction> textFunctions();
std::vector<ScalarFunction> timeFunctions();
std::vector<ScalarFunction> digestFunctions();
std::vector<ScalarFunction> otherFunctions();

std::vector<AggregateFunction> sumAggregates();
std::vector<AggregateFunction> extremeAggregates();
std::vector<AggregateFunction> argExtremeAggregates();
std::vector<AggregateFunction> spreadAggregates();
std::vector<AggregateFunction> quantileAggregates();
std::vector<AggregateFunction> distinctAggregates();

}  // namespace weir
