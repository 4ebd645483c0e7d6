// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include "app/commands.h"
#include "app/row_printer.h"
#include "core/base/diagnostic.h"
#include "core/base/private_file.h"
#include "core/base/save_file.h"
#include "core/feed/capture.h"
#include "core/feed/capture_input.h"
#include "core/plan/logical.h"

namespace weir {

/// Rows on standard output or in a file, flushed as they come.
class OutputFile {
public:
  explicit OutputFile(const std::string& path) : m_file(path.empty() ? stdout : opened(path)), m_own(!path.empty()) {
    if (!m_file) std::cerr << "weir: cannot write " << path << ": " << std::strerror(errno) << "\n";
    m_ok = m_file != nullptr;
  }
  ~OutputFile() {
    if (m_file && m_own) std::fclose(m_file);
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Once this is false the run ends. A full disk is told, once; a reader that has seen enough goes without a word.
  bool ok() const { return m_ok; }
  bool isUnread() const { return m_isUnread; }
  void write(const std::string& text) {
    if (!m_ok || text.empty()) return;
    errno = 0;
    m_ok = std::fwrite(text.data(), 1, text.size(), m_file) == text.size() && std::fflush(m_file) == 0;
    if (!m_ok) tell(errno);
  }
  /// Ends the file. Returns false when rows are missing in it; those that nobody wanted to read are not.
  bool close() {
    if (m_file && m_own && std::fclose(std::exchange(m_file, nullptr)) != 0 && m_ok) {
      m_ok = false;
      tell(errno);
    }
    return m_ok || m_isUnread;
  }

private:
  static std::FILE* opened(const std::string& path) {
    makePrivate(path);
    return std::fopen(path.c_str(), "wb");
  }

  void tell(int error) {
    m_isUnread = error == EPIPE;
    if (!m_isUnread) std::cerr << "weir: cannot write the rows: " << std::strerror(error) << "\n";
  }

  std::FILE* m_file;
  bool m_own;
  bool m_ok = true;
  bool m_isUnread = false;
};

/// Writes a file whole or not at all; says why it could not.
inline bool writeFile(const std::string& path, const std::string& text) {
  const std::string why = saveFile(path, text);
  if (!why.empty()) std::cerr << "weir: cannot write " << path << ": " << why << "\n";
  return why.empty();
}

/// Whether `path` could be written, said at the start and not when the run is over. Nothing is made or changed: a run
/// that does not begin leaves no file that says nothing.
inline bool canWrite(const std::string& path) {
  const std::string why = whyNotSaved(path);
  if (!why.empty()) std::cerr << "weir: cannot write " << path << ": " << why << "\n";
  return why.empty();
}

/// Whether a capture could be opened; says why when not.
bool isOpen(const CaptureInput& capture, const std::string& path);
/// Warns of a capture that lacks but the rest of its last line: its writer was killed.
void tellCutOff(const std::string& capture, uint64_t messages);

void printDiagnostics(const Diagnostics& diagnostics, const std::string& file, const std::string& text);
std::optional<RowFormat> rowFormat(const RunSettings& settings, size_t streams);
std::optional<std::vector<std::string>> printedStreams(const RunSettings& settings, const logical::Plan& script);

}  // namespace weir
