// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/commands.h"

namespace weir {

/// Reads 60, 500ms, 60s, 2min, 1h or 1d, up to 24 days, as seconds.
std::optional<double> seconds(const std::string& text);

/// Reads 1440x900 as width and height.
std::optional<std::pair<int, int>> windowSize(const std::string& text);

/// Returns what to say when two of a command's files are the same one, by whatever name or link, and one of them is
/// written; empty when all is well. Devices and pipes take more than one.
std::string fileClash(const RunSettings& settings);

/// Returns what to say when `word` stands where a command or a file may stand and looks like the former, mistyped;
/// empty when it may be a file.
std::string mistypedCommand(const std::string& word, const std::vector<std::string>& commands);

}  // namespace weir
