// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/bind/scope.h"
#include "core/plan/logical.h"

namespace weir {

/// Binds WINDOW name(arguments) by the list of windows. Throws where name, arguments or lengths do not fit.
logical::Window bindWindow(const ast::Window& window, const Scope& scope, std::string_view source,
                           Diagnostics& warnings);

}  // namespace weir
