// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace weir {

/// Whether a path has * ? or [ in it.
bool isPattern(std::string_view path);
/// Whether its ending says that it is compressed: .gz or .zst.
bool isPacked(std::string_view path);
/// The files that a path stands for, in the order of their names. `-` is standard input. Fails when there is none.
Result<std::vector<std::string>> filesOf(const std::string& path);
/// Another one when the files that a path stands for, or what is in them, are not the same any more.
std::string stampOf(const std::string& path);

}  // namespace weir
