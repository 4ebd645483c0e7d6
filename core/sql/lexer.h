// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/diagnostic.h"

namespace weir {

/// What a token is; a keyword is a Word until the parser says otherwise.
enum class TokenKind {
  Word,        ///< a bare identifier or keyword
  QuotedName,  ///< "x" or `x`
  String,      ///< 'x'
  Integer,
  Decimal,
  Symbol,
  Space,
  LineComment,
  BlockComment,
  Unterminated,  ///< a string, quoted name or block comment that reaches the end of the text
  Unknown,
  End,
};

/// A piece of the text. Tokens cover the text without holes, so that a highlighter and a formatter can use them too.
struct Token {
  TokenKind kind = TokenKind::End;
  Span span;
};

/// Splits a text into tokens, one at a time from any position that starts a token.
Token nextToken(std::string_view text, uint32_t at);

/// All tokens from a position on but space and comments, with an End at the end.
std::vector<Token> significantTokens(std::string_view text, uint32_t at = 0);

/// The text under a span.
inline std::string_view textOf(std::string_view source, Span span) {
  return source.substr(span.begin, span.end - span.begin);
}

/// What a String or QuotedName stands for: without its quotes, doubled quotes halved.
std::string unquoted(std::string_view tokenText);

}  // namespace weir
