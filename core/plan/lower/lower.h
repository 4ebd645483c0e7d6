// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exec/physical_plan.h"

namespace weir {

/// Makes a plan ready to run: a node for each stage, kernels for functions, slots for names. The script must hold no
/// errors.
physical::Plan lowered(logical::Plan script);

}  // namespace weir
