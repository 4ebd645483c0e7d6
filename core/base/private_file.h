// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace weir {

/// Makes an empty file that only its owner may read, whatever the umask, so that what is written into it is seen by
/// nobody else. What is there keeps its rights: who wants others to read a file makes it before.
void makePrivate(const std::string& path);

/// Makes a folder, and those above it, for its owner alone. One that is there stays as it is.
void makePrivateFolder(const std::string& path);

/// Takes a file or folder of the user's own from others; a link is left alone.
void takeFromOthers(const std::string& path);

/// Whether a folder is there, is the user's own and nobody else's.
bool isPrivateFolder(const std::string& path);

}  // namespace weir
