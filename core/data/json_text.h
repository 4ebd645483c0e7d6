// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Walks JSON text that a decoder has validated and minified. Nothing here checks syntax; text that is not JSON gives
/// nothing, never a crash.

/// The raw text of the member `name` of an object; the last one when it is there twice.
std::optional<std::string_view> jsonMember(std::string_view object, std::string_view name);
/// The raw text of the element `index` (from 0) of an array.
std::optional<std::string_view> jsonElement(std::string_view array, size_t index);
/// Calls `each` with the raw text of every element of an array.
void forEachJsonElement(std::string_view array, const std::function<void(std::string_view)>& each);
/// Calls `each` with name (unescaped) and raw text of every member of an object.
void forEachJsonMember(std::string_view object, const std::function<void(std::string, std::string_view)>& each);
/// What a scalar says: a string unescaped, anything else as its JSON text.
std::string jsonPlainText(std::string_view json);
/// Returns whether the whole of `text` is one JSON value, nested at most 512 deep.
bool isJson(std::string_view text);
/// Where the JSON value that begins at `at` ends; nothing where none does. `read` becomes how far it had to be read.
std::optional<size_t> endOfJson(std::string_view text, size_t at, size_t& read);
/// The same without a look at what stands inside the value, to be checked afterwards: never in front of `at`.
size_t roughEndOfJson(std::string_view text, size_t at);
bool isJsonNull(std::string_view json);
/// The text by which two values are equal: numbers by their exact value (1, 1.0 and 1e0 are one), members in the order
/// of their names, a string at the root as what it says, so that "1" is 1. For comparing alone, not to be read.
std::string jsonCanonical(std::string_view json);
/// JSON without the white space between its tokens.
std::string jsonMinified(std::string_view json);

/// Reads a number's text as an integer when it is one exactly: "3", "3.0" and "3e2" are, "3.5" and 2^63 are not.
std::optional<int64_t> exactInteger(std::string_view text);
/// Reads a finite decimal number (no "nan", "inf", hex, or leading '+').
std::optional<double> decimalNumber(std::string_view text);

}  // namespace weir
