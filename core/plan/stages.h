// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/plan/logical.h"

namespace weir::logical {

/// One step of a plan's work: a query, a join or another part of its FROM, or the rules of a stream that is written.
/// It refers to the plan, which must stay where it is.
struct Stage {
  std::variant<const Query*, const Join*, const Unnest*, const Pattern*, const Stream*> body;
  std::string target;
  std::vector<std::string> inputs;
  const Query* query = nullptr;  ///< that it is a part of; none of rules
  Span span;

  template <class Part>
  const Part* as() const {
    const auto found = std::get_if<const Part*>(&body);
    return found ? *found : nullptr;
  }
};

/// Takes a plan apart into stages, upstream first. What has no name of its own gets one: `#1`, `#2` and so on.
std::vector<Stage> stagesOf(const Plan& plan);

}  // namespace weir::logical
