// SPDX-License-Identifier: GPL-3.0-or-later
// A file is saved whole, or the old one stands.
#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/save_file.h"

using namespace weir;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "weir-save-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

std::string contentOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

size_t filesIn(const fs::path& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

unsigned rightsOf(const fs::path& path) {
  struct stat known {};
  REQUIRE(stat(path.c_str(), &known) == 0);
  return known.st_mode & 07777;
}

// As on a disk that is full after so many bytes of a file.
template <class Work>
void withLargestFile(rlim_t bytes, const Work& work) {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{bytes, before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  work();
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
}

}  // namespace

TEST_CASE("a file is replaced, made, and keeps its rights") {
  const Folder folder;
  const fs::path file = folder.path / "a.sql";
  CHECK(saveFile(file, "one") == "");
  CHECK(contentOf(file) == "one");
  const mode_t mask = umask(0);
  umask(mask);
  CHECK(rightsOf(file) == (0666 & ~mask));
  REQUIRE(chmod(file.c_str(), 0640) == 0);
  CHECK(saveFile(file, "two, longer") == "");
  CHECK(saveFile(file, "") == "");
  CHECK(contentOf(file) == "");
  CHECK(rightsOf(file) == 0640);
  CHECK(saveFile(folder.path / "secret", "x", NewFile::OwnerOnly) == "");
  CHECK(rightsOf(folder.path / "secret") == 0600);
  CHECK(filesIn(folder.path) == 2);
  const std::string longest(255, 'n');
  CHECK(saveFile(folder.path / longest, "x") == "");
  CHECK(contentOf(folder.path / longest) == "x");
}

TEST_CASE("a link is followed to what it stands for") {
  const Folder folder;
  const fs::path real = folder.path / "real";
  fs::create_directory(folder.path / "links");
  fs::create_symlink("../real", folder.path / "links" / "one");
  fs::create_symlink("one", folder.path / "links" / "two");
  CHECK(saveFile(folder.path / "links" / "two", "new") == "");
  CHECK(contentOf(real) == "new");
  CHECK(saveFile(folder.path / "links" / "two", "newer") == "");
  CHECK(contentOf(real) == "newer");
  CHECK(fs::is_symlink(folder.path / "links" / "two"));
  CHECK(fs::is_symlink(folder.path / "links" / "one"));
  CHECK(filesIn(folder.path / "links") == 2);
  fs::create_symlink("round", folder.path / "round");
  CHECK(saveFile(folder.path / "round", "x") != "");
}

TEST_CASE("what cannot be written says why, before and while it is saved") {
  const Folder folder;
  CHECK(saveFile(folder.path, "x") != "");
  CHECK(saveFile(folder.path / "none" / "a", "x") != "");
  CHECK(saveFile("", "x") != "");
  CHECK(saveFile("/dev/full", "x") == "No space left on device");
  CHECK(saveFile("/dev/null", "x") == "");
  CHECK(whyNotSaved(folder.path) != "");
  CHECK(whyNotSaved(folder.path / "none" / "a") != "");
  CHECK(whyNotSaved(folder.path / "a") == "");
  CHECK(filesIn(folder.path) == 0);
}

TEST_CASE("what is open already is written to, and not replaced") {
  const Folder folder;
  const fs::path file = folder.path / "rows";
  std::FILE* rows = std::fopen(file.c_str(), "wb");
  REQUIRE(rows);
  std::fputs("a row\n", rows);
  std::fflush(rows);
  CHECK(saveFile("/dev/fd/" + std::to_string(fileno(rows)), "counters\n") == "");
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  CHECK(whyNotSaved("/proc/self/fd/" + std::to_string(ends[1])) == "");
  CHECK(saveFile("/dev/fd/" + std::to_string(ends[1]), "piped") == "");
  char read[8] = {};
  CHECK(::read(ends[0], read, sizeof read) == 5);
  std::fclose(rows);
  close(ends[0]);
  close(ends[1]);
  CHECK(contentOf(file) == "a row\ncounters\n");
}

TEST_CASE("when there is no room for all of it the old file stands") {
  const Folder folder;
  const fs::path file = folder.path / "session.json";
  REQUIRE(saveFile(file, "what was there") == "");
  const std::string large(100'000, 'x');
  withLargestFile(10'000, [&] {
    CHECK(saveFile(file, large) != "");
    CHECK(saveFile(folder.path / "new", large) != "");
  });
  CHECK(contentOf(file) == "what was there");
  CHECK(filesIn(folder.path) == 1);
}

TEST_CASE("on a full disk the old file stands") {
  const Folder folder;
  if (mount("tmpfs", folder.path.c_str(), "tmpfs", 0, "size=64k") != 0) {
    MESSAGE("not run: no file system may be mounted here");
    return;
  }
  const fs::path file = folder.path / "a.sql";
  REQUIRE(saveFile(file, "SELECT 1;") == "");
  std::ofstream(folder.path / "rest", std::ios::binary) << std::string(1 << 20, 'x');
  CHECK(saveFile(file, "SELECT 2;") == "No space left on device");
  CHECK(saveFile(file, std::string(100'000, 'x')) == "No space left on device");
  CHECK(contentOf(file) == "SELECT 1;");
  CHECK(filesIn(folder.path) == 2);
  fs::remove(folder.path / "rest");
  CHECK(saveFile(file, "SELECT 2;") == "");
  CHECK(contentOf(file) == "SELECT 2;");
  REQUIRE(umount(folder.path.c_str()) == 0);
}
