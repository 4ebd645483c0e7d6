// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/plan/stages.h"

namespace weir {

/// Tells in plain words what each query of a script does.
std::string explain(const logical::Plan& plan);

/// Says which declared streams nothing feeds, for `run`: `no source feeds TradeStream`.
Diagnostics missingSources(const logical::Plan& plan);

}  // namespace weir
