// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace weir {

/// The values of `websocket.each`: a list with commas, or `@file` with one on each line or between commas. A file that
/// cannot be read is an error.
Result<std::vector<std::string>> eachValues(std::string_view option);

/// Values in groups of so many, in their order; 0 is all in one.
std::vector<std::vector<std::string>> inGroups(const std::vector<std::string>& values, size_t most);

/// The messages that a template with `${each}` stands for. Within a JSON array, the element that holds `${each}` is
/// repeated for each value, as many as `perMessage` says, 0 for all; elsewhere a message holds one. One without
/// `${each}` stays as it is.
std::vector<std::string> eachMessages(std::string_view text, const std::vector<std::string>& values, size_t perMessage);

/// An address with all of them: the stretch between `/`, `?`, `&`, `=` and `#` that holds `${each}` is repeated, with
/// `separator` between.
std::string eachAddress(std::string_view text, const std::vector<std::string>& values, std::string_view separator);

}  // namespace weir
