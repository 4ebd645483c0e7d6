// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/bind/bound_expression.h"

namespace weir {

/// Small parts that the binders of expressions share.

inline BoundExpressionPtr make(BoundExpression::Kind kind, Type type, Span span) {
  auto expr = std::make_unique<BoundExpression>();
  expr->kind = kind;
  expr->type = type;
  expr->span = span;
  return expr;
}

inline BoundExpressionPtr literal(Value value, Type type, Span span) {
  auto expr = make(BoundExpression::Kind::Literal, type, span);
  expr->literal = std::move(value);
  return expr;
}

inline std::string named(Type type) { return std::string(typeName(type)); }

/// Moves the columns that an expression reads `by` places to the front.
inline void shift(BoundExpression& expr, size_t by) {
  if (expr.kind == BoundExpression::Kind::Column) expr.column -= by;
  for (auto& arg : expr.args) shift(*arg, by);
}

/// The parts joined by AND, in their order; nothing when there are none.
inline BoundExpressionPtr conjunction(std::vector<BoundExpressionPtr> parts) {
  if (parts.empty()) return nullptr;
  BoundExpressionPtr all = std::move(parts[0]);
  for (size_t i = 1; i < parts.size(); ++i) {
    auto both = make(BoundExpression::Kind::And, Type::Bool, all->span);
    both->args.push_back(std::move(all));
    both->args.push_back(std::move(parts[i]));
    all = std::move(both);
  }
  return all;
}

/// What an expression is called in a hint: its own text, unless that is long.
inline std::string shown(const std::string& text) { return text.size() > 40 ? "..." : text; }

}  // namespace weir
