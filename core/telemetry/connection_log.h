// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/telemetry/health.h"
#include "core/telemetry/log.h"

namespace weir {

/// Tells of a connection's present state as the log does: the error and what to check first, when the next attempt is.
/// `now` is that of the connection's clock. An error that has been told already is left out. Without a message there is
/// nothing to tell.
LogEntry connectionEntry(const ConnectionHealth& health, Micros now, bool errorIsTold = false);

/// Tells of rows that a sink gave up.
LogEntry rowsFailedEntry(const QString& sink, uint64_t rows, const QString& why);

/// Tells that a sink's queue begins to drop rows.
LogEntry queueFullEntry(const ConnectionHealth& sink, bool byBytes);

}  // namespace weir
