// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/formats/decoder.h"

namespace weir {

/// Appends values to a message, one behind the other; a container says how many values, or pairs, follow.
class BinaryWriter {
public:
  virtual ~BinaryWriter() = default;
  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void integer(int64_t value) = 0;
  virtual void natural(uint64_t value) = 0;
  virtual void real(double value) = 0;
  virtual void shortReal(float value) = 0;
  virtual void text(std::string_view value) = 0;
  virtual void bytes(std::string_view value) = 0;
  virtual void array(size_t size) = 0;
  virtual void map(size_t size) = 0;
};

/// Writes a row as a map with the columns in order, each value in the type that is its own: OBJECT as the structure
/// that it is.
void writeRow(BinaryWriter& writer, const Batch& batch, size_t row);

/// Rows in the format of a writer that appends to a text.
template <class Writer>
class BinaryEncoder final : public Encoder {
public:
  std::string encode(const Batch& batch, size_t row) const override {
    std::string out;
    Writer writer(out);
    writeRow(writer, batch, row);
    return out;
  }
};

}  // namespace weir
