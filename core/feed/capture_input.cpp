// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/feed/capture_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <system_error>

namespace weir {

namespace {

constexpr size_t kChunk = 1 << 16;
// Reading a capture all through would take as long as the replay.
constexpr size_t kBeginning = 1 << 16;

}  // namespace

CaptureInput::Buffer::~Buffer() {
  if (file >= 0) close(file);
}

CaptureInput::Buffer::int_type CaptureInput::Buffer::underflow() {
  const size_t kept = isKept ? read.size() : 0;
  read.resize(kept + kChunk);
  ssize_t count = -1;
  do count = file < 0 ? 0 : ::read(file, read.data() + kept, kChunk);
  while (count < 0 && errno == EINTR);
  read.resize(kept + static_cast<size_t>(std::max<ssize_t>(count, 0)));
  setg(read.data(), read.data() + kept, read.data() + read.size());
  return gptr() == egptr() ? traits_type::eof() : traits_type::to_int_type(*gptr());
}

CaptureInput::CaptureInput(const std::string& path) : m_stream(&m_buffer) {
  m_buffer.file = path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat known {};
  if (m_buffer.file < 0 || fstat(m_buffer.file, &known) != 0)
    m_problem = std::generic_category().message(errno);
  else if (S_ISDIR(known.st_mode))
    m_problem = "it is a folder";
}

void CaptureInput::rewind() {
  assert(m_buffer.isKept);
  m_stream.clear();
  m_buffer.readAgain();
}

uint64_t CaptureInput::fingerprint() {
  rewind();
  std::string beginning(kBeginning, '\0');
  m_stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  beginning.resize(static_cast<size_t>(m_stream.gcount()));
  rewind();
  uint64_t hash = 14695981039346656037ULL;
  for (const char c : beginning) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

}  // namespace weir
