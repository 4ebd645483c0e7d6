// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/bind/expression_parts.h"
#include "core/bind/scope.h"
#include "core/functions/function_list.h"

namespace weir {

/// Binds the expressions of a clause that looks at single rows: names are the columns of FROM; aggregates, LAG and the
/// window's own values are refused. A clause that allows more overrides what it allows.
class ExpressionBinder {
public:
  /// `clause` is what messages call the place.
  ExpressionBinder(const Scope& scope, std::string_view source, std::string clause)
      : m_scope(scope), m_source(source), m_clause(std::move(clause)) {}
  virtual ~ExpressionBinder() = default;
  ExpressionBinder(const ExpressionBinder&) = delete;
  ExpressionBinder& operator=(const ExpressionBinder&) = delete;

  logical::Expression bind(const ast::Expr& expr);
  /// The same where a condition must stand; `what` is what messages call it.
  logical::Expression asBool(const ast::Expr& expr, std::string_view what);
  /// Two expressions with one signature have one value.
  std::string signature(const ast::Expr& expr) const;
  Diagnostics takeWarnings() { return std::exchange(m_warnings, {}); }

protected:
  /// What stands for a whole expression, whatever it is made of: a key of the groups.
  virtual std::optional<logical::Expression> bindWhole(const ast::Expr& expr);
  virtual logical::Expression bindName(const ast::Expr& expr);
  virtual logical::Expression bindAggregate(const ast::Expr& expr, const AggregateFunction& function);
  virtual logical::Expression bindLag(const ast::Expr& expr);
  /// Throws where the window's own values are not known.
  virtual void checkWindowValue(const ast::Expr& expr, const SpecialFunction& function) const;

  logical::Expression bindColumn(const ast::Expr& expr, const Scope::Found& found);
  /// Takes an aggregate's call apart, and its arguments over single rows.
  logical::Expression bindCallOf(const ast::Expr& expr, const AggregateFunction& function);
  std::string textOf(Span span) const { return std::string(m_source.substr(span.begin, span.end - span.begin)); }

  const Scope& m_scope;
  std::string_view m_source;
  std::string m_clause;

private:
  logical::Expression bindPart(const ast::Expr& expr);
  logical::Expression bindInteger(const ast::Expr& expr);
  logical::Expression bindIsNull(const ast::Expr& expr);
  logical::Expression bindMembers(logical::Expression object, const std::vector<ast::Name>& parts, size_t from);
  logical::Expression bindUnary(const ast::Expr& expr);
  logical::Expression bindBinary(const ast::Expr& expr);
  logical::Expression bindTextOperator(const ast::Expr& expr, std::vector<logical::Expression> args);
  logical::Expression bindComparison(const std::string& op, const ast::Expr& left, const ast::Expr& right, Span span);
  logical::Expression compare(const std::string& op, logical::Expression left, logical::Expression right, Span span);
  logical::Expression bindBetween(const ast::Expr& expr);
  logical::Expression bindIn(const ast::Expr& expr);
  logical::Expression bindCall(const ast::Expr& expr);
  logical::Expression bindSpecial(const ast::Expr& expr, const SpecialFunction& function);
  void checkConstants(const ScalarFunction& function, const ast::Expr& expr,
                      const std::vector<logical::Expression>& args) const;
  logical::Expression bindScalar(const ScalarFunction& function, std::vector<logical::Expression> args, Span span);
  [[noreturn]] void refuseTypes(const ScalarFunction& function, const Overload& nearest,
                                const std::vector<logical::Expression>& args, Span span) const;
  const AggregateOverload& overloadOf(const ast::Expr& expr, const AggregateFunction& function,
                                      const std::vector<logical::Expression>& args) const;
  [[noreturn]] void refuseTypes(const ast::Expr& expr, const AggregateFunction& function,
                                const AggregateOverload& nearest, const std::vector<logical::Expression>& args) const;
  logical::Expression bindCast(const ast::Expr& expr);
  logical::Expression bindCase(const ast::Expr& expr);
  /// `e1[0].v` and `e1[last].v` of a pattern's event; nothing for any other expression.
  std::optional<logical::Expression> bindTermMember(const ast::Expr& expr);
  logical::Expression bindJson(const ast::Expr& expr);
  static Type commonOf(const std::vector<logical::Expression>& args, std::string_view what);
  /// Widens all to their common type; a LONG of a message that becomes a DOUBLE is told of.
  Type toCommon(std::vector<logical::Expression>& args, std::string_view what);
  /// Throws unless a text meets a text, a number a number.
  void checkComparable(const logical::Expression& left, const ast::Expr& leftText, const logical::Expression& right,
                       const ast::Expr& rightText, Span span) const;

  Diagnostics m_warnings;
};

}  // namespace weir
