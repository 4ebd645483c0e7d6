// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/expression_binder.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/bind/expression_parts.h"
#include "core/data/json_text.h"
#include "core/functions/cast.h"
#include "core/functions/foreign_names.h"

namespace weir {

using Kind = BoundExpression::Kind;
using AstKind = ast::Expr::Kind;

void throwBind(Code code, Span span, std::string message, std::string hint) {
  throw BindError{{Severity::Error, code, span, std::move(message), std::move(hint)}};
}

void ExpressionBinder::addWeight(BoundExpression& expr, uint32_t times) {
  if (expr.weight > 0) expr.weight += times;
  for (auto& arg : expr.args) addWeight(*arg, times);
}

void ExpressionBinder::clearWeight(BoundExpression& expr) {
  expr.weight = 0;
  for (auto& arg : expr.args) clearWeight(*arg);
}

void ExpressionBinder::settle(BoundExpression& expr, size_t columns, size_t aggregates) {
  if (expr.kind == Kind::Column) {
    if (expr.column == kWindowStart)
      expr.column = columns + aggregates;
    else if (expr.column == kWindowEnd)
      expr.column = columns + aggregates + 1;
    else if (expr.column >= kFirstLag)
      expr.column = columns + aggregates + 2 + (expr.column - kFirstLag);
    else if (expr.column >= kFirstAggregate)
      expr.column = columns + (expr.column - kFirstAggregate);
  }
  for (auto& arg : expr.args) settle(*arg, columns, aggregates);
}

BoundExpressionPtr ExpressionBinder::widened(BoundExpressionPtr expr, Type to) {
  if (expr->type == to) return expr;
  if (expr->kind == Kind::Literal) {
    if (const int64_t* integer = std::get_if<int64_t>(&expr->literal); integer && isReal(to))
      expr->literal = static_cast<double>(*integer);
    expr->type = to;
    return expr;
  }
  const bool sameStorage = isInteger(expr->type) && isInteger(to);
  const Kernel kernel = sameStorage ? nullptr : castKernel(expr->type, to);
  if (!kernel) {
    // Same storage: only the name of the type changes.
    expr->type = to;
    return expr;
  }
  auto cast = make(Kind::Call, to, expr->span);
  cast->kernel = kernel;
  cast->weight = 0;
  cast->args.push_back(std::move(expr));
  return cast;
}

BoundExpressionPtr ExpressionBinder::bindRow(const ast::Expr& expr, std::string clause) {
  m_place = Place::Row;
  m_parts = nullptr;
  m_clause = std::move(clause);
  return bind(expr);
}

BoundExpressionPtr ExpressionBinder::bindOutput(const ast::Expr& expr, Place place, SelectParts& parts, bool hasWindow,
                                                std::string clause) {
  m_place = place;
  m_parts = &parts;
  m_hasWindow = hasWindow;
  m_clause = std::move(clause);
  return bind(expr);
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

BoundExpressionPtr ExpressionBinder::bind(const ast::Expr& expr) {
  if (m_place == Place::Grouped && !m_insideAggregate) {
    const std::string wanted = signature(expr);
    for (size_t i = 0; i < m_parts->keys.size(); ++i) {
      if (m_parts->keySignatures[i] != wanted) continue;
      if (!m_insideAlias && !m_parts->keyIsAlias[i]) addWeight(*m_parts->keys[i], 1);
      m_parts->keyIsAlias[i] = false;
      auto column = make(Kind::Column, m_parts->keys[i]->type, expr.span);
      column->column = i;
      return column;
    }
  }
  switch (expr.kind) {
    case AstKind::Null: return literal({}, Type::Null, expr.span);
    case AstKind::True: return literal(true, Type::Bool, expr.span);
    case AstKind::False: return literal(false, Type::Bool, expr.span);
    case AstKind::String: return literal(expr.text, Type::String, expr.span);
    case AstKind::Interval: return literal(expr.number, Type::Long, expr.span);
    case AstKind::Integer: {
      const auto value = parseNumber<int64_t>(expr.text);
      if (!value)
        throwBind(Code::Limit, expr.span, "'" + expr.text + "' does not fit LONG",
                  "write it as a DOUBLE: " + expr.text + ".0");
      return literal(*value, Type::Long, expr.span);
    }
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
    case AstKind::Between: {
      // NOT (a >= low AND a <= high) is what SQL says; the operand is written once, so it counts its issues once.
      auto both = make(Kind::And, Type::Bool, expr.span);
      both->args.push_back(bindComparison(">=", *expr.args[0], *expr.args[1], expr.span));
      both->args.push_back(bindComparison("<=", *expr.args[0], *expr.args[2], expr.span));
      clearWeight(*both->args[1]->args[0]);
      if (!expr.negated) return both;
      auto negated = make(Kind::Not, Type::Bool, expr.span);
      negated->args.push_back(std::move(both));
      return negated;
    }
    case AstKind::IsNull: {
      std::vector<BoundExpressionPtr> args;
      args.push_back(bind(*expr.args[0]));
      if (args[0]->type == Type::Null) args[0]->type = Type::Bool;
      return bindScalar(*findScalar(expr.negated ? "IS_NOT_NULL" : "IS_NULL"), std::move(args), expr.span);
    }
    case AstKind::Member:
    case AstKind::Arrow:
    case AstKind::ArrowText:
    case AstKind::Index: return bindJson(expr);
  }
  throwBind(Code::Syntax, expr.span, "this expression is not supported");
}

BoundExpressionPtr ExpressionBinder::bindName(const ast::Expr& expr) {
  const auto found = m_scope.resolve(expr);
  const ast::Expr* alias = m_aliases && expr.parts.size() == 1 && !m_insideAggregate && !m_insideAlias
                               ? m_aliases(expr.parts[0].text)
                               : nullptr;
  const bool groupedColumn = m_place == Place::Grouped && !m_insideAggregate;
  if (alias && (!found || groupedColumn)) {
    const bool again = std::find(m_aliasesUsed.begin(), m_aliasesUsed.end(), expr.parts[0].text) != m_aliasesUsed.end();
    m_aliasesUsed.push_back(expr.parts[0].text);
    m_insideAlias = true;
    auto bound = bind(*alias);
    m_insideAlias = false;
    if (again) clearWeight(*bound);
    return bound;
  }
  if (!found) throw BindError{found.diagnostics().front()};
  if (groupedColumn)
    throwBind(Code::Grouping, expr.span,
              "column '" + expr.parts[found->partsUsed - 1].text + "' must appear in GROUP BY or inside an aggregate",
              "add it to GROUP BY, or take FIRST(...) or LAST(...) of it");
  auto column = make(Kind::Column, found->type, expr.span);
  column->column = found->column;
  if (found->partsUsed == expr.parts.size()) return column;
  return bindMembers(std::move(column), expr.parts, found->partsUsed);
}

BoundExpressionPtr ExpressionBinder::bindMembers(BoundExpressionPtr object, const std::vector<ast::Name>& parts,
                                                 size_t from) {
  for (size_t i = from; i < parts.size(); ++i) {
    if (object->type != Type::Object)
      throwBind(Code::TypeMismatch, parts[i - 1].span,
                "'" + parts[i - 1].text + "' is " + named(object->type) + ", not OBJECT: it has no members");
    std::vector<BoundExpressionPtr> args;
    const Span span{object->span.begin, parts[i].span.end};
    args.push_back(std::move(object));
    args.push_back(literal(parts[i].text, Type::String, parts[i].span));
    object = bindScalar(*findOperator("->"), std::move(args), span);
  }
  return object;
}

BoundExpressionPtr ExpressionBinder::bindTermMember(const ast::Expr& expr) {
  const ast::Expr& indexed = *expr.args[0];
  if (expr.kind != AstKind::Member || indexed.kind != AstKind::Index) return nullptr;
  const ast::Expr& term = *indexed.args[0];
  if (term.kind != AstKind::Name || term.parts.size() != 1) return nullptr;
  const Relation* relation = m_scope.find(term.parts[0].text);
  if (!relation || !relation->isTerm) return nullptr;
  const ast::Expr& index = *indexed.args[1];
  const bool isLast =
      index.kind == AstKind::Name && index.parts.size() == 1 && equalsIgnoringCase(index.parts[0].text, "last");
  if (!isLast && !(index.kind == AstKind::Integer && index.text == "0"))
    throwBind(Code::Unsupported, index.span, "of a repeated event the first and the last match are kept",
              "write " + relation->alias + "[0] or " + relation->alias + "[last]");
  ast::Expr column;
  column.kind = AstKind::Name;
  column.span = expr.span;
  const std::string first = firstMatchOf(relation->alias);
  column.parts = {{!isLast && m_scope.find(first) ? first : relation->alias, term.span}, {expr.text, expr.textSpan}};
  return bindName(column);
}

BoundExpressionPtr ExpressionBinder::bindJson(const ast::Expr& expr) {
  if (auto column = bindTermMember(expr)) return column;
  std::vector<BoundExpressionPtr> args;
  args.push_back(bind(*expr.args[0]));
  if (args[0]->type != Type::Object)
    throwBind(
        Code::TypeMismatch, expr.args[0]->span,
        "'" + shown(textOf(expr.args[0]->span)) + "' is " + named(args[0]->type) + ", not OBJECT: it has no members");
  if (expr.kind == AstKind::Member)
    args.push_back(literal(expr.text, Type::String, expr.textSpan));
  else
    args.push_back(bind(*expr.args[1]));
  return bindScalar(*findOperator(expr.kind == AstKind::ArrowText ? "->>" : "->"), std::move(args), expr.span);
}

BoundExpressionPtr ExpressionBinder::asBool(const ast::Expr& expr, std::string_view what) {
  auto bound = bind(expr);
  if (bound->type == Type::Object) return widened(std::move(bound), Type::Bool);
  if (bound->type != Type::Bool && bound->type != Type::Null)
    throwBind(Code::TypeMismatch, expr.span, std::string(what) + " expects BOOL, got " + named(bound->type));
  bound->type = Type::Bool;
  return bound;
}

BoundExpressionPtr ExpressionBinder::bindUnary(const ast::Expr& expr) {
  if (expr.text == "NOT") {
    auto negated = make(Kind::Not, Type::Bool, expr.span);
    negated->args.push_back(asBool(*expr.args[0], "NOT"));
    return negated;
  }
  std::vector<BoundExpressionPtr> args;
  args.push_back(bind(*expr.args[0]));
  if (!isNumber(args[0]->type) && args[0]->type != Type::Null)
    throwBind(Code::TypeMismatch, expr.span, "- expects a number, got " + named(args[0]->type),
              "use CAST(" + shown(textOf(expr.args[0]->span)) + " AS DOUBLE)");
  return bindScalar(*findOperator("negate"), std::move(args), expr.span);
}

BoundExpressionPtr ExpressionBinder::bindBinary(const ast::Expr& expr) {
  const std::string& op = expr.text;
  if (op == "AND" || op == "OR") {
    auto both = make(op == "AND" ? Kind::And : Kind::Or, Type::Bool, expr.span);
    both->args.push_back(asBool(*expr.args[0], op));
    both->args.push_back(asBool(*expr.args[1], op));
    return both;
  }
  if (op == "=" || op == "<>" || op == "<" || op == "<=" || op == ">" || op == ">=")
    return bindComparison(op, *expr.args[0], *expr.args[1], expr.span);
  std::vector<BoundExpressionPtr> args;
  args.push_back(bind(*expr.args[0]));
  args.push_back(bind(*expr.args[1]));
  if (op == "LIKE" || op == "||") {
    for (size_t i = 0; i < 2; ++i) {
      if (args[i]->type == Type::Object) args[i] = widened(std::move(args[i]), Type::String);
      if (args[i]->type != Type::String && args[i]->type != Type::Null)
        throwBind(Code::TypeMismatch, expr.args[i]->span, op + " expects STRING, got " + named(args[i]->type),
                  "use CAST(" + shown(textOf(expr.args[i]->span)) + " AS STRING)");
    }
    auto bound = bindScalar(op == "LIKE" ? *findScalar("LIKE") : *findOperator("||"), std::move(args), expr.span);
    if (!expr.negated) return bound;
    auto negated = make(Kind::Not, Type::Bool, expr.span);
    negated->args.push_back(std::move(bound));
    return negated;
  }
  for (size_t i = 0; i < 2; ++i) {
    if (isNumber(args[i]->type) || args[i]->type == Type::Null) continue;
    throwBind(Code::TypeMismatch, expr.args[i]->span, op + " expects numbers, got " + named(args[i]->type),
              "use CAST(" + shown(textOf(expr.args[i]->span)) + " AS DOUBLE)");
  }
  return bindScalar(*findOperator(op), std::move(args), expr.span);
}

Type ExpressionBinder::commonOf(const std::vector<BoundExpressionPtr>& args, std::string_view what) {
  Type type = Type::Null;
  for (const auto& arg : args) {
    const auto both = commonType(type, arg->type);
    if (!both)
      throwBind(Code::TypeMismatch, arg->span,
                std::string(what) + " needs values of one type, got " + named(type) + " and " + named(arg->type));
    type = *both;
  }
  return type;
}

Type ExpressionBinder::toCommon(std::vector<BoundExpressionPtr>& args, std::string_view what) {
  const Type type = commonOf(args, what);
  for (auto& arg : args) {
    // Computed numbers are mostly counts; one of a message may be an id.
    if (arg->type == Type::Long && isReal(type) && arg->kind == Kind::Column && arg->column < kFirstAggregate)
      m_warnings.push_back({Severity::Warning, Code::TypeMismatch, arg->span,
                            named(Type::Long) + " becomes " + named(type) + " in " + std::string(what) +
                                ": whole numbers are exact up to " + (type == Type::Float ? "2^24" : "2^53") + " only",
                            "keep it LONG with whole constants, or say so with CAST(" + shown(textOf(arg->span)) +
                                " AS " + named(type) + ")"});
    arg = widened(std::move(arg), type);
  }
  return type;
}

BoundExpressionPtr ExpressionBinder::bindCase(const ast::Expr& expr) {
  auto result = make(Kind::Case, Type::Null, expr.span);
  const size_t first = expr.flag ? 1 : 0;
  const size_t branches = (expr.args.size() - first) / 2;
  std::vector<BoundExpressionPtr> values;
  std::vector<BoundExpressionPtr> conditions;
  for (size_t i = 0; i < branches; ++i) {
    const ast::Expr& when = *expr.args[first + 2 * i];
    if (expr.flag) {
      conditions.push_back(bindComparison("=", *expr.args[0], when, when.span));
      if (i > 0) clearWeight(*conditions.back()->args[0]);
    } else {
      conditions.push_back(asBool(when, "WHEN"));
    }
    values.push_back(bind(*expr.args[first + 2 * i + 1]));
  }
  if (expr.hasElse) values.push_back(bind(*expr.args.back()));
  result->type = toCommon(values, "CASE");
  for (size_t i = 0; i < branches; ++i) {
    result->args.push_back(std::move(conditions[i]));
    result->args.push_back(std::move(values[i]));
  }
  if (expr.hasElse) result->args.push_back(std::move(values.back()));
  return result;
}

BoundExpressionPtr ExpressionBinder::bindCast(const ast::Expr& expr) {
  auto operand = bind(*expr.args[0]);
  const TypeSpelling target = *findType(expr.text);
  if (target.lossy)
    m_warnings.push_back({Severity::Warning, Code::TypeMismatch, expr.textSpan,
                          expr.text + " is stored as DOUBLE: decimals are not exact", ""});
  if (operand->type == Type::Null || operand->type == target.type) return widened(std::move(operand), target.type);
  const Kernel kernel = castKernel(operand->type, target.type);
  if (!kernel) {
    if (widensTo(operand->type, target.type)) return widened(std::move(operand), target.type);
    throwBind(Code::TypeMismatch, expr.span, "cannot cast " + named(operand->type) + " to " + named(target.type));
  }
  auto cast = make(Kind::Call, target.type, expr.span);
  cast->kernel = kernel;
  cast->weight = expr.flag ? 0 : 1;
  cast->args.push_back(std::move(operand));
  return cast;
}

BoundExpressionPtr ExpressionBinder::bindScalar(const ScalarFunction& function, std::vector<BoundExpressionPtr> args,
                                                Span span) {
  const auto finish = [&](Kernel kernel, Type result) {
    auto call = make(Kind::Call, result, span);
    call->kernel = kernel;
    call->args = std::move(args);
    return call;
  };
  const std::string name(function.name);
  if (function.rule != TypeRule::Overloads) {
    if (args.size() < function.least || args.size() > function.most)
      throwBind(Code::ArgumentCount, span, name + " is written " + std::string(function.signature));
    const Type type = commonOf(args, name);
    if (type == Type::Object)
      throwBind(Code::TypeMismatch, span, name + " cannot compare OBJECT", "use ->> or CAST to reach the value");
    const bool keepsOwn = function.rule == TypeRule::First && isNumber(type);
    for (auto& arg : args)
      if (!keepsOwn || arg->type == Type::Null) arg = widened(std::move(arg), type);
    const Type result = function.rule == TypeRule::First ? args[0]->type : type;
    return finish(function.kernel, result);
  }
  bool countFits = false;
  const Overload* nearest = nullptr;
  for (const Overload& overload : function.overloads) {
    const size_t wanted = overload.params.size();
    if (overload.variadic ? args.size() < wanted : args.size() != wanted) continue;
    countFits = true;
    if (!nearest) nearest = &overload;
    const auto param = [&](size_t i) { return overload.params[std::min(i, wanted - 1)]; };
    bool fits = true;
    for (size_t i = 0; i < args.size(); ++i) fits = fits && widensTo(args[i]->type, param(i));
    if (!fits) continue;
    for (size_t i = 0; i < args.size(); ++i) args[i] = widened(std::move(args[i]), param(i));
    return finish(overload.kernel, overload.result);
  }
  if (!countFits)
    throwBind(Code::ArgumentCount, span,
              name + " does not take " + std::to_string(args.size()) + (args.size() == 1 ? " argument" : " arguments"),
              "it is written " + std::string(function.signature));
  for (size_t i = 0; i < args.size(); ++i) {
    const Type wanted = nearest->params[std::min(i, nearest->params.size() - 1)];
    if (widensTo(args[i]->type, wanted)) continue;
    const std::string text = shown(textOf(args[i]->span));
    const bool anyNumber =
        isNumber(wanted) && std::any_of(function.overloads.begin(), function.overloads.end(), [&](const Overload& o) {
          return i < o.params.size() && o.params[i] == Type::Double;
        });
    const Type to = anyNumber ? Type::Double : wanted;
    throwBind(Code::TypeMismatch, args[i]->span,
              name + " expects " + (anyNumber ? "a number" : named(wanted)) + ", got " + named(args[i]->type),
              castKernel(args[i]->type, to) ? "use CAST(" + text + " AS " + named(to) + ")" : "");
  }
  throwBind(Code::TypeMismatch, span, name + " does not take these types",
            "it is written " + std::string(function.signature));
}

BoundExpressionPtr ExpressionBinder::bindCall(const ast::Expr& expr) {
  if (const SpecialFunction* special = findSpecial(expr.text)) {
    if (expr.hasOver && special->name != "LAG")
      throwBind(Code::Unsupported, expr.span, "OVER is supported for LAG only", "use a window: WINDOW TIME(1 min)");
    return bindSpecial(expr, *special);
  }
  const std::string instead(insteadOfFunction(expr.text));
  if (expr.hasOver)
    throwBind(Code::Unsupported, expr.span, "OVER is supported for LAG only",
              instead.empty() ? "aggregates follow the query's window: WINDOW LENGTH(10)" : instead);
  if (const AggregateFunction* aggregate = findAggregate(expr.text)) return bindAggregate(expr, *aggregate);
  const ScalarFunction* function = findScalar(expr.text);
  if (!function) {
    throwBind(Code::UnknownFunction, expr.textSpan, "unknown function '" + expr.text + "'",
              instead.empty() ? didYouMean(expr.text, functionNames()) : instead);
  }
  if (expr.filter || expr.flag)
    throwBind(Code::AggregatePlace, expr.span,
              std::string(expr.filter ? "FILTER" : "DISTINCT") + " belongs to aggregates, and " + uppered(expr.text) +
                  " is none");
  std::vector<BoundExpressionPtr> args;
  for (const auto& arg : expr.args) args.push_back(bind(*arg));
  checkConstants(*function, expr, args);
  return bindScalar(*function, std::move(args), expr.span);
}

BoundExpressionPtr ExpressionBinder::bindSpecial(const ast::Expr& expr, const SpecialFunction& function) {
  const auto expectArgs = [&](size_t least, size_t most) {
    if (expr.args.size() < least || expr.args.size() > most)
      throwBind(Code::ArgumentCount, expr.span,
                std::string(function.name) + " is written " + std::string(function.signature));
  };
  const std::string_view name = function.name;
  if (name == "COALESCE" || name == "IFNULL") {
    expectArgs(name == "IFNULL" ? 2 : 1, name == "IFNULL" ? 2 : 64);
    auto result = make(Kind::Coalesce, Type::Null, expr.span);
    for (const auto& arg : expr.args) result->args.push_back(bind(*arg));
    result->type = toCommon(result->args, name);
    return result;
  }
  if (name == "IF") {
    expectArgs(3, 3);
    auto result = make(Kind::Case, Type::Null, expr.span);
    std::vector<BoundExpressionPtr> values;
    result->args.push_back(asBool(*expr.args[0], "IF"));
    values.push_back(bind(*expr.args[1]));
    values.push_back(bind(*expr.args[2]));
    result->type = toCommon(values, "IF");
    for (auto& value : values) result->args.push_back(std::move(value));
    return result;
  }
  if (name == "LAG") return bindLag(expr);
  expectArgs(0, 0);
  if (name == "NOW") return make(Kind::Now, Type::Long, expr.span);
  if (name == "UUID") return make(Kind::Uuid, Type::String, expr.span);
  if (name == "EVENT_TIMESTAMP") return make(Kind::EventTime, Type::Long, expr.span);
  if (name == "EVENT_TIMESTAMP_NS") return make(Kind::EventTimeNs, Type::Long, expr.span);
  if (name == "ARRIVAL_TIMESTAMP") return make(Kind::ArrivalTime, Type::Long, expr.span);
  if (m_place == Place::Row || m_insideAggregate)
    throwBind(Code::Window, expr.span,
              lowered(name) + "() is not known in " + (m_insideAggregate ? "an aggregate" : m_clause),
              "use it in SELECT or HAVING");
  if (name == "WINDOW_FINAL") return make(Kind::WindowFinal, Type::Bool, expr.span);
  if (!m_hasWindow)
    throwBind(Code::Window, expr.span, lowered(name) + "() needs a window", "for example WINDOW TUMBLING(1 min)");
  if (name == "WINDOW_HAS_GAP") return make(Kind::WindowHasGap, Type::Bool, expr.span);
  auto column = make(Kind::Column, Type::Long, expr.span);
  column->column = name == "WINDOW_START" ? kWindowStart : kWindowEnd;
  return column;
}

}  // namespace weir
