// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace weir {

/// Who may read a file that was not there before.
enum class NewFile { AsUmaskSays, OwnerOnly };

/// Replaces a file by `content`, whole or not at all: it is written beside, flushed to the disk and only then takes the
/// file's name. A link stays a link, rights stay as they are; a device or a pipe is written to. Returns why it could
/// not be done, and then what was there stands; empty when it is done.
[[nodiscard]] std::string saveFile(const std::string& path, std::string_view content,
                                   NewFile rights = NewFile::AsUmaskSays);

/// Returns why `saveFile` could not even begin, or nothing. Touches nothing.
[[nodiscard]] std::string whyNotSaved(const std::string& path);

}  // namespace weir
