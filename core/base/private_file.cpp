// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace weir {

namespace {

constexpr mode_t kOthers = 077;

}  // namespace

void makePrivate(const std::string& path) {
  struct stat there {};
  // To open a pipe or a device is to use it.
  if (stat(path.c_str(), &there) == 0) return;
  const int made = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0) return;
  close(made);
}

void makePrivateFolder(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::absolute(path, ignored);
  std::filesystem::path made;
  for (const auto& part : folder) {
    made /= part;
    mkdir(made.c_str(), 0700);
  }
}

void takeFromOthers(const std::string& path) {
  struct stat there {};
  const bool isOurs = lstat(path.c_str(), &there) == 0 && there.st_uid == geteuid() &&
                      (S_ISREG(there.st_mode) || S_ISDIR(there.st_mode));
  // Not by a descriptor: closing one would give up the locks that SQLite holds on its file.
  if (isOurs && (there.st_mode & kOthers) != 0)
    (void)!fchmodat(AT_FDCWD, path.c_str(), there.st_mode & 07777 & ~kOthers, AT_SYMLINK_NOFOLLOW);
}

bool isPrivateFolder(const std::string& path) {
  struct stat there {};
  return lstat(path.c_str(), &there) == 0 && S_ISDIR(there.st_mode) && there.st_uid == geteuid() &&
         (there.st_mode & kOthers) == 0;
}

}  // namespace weir
