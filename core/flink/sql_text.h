// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/type.h"
#include "core/data/value.h"

namespace weir::flink {

/// Small parts of Flink SQL.

/// Every name is quoted: Flink reserves hundreds of words.
std::string name(std::string_view word);
/// `alias`.`column`; the column alone without an alias.
std::string name(std::string_view alias, std::string_view column);
std::string text(std::string_view chars);
std::string literal(const Value& value, Type type);
/// A type of Flink's; FLOAT is computed in DOUBLE, as here.
std::string_view typeText(Type type);
/// `CAST(sql AS type)`.
std::string cast(const std::string& sql, Type type);
/// A span of time: `INTERVAL '1' MINUTE`, `INTERVAL '2.001' SECOND`.
std::string interval(int64_t ms);
/// The ms since 1970 of a TIMESTAMP(3) in UTC.
std::string millisOf(const std::string& timestamp);
/// Texts with `, ` between.
std::string list(std::span<const std::string> parts);
/// Texts with ` AND ` between.
std::string both(std::span<const std::string> parts);
/// Puts the arguments where a template says `$1`, `$2`.
std::string filled(std::string_view form, std::span<const std::string> arguments);

}  // namespace weir::flink
