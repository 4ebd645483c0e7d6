// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

/// When a sink's file is put aside and a new one begun.
struct FileRotation {
  int64_t bytes = 0;     ///< at this size; 0 is never
  bool isDaily = false;  ///< when a row of another day (UTC) is written
};

/// Reads `100 MB`, `64 KiB`, `1000000` or `day`; nothing for anything else.
std::optional<FileRotation> parseRotation(std::string_view text);

}  // namespace weir
