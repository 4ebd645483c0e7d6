// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/expression.h"

namespace weir::logical {

bool Expression::operator==(const Expression& other) const = default;

Expression made(Expression::Kind kind, Type type, Span span) {
  Expression expr;
  expr.kind = kind;
  expr.type = type;
  expr.span = span;
  return expr;
}

Expression literal(Value value, Type type, Span span) {
  Expression expr = made(Expression::Kind::Literal, type, span);
  expr.literal = std::move(value);
  return expr;
}

Expression call(std::string name, Type type, std::vector<Expression> args, Span span) {
  Expression expr = made(Expression::Kind::Call, type, span);
  expr.name = std::move(name);
  expr.args = std::move(args);
  return expr;
}

Box<Expression> conjunction(std::vector<Expression> parts) {
  if (parts.empty()) return {};
  Expression all = std::move(parts[0]);
  for (size_t i = 1; i < parts.size(); ++i) {
    const Span span = all.span;
    std::vector<Expression> both;
    both.push_back(std::move(all));
    both.push_back(std::move(parts[i]));
    all = call("AND", Type::Bool, std::move(both), span);
  }
  return all;
}

}  // namespace weir::logical
