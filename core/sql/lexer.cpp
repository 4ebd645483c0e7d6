// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sql/lexer.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/sql/lookalikes.h"

namespace weir {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The end of white space that begins at `at`, that of Unicode included; `at` when there is none.
size_t spaceEnd(std::string_view text, size_t at) {
  while (at < text.size()) {
    const size_t length = isSpace(text[at]) ? 1 : wideSpace(text, at);
    if (length == 0) break;
    at += length;
  }
  return at;
}

// Bytes of UTF-8 beyond ASCII are letters: column names of feeds come in every language.
bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// Characters that only look like others end a word, so that they are named and not taken for a part of it.
size_t wordEnd(std::string_view text, size_t at) {
  const auto belongs = [&](char c) { return isLetter(c) || isDigit(c); };
  while (at < text.size() && belongs(text[at]) && wideSpace(text, at) == 0 && !findLookalike(text, at)) ++at;
  return at;
}

// Longest first, so that the first match is the longest.
constexpr auto kSymbols = std::to_array<std::string_view>(
    {"...", "->>", "->", "::", "||", "//", "==", "!=", "<>", "<=", ">=", "(", ")", ",",
     ";",   ".",   "=",  "<",  ">",  "+",  "-",  "*",  "/",  "%",  "[",  "]", "{", "}"});

size_t numberEnd(std::string_view text, size_t at, TokenKind& kind) {
  kind = TokenKind::Integer;
  while (at < text.size() && isDigit(text[at])) ++at;
  if (at + 1 < text.size() && text[at] == '.' && isDigit(text[at + 1])) {
    kind = TokenKind::Decimal;
    ++at;
    while (at < text.size() && isDigit(text[at])) ++at;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    size_t digits = at + 1;
    if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
    if (digits < text.size() && isDigit(text[digits])) {
      kind = TokenKind::Decimal;
      at = digits;
      while (at < text.size() && isDigit(text[at])) ++at;
    }
  }
  return at;
}

}  // namespace

Token nextToken(std::string_view text, uint32_t start) {
  if (start >= text.size()) {
    const auto end = static_cast<uint32_t>(text.size());
    return {TokenKind::End, {end, end}};
  }
  size_t at = start;
  const char c = text[at];
  TokenKind kind = TokenKind::Unknown;
  if (start == 0 && text.starts_with(kByteOrderMark)) {
    kind = TokenKind::Space;
    at = kByteOrderMark.size();
  } else if (const size_t space = spaceEnd(text, at); space > at) {
    kind = TokenKind::Space;
    at = space;
  } else if (const Lookalike* lookalike = findLookalike(text, at)) {
    at += lookalike->utf8.size();
  } else if (text.substr(at).starts_with("--")) {
    kind = TokenKind::LineComment;
    at = std::min(text.find('\n', at), text.size());
  } else if (text.substr(at).starts_with("/*")) {
    const size_t end = text.find("*/", at + 2);
    kind = end == std::string_view::npos ? TokenKind::Unterminated : TokenKind::BlockComment;
    at = end == std::string_view::npos ? text.size() : end + 2;
  } else if (c == '\'' || c == '"' || c == '`') {
    kind = TokenKind::Unterminated;
    for (++at; at < text.size(); ++at) {
      if (text[at] != c) continue;
      if (at + 1 < text.size() && text[at + 1] == c) {
        ++at;
        continue;
      }
      kind = c == '\'' ? TokenKind::String : TokenKind::QuotedName;
      ++at;
      break;
    }
  } else if (isDigit(c) || (c == '.' && at + 1 < text.size() && isDigit(text[at + 1]))) {
    if (c == '.') {
      kind = TokenKind::Decimal;
      TokenKind ignored;
      at = numberEnd(text, at + 1, ignored);
    } else {
      at = numberEnd(text, at, kind);
    }
  } else if (isLetter(c)) {
    kind = TokenKind::Word;
    at = wordEnd(text, at);
  } else {
    ++at;
    for (const std::string_view symbol : kSymbols) {
      if (!text.substr(start).starts_with(symbol)) continue;
      kind = TokenKind::Symbol;
      at = start + symbol.size();
      break;
    }
  }
  return {kind, {start, static_cast<uint32_t>(at)}};
}

std::vector<Token> significantTokens(std::string_view text, uint32_t at) {
  std::vector<Token> tokens;
  while (true) {
    const Token token = nextToken(text, at);
    at = token.span.end;
    if (token.kind == TokenKind::Space || token.kind == TokenKind::LineComment || token.kind == TokenKind::BlockComment)
      continue;
    tokens.push_back(token);
    if (token.kind == TokenKind::End) return tokens;
  }
}

std::string unquoted(std::string_view tokenText) {
  const char quote = tokenText.front();
  std::string out;
  for (size_t i = 1; i + 1 < tokenText.size(); ++i) {
    out += tokenText[i];
    if (tokenText[i] == quote) ++i;
  }
  return out;
}

}  // namespace weir
