// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "core/bind/binder.h"

namespace weir {

/// Checks a script: what `bindScript` says, and warnings about state that grows without bound.
BoundResult checkScript(std::string_view text, const std::map<std::string, SchemaPtr>& inferred = {});

}  // namespace weir
