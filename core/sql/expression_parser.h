// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sql/token_cursor.h"

namespace weir {

/// Parses expressions by precedence climbing. Depth is bounded, so that no input can exhaust the stack.
class ExpressionParser {
public:
  explicit ExpressionParser(TokenCursor& cursor) : m_cursor(cursor) {}

  ast::ExprPtr parse();
  /// `1 min`, `'1 minute'`, `INTERVAL '2' SECOND`; nothing when the next token starts none of these.
  std::optional<ast::Duration> parseDuration();
  ast::Duration expectDuration(std::string_view what);
  /// A type's name with an optional length, checked.
  ast::Name parseType();

private:
  class Deeper;
  ast::ExprPtr parseBinary(int level);
  ast::ExprPtr parseNot();
  ast::ExprPtr parseComparison();
  ast::ExprPtr parseUnary();
  ast::ExprPtr parsePostfix();
  ast::ExprPtr parsePrimary();
  ast::ExprPtr parseWord();
  ast::ExprPtr parseCall();
  /// At the SELECT behind the parenthesis of `function`, or of none.
  void refuseTest(const ast::Expr& left, bool negated);
  [[noreturn]] void refuseSubquery(std::string_view function, Span span);
  ast::ExprPtr parseCase();
  ast::ExprPtr parseCast();
  ast::Duration parseInterval();
  ast::ExprPtr make(ast::Expr::Kind kind, Span span);
  ast::ExprPtr binary(std::string op, Span opSpan, ast::ExprPtr left, ast::ExprPtr right);
  ast::Duration duration(std::string_view amount, std::string_view unit, Span span, Span unitSpan);

  TokenCursor& m_cursor;
  int m_depth = 0;
};

}  // namespace weir
