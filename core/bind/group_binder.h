// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/bind/scope.h"
#include "core/plan/logical.h"

namespace weir {

/// What the clauses behind GROUP BY may look at.
struct Grouping {
  std::vector<logical::Key> keys;
  std::vector<std::string> signatures;  ///< of the keys, in their order
  bool closes = false;                  ///< one answer for each group when a window closes; else one with each row
  bool hasWindow = false;               ///< which has a start and an end
  bool knowsGaps = false;               ///< what it holds may lack rows that were lost
};

/// Binds GROUP BY: expressions, or items of SELECT by alias or place.
Grouping bindGroupBy(const ast::Query& query, const Scope& scope, std::string_view source,
                     const logical::Window& window, Diagnostics& warnings);

}  // namespace weir
