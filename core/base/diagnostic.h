// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Marks a half-open range of bytes in a source text.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
};

/// Whether a script may still run.
enum class Severity { Error, Warning };

/// Numbers every kind of complaint, so that a user can look it up. Never renumber.
enum class Code {
  Syntax = 1,
  UnterminatedText = 2,
  UnknownType = 3,
  UnknownStream = 4,
  UnknownColumn = 5,
  UnknownFunction = 6,
  AlreadyDefined = 7,
  TypeMismatch = 8,
  ArgumentCount = 9,
  Grouping = 10,
  AggregatePlace = 11,
  Window = 12,
  InsertShape = 13,
  Graph = 14,
  UnknownOption = 15,
  MissingOption = 16,
  OptionValue = 17,
  Unsupported = 18,
  Duration = 19,
  Format = 20,
  NoInput = 21,
  Secret = 22,
  Capture = 23,
  Limit = 24,
  File = 25,
  Deployment = 26,
};

/// Tells the user what is wrong, where, and what to do about it.
struct Diagnostic {
  Severity severity = Severity::Error;
  Code code = Code::Syntax;
  Span span;
  std::string message;
  std::string hint;
};

using Diagnostics = std::vector<Diagnostic>;

/// Returns true when at least one of `diagnostics` is an error.
bool hasError(const Diagnostics& diagnostics);

/// A place in a text, both counted from 1; columns count code points.
struct Place {
  uint32_t line = 1;
  uint32_t column = 1;
};

/// The place of a byte; past the end it is the end.
Place placeOf(std::string_view text, uint32_t offset);

/// Answers for many bytes of one text where they are, without reading the text again for each. The text must outlive
/// it.
class PlaceIndex {
public:
  explicit PlaceIndex(std::string_view text);
  Place placeOf(uint32_t offset) const;
  std::string_view text() const { return m_text; }
  /// The line that a byte is on, as a range of bytes without its end and without a byte order mark.
  Span lineAt(uint32_t offset) const;

private:
  size_t lineOf(uint32_t offset) const;

  std::string_view m_text;
  std::vector<uint32_t> m_lines;   ///< where each begins
  std::vector<uint32_t> m_counts;  ///< code points before each stretch of so many bytes
};

/// Renders `file:line:col: error[E012]: text`, the line unless it is very long, carets under the span, and the hint.
std::string render(const Diagnostic& diagnostic, std::string_view file, const PlaceIndex& places);
std::string render(const Diagnostic& diagnostic, std::string_view file, std::string_view text);

/// Returns "E012" for an error code.
std::string codeName(Code code);

}  // namespace weir
