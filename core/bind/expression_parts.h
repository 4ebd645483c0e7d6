// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>

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

/// What an expression is called in a hint: its own text, unless that is long.
inline std::string shown(const std::string& text) { return text.size() > 40 ? "..." : text; }

}  // namespace weir
