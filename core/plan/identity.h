// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/plan/stages.h"

namespace weir::logical {

/// Tells which streams and stages of two plans are the same: the same plan of them, over inputs that are the same
/// themselves, with a result of the same columns. Equal numbers mean the same, on every machine and in every version
/// that writes plans in the same way.
struct Identities {
  explicit Identities(const Plan& plan) : Identities(plan, stagesOf(plan)) {}
  Identities(const Plan& plan, const std::vector<Stage>& ofPlan);
  std::vector<uint64_t> stages;             ///< of each stage, in their order
  std::map<std::string, uint64_t> streams;  ///< by name, those that stages have made up included
};

}  // namespace weir::logical
