// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/bind/query_binder.h"

namespace weir {

/// Makes `target` the stream that a query writes: created when nobody declared it, completed when it was declared with
/// `...`; the items are put where a declared one has their columns.
void bindTarget(BoundQuery& bound, const std::string& target, Catalog& catalog, Diagnostics& diagnostics);

}  // namespace weir
