// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/expression_binder.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/functions/cast.h"
#include "core/plan/logical.h"

namespace weir {

using logical::Expression;
using logical::literal;
using logical::made;
using Kind = Expression::Kind;
using AstKind = ast::Expr::Kind;

void throwBind(Code code, Span span, std::string message, std::string hint) {
  throw BindError{{Severity::Error, code, span, std::move(message), std::move(hint)}};
}

Expression widened(Expression expr, Type to) {
  if (expr.type == to) return expr;
  if (expr.kind == Kind::Literal) {
    if (const int64_t* integer = std::get_if<int64_t>(&expr.literal); integer && isReal(to))
      expr.literal = static_cast<double>(*integer);
    expr.type = to;
    return expr;
  }
  Expression wider = made(Kind::Widen, to, expr.span);
  wider.args.push_back(std::move(expr));
  return wider;
}

Expression again(Expression expr) {
  Expression repeated = made(Kind::Again, expr.type, expr.span);
  repeated.args.push_back(std::move(expr));
  return repeated;
}

std::string ExpressionBinder::signature(const ast::Expr& expr) const {
  std::string out = std::to_string(static_cast<int>(expr.kind)) + (expr.negated ? "!" : "") + (expr.flag ? "?" : "");
  if (expr.kind == AstKind::Name) {
    const auto found = m_scope.resolve(expr);
    out += found ? "#" + std::to_string(found->column) : "~" + expr.parts.front().text;
    for (size_t i = found ? found->partsUsed : 1; i < expr.parts.size(); ++i) out += "." + expr.parts[i].text;
  } else {
    out += ":" + (expr.kind == AstKind::Call || expr.kind == AstKind::Cast ? uppered(expr.text) : expr.text);
    if (expr.kind == AstKind::Interval) out += std::to_string(expr.number);
  }
  out += "(";
  for (const auto& arg : expr.args) out += signature(*arg) + ",";
  out += ")";
  if (expr.filter) out += "F" + signature(*expr.filter);
  for (const auto& part : expr.partition) out += "P" + signature(*part);
  return out;
}

std::optional<Expression> ExpressionBinder::bindWhole(const ast::Expr&) { return std::nullopt; }

Expression ExpressionBinder::bind(const ast::Expr& expr) {
  if (std::optional<Expression> whole = bindWhole(expr)) return std::move(*whole);
  return bindPart(expr);
}

Expression ExpressionBinder::bindPart(const ast::Expr& expr) {
  switch (expr.kind) {
    case AstKind::Null: return literal({}, Type::Null, expr.span);
    case AstKind::True: return literal(true, Type::Bool, expr.span);
    case AstKind::False: return literal(false, Type::Bool, expr.span);
    case AstKind::String: return literal(expr.text, Type::String, expr.span);
    case AstKind::Interval: return literal(expr.number, Type::Long, expr.span);
    case AstKind::Integer: return bindInteger(expr);
    case AstKind::Decimal: {
      const auto value = decimalNumber(expr.text);
      if (!value) throwBind(Code::Limit, expr.span, "'" + expr.text + "' does not fit DOUBLE");
      return literal(*value, Type::Double, expr.span);
    }
    case AstKind::Name: return bindName(expr);
    case AstKind::Star: throwBind(Code::Syntax, expr.span, "* stands only in COUNT(*) and as a column of SELECT");
    case AstKind::Unary: return bindUnary(expr);
    case AstKind::Binary: return bindBinary(expr);
    case AstKind::Call: return bindCall(expr);
    case AstKind::Cast: return bindCast(expr);
    case AstKind::Case: return bindCase(expr);
    case AstKind::In: return bindIn(expr);
    case AstKind::Between: return bindBetween(expr);
    case AstKind::IsNull: return bindIsNull(expr);
    case AstKind::Member:
    case AstKind::Arrow:
    case AstKind::ArrowText:
    case AstKind::Index: return bindJson(expr);
  }
  throwBind(Code::Syntax, expr.span, "this expression is not supported");
}

Expression ExpressionBinder::bindInteger(const ast::Expr& expr) {
  const auto value = parseNumber<int64_t>(expr.text);
  if (!value)
    throwBind(Code::Limit, expr.span, "'" + expr.text + "' does not fit LONG",
              "write it as a DOUBLE: " + expr.text + ".0");
  return literal(*value, Type::Long, expr.span);
}

Expression ExpressionBinder::bindIsNull(const ast::Expr& expr) {
  std::vector<Expression> args;
  args.push_back(bind(*expr.args[0]));
  if (args[0].type == Type::Null) args[0].type = Type::Bool;
  return bindScalar(*findScalar(expr.negated ? "IS_NOT_NULL" : "IS_NULL"), std::move(args), expr.span);
}

Expression ExpressionBinder::bindName(const ast::Expr& expr) {
  const auto found = m_scope.resolve(expr);
  if (!found) throw BindError{found.diagnostics().front()};
  return bindColumn(expr, *found);
}

Expression ExpressionBinder::bindColumn(const ast::Expr& expr, const Scope::Found& found) {
  const Relation& relation = m_scope.relations()[found.relation];
  Expression column = made(Kind::Column, found.type, expr.span);
  column.of = relation.alias;
  column.name = relation.schema->fields[found.column - relation.offset].name;
  if (found.partsUsed == expr.parts.size()) return column;
  return bindMembers(std::move(column), expr.parts, found.partsUsed);
}

Expression ExpressionBinder::bindMembers(Expression object, const std::vector<ast::Name>& parts, size_t from) {
  for (size_t i = from; i < parts.size(); ++i) {
    if (object.type != Type::Object)
      throwBind(Code::TypeMismatch, parts[i - 1].span,
                "'" + parts[i - 1].text + "' is " + named(object.type) + ", not OBJECT: it has no members");
    const Span span{object.span.begin, parts[i].span.end};
    object = bindScalar(*findOperator("->"),
                        listOf(std::move(object), literal(parts[i].text, Type::String, parts[i].span)), span);
  }
  return object;
}

std::optional<Expression> ExpressionBinder::bindTermMember(const ast::Expr& expr) {
  const ast::Expr& indexed = *expr.args[0];
  if (expr.kind != AstKind::Member || indexed.kind != AstKind::Index) return std::nullopt;
  const ast::Expr& term = *indexed.args[0];
  if (term.kind != AstKind::Name || term.parts.size() != 1) return std::nullopt;
  const Relation* relation = m_scope.find(term.parts[0].text);
  if (!relation || !relation->isTerm) return std::nullopt;
  const ast::Expr& index = *indexed.args[1];
  const bool isLast =
      index.kind == AstKind::Name && index.parts.size() == 1 && equalsIgnoringCase(index.parts[0].text, "last");
  if (!isLast && !(index.kind == AstKind::Integer && index.text == "0"))
    throwBind(Code::Unsupported, index.span, "of a repeated event the first and the last match are kept",
              "write " + relation->alias + "[0] or " + relation->alias + "[last]");
  ast::Expr column;
  column.kind = AstKind::Name;
  column.span = expr.span;
  const std::string first = logical::firstMatchOf(relation->alias);
  column.parts = {{!isLast && m_scope.find(first) ? first : relation->alias, term.span}, {expr.text, expr.textSpan}};
  return bindName(column);
}

Expression ExpressionBinder::bindJson(const ast::Expr& expr) {
  if (auto column = bindTermMember(expr)) return std::move(*column);
  std::vector<Expression> args;
  args.push_back(bind(*expr.args[0]));
  if (args[0].type != Type::Object)
    throwBind(
        Code::TypeMismatch, expr.args[0]->span,
        "'" + shown(textOf(expr.args[0]->span)) + "' is " + named(args[0].type) + ", not OBJECT: it has no members");
  if (expr.kind == AstKind::Member)
    args.push_back(literal(expr.text, Type::String, expr.textSpan));
  else
    args.push_back(bind(*expr.args[1]));
  return bindScalar(*findOperator(expr.kind == AstKind::ArrowText ? "->>" : "->"), std::move(args), expr.span);
}

Expression ExpressionBinder::asBool(const ast::Expr& expr, std::string_view what) {
  auto bound = bind(expr);
  if (bound.type == Type::Object) return widened(std::move(bound), Type::Bool);
  if (bound.type != Type::Bool && bound.type != Type::Null)
    throwBind(Code::TypeMismatch, expr.span, std::string(what) + " expects BOOL, got " + named(bound.type));
  bound.type = Type::Bool;
  return bound;
}

Expression ExpressionBinder::bindUnary(const ast::Expr& expr) {
  if (expr.text == "NOT") return call("NOT", Type::Bool, listOf(asBool(*expr.args[0], "NOT")), expr.span);
  std::vector<Expression> args;
  args.push_back(bind(*expr.args[0]));
  if (!isNumber(args[0].type) && args[0].type != Type::Null)
    throwBind(Code::TypeMismatch, expr.span, "- expects a number, got " + named(args[0].type),
              "use CAST(" + shown(textOf(expr.args[0]->span)) + " AS DOUBLE)");
  return bindScalar(*findOperator("negate"), std::move(args), expr.span);
}

Expression ExpressionBinder::bindBinary(const ast::Expr& expr) {
  const std::string& op = expr.text;
  if (op == "AND" || op == "OR") {
    Expression left = asBool(*expr.args[0], op);
    return call(op, Type::Bool, listOf(std::move(left), asBool(*expr.args[1], op)), expr.span);
  }
  if (op == "=" || op == "<>" || op == "<" || op == "<=" || op == ">" || op == ">=")
    return bindComparison(op, *expr.args[0], *expr.args[1], expr.span);
  std::vector<Expression> args;
  args.push_back(bind(*expr.args[0]));
  args.push_back(bind(*expr.args[1]));
  if (op == "LIKE" || op == "||") return bindTextOperator(expr, std::move(args));
  for (size_t i = 0; i < 2; ++i) {
    if (isNumber(args[i].type) || args[i].type == Type::Null) continue;
    throwBind(Code::TypeMismatch, expr.args[i]->span, op + " expects numbers, got " + named(args[i].type),
              "use CAST(" + shown(textOf(expr.args[i]->span)) + " AS DOUBLE)");
  }
  return bindScalar(*findOperator(op), std::move(args), expr.span);
}

Expression ExpressionBinder::bindTextOperator(const ast::Expr& expr, std::vector<Expression> args) {
  const std::string& op = expr.text;
  for (size_t i = 0; i < 2; ++i) {
    if (args[i].type == Type::Object) args[i] = widened(std::move(args[i]), Type::String);
    if (args[i].type != Type::String && args[i].type != Type::Null)
      throwBind(Code::TypeMismatch, expr.args[i]->span, op + " expects STRING, got " + named(args[i].type),
                "use CAST(" + shown(textOf(expr.args[i]->span)) + " AS STRING)");
  }
  Expression bound = bindScalar(op == "LIKE" ? *findScalar("LIKE") : *findOperator("||"), std::move(args), expr.span);
  return expr.negated ? call("NOT", Type::Bool, listOf(std::move(bound)), expr.span) : bound;
}

Type ExpressionBinder::commonOf(const std::vector<Expression>& args, std::string_view what) {
  Type type = Type::Null;
  for (const auto& arg : args) {
    const auto both = commonType(type, arg.type);
    if (!both)
      throwBind(Code::TypeMismatch, arg.span,
                std::string(what) + " needs values of one type, got " + named(type) + " and " + named(arg.type));
    type = *both;
  }
  return type;
}

Type ExpressionBinder::toCommon(std::vector<Expression>& args, std::string_view what) {
  const Type type = commonOf(args, what);
  for (auto& arg : args) {
    // Computed numbers are mostly counts; one of a message may be an id.
    if (arg.type == Type::Long && isReal(type) && arg.kind == Kind::Column)
      m_warnings.push_back({Severity::Warning, Code::TypeMismatch, arg.span,
                            named(Type::Long) + " becomes " + named(type) + " in " + std::string(what) +
                                ": whole numbers are exact up to " + (type == Type::Float ? "2^24" : "2^53") + " only",
                            "keep it LONG with whole constants, or say so with CAST(" + shown(textOf(arg.span)) +
                                " AS " + named(type) + ")"});
    arg = widened(std::move(arg), type);
  }
  return type;
}

Expression ExpressionBinder::bindCase(const ast::Expr& expr) {
  auto result = made(Kind::Case, Type::Null, expr.span);
  const size_t first = expr.flag ? 1 : 0;
  const size_t branches = (expr.args.size() - first) / 2;
  std::vector<Expression> values;
  std::vector<Expression> conditions;
  for (size_t i = 0; i < branches; ++i) {
    const ast::Expr& when = *expr.args[first + 2 * i];
    if (expr.flag) {
      conditions.push_back(bindComparison("=", *expr.args[0], when, when.span));
      // The operand is written once, so what fails in it is counted once.
      Expression& operand = conditions.back().args[0];
      if (i > 0) operand = again(std::move(operand));
    } else {
      conditions.push_back(asBool(when, "WHEN"));
    }
    values.push_back(bind(*expr.args[first + 2 * i + 1]));
  }
  if (expr.hasElse) values.push_back(bind(*expr.args.back()));
  result.type = toCommon(values, "CASE");
  for (size_t i = 0; i < branches; ++i) {
    result.args.push_back(std::move(conditions[i]));
    result.args.push_back(std::move(values[i]));
  }
  if (expr.hasElse) result.args.push_back(std::move(values.back()));
  return result;
}

Expression ExpressionBinder::bindCast(const ast::Expr& expr) {
  auto operand = bind(*expr.args[0]);
  const TypeSpelling target = *findType(expr.text);
  if (target.lossy)
    m_warnings.push_back({Severity::Warning, Code::TypeMismatch, expr.textSpan,
                          expr.text + " is stored as DOUBLE: decimals are not exact", ""});
  if (operand.type == Type::Null || operand.type == target.type) return widened(std::move(operand), target.type);
  if (!castKernel(operand.type, target.type)) {
    if (widensTo(operand.type, target.type)) return widened(std::move(operand), target.type);
    throwBind(Code::TypeMismatch, expr.span, "cannot cast " + named(operand.type) + " to " + named(target.type));
  }
  Expression cast = made(Kind::Cast, target.type, expr.span);
  cast.tries = expr.flag;
  cast.args.push_back(std::move(operand));
  return cast;
}

}  // namespace weir
