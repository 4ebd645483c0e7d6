// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "core/base/result.h"

namespace weir {

/// Reads the bytes of a file from its beginning to its end, unpacked where it is compressed.
class ByteSource {
public:
  virtual ~ByteSource() = default;
  /// Fills the beginning of `to` and returns how much; 0 is the end. A file that is cut off or damaged is an error.
  virtual Result<size_t> read(std::span<char> to) = 0;
};

/// Opens a file; `-` is standard input. How it is packed is told by its first bytes, whatever its name.
Result<std::unique_ptr<ByteSource>> openBytes(const std::string& path);

}  // namespace weir
