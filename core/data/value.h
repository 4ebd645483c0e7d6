// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "core/data/type.h"

namespace weir {

/// One value, for the places where rows are few: literals, group keys at a window's close, tables on the screen.
/// INT and LONG are int64, FLOAT and DOUBLE double, and STRING, OBJECT (its JSON text) and BYTES a string.
using Value = std::variant<std::monostate, bool, int64_t, double, std::string>;

inline bool isNull(const Value& value) { return std::holds_alternative<std::monostate>(value); }

/// Appends the value as JSON: BYTES as base64, OBJECT embedded, a FLOAT with its own digits.
void appendJson(std::string& out, const Value& value, Type type);

/// The value as a person reads it: no quotes, NULL as an empty text.
std::string displayText(const Value& value, Type type);

/// Whether a finite number is within the range of FLOAT once it is rounded to it.
inline bool fitsFloat(double value) { return -0x1.ffffffp127 < value && value < 0x1.ffffffp127; }

/// The DOUBLE that the text of a number reads as: 0.1 for a FLOAT of 0.1, which is carried as 0.10000000149011612.
double numberAsWritten(double value, Type type);

}  // namespace weir
