// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sql/expression_parser.h"

namespace weir {

/// Parses SELECT with all its clauses, and INSERT in front of one.
class QueryParser {
public:
  QueryParser(TokenCursor& cursor, ExpressionParser& expressions) : m_cursor(cursor), m_expressions(expressions) {}

  ast::Query parseQuery();
  ast::Query parseInsert();
  /// Forgets the nesting of a statement that failed.
  void resetDepth() { m_depth = 0; }

private:
  ast::SelectItem parseItem();
  void parseFrom(ast::Query& query);
  ast::Source parseSource();
  bool parseJoin(ast::Query& query);
  ast::Window parseWindow();
  ast::WindowArg parseWindowArg();
  bool parseClause(ast::Query& query);
  ast::Output parseOutput();
  ast::Emit parseEmit();
  void parseOrder(ast::Query& query);
  std::optional<ast::Name> parseAlias();
  std::unique_ptr<ast::PatternNode> parsePatternChain();
  std::unique_ptr<ast::PatternNode> parsePatternTerm();
  [[noreturn]] void refuseSizes(const ast::Name& window);
  std::unique_ptr<ast::PatternNode> parsePatternGroup(bool every);
  std::unique_ptr<ast::PatternNode> parsePatternEvent(bool every);
  /// Bounds, condition and FOR, behind an event or its parentheses.
  void parsePatternSuffix(ast::PatternNode& node, bool isGroup);

  TokenCursor& m_cursor;
  ExpressionParser& m_expressions;
  int m_depth = 0;
};

}  // namespace weir
