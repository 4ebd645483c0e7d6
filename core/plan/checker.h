// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/bind/binder.h"

namespace weir {

/// Checks a script: what `bindScript` says, and warnings about state that grows without bound.
BoundResult checkScript(std::string_view text, const std::map<std::string, SchemaPtr>& inferred = {});

/// Says which declared streams nothing feeds, for `run`: `no source feeds TradeStream`.
Diagnostics missingSources(const BoundScript& script);

/// Tells in plain words what each query of a script does.
std::string explain(const BoundScript& script);

}  // namespace weir
