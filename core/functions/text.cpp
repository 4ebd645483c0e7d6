// SPDX-License-Identifier: GPL-3.0-or-later
#include <utf8proc.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/functions/families.h"
#include "core/functions/lift.h"

namespace weir {

namespace {

using L = int64_t;
using S = std::string_view;

// Longer results are somebody's mistake, and would take the memory of everybody.
constexpr size_t kLongestText = size_t{1} << 20;

L lengthOf(S text) { return std::count_if(text.begin(), text.end(), startsCodePoint); }

// Byte position of code point `index`, or the end.
size_t offsetOf(S text, L index) {
  size_t at = 0;
  for (; at < text.size(); ++at)
    if (startsCodePoint(text[at]) && index-- == 0) return at;
  return at;
}

template <utf8proc_int32_t (*Map)(utf8proc_int32_t)>
std::string mapped(S text) {
  std::string out;
  out.reserve(text.size());
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  for (utf8proc_ssize_t at = 0; at < size;) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(bytes + at, size - at, &point);
    if (length <= 0) {
      out += text[static_cast<size_t>(at++)];
      continue;
    }
    utf8proc_uint8_t encoded[4];
    const utf8proc_ssize_t written = utf8proc_encode_char(Map(point), encoded);
    out.append(reinterpret_cast<const char*>(encoded), static_cast<size_t>(written));
    at += length;
  }
  return out;
}

S trimBoth(S text) { return trimmed(text); }
S trimLeft(S text) {
  const size_t at = text.find_first_not_of(" \t\r\n\f\v");
  return at == S::npos ? S{} : text.substr(at);
}
S trimRight(S text) { return text.substr(0, text.find_last_not_of(" \t\r\n\f\v") + 1); }

// Positions count from 1; as SQL has it, a start before 1 eats of the length.
S slice(S text, L from, L length) {
  const L begin = std::max<L>(from, 1);
  L end = 0;
  if (__builtin_add_overflow(from, std::max<L>(length, 0), &end)) end = static_cast<L>(text.size()) + 1;
  if (end <= begin) return {};
  const size_t first = offsetOf(text, begin - 1);
  return text.substr(first, offsetOf(text.substr(first), end - begin));
}
S substring(S text, L from) { return slice(text, from, static_cast<L>(text.size()) - std::min<L>(from, 1) + 2); }
S substringFor(S text, L from, L length) { return slice(text, from, length); }
S leftOf(S text, L count) { return slice(text, 1, count); }
S rightOf(S text, L count) {
  const L length = lengthOf(text);
  return count <= 0 ? S{} : slice(text, std::max<L>(1, length - std::min(count, length) + 1), length);
}

std::optional<std::string> padding(S text, L width, S fill) {
  const L missing = width - lengthOf(text);
  if (missing <= 0 || fill.empty()) return std::string();
  if (static_cast<size_t>(missing) > kLongestText) return std::nullopt;
  const L fillLength = lengthOf(fill);
  std::string out;
  for (L done = 0; done < missing; done += fillLength) out += slice(fill, 1, missing - done);
  return out;
}
Checked<std::string> padLeft(S text, L width, S fill) {
  const auto extra = padding(text, width, fill);
  if (!extra) return Issue::DomainError;
  return *extra + std::string(leftOf(text, std::max<L>(width, 0)));
}
Checked<std::string> padRight(S text, L width, S fill) {
  const auto extra = padding(text, width, fill);
  if (!extra) return Issue::DomainError;
  return std::string(leftOf(text, std::max<L>(width, 0))) + *extra;
}
Checked<std::string> padLeftSpace(S text, L width) { return padLeft(text, width, " "); }
Checked<std::string> padRightSpace(S text, L width) { return padRight(text, width, " "); }

Checked<std::string> replaceAll(S text, S from, S to) {
  if (from.empty()) return std::string(text);
  std::string out;
  size_t at = 0;
  for (size_t found = text.find(from); found != S::npos; found = text.find(from, at)) {
    out.append(text.substr(at, found - at)).append(to);
    if (out.size() > kLongestText) return Issue::DomainError;
    at = found + from.size();
  }
  return out.append(text.substr(at));
}

std::string reversed(S text) {
  std::string out;
  out.reserve(text.size());
  for (size_t end = text.size(); end > 0;) {
    size_t begin = end - 1;
    while (begin > 0 && !startsCodePoint(text[begin])) --begin;
    out.append(text.substr(begin, end - begin));
    end = begin;
  }
  return out;
}

Checked<std::string> repeated(S text, L times) {
  if (times <= 0 || text.empty()) return std::string();
  if (static_cast<size_t>(times) > kLongestText / text.size()) return Issue::DomainError;
  std::string out;
  for (L i = 0; i < times; ++i) out += text;
  return out;
}

L positionOf(S needle, S text) {
  const size_t at = text.find(needle);
  return at == S::npos ? 0 : lengthOf(text.substr(0, at)) + 1;
}
L instrOf(S text, S needle) { return positionOf(needle, text); }
bool startsWith(S text, S prefix) { return text.starts_with(prefix); }
bool endsWith(S text, S suffix) { return text.ends_with(suffix); }
bool contains(S text, S part) { return text.find(part) != S::npos; }

std::optional<L> ascii(S text) {
  if (text.empty()) return std::nullopt;
  utf8proc_int32_t point = 0;
  utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &point);
  return point;
}
Checked<std::string> chr(L point) {
  if (point < 0 || point > 0x10FFFF || !utf8proc_codepoint_valid(static_cast<utf8proc_int32_t>(point)))
    return Issue::DomainError;
  utf8proc_uint8_t encoded[4];
  const utf8proc_ssize_t written = utf8proc_encode_char(static_cast<utf8proc_int32_t>(point), encoded);
  return std::string(reinterpret_cast<const char*>(encoded), static_cast<size_t>(written));
}

