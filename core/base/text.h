// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Lower-cases ASCII letters only; names of the language are ASCII.
std::string lowered(std::string_view text);
std::string uppered(std::string_view text);
bool equalsIgnoringCase(std::string_view a, std::string_view b);
std::string_view trimmed(std::string_view text);

/// Returns the candidate nearest to `name`: equal but for case first, else within an edit distance of 2.
std::string nearest(std::string_view name, std::span<const std::string> candidates);

/// Returns "did you mean 'x'?" for the nearest candidate, or nothing.
std::string didYouMean(std::string_view name, std::span<const std::string> candidates);

/// Joins with `separator`, and with `last` before the last one: "a, b or c".
std::string joined(std::span<const std::string> parts, std::string_view separator, std::string_view last = {});

/// Reads the whole of `text` as a number; nothing when anything is left over or it does not fit.
template <class T>
std::optional<T> parseNumber(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Returns false when `text` is not well-formed UTF-8 (overlong forms and surrogates included).
bool isUtf8(std::string_view text);
/// How many bytes at the beginning are UTF-8: all of them, or those before the first that is not.
size_t utf8Prefix(std::string_view text);

/// Whether a byte of UTF-8 is the first of its code point.
inline bool startsCodePoint(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// Returns whether the whole of `text` is as the pattern has it, the LIKE of SQL: % any run, _ one code point, \ takes
/// the next character as it is.
bool matchesLike(std::string_view text, std::string_view pattern);

/// What some editors write at the beginning of a file in UTF-8. It is no part of the text.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
inline std::string_view withoutMark(std::string_view text) {
  return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

/// Text of others on one line of a terminal: control characters, line ends among them, as `\\n`, `\\t` or `\\x1b`.
std::string oneLine(std::string_view text);

/// Appends `text` as a JSON string with its quotes, escaped as RFC 8259 asks.
void appendJsonString(std::string& out, std::string_view text);

/// Appends the shortest digits that read back the same: fixed with at least `.0` from 1e-4 up to below 1e16, with an
/// exponent outside. NaN and infinities become `null`, which is all that JSON has for them.
void appendDouble(std::string& out, double value);
/// The same of 32 bits: the digits that read back as this FLOAT, not those of the DOUBLE that carries it.
void appendFloat(std::string& out, float value);

std::string base64Encoded(std::string_view bytes);
/// Returns nothing when `text` is not pairs of hexadecimal digits.
std::optional<std::string> hexDecoded(std::string_view text);
/// Returns nothing when `text` is not padded standard base64.
std::optional<std::string> base64Decoded(std::string_view text);

/// The parts of a text between separators, each trimmed.
std::vector<std::string> split(std::string_view text, char separator);

}  // namespace weir
