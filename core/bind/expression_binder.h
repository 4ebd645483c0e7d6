// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/bind/bound_script.h"
#include "core/bind/scope.h"
#include "core/functions/function_list.h"

namespace weir {

/// Thrown inside the binder only, and caught at the end of the statement.
struct BindError {
  Diagnostic diagnostic;
};

[[noreturn]] void throwBind(Code code, Span span, std::string message, std::string hint = {});

/// Collects what the expressions of one SELECT need beyond columns.
struct SelectParts {
  std::vector<BoundExpressionPtr> keys;
  std::vector<std::string> keySignatures;
  /// GROUP BY named an alias: the first item that matches is the key's own text, not another occurrence.
  std::vector<bool> keyIsAlias;
  std::vector<BoundAggregate> aggregates;
  std::unordered_map<std::string, size_t> aggregatePlaces;  ///< by signature
  std::vector<BoundLag> lags;
};

/// Binds expressions of one query. What columns mean depends on the place.
class ExpressionBinder {
public:
  enum class Place {
    Row,       ///< WHERE, keys, arguments of aggregates: the input's columns
    PerEvent,  ///< items of a query that answers each event: the input's columns, then aggregates
    Grouped,   ///< items of a query that answers when a window closes: keys, then aggregates
  };

  ExpressionBinder(const Scope& scope, std::string_view source) : m_scope(scope), m_source(source) {}

  /// Binds over the input's columns. `clause` is what messages call the place.
  BoundExpressionPtr bindRow(const ast::Expr& expr, std::string clause);
  /// Binds an item or HAVING over the layout of `parts`.
  BoundExpressionPtr bindOutput(const ast::Expr& expr, Place place, SelectParts& parts, bool hasWindow,
                                std::string clause);

  /// Two expressions with one signature have one value.
  std::string signature(const ast::Expr& expr) const;
  /// Aliases of the SELECT, for HAVING: the binder asks for one that is no column.
  void setAliases(std::function<const ast::Expr*(const std::string&)> find) { m_aliases = std::move(find); }
  const std::vector<std::string>& aliasesUsed() const { return m_aliasesUsed; }

  /// Widens without a word, or returns what is wrong.
  static BoundExpressionPtr widened(BoundExpressionPtr expr, Type to);
  /// A number, or the one in an OBJECT, as the key by which it is joined with one of another type.
  static BoundExpressionPtr asNumberKey(BoundExpressionPtr number);
  Diagnostics takeWarnings() { return std::exchange(m_warnings, {}); }

  /// Counts issues of everything below `times` more often: the expression stands for that many written ones.
  static void addWeight(BoundExpression& expr, uint32_t times);
  static void clearWeight(BoundExpression& expr);

  /// Stand for columns of the layout until the number of aggregates is known.
  static constexpr size_t kWindowStart = SIZE_MAX - 1;
  static constexpr size_t kWindowEnd = SIZE_MAX - 2;
  static constexpr size_t kFirstAggregate = SIZE_MAX / 4;
  static constexpr size_t kFirstLag = SIZE_MAX / 2;
  /// Replaces the placeholders above once the number of aggregates is known.
  static void settle(BoundExpression& expr, size_t columns, size_t aggregates);

private:
  BoundExpressionPtr bind(const ast::Expr& expr);
  BoundExpressionPtr bindName(const ast::Expr& expr);
  BoundExpressionPtr bindMembers(BoundExpressionPtr object, const std::vector<ast::Name>& parts, size_t from);
  BoundExpressionPtr bindUnary(const ast::Expr& expr);
  BoundExpressionPtr bindBinary(const ast::Expr& expr);
  BoundExpressionPtr bindComparison(const std::string& op, const ast::Expr& left, const ast::Expr& right, Span span);
  /// An OBJECT as the text by which it is compared with another.
  static BoundExpressionPtr asValue(BoundExpressionPtr object);
  BoundExpressionPtr compare(const std::string& op, BoundExpressionPtr left, BoundExpressionPtr right, Span span);
  BoundExpressionPtr bindCall(const ast::Expr& expr);
  BoundExpressionPtr bindSpecial(const ast::Expr& expr, const SpecialFunction& function);
  BoundExpressionPtr bindAggregate(const ast::Expr& expr, const AggregateFunction& function);
  BoundExpressionPtr bindLag(const ast::Expr& expr);
  void checkConstants(const ScalarFunction& function, const ast::Expr& expr,
                      const std::vector<BoundExpressionPtr>& args) const;
  BoundExpressionPtr bindScalar(const ScalarFunction& function, std::vector<BoundExpressionPtr> args, Span span);
  BoundExpressionPtr bindCast(const ast::Expr& expr);
  BoundExpressionPtr bindCase(const ast::Expr& expr);
  /// `e1[0].v` and `e1[last].v` of a pattern's event; nothing for any other expression.
  BoundExpressionPtr bindTermMember(const ast::Expr& expr);
  BoundExpressionPtr bindJson(const ast::Expr& expr);
  BoundExpressionPtr bindIn(const ast::Expr& expr);
  BoundExpressionPtr asBool(const ast::Expr& expr, std::string_view what);
  static void meet(BoundExpressionPtr& constant, Type other);
  static Type commonOf(const std::vector<BoundExpressionPtr>& args, std::string_view what);
  /// Widens all to their common type; a LONG of a message that becomes a DOUBLE is told of.
  Type toCommon(std::vector<BoundExpressionPtr>& args, std::string_view what);
  /// Throws unless a text meets a text, a number a number.
  void checkComparable(const BoundExpression& left, const ast::Expr& leftText, const BoundExpression& right,
                       const ast::Expr& rightText, Span span) const;
  std::string textOf(Span span) const { return std::string(m_source.substr(span.begin, span.end - span.begin)); }

  const Scope& m_scope;
  std::string_view m_source;
  Place m_place = Place::Row;
  SelectParts* m_parts = nullptr;
  bool m_hasWindow = false;
  bool m_insideAggregate = false;
  bool m_insideAlias = false;
  std::string m_clause;
  std::function<const ast::Expr*(const std::string&)> m_aliases;
  std::vector<std::string> m_aliasesUsed;
  Diagnostics m_warnings;
};

}  // namespace weir