L octetLength(S bytes) { return static_cast<L>(bytes.size()); }

// Skips NULL, unlike ||.
void concat(Call& call) {
  std::string joinedText;
  for (size_t row = 0; row < call.rows; ++row) {
    joinedText.clear();
    for (const ColumnPtr& arg : call.args)
      if (!arg->isNull(row)) joinedText += arg->text(row);
    call.out.appendText(joinedText);
  }
}

}  // namespace

std::vector<ScalarFunction> textFunctions() {
  using enum Type;
  const auto text1 = [](Kernel kernel) { return std::vector<Overload>{{String, {String}, kernel}}; };
  const auto test2 = [](Kernel kernel) { return std::vector<Overload>{{Bool, {String, String}, kernel}}; };
  return {
      {.name = "LENGTH",
       .aliases = "CHAR_LENGTH|LEN",
       .signature = "LENGTH(s)",
       .help = "Number of code points.",
       .example = "LENGTH('héllo')",
       .exampleResult = "5",
       .overloads = {{Long, {String}, lift<&lengthOf>}}},
      {.name = "UPPER",
       .aliases = "UCASE",
       .signature = "UPPER(s)",
       .help = "Upper case, code point by code point.",
       .example = "UPPER('hé')",
       .exampleResult = "\"HÉ\"",
       .overloads = text1(lift<&mapped<&utf8proc_toupper>>)},
      {.name = "LOWER",
       .aliases = "LCASE",
       .signature = "LOWER(s)",
       .help = "Lower case, code point by code point.",
       .example = "LOWER('HÉ')",
       .exampleResult = "\"hé\"",
       .overloads = text1(lift<&mapped<&utf8proc_tolower>>)},
      {.name = "TRIM",
       .signature = "TRIM(s)",
       .help = "Without white space at both ends.",
       .example = "TRIM(' a ')",
       .exampleResult = "\"a\"",
       .overloads = text1(lift<&trimBoth>)},
      {.name = "LTRIM",
       .signature = "LTRIM(s)",
       .help = "Without white space in front.",
       .example = "LTRIM(' a ')",
       .exampleResult = "\"a \"",
       .overloads = text1(lift<&trimLeft>)},
      {.name = "RTRIM",
       .signature = "RTRIM(s)",
       .help = "Without white space behind.",
       .example = "RTRIM(' a ')",
       .exampleResult = "\" a\"",
       .overloads = text1(lift<&trimRight>)},
      {.name = "CONCAT",
       .signature = "CONCAT(a, b, ...)",
       .help = "Joins texts and skips NULL; || does not.",
       .example = "CONCAT('a', NULL, 'b')",
       .exampleResult = "\"ab\"",
       .overloads = {{String, {String}, &concat, true}}},
      {.name = "SUBSTRING",
       .aliases = "SUBSTR",
       .signature = "SUBSTRING(s, from [, length])",
       .help = "Part of a text; positions count code points from 1.",
       .example = "SUBSTRING('weir', 2, 2)",
       .exampleResult = "\"ei\"",
       .overloads = {{String, {String, Long}, lift<&substring>}, {String, {String, Long, Long}, lift<&substringFor>}}},
      {.name = "LEFT",
       .signature = "LEFT(s, n)",
       .help = "The first n code points.",
       .example = "LEFT('weir', 2)",
       .exampleResult = "\"we\"",
       .overloads = {{String, {String, Long}, lift<&leftOf>}}},
      {.name = "RIGHT",
       .signature = "RIGHT(s, n)",
       .help = "The last n code points.",
       .example = "RIGHT('weir', 2)",
       .exampleResult = "\"ir\"",
       .overloads = {{String, {String, Long}, lift<&rightOf>}}},
      {.name = "LPAD",
       .signature = "LPAD(s, width [, fill])",
       .help = "Filled in front (with spaces) or cut to a width.",
       .example = "LPAD('7', 3, '0')",
       .exampleResult = "\"007\"",
       .overloads = {{String, {String, Long}, lift<&padLeftSpace>}, {String, {String, Long, String}, lift<&padLeft>}}},
      {.name = "RPAD",
       .signature = "RPAD(s, width [, fill])",
       .help = "Filled behind (with spaces) or cut to a width.",
       .example = "RPAD('7', 3, '0')",
       .exampleResult = "\"700\"",
       .overloads = {{String, {String, Long}, lift<&padRightSpace>},
                     {String, {String, Long, String}, lift<&padRight>}}},
      {.name = "REPLACE",
       .signature = "REPLACE(s, from, to)",
       .help = "Every `from` replaced by `to`.",
       .example = "REPLACE('a-b-c', '-', '/')",
       .exampleResult = "\"a/b/c\"",
       .overloads = {{String, {String, String, String}, lift<&replaceAll>}}},
      {.name = "REVERSE",
       .signature = "REVERSE(s)",
       .help = "Code points in reverse order.",
       .example = "REVERSE('weir')",
       .exampleResult = "\"riew\"",
       .overloads = text1(lift<&reversed>)},
      {.name = "REPEAT",
       .signature = "REPEAT(s, n)",
       .help = "The text n times, up to 1 MiB.",
       .example = "REPEAT('ab', 2)",
       .exampleResult = "\"abab\"",
       .overloads = {{String, {String, Long}, lift<&repeated>}}},
      {.name = "POSITION",
       .aliases = "LOCATE",
       .signature = "POSITION(part, s)",
       .help = "Where `part` first stands in s, from 1; 0 when nowhere.",
       .example = "POSITION('i', 'weir')",
       .exampleResult = "3",
       .overloads = {{Long, {String, String}, lift<&positionOf>}}},
      {.name = "INSTR",
       .signature = "INSTR(s, part)",
       .help = "As POSITION, with the text first.",
       .example = "INSTR('weir', 'i')",
       .exampleResult = "3",
       .overloads = {{Long, {String, String}, lift<&instrOf>}}},
      {.name = "STARTS_WITH",
       .signature = "STARTS_WITH(s, prefix)",
       .help = "Whether s begins with the prefix.",
       .example = "STARTS_WITH('weir', 'we')",
       .exampleResult = "true",
       .overloads = test2(lift<&startsWith>)},
      {.name = "ENDS_WITH",
       .signature = "ENDS_WITH(s, suffix)",
       .help = "Whether s ends with the suffix.",
       .example = "ENDS_WITH('weir', 'ir')",
       .exampleResult = "true",
       .overloads = test2(lift<&endsWith>)},
      {.name = "CONTAINS",
       .signature = "CONTAINS(s, part)",
       .help = "Whether `part` stands somewhere in s.",
       .example = "CONTAINS('weir', 'ei')",
       .exampleResult = "true",
       .overloads = test2(lift<&contains>)},
      {.name = "ASCII",
       .signature = "ASCII(s)",
       .help = "Number of the first code point; NULL for an empty text.",
       .example = "ASCII('A')",
       .exampleResult = "65",
       .overloads = {{Int, {String}, lift<&ascii>}}},
      {.name = "CHR",
       .aliases = "CHAR",
       .signature = "CHR(n)",
       .help = "The code point with that number.",
       .example = "CHR(65)",
       .exampleResult = "\"A\"",
       .overloads = {{String, {Long}, lift<&chr>}}},
      {.name = "LIKE",
       .signature = "LIKE(s, pattern), s LIKE pattern",
       .help = "Matches the whole text: % any run, _ one code point, \\ takes the next character as it is.",
       .example = "'weir' LIKE 'w%r'",
       .exampleResult = "true",
       .overloads = test2(lift<&matchesLike>)},
      {.name = "OCTET_LENGTH",
       .signature = "OCTET_LENGTH(x)",
       .help = "Number of bytes.",
       .example = "OCTET_LENGTH('hé')",
       .exampleResult = "3",
       .overloads = {{Long, {String}, lift<&octetLength>}, {Long, {Bytes}, lift<&octetLength>}}},
  };
}

}  // namespace weir
