// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/net/connection.h"

namespace weir {

/// Tells of a connection's present state as the log does: the error and what to check first, when the next attempt is.
/// `now` is that of the connection's clock. Without a message there is nothing to tell.
LogEntry connectionEntry(const ConnectionHealth& health, Micros now);

}  // namespace weir
