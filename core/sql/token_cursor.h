// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/sql/ast.h"
#include "core/sql/lexer.h"

namespace weir {

/// Thrown inside the parser only, and caught at the end of the statement.
struct SyntaxError {
  Diagnostic diagnostic;
};

/// Walks the tokens and remembers what would have been accepted at the present one, for the error message.
class TokenCursor {
public:
  explicit TokenCursor(std::string_view text) : m_text(text), m_tokens(significantTokens(text)) {}

  std::string_view source() const { return m_text; }
  const Token& peek(size_t ahead = 0) const { return m_tokens[std::min(m_at + ahead, m_tokens.size() - 1)]; }
  std::string_view text(size_t ahead = 0) const { return textOf(m_text, peek(ahead).span); }
  bool atEnd() const { return peek().kind == TokenKind::End; }
  Span previousSpan() const { return m_at == 0 ? Span{} : m_tokens[m_at - 1].span; }
  Token take();

  /// Looks without remembering anything for the message.
  bool isWord(std::string_view word, size_t ahead = 0) const;
  bool isSymbol(std::string_view symbol, size_t ahead = 0) const;
  bool isName(size_t ahead = 0) const;

  bool accept(std::string_view word);
  bool acceptSymbol(std::string_view symbol);
  /// Accepts several words only when all are there.
  bool acceptWords(std::initializer_list<std::string_view> words);
  void expect(std::string_view word);
  void expectSymbol(std::string_view symbol);
  /// A name: a word that is not reserved, or a quoted one. `what` is what the message calls it.
  ast::Name expectName(std::string_view what);
  int64_t expectInteger(std::string_view what);

  /// Words that were taken as part of the language, in order; every other word is somebody's name.
  const std::vector<Span>& keywords() const { return m_keywords; }
  /// The name just taken turned out to be one of the language: a type, a window.
  void previousIsKeyword() { m_keywords.push_back(previousSpan()); }

  void note(std::string_view expected);
  [[noreturn]] void fail();
  [[noreturn]] void fail(Code code, Span span, std::string message, std::string hint = {});

  size_t position() const { return m_at; }
  /// At the first word of a line that can only begin a statement: the one above has lost its ';'.
  bool startsStatement() const;
  /// Leaves the statement that began at `begin` and failed: behind its ';', or where another one starts. A text that is
  /// not closed ends with its line. Returns the streams that the statement would have declared or written.
  std::vector<std::string> leaveStatement(size_t begin);
  /// The name just taken was an alias without AS; what follows it may show that it was a mistyped word.
  void previousIsAlias() { m_aliasBefore = m_at; }

private:
  ast::Name nameAt(size_t ahead) const;
  size_t declared() const;
  void endTextWithLine();

  std::string_view m_text;
  std::vector<Token> m_tokens;
  size_t m_at = 0;
  size_t m_aliasBefore = SIZE_MAX;
  std::vector<std::string> m_expected;
  std::vector<Span> m_keywords;
};

}  // namespace weir
