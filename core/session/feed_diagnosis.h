// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "core/plan/logical.h"
#include "core/session/live_feed.h"

namespace weir {

/// A feed that is open for so long without a row is probably not understood.
constexpr Micros kRowsExpected = 10'000'000;

/// What to look at when a feed is open and brings no rows. Empty while there is nothing to say.
QStringList whyNoRows(const LiveFeed& feed, const logical::Plan& script, Micros now);

}  // namespace weir
