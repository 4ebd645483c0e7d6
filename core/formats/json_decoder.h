// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "core/formats/decoder.h"

namespace weir {

enum class JsonKind { Null, Bool, Number, String, Container };

/// Converts a JSON value to a column's type as CONNECTORS' rules have it: numbers and texts that hold numbers fill
/// numeric columns when they fit exactly, numbers fill STRING with the digits as sent. Returns false for a mismatch.
bool convertJson(JsonKind kind, const std::string& text, Type type, Value& out);

std::unique_ptr<Decoder> makeJsonDecoder(const DecoderSettings& settings, const SchemaPtr& schema);

}  // namespace weir
