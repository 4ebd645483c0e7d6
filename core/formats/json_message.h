// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir {

/// What a value is: of JSON, or of what other formats have and JSON has no word for, written as a string then. Foreign
/// is what no column takes.
enum class JsonKind { Null, Bool, Number, String, Container, Bytes, Time, Foreign };

/// A string of a JSON text that stands for something else.
struct JsonNote {
  size_t at;  ///< where its opening quote is
  JsonKind kind;
};

/// What the notes say of the value that has `size` characters from `at` on: what a string is, and of a container
/// whether it holds what is foreign. Nothing: it is what its JSON says.
std::optional<JsonKind> notedKind(std::span<const JsonNote> notes, size_t at, size_t size);

/// A message as minified JSON, whatever format it came in.
struct JsonMessage {
  std::string text;
  std::vector<JsonNote> notes;  ///< ascending
  std::string wrong;            ///< why it cannot be read, one line; nothing else counts then
};

}  // namespace weir
