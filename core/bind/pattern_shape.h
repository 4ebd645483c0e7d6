// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/plan/logical.h"
#include "core/sql/ast.h"

namespace weir {

/// A pattern laid out as steps, before its columns are known.
struct PatternShape {
  logical::Pattern pattern;
  std::vector<const ast::PatternNode*> terms;  ///< as written, those of all steps in order
  Diagnostics warnings;
};

/// Lays a pattern out. What has no meaning, or none that is built, is refused by its name.
PatternShape shapeOf(const ast::Pattern& pattern);

}  // namespace weir
