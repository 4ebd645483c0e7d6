// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/expression_binder.h"
#include "core/bind/expression_parts.h"
#include "core/data/compare.h"
#include "core/functions/cast.h"

namespace weir {

using Kind = BoundExpression::Kind;

void ExpressionBinder::checkComparable(const BoundExpression& left, const ast::Expr& leftText,
                                       const BoundExpression& right, const ast::Expr& rightText, Span span) const {
  const bool leftIsText = left.type == Type::String && isNumber(right.type);
  if (!leftIsText && !(right.type == Type::String && isNumber(left.type))) return;
  throwBind(Code::TypeMismatch, span, "cannot compare " + named(left.type) + " with " + named(right.type),
            "use CAST(" + shown(textOf((leftIsText ? leftText : rightText).span)) + " AS DOUBLE)");
}

BoundExpressionPtr ExpressionBinder::bindComparison(const std::string& op, const ast::Expr& left,
                                                    const ast::Expr& right, Span span) {
  auto a = bind(left);
  auto b = bind(right);
  checkComparable(*a, left, *b, right, span);
  return compare(op, std::move(a), std::move(b), span);
}

BoundExpressionPtr ExpressionBinder::asValue(BoundExpressionPtr object) {
  auto value = make(Kind::Call, Type::String, object->span);
  value->kernel = objectValueKernel();
  value->weight = 0;
  value->args.push_back(std::move(object));
  return value;
}

BoundExpressionPtr ExpressionBinder::asNumberKey(BoundExpressionPtr number) {
  auto key = make(Kind::Call, Type::Bytes, number->span);
  key->kernel = numberKeyKernel();
  key->weight = 0;
  key->args.push_back(std::move(number));
  return key;
}

// Where a constant is the same in the type of what it meets, two of one type are compared, which is quick.
void ExpressionBinder::meet(BoundExpressionPtr& constant, Type other) {
  if (constant->kind != Kind::Literal) return;
  const int64_t* whole = std::get_if<int64_t>(&constant->literal);
  const double* real = std::get_if<double>(&constant->literal);
  if (whole && isReal(other)) {
    const auto same = static_cast<double>(*whole);
    if (orderOf(*whole, same) == 0) constant = literal(same, Type::Double, constant->span);
  } else if (real && isInteger(other) && *real >= -0x1p63 && *real < 0x1p63) {
    const auto same = static_cast<int64_t>(*real);
    if (orderOf(same, *real) == 0) constant = literal(same, Type::Long, constant->span);
  }
}

BoundExpressionPtr ExpressionBinder::compare(const std::string& op, BoundExpressionPtr left, BoundExpressionPtr right,
                                             Span span) {
  const auto matchObject = [](BoundExpressionPtr& object, const BoundExpressionPtr& other) {
    if (object->type != Type::Object || other->type == Type::Object || other->type == Type::Null ||
        isNumber(other->type))
      return;
    object = widened(std::move(object), other->type);
  };
  matchObject(left, right);
  matchObject(right, left);
  // A number in an OBJECT is compared as what it says.
  const bool hasNumber = isNumber(left->type) || isNumber(right->type);
  // What is an OBJECT else meets another, or NULL.
  for (BoundExpressionPtr* side : {&left, &right}) {
    if (hasNumber || (*side)->type != Type::Object) continue;
    if (op != "=" && op != "<>")
      throwBind(Code::TypeMismatch, span, "OBJECT compares only with = and <>",
                "use ->> or CAST to compare what is inside");
    *side = asValue(std::move(*side));
  }
  const bool hasObject = left->type == Type::Object || right->type == Type::Object;
  if (!hasObject && !commonType(left->type, right->type))
    throwBind(Code::TypeMismatch, span, "cannot compare " + named(left->type) + " with " + named(right->type));
  meet(left, right->type);
  meet(right, left->type);
  std::vector<BoundExpressionPtr> args;
  args.push_back(std::move(left));
  args.push_back(std::move(right));
  return bindScalar(*findOperator(op), std::move(args), span);
}

BoundExpressionPtr ExpressionBinder::bindIn(const ast::Expr& expr) {
  // Each item is compared as `=` would.
  std::vector<BoundExpressionPtr> args;
  Type type = Type::Null;
  bool isUniform = true;
  size_t objects = 0;
  for (const auto& arg : expr.args) {
    args.push_back(bind(*arg));
    checkComparable(*args.front(), *expr.args.front(), *args.back(), *arg, arg->span);
    if (args.back()->type == Type::Object) {
      ++objects;
      continue;
    }
    const auto both = commonType(type, args.back()->type);
    if (!both && args.front()->type != Type::Object)
      throwBind(Code::TypeMismatch, arg->span, "cannot compare " + named(type) + " with " + named(args.back()->type));
    isUniform = isUniform && both;
    type = both.value_or(type);
  }
  const bool onlyOperand = objects == 1 && args.front()->type == Type::Object;
  BoundExpressionPtr in;
  if (objects == 0 || type == Type::Null || (onlyOperand && isUniform)) {
    // One evaluation of the operand for all items.
    if (objects > 0 && type == Type::Null) {
      type = Type::String;
      for (auto& arg : args)
        if (arg->type == Type::Object) arg = asValue(std::move(arg));
    }
    if (type == Type::Null) type = Type::Long;
    in = make(Kind::In, Type::Bool, expr.span);
    for (auto& arg : args) {
      // Numbers stay as they are, since LONG and DOUBLE are compared exactly, and an OBJECT as the number that it says.
      const bool isObject = arg->type == Type::Object;
      if (isNumber(type) && (isObject || isNumber(arg->type)))
        in->args.push_back(isObject ? std::move(arg)
                                    : widened(std::move(arg), isInteger(arg->type) ? Type::Long : Type::Double));
      else
        in->args.push_back(widened(std::move(arg), type));
    }
  } else {
    std::vector<BoundExpressionPtr> tests;
    for (size_t i = 1; i < args.size(); ++i) {
      auto operand = i == 1 ? std::move(args[0]) : bind(*expr.args[0]);
      if (i > 1) clearWeight(*operand);
      tests.push_back(compare("=", std::move(operand), std::move(args[i]), expr.args[i]->span));
    }
    // Halves of halves, so that a long list makes no deep tree.
    while (tests.size() > 1) {
      std::vector<BoundExpressionPtr> pairs;
      for (size_t i = 0; i + 1 < tests.size(); i += 2) {
        auto either = make(Kind::Or, Type::Bool, expr.span);
        either->args.push_back(std::move(tests[i]));
        either->args.push_back(std::move(tests[i + 1]));
        pairs.push_back(std::move(either));
      }
      if (tests.size() % 2 == 1) pairs.push_back(std::move(tests.back()));
      tests = std::move(pairs);
    }
    in = std::move(tests.front());
  }
  if (!expr.negated) return in;
  auto negated = make(Kind::Not, Type::Bool, expr.span);
  negated->args.push_back(std::move(in));
  return negated;
}

}  // namespace weir
