// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/plan/logical.h"

namespace weir {

/// A checked script: `script` is whole only when the diagnostics hold no error.
struct BoundResult {
  logical::Plan script;
  Diagnostics diagnostics;
  /// Sources with `( ... )` that a query reads: it is checked once their columns are known.
  std::vector<std::string> waiting;
};

/// Parses and checks a script: every statement reports its first error, and warnings. `inferred` gives the columns of
/// sources declared with `( ... )`, as far as they are known. Never touches the network or the environment.
BoundResult bindScript(std::string_view text, const std::map<std::string, SchemaPtr>& inferred = {});

}  // namespace weir
