// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <istream>
#include <streambuf>
#include <string>

namespace weir {

/// Opens a capture that can be read from its beginning more than once, though it may come through a pipe: what has been
/// read is kept until `keepNoLonger`. "-" is standard input.
class CaptureInput {
public:
  explicit CaptureInput(const std::string& path);

  /// Why it could not be opened; empty when it is.
  const std::string& problem() const { return m_problem; }
  std::istream& stream() { return m_stream; }
  /// Reads from the beginning again; not once nothing is kept any longer.
  void rewind();
  void keepNoLonger() { m_buffer.isKept = false; }
  /// Tells captures apart by their beginning: the same one is the same as a file and through a pipe. Rewinds.
  uint64_t fingerprint();

private:
  struct Buffer final : std::streambuf {
    ~Buffer() override;
    int_type underflow() override;
    void readAgain() { setg(read.data(), read.data(), read.data() + read.size()); }

    int file = -1;
    bool isKept = true;
    std::string read;
  };

  Buffer m_buffer;
  std::istream m_stream;
  std::string m_problem;
};

}  // namespace weir
