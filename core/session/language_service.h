// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: any, each object on one; it holds no more than a text and what checking it found. Qt-free.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bind/binder.h"
#include "core/sql/lexer.h"

namespace weir {

/// One thing that could be written at the caret.
struct Completion {
  enum class Kind { Snippet, Column, Stream, Function, Window, Option, Choice, Type, Keyword };
  Kind kind = Kind::Keyword;
  std::string text;    ///< as it is shown and matched
  std::string detail;  ///< type, signature or default, short
  std::string help;    ///< one line
  std::string insert;  ///< what is written; `$0` is where the caret goes
};

/// What an editor needs to know about a script: statements, completion, signatures, definitions. Offsets are bytes.
class LanguageService {
public:
  explicit LanguageService(std::string text);

  const std::string& text() const { return m_text; }
  /// The whole statements, without the semicolon.
  const std::vector<Span>& statements() const { return m_statements; }
  /// The statement that holds the offset, or that ended right before it.
  std::optional<Span> statementAt(size_t offset) const;
  /// Where the word before the caret begins: what a completion replaces.
  size_t wordStart(size_t offset) const;
  /// Best first; only what begins with, or contains, the word before the caret.
  std::vector<Completion> completionsAt(size_t offset) const;
  /// Signature and help of the call around the offset.
  std::string signatureAt(size_t offset) const;
  /// Where the name under the offset is defined: a stream in its CREATE or the INSERT INTO that writes it first, an
  /// alias in FROM, a column in its CREATE or the SELECT that gives it.
  std::optional<Span> definitionAt(size_t offset) const;
  /// The same of a stream or a connection by its name.
  std::optional<Span> definitionOf(const std::string& stream) const;
  /// Signature and help of the function, option, stream or column under the offset.
  std::string helpAt(size_t offset) const;

private:
  struct Word {
    Span span;
    TokenKind kind;
    std::string_view text;
  };
  struct Place {
    Span statement;
    std::vector<Word> before;  ///< tokens of the statement before the word at the caret
    std::vector<Word> all;
    std::string prefix;
    bool isInText = false;  ///< the caret stands in quotes
  };
  Place placeAt(size_t offset) const;
  std::vector<Completion> candidates(const Place& place) const;
  logical::Plan scriptWithout(Span statement) const;

  std::string m_text;
  std::vector<Token> m_tokens;
  std::vector<Span> m_statements;
};

}  // namespace weir
