// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/bind/catalog.h"
#include "core/bind/expression_binder.h"

namespace weir {

/// Thrown when a query reads a stream whose own statement is wrong: nothing more to say.
struct BrokenInput {};
/// Thrown when a query reads a stream whose columns are not known before its first message.
struct DeferredInput {};

/// Binds one SELECT with its FROM into nodes: the query itself last, joins, patterns and subqueries before it.
class QueryBinder {
public:
  QueryBinder(Catalog& catalog, std::vector<BoundNode>& nodes, Diagnostics& diagnostics, int& hidden)
      : m_catalog(catalog), m_nodes(nodes), m_diagnostics(diagnostics), m_hidden(hidden) {}

  /// Binds `query` as the writer of `target`, which is created when nobody declared it.
  void bind(const ast::Query& query, const std::string& target, bool isHidden = false);

private:
  struct From {
    std::string input;
    Scope scope;
  };
  From bindFrom(const ast::Query& query);
  Relation bindSource(const ast::Source& source);
  From bindJoin(From left, const ast::Join& join);
  From bindUnnest(From left, const ast::Join& join);
  From bindPattern(const ast::Pattern& pattern);
  Relation bindTerm(const ast::PatternNode& term, bool negated, const Scope& scope);
  /// Notes in the pattern that `select` reads which of its columns it looks at.
  void noteRead(const BoundSelect& select);
  std::string addHidden(const SchemaPtr& schema, BoundNode node);
  BoundWindow bindWindow(const ast::Window& window, const Scope& scope);
  void bindGroupBy(const ast::Query& query, ExpressionBinder& binder, SelectParts& parts);
  void bindOutput(const ast::Query& query, BoundSelect& select);
  /// Gives the columns of a target that nobody declared the names behind INSERT INTO, when there are any.
  static void nameColumns(const ast::Query& query, std::vector<Field>& fields);
  /// Adds the query's columns to those that its target, declared with `...`, has written out.
  static void complete(BoundStream& target, const ast::Query& query, const std::vector<Field>& fields);
  /// Orders and widens the items as a declared target wants them; returns which of its columns each has become.
  std::vector<size_t> conformToTarget(const ast::Query& query, BoundSelect& select, std::vector<Field>& fields,
                                      const BoundStream& target);
  void warn(Code code, Span span, std::string message, std::string hint = {});

  Catalog& m_catalog;
  std::vector<BoundNode>& m_nodes;
  Diagnostics& m_diagnostics;
  int& m_hidden;
};

}  // namespace weir
