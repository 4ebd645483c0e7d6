// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>

#include "app/commands.h"
#include "core/base/diagnostic.h"
#include "core/base/private_file.h"
#include "core/bind/bound_script.h"
#include "core/connectors/row_printer.h"

namespace weir {

/// Rows on standard output or in a file, flushed as they come.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path) : m_file(path.empty() ? stdout : opened(path)), m_own(!path.empty()) {
    if (!m_file) std::cerr << "weir: cannot write " << path << "\n";
    m_ok = m_file != nullptr;
  }
  ~OutputFile() {
    if (m_file && m_own) std::fclose(m_file);
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// A reader that has gone away ends the run; it is told once.
  bool ok() const { return m_ok; }
  void write(const std::string& text) {
    if (!m_ok || text.empty()) return;
    m_ok = std::fwrite(text.data(), 1, text.size(), m_file) == text.size() && std::fflush(m_file) == 0;
    if (!m_ok) std::cerr << "weir: cannot write the rows: the output is full or closed\n";
  }

 private:
  static std::FILE* opened(const std::string& path) {
    makePrivate(path);
    return std::fopen(path.c_str(), "wb");
  }

  std::FILE* m_file;
  bool m_own;
  bool m_ok = true;
};

inline bool writeFile(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  if (out << text && out.flush()) return true;
  std::cerr << "weir: cannot write " << path << "\n";
  return false;
}

/// Whether `path` could be written, said at the start and not when the run is over. What it holds stays.
inline bool canWrite(const std::string& path) {
  std::error_code ignored;
  const auto kind = std::filesystem::status(path, ignored).type();
  // To open a pipe or a device is to use it.
  using enum std::filesystem::file_type;
  if (kind == fifo || kind == character || kind == socket || std::ofstream(path, std::ios::binary | std::ios::app)) return true;
  std::cerr << "weir: cannot write " << path << "\n";
  return false;
}

/// Opens a capture; says why when it cannot.
bool openCapture(const std::string& path, std::ifstream& in);
/// Whether a capture that could not be read to its end lacks but the rest of its last line: its writer was killed. Then it
/// warns, and tells how many messages there were.
bool endsInTheMiddle(const std::string& path, const std::ifstream& in, uint64_t messages);

void printDiagnostics(const Diagnostics& diagnostics, const std::string& file, const std::string& text);
std::optional<RowFormat> rowFormat(const RunSettings& settings, size_t streams);
std::optional<std::vector<std::string>> printedStreams(const RunSettings& settings, const BoundScript& script);

}  // namespace weir
