// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/functions/aggregate_function.h"
#include "core/functions/scalar_function.h"

namespace weir {

/// A function that needs more than its arguments' values: the row's time, the window, or branches left unevaluated.
/// The binder knows what each means; the list only describes it.
struct SpecialFunction {
  std::string_view name;
  std::string_view aliases;
  std::string_view signature;
  std::string_view help;
};

/// All functions there are: checker, completion, help and the reference page read these.
std::span<const ScalarFunction> scalarFunctions();
std::span<const AggregateFunction> aggregateFunctions();
std::span<const SpecialFunction> specialFunctions();
std::span<const ScalarFunction> operatorList();

/// Finds by name or alias, in any case; nullptr when there is none.
const ScalarFunction* findScalar(std::string_view name);
const AggregateFunction* findAggregate(std::string_view name);
const SpecialFunction* findSpecial(std::string_view name);
const ScalarFunction* findOperator(std::string_view symbol);

/// The fields of a time that EXTRACT or DATE_TRUNC take; none for any other function.
std::vector<std::string> timeFields(std::string_view function);

/// Every name, for "did you mean" and completion.
const std::vector<std::string>& functionNames();

}  // namespace weir
