// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/save_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <random>
#include <system_error>

namespace weir {

namespace {

namespace fs = std::filesystem;

std::string reason(int error) { return std::generic_category().message(error); }

/// Closes what it holds; what closing says is asked for where it matters.
class Descriptor {
public:
  explicit Descriptor(int number) : m_number(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool isOpen() const { return m_number >= 0; }
  int number() const { return m_number; }
  bool close() {
    const int number = m_number;
    m_number = -1;
    return number < 0 || ::close(number) == 0;
  }

private:
  int m_number;
};

// What somebody else has opened, such as /dev/stdout: another file in its place would take it out of their hands.
bool isOpenedFile(const fs::path& path) {
  const std::string& name = path.native();
  return name.starts_with("/proc/") || name.starts_with("/dev/fd/");
}

// Follows links to the file that is to be written, whether or not it is there. Fails where they go round in circles.
std::error_code follow(fs::path& path) {
  constexpr int kMostLinks = 40;
  for (int links = 0; links <= kMostLinks; ++links) {
    std::error_code error;
    if (isOpenedFile(path)) return {};
    if (!fs::is_symlink(fs::symlink_status(path, error))) return {};
    const fs::path to = fs::read_symlink(path, error);
    if (error) return error;
    path = to.is_absolute() ? to : path.parent_path() / to;
  }
  return std::make_error_code(std::errc::too_many_symbolic_link_levels);
}

bool writeAll(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    content.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

// Some file systems have nothing to flush, and say so.
bool flushed(int descriptor) { return fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP; }

fs::path folderOf(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

// A new file in the same folder, so that it can take the other's name.
int openBeside(const fs::path& target, mode_t rights, std::string& name) {
  constexpr size_t kMostOfName = 200;
  constexpr int kAttempts = 100;
  std::random_device random;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::string start = "." + target.filename().string().substr(0, kMostOfName) + ".";
    name = (folderOf(target) / (start + std::to_string(random()))).string();
    const int made = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, rights);
    if (made >= 0 || errno != EEXIST) return made;
  }
  return -1;
}

std::string writeInto(const fs::path& device, std::string_view content) {
  Descriptor out(::open(device.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!out.isOpen() || !writeAll(out.number(), content) || !out.close()) return reason(errno);
  return {};
}

}  // namespace

std::string whyNotSaved(const std::string& path) {
  fs::path target = path;
  if (const std::error_code error = follow(target)) return error.message();
  struct stat known {};
  if (stat(target.c_str(), &known) == 0) {
    if (S_ISDIR(known.st_mode)) return reason(EISDIR);
    if (access(target.c_str(), W_OK) != 0) return reason(errno);
    if (!S_ISREG(known.st_mode) || isOpenedFile(target)) return {};
  } else if (errno != ENOENT || !target.has_filename()) {
    return reason(errno);
  }
  return access(folderOf(target).c_str(), W_OK | X_OK) == 0 ? std::string() : reason(errno);
}

std::string saveFile(const std::string& path, std::string_view content, NewFile rights) {
  if (std::string why = whyNotSaved(path); !why.empty()) return why;
  fs::path target = path;
  if (const std::error_code error = follow(target)) return error.message();
  struct stat known {};
  const bool isThere = stat(target.c_str(), &known) == 0;
  if (isThere && (!S_ISREG(known.st_mode) || isOpenedFile(target))) return writeInto(target, content);
  std::string next;
  Descriptor out(openBeside(target, isThere || rights == NewFile::OwnerOnly ? 0600 : 0666, next));
  if (!out.isOpen()) return reason(errno);
  bool done = writeAll(out.number(), content);
  if (done && isThere) {
    // Somebody else's file becomes ours where the system does not let us give it back, as with every editor.
    if (known.st_uid != geteuid() || known.st_gid != getegid()) (void)!fchown(out.number(), known.st_uid, known.st_gid);
    done = fchmod(out.number(), known.st_mode & 07777) == 0;
  }
  done = done && flushed(out.number()) && out.close() && std::rename(next.c_str(), target.c_str()) == 0;
  if (!done) {
    const int error = errno;
    unlink(next.c_str());
    return reason(error);
  }
  // The name is on the disk once its folder is; by now the file is whole either way.
  const Descriptor folder(::open(folderOf(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.isOpen()) flushed(folder.number());
  return {};
}

}  // namespace weir
