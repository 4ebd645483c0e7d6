// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/feed/feeder.h"
#include "core/telemetry/drop_report.h"

namespace weir {

/// What was dropped so far. `sinks` are those of LiveRun::sinkMetrics: `NAME.counter`.
std::vector<Drop> dropsOf(const Pipeline& pipeline, const Feeder& feeder, const std::map<std::string, uint64_t>& sinks);

}  // namespace weir
