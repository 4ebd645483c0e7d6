// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "core/base/diagnostic.h"
#include "core/plan/logical.h"

namespace weir::flink {

/// What a record in a feed's topic says beside the columns of its stream. A row has its event time, a heartbeat says
/// how far event time has come, `{"__at":W,"__hb":true}`, and a mark from when to when rows may be missing,
/// `{"__gap_from":F,"__gap_to":T}`; all in ms since 1970. Columns of such names are refused.
inline constexpr const char* kAt = "__at";
inline constexpr const char* kHeartbeat = "__hb";
inline constexpr const char* kGapFrom = "__gap_from";
inline constexpr const char* kGapTo = "__gap_to";
/// Complains of a column that has such a name.
std::optional<Diagnostic> hiddenColumn(const logical::Stream& stream);
/// The topic that holds a stream's rows.
std::string topicOf(const std::string& prefix, const std::string& stream);

}  // namespace weir::flink
