// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sql/lookalikes.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace weir {

namespace {

constexpr auto kSpaces = std::to_array<std::string_view>({
    "\u0085", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
    "\u2007", "\u2008", "\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000",
});

constexpr std::string_view kText = "'";
constexpr std::string_view kName = "\"";

constexpr auto kLookalikes = std::to_array<Lookalike>({
    {"\u00AD", "soft hyphen", ""},
    {"\u200B", "zero width space", ""},
    {"\u200C", "zero width non-joiner", ""},
    {"\u200D", "zero width joiner", ""},
    {"\u200E", "left-to-right mark", ""},
    {"\u200F", "right-to-left mark", ""},
    {"\u202A", "left-to-right embedding", ""},
    {"\u202B", "right-to-left embedding", ""},
    {"\u202C", "pop directional formatting", ""},
    {"\u202D", "left-to-right override", ""},
    {"\u202E", "right-to-left override", ""},
    {"\u2060", "word joiner", ""},
    {"\u2066", "left-to-right isolate", ""},
    {"\u2067", "right-to-left isolate", ""},
    {"\u2068", "first strong isolate", ""},
    {"\u2069", "pop directional isolate", ""},
    {"\uFEFF", "byte order mark", ""},
    {"\u00B4", "acute accent", kText},
    {"\u2018", "left single quotation mark", kText},
    {"\u2019", "right single quotation mark", kText},
    {"\u201A", "single low-9 quotation mark", kText},
    {"\u201B", "single high-reversed-9 quotation mark", kText},
    {"\u2032", "prime", kText},
    {"\u2039", "single left-pointing angle quotation mark", kText},
    {"\u203A", "single right-pointing angle quotation mark", kText},
    {"\uFF07", "fullwidth apostrophe", kText},
    {"\u00AB", "left-pointing double angle quotation mark", kName},
    {"\u00BB", "right-pointing double angle quotation mark", kName},
    {"\u201C", "left double quotation mark", kName},
    {"\u201D", "right double quotation mark", kName},
    {"\u201E", "double low-9 quotation mark", kName},
    {"\u201F", "double high-reversed-9 quotation mark", kName},
    {"\u2033", "double prime", kName},
    {"\uFF02", "fullwidth quotation mark", kName},
    {"\u00D7", "multiplication sign", "*"},
    {"\u00F7", "division sign", "/"},
    {"\u2010", "hyphen", "-"},
    {"\u2011", "non-breaking hyphen", "-"},
    {"\u2012", "figure dash", "-"},
    {"\u2013", "en dash", "-"},
    {"\u2014", "em dash", "--"},
    {"\u2026", "horizontal ellipsis", "..."},
    {"\u2192", "rightwards arrow", "->"},
    {"\u2212", "minus sign", "-"},
    {"\u2217", "asterisk operator", "*"},
    {"\u2260", "not equal to", "<>"},
    {"\u2264", "less-than or equal to", "<="},
    {"\u2265", "greater-than or equal to", ">="},
    {"\uFF08", "fullwidth left parenthesis", "("},
    {"\uFF09", "fullwidth right parenthesis", ")"},
    {"\uFF0A", "fullwidth asterisk", "*"},
    {"\uFF0B", "fullwidth plus sign", "+"},
    {"\uFF0C", "fullwidth comma", ","},
    {"\uFF0D", "fullwidth hyphen-minus", "-"},
    {"\uFF0E", "fullwidth full stop", "."},
    {"\uFF0F", "fullwidth solidus", "/"},
    {"\uFF1B", "fullwidth semicolon", ";"},
    {"\uFF1C", "fullwidth less-than sign", "<"},
    {"\uFF1D", "fullwidth equals sign", "="},
    {"\uFF1E", "fullwidth greater-than sign", ">"},
});

bool isAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Of one character, which is well-formed.
unsigned codePoint(std::string_view utf8) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(utf8[i]); };
  unsigned code = utf8.size() == 1 ? byte(0) : byte(0) & (0xFFU >> (utf8.size() + 1));
  for (size_t i = 1; i < utf8.size(); ++i) code = code << 6 | (byte(i) & 0x3FU);
  return code;
}

}  // namespace

size_t wideSpace(std::string_view text, size_t at) {
  if (at >= text.size() || isAscii(text[at])) return 0;
  for (const std::string_view space : kSpaces)
    if (text.substr(at).starts_with(space)) return space.size();
  return 0;
}

const Lookalike* findLookalike(std::string_view text, size_t at) {
  if (at >= text.size() || isAscii(text[at])) return nullptr;
  const auto found = std::find_if(kLookalikes.begin(), kLookalikes.end(),
                                  [&](const Lookalike& known) { return text.substr(at).starts_with(known.utf8); });
  return found == kLookalikes.end() ? nullptr : &*found;
}

std::string describe(const Lookalike& lookalike) {
  std::array<char, 16> code{};
  std::snprintf(code.data(), code.size(), "U+%04X ", codePoint(lookalike.utf8));
  return code.data() + std::string(lookalike.name);
}

std::string adviceFor(const Lookalike& lookalike) {
  if (lookalike.plain.empty()) return "take it out, it cannot be seen; a name that has it is written in double quotes";
  if (lookalike.plain == kText) return "texts stand in straight single quotes: 'BTCUSDT'";
  if (lookalike.plain == kName)
    return "texts stand in straight single quotes: 'BTCUSDT', names in straight double ones: \"order\"";
  return "write " + std::string(lookalike.plain);
}

}  // namespace weir
