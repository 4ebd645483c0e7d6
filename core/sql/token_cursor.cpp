// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sql/token_cursor.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/sql/keywords.h"
#include "core/sql/lookalikes.h"

namespace weir {

namespace {

// More alternatives than this help nobody.
constexpr size_t kExpectedShown = 8;
// Two letters are near to any short keyword.
constexpr size_t kShortestMistyped = 3;

}  // namespace

Token TokenCursor::take() {
  const Token token = peek();
  if (m_at + 1 < m_tokens.size()) ++m_at;
  m_expected.clear();
  return token;
}

bool TokenCursor::isWord(std::string_view word, size_t ahead) const {
  return peek(ahead).kind == TokenKind::Word && equalsIgnoringCase(text(ahead), word);
}

bool TokenCursor::isSymbol(std::string_view symbol, size_t ahead) const {
  return peek(ahead).kind == TokenKind::Symbol && text(ahead) == symbol;
}

bool TokenCursor::isName(size_t ahead) const {
  if (peek(ahead).kind == TokenKind::QuotedName) return true;
  if (peek(ahead).kind != TokenKind::Word) return false;
  const Keyword* keyword = findKeyword(text(ahead));
  return !keyword || !keyword->reserved;
}

bool TokenCursor::accept(std::string_view word) {
  if (!isWord(word)) {
    note(word);
    return false;
  }
  m_keywords.push_back(take().span);
  return true;
}

bool TokenCursor::acceptSymbol(std::string_view symbol) {
  if (!isSymbol(symbol)) {
    note("'" + std::string(symbol) + "'");
    return false;
  }
  take();
  return true;
}

bool TokenCursor::acceptWords(std::initializer_list<std::string_view> words) {
  size_t ahead = 0;
  for (const std::string_view word : words) {
    if (!isWord(word, ahead++)) {
      note(*words.begin());
      return false;
    }
  }
  for (size_t i = 0; i < words.size(); ++i) m_keywords.push_back(take().span);
  return true;
}

void TokenCursor::expect(std::string_view word) {
  if (!accept(word)) fail();
}

void TokenCursor::expectSymbol(std::string_view symbol) {
  if (!acceptSymbol(symbol)) fail();
}

ast::Name TokenCursor::expectName(std::string_view what) {
  if (!isName()) {
    note(what);
    fail();
  }
  ast::Name name = nameAt(0);
  take();
  return name;
}

ast::Name TokenCursor::nameAt(size_t ahead) const {
  return {peek(ahead).kind == TokenKind::QuotedName ? unquoted(text(ahead)) : std::string(text(ahead)),
          peek(ahead).span};
}

int64_t TokenCursor::expectInteger(std::string_view what) {
  const auto value = peek().kind == TokenKind::Integer ? parseNumber<int64_t>(text()) : std::optional<int64_t>{};
  if (!value) {
    note(what);
    fail();
  }
  take();
  return *value;
}

void TokenCursor::note(std::string_view expected) {
  if (std::find(m_expected.begin(), m_expected.end(), expected) == m_expected.end()) m_expected.emplace_back(expected);
}

void TokenCursor::fail() {
  const Token& token = peek();
  if (token.kind == TokenKind::Unterminated) {
    const Place start = placeOf(m_text, token.span.begin);
    const char first = m_text[token.span.begin];
    const std::string what = first == '\'' ? "string" : first == '/' ? "comment" : "quoted name";
    fail(Code::UnterminatedText, token.span,
         "unterminated " + what + " starting at line " + std::to_string(start.line) + ", column " +
             std::to_string(start.column),
         first == '/' ? "close it with */" : std::string("close it with ") + first + "; a quote inside is doubled");
  }
  if (const Lookalike* lookalike = findLookalike(m_text, token.span.begin))
    fail(Code::Syntax, token.span, "unexpected character " + describe(*lookalike), adviceFor(*lookalike));
  std::vector<std::string> words;
  for (const std::string& word : m_expected)
    if (findKeyword(word)) words.push_back(word);
  if (m_aliasBefore == m_at) {
    const std::string_view alias = textOf(m_text, previousSpan());
    const std::string guess = alias.size() < kShortestMistyped ? "" : didYouMean(alias, words);
    if (!guess.empty()) fail(Code::Syntax, previousSpan(), "unexpected '" + std::string(alias) + "'", guess);
  }
  std::vector<std::string> expected = m_expected;
  if (expected.size() > kExpectedShown) {
    expected.resize(kExpectedShown);
    expected.emplace_back("...");
  }
  constexpr size_t kFoundShown = 40;
  const std::string found =
      token.kind == TokenKind::End ? "the end of the text" : "'" + std::string(text().substr(0, kFoundShown)) + "'";
  std::string hint;
  if (text() == "#" && isWord("WINDOW", 1)) hint = "write the window behind the stream: FROM Trades WINDOW TIME(1 min)";
  if (token.kind == TokenKind::Word) {
    const Keyword* keyword = findKeyword(text());
    // A word of the language is no mistyped other one.
    if (!keyword || (!keyword->reserved && !keyword->clause)) {
      if (!equalsIgnoringCase(nearest(text(), words), text())) hint = didYouMean(text(), words);
    }
    if (hint.empty() && keyword && keyword->reserved &&
        std::any_of(expected.begin(), expected.end(), [](const std::string& e) { return e.find("name") != e.npos; }))
      hint = "quote it to use it as a name: \"" + std::string(text()) + "\"";
  }
  fail(Code::Syntax, token.span,
       (expected.empty() ? "unexpected " + found : "expected " + joined(expected, ", ", " or ") + ", found " + found),
       hint);
}

void TokenCursor::fail(Code code, Span span, std::string message, std::string hint) {
  throw SyntaxError{{Severity::Error, code, span, std::move(message), std::move(hint)}};
}

bool TokenCursor::startsStatement() const {
  const bool isSelect = isWord("SELECT") && !(m_at > 0 && textOf(m_text, previousSpan()) == "(");
  const bool isCreate =
      (isWord("CREATE") || isWord("DEFINE")) && (isWord("STREAM", 1) || isWord("TABLE", 1) || isWord("CONNECTION", 1));
  bool isInsert = isWord("INSERT") && isWord("INTO", 1) && isName(2);
  if (!isSelect && !isCreate && !isInsert) return false;
  if (isInsert) {
    // Behind a query INSERT INTO names its target; in front of one it begins a statement.
    size_t ahead = 3;
    if (isSymbol("(", ahead) && !isWord("SELECT", ahead + 1)) {
      while (isName(ahead + 1) || isSymbol(",", ahead + 1)) ++ahead;
      ahead += 2;
    }
    if (isWord("BY", ahead) && isWord("NAME", ahead + 1)) ahead += 2;
    if (!isWord("SELECT", ahead) && !isSymbol("(", ahead)) return false;
  }
  const uint32_t before = m_at == 0 ? 0 : previousSpan().end;
  return m_at == 0 || textOf(m_text, {before, peek().span.begin}).find('\n') != std::string_view::npos;
}

void TokenCursor::endTextWithLine() {
  Token& open = m_tokens[m_at];
  if (m_text[open.span.begin] == '/') return;
  open.span.end = static_cast<uint32_t>(std::min(m_text.find('\n', open.span.begin), m_text.size()));
  const std::vector<Token> rest = significantTokens(m_text, open.span.end);
  m_tokens.resize(m_at + 1);
  m_tokens.insert(m_tokens.end(), rest.begin(), rest.end());
}

// How far ahead the name stands of a stream that is declared or written from here on: by INSERT INTO, by CREATE of any
// kind, or by the `name AS (SELECT` of other dialects.
size_t TokenCursor::declared() const {
  if (isWord("INSERT") && isWord("INTO", 1)) return 2;
  if (isName() && isWord("AS", 1) && isSymbol("(", 2) && isWord("SELECT", 3)) return 0;
  if (!isWord("CREATE") && !isWord("DEFINE")) return SIZE_MAX;
  static constexpr auto kHead =
      std::to_array<std::string_view>({"OR", "REPLACE", "MATERIALIZED", "TEMPORARY", "EXTERNAL", "STREAM", "TABLE",
                                       "CONNECTION", "VIEW", "SOURCE", "SINK", "IF", "NOT", "EXISTS"});
  size_t name = 1;
  const auto isHead = [&](std::string_view word) { return isWord(word, name); };
  while (name <= kHead.size() && std::any_of(kHead.begin(), kHead.end(), isHead)) ++name;
  return name > 1 ? name : SIZE_MAX;
}

std::vector<std::string> TokenCursor::leaveStatement(size_t begin) {
  const size_t failedAt = m_at;
  std::vector<std::string> streams;
  m_at = begin;
  while (!atEnd()) {
    if (peek().kind == TokenKind::Unterminated) endTextWithLine();
    if (m_at >= failedAt && isSymbol(";")) break;
    if (m_at >= failedAt && m_at > begin && startsStatement()) return streams;
    if (const size_t name = declared(); name < SIZE_MAX && isName(name)) streams.push_back(nameAt(name).text);
    take();
  }
  if (!atEnd()) take();
  return streams;
}

}  // namespace weir
