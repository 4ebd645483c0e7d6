// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/file/options/file_path.h"

#include <glob.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>

#include "core/base/text.h"

namespace weir {

bool isPattern(std::string_view path) { return path.find_first_of("*?[") != std::string_view::npos; }

bool isPacked(std::string_view path) {
  const std::string name = lowered(path);
  return name.ends_with(".gz") || name.ends_with(".zst");
}

Result<std::vector<std::string>> filesOf(const std::string& path) {
  if (path == "-") return std::vector<std::string>{path};
  std::error_code ignored;
  // A file whose name looks like a pattern is still that file.
  if (!isPattern(path) || std::filesystem::exists(path, ignored)) {
    if (std::filesystem::is_directory(path, ignored))
      return failure(Code::File, "cannot read " + path + ": it is a folder",
                     "write " + path + "/*.csv for the files in it");
    if (!std::filesystem::exists(path, ignored))
      return failure(Code::File, "cannot read " + path + ": there is no such file",
                     "the path is relative to the folder of the start");
    return std::vector<std::string>{path};
  }
  glob_t found{};
  const int trouble = glob(path.c_str(), GLOB_MARK, nullptr, &found);
  const std::unique_ptr<glob_t, void (*)(glob_t*)> held(&found, globfree);
  std::vector<std::string> files;
  for (size_t i = 0; trouble == 0 && i < found.gl_pathc; ++i)
    if (const std::string_view name = found.gl_pathv[i]; !name.ends_with('/')) files.emplace_back(name);
  if (files.empty())
    return failure(Code::File, "no file is named like " + path, "the path is relative to the folder of the start");
  return files;
}

std::string stampOf(const std::string& path) {
  const auto files = filesOf(path);
  if (!files) return {};
  std::string out;
  for (const std::string& file : *files) {
    struct stat now {};
    if (stat(file.c_str(), &now) != 0) continue;
    out += file;
    for (const int64_t fact : {int64_t(now.st_dev), int64_t(now.st_ino), int64_t(now.st_size),
                               int64_t(now.st_mtim.tv_sec), int64_t(now.st_mtim.tv_nsec)})
      out.append(1, '\n').append(std::to_string(fact));
    out += '\n';
  }
  return out;
}

}  // namespace weir
