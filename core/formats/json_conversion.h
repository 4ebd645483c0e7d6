// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/data/value.h"
#include "core/formats/json_message.h"

namespace weir {

/// Converts a JSON value to a column's type as CONNECTORS' rules have it: numbers and texts that hold numbers fill
/// numeric columns when they fit exactly, numbers fill STRING with the digits as sent. Returns false for a mismatch.
bool convertJson(JsonKind kind, const std::string& text, Type type, Value& out);

}  // namespace weir
