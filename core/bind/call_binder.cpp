// SPDX-License-Identifier: GPL-3.0-or-later
// Calls of functions.
#include <algorithm>

#include "core/base/text.h"
#include "core/bind/expression_binder.h"
#include "core/functions/cast.h"
#include "core/functions/date_pattern.h"
#include "core/functions/foreign_names.h"
#include "core/functions/json_web_token.h"

namespace weir {

using logical::Expression;
using Kind = Expression::Kind;

namespace {

// Where bytes of a text stand inside its literal: quotes are doubled there.
Span placeInside(std::string_view literal, Span span, std::string_view text, size_t at, size_t length) {
  if (literal.empty() || literal.front() != '\'') return span;
  const auto quotes = [&](size_t from, size_t count) {
    const std::string_view part = text.substr(from, count);
    return static_cast<size_t>(std::count(part.begin(), part.end(), '\''));
  };
  const size_t begin = span.begin + 1 + at + quotes(0, at);
  return {static_cast<uint32_t>(begin), static_cast<uint32_t>(begin + length + quotes(at, length))};
}

}  // namespace

void ExpressionBinder::checkConstants(const ScalarFunction& function, const ast::Expr& expr,
                                      const std::vector<Expression>& args) const {
  const auto textAt = [&](size_t i) { return i < args.size() ? std::get_if<std::string>(&args[i].literal) : nullptr; };
  if (const std::vector<std::string> fields = timeFields(function.name); !fields.empty()) {
    const std::string* field = textAt(0);
    const auto isField = [&](const std::string& known) { return equalsIgnoringCase(known, *field); };
    if (field && std::none_of(fields.begin(), fields.end(), isField)) {
      const std::string guess = didYouMean(*field, fields);
      throwBind(Code::Duration, expr.args[0]->span, "unknown time unit '" + *field + "'",
                guess.empty() ? "units are " + joined(fields, ", ", " or ") : guess);
    }
  }
  if (const std::string* pattern = function.name == "FORMAT_DATE" ? textAt(1) : nullptr)
    if (auto problem = datePatternProblem(*pattern))
      throwBind(Code::Format,
                placeInside(textOf(expr.args[1]->span), expr.args[1]->span, *pattern, problem->at, problem->length),
                std::move(problem->message), std::move(problem->hint));
  if (const std::string* algorithm = function.name == "JWT" ? textAt(0) : nullptr) {
    const std::vector<std::string> known = tokenAlgorithms();
    if (std::find(known.begin(), known.end(), *algorithm) == known.end())
      throwBind(Code::Format, expr.args[0]->span, "JWT cannot sign by '" + *algorithm + "'",
                "algorithms are " + joined(known, ", ", " and "));
  }
}

Expression ExpressionBinder::bindScalar(const ScalarFunction& function, std::vector<Expression> args, Span span) {
  const std::string name(function.name);
  if (function.rule != TypeRule::Overloads) {
    if (args.size() < function.least || args.size() > function.most)
      throwBind(Code::ArgumentCount, span, name + " is written " + std::string(function.signature));
    const Type type = commonOf(args, name);
    if (type == Type::Object)
      throwBind(Code::TypeMismatch, span, name + " cannot compare OBJECT", "use ->> or CAST to reach the value");
    const bool keepsOwn = function.rule == TypeRule::First && isNumber(type);
    for (auto& arg : args)
      if (!keepsOwn || arg.type == Type::Null) arg = widened(std::move(arg), type);
    const Type result = function.rule == TypeRule::First ? args[0].type : type;
    return call(name, result, std::move(args), span);
  }
  const Overload* nearest = nullptr;
  for (const Overload& overload : function.overloads) {
    const size_t wanted = overload.params.size();
    if (overload.variadic ? args.size() < wanted : args.size() != wanted) continue;
    if (!nearest) nearest = &overload;
    const auto param = [&](size_t i) { return overload.params[std::min(i, wanted - 1)]; };
    bool fits = true;
    for (size_t i = 0; i < args.size(); ++i) fits = fits && widensTo(args[i].type, param(i));
    if (!fits) continue;
    for (size_t i = 0; i < args.size(); ++i) args[i] = widened(std::move(args[i]), param(i));
    return call(name, overload.result, std::move(args), span);
  }
  if (!nearest)
    throwBind(Code::ArgumentCount, span,
              name + " does not take " + std::to_string(args.size()) + (args.size() == 1 ? " argument" : " arguments"),
              "it is written " + std::string(function.signature));
  refuseTypes(function, *nearest, args, span);
}

void ExpressionBinder::refuseTypes(const ScalarFunction& function, const Overload& nearest,
                                   const std::vector<Expression>& args, Span span) const {
  const std::string name(function.name);
  for (size_t i = 0; i < args.size(); ++i) {
    const Type wanted = nearest.params[std::min(i, nearest.params.size() - 1)];
    if (widensTo(args[i].type, wanted)) continue;
    const std::string text = shown(textOf(args[i].span));
    const bool anyNumber =
        isNumber(wanted) && std::any_of(function.overloads.begin(), function.overloads.end(), [&](const Overload& o) {
          return i < o.params.size() && o.params[i] == Type::Double;
        });
    const Type to = anyNumber ? Type::Double : wanted;
    throwBind(Code::TypeMismatch, args[i].span,
              name + " expects " + (anyNumber ? "a number" : named(wanted)) + ", got " + named(args[i].type),
              castKernel(args[i].type, to) ? "use CAST(" + text + " AS " + named(to) + ")" : "");
  }
  throwBind(Code::TypeMismatch, span, name + " does not take these types",
            "it is written " + std::string(function.signature));
}

Expression ExpressionBinder::bindCall(const ast::Expr& expr) {
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
  std::vector<Expression> args;
  for (const auto& arg : expr.args) args.push_back(bind(*arg));
  checkConstants(*function, expr, args);
  return bindScalar(*function, std::move(args), expr.span);
}

Expression ExpressionBinder::bindSpecial(const ast::Expr& expr, const SpecialFunction& function) {
  const auto expectArgs = [&](size_t least, size_t most) {
    if (expr.args.size() < least || expr.args.size() > most)
      throwBind(Code::ArgumentCount, expr.span,
                std::string(function.name) + " is written " + std::string(function.signature));
  };
  const std::string_view name = function.name;
  if (name == "COALESCE" || name == "IFNULL") {
    expectArgs(name == "IFNULL" ? 2 : 1, name == "IFNULL" ? 2 : 64);
    std::vector<Expression> args;
    for (const auto& arg : expr.args) args.push_back(bind(*arg));
    const Type type = toCommon(args, name);
    return call("COALESCE", type, std::move(args), expr.span);
  }
  if (name == "IF") {
    expectArgs(3, 3);
    Expression result = made(Kind::Case, Type::Null, expr.span);
    result.args.push_back(asBool(*expr.args[0], "IF"));
    std::vector<Expression> values;
    values.push_back(bind(*expr.args[1]));
    values.push_back(bind(*expr.args[2]));
    result.type = toCommon(values, "IF");
    for (Expression& value : values) result.args.push_back(std::move(value));
    return result;
  }
  if (name == "LAG") return bindLag(expr);
  expectArgs(0, 0);
  if (name.starts_with("WINDOW_")) checkWindowValue(expr, function);
  const bool isTruth = name == "WINDOW_FINAL" || name == "WINDOW_HAS_GAP";
  const Type type = name == "UUID" ? Type::String : isTruth ? Type::Bool : Type::Long;
  return logical::call(std::string(name), type, {}, expr.span);
}

void ExpressionBinder::checkWindowValue(const ast::Expr& expr, const SpecialFunction& function) const {
  throwBind(Code::Window, expr.span, lowered(function.name) + "() is not known in " + m_clause,
            "use it in SELECT or HAVING");
}

}  // namespace weir
