// SPDX-License-Identifier: GPL-3.0-or-later
// Calls of aggregates and of LAG, as far as they are the same in every clause.
#include <algorithm>

#include "core/base/text.h"
#include "core/bind/expression_binder.h"
#include "core/functions/cast.h"

namespace weir {

using logical::Expression;
using Kind = Expression::Kind;

namespace {

/// The arguments of an aggregate: rows, and no aggregate in them.
class ArgumentBinder final : public ExpressionBinder {
public:
  ArgumentBinder(const Scope& scope, std::string_view source) : ExpressionBinder(scope, source, "an aggregate") {}

protected:
  Expression bindAggregate(const ast::Expr& expr, const AggregateFunction&) override {
    throwBind(Code::AggregatePlace, expr.span, "aggregates cannot be nested",
              "compute " + uppered(expr.text) + " in a query of its own and aggregate its stream");
  }
};

void checkShare(const ast::Expr& expr, const Expression& share) {
  const double* real = std::get_if<double>(&share.literal);
  const int64_t* whole = std::get_if<int64_t>(&share.literal);
  if (share.kind != Kind::Literal || !(real ? *real >= 0 && *real <= 1 : whole && (*whole == 0 || *whole == 1)))
    throwBind(Code::ArgumentCount, expr.args[1]->span, "PERCENTILE takes a constant share from 0 to 1",
              "PERCENTILE(x, 0.95) is the value that 95 % stay below");
}

}  // namespace

Expression ExpressionBinder::bindAggregate(const ast::Expr& expr, const AggregateFunction&) {
  throwBind(Code::AggregatePlace, expr.span,
            "aggregate " + uppered(expr.text) + " is not allowed in " + m_clause +
                (m_clause == "WHERE" ? "; use HAVING" : ""));
}

Expression ExpressionBinder::bindLag(const ast::Expr& expr) {
  throwBind(Code::AggregatePlace, expr.span, "LAG stands only in the SELECT list",
            "compute it in a query of its own, then use its stream");
}

Expression ExpressionBinder::bindCallOf(const ast::Expr& expr, const AggregateFunction& function) {
  const std::string name = uppered(expr.text);
  const bool star = expr.args.size() == 1 && expr.args[0]->kind == ast::Expr::Kind::Star;
  if (star && function.name != "COUNT")
    throwBind(Code::ArgumentCount, expr.span, name + " does not take *",
              "it is written " + std::string(function.signature));
  if (star && expr.flag)
    throwBind(Code::ArgumentCount, expr.span, "COUNT(DISTINCT *) is not supported", "name a column");
  Expression aggregate = made(Kind::Aggregate, Type::Null, expr.span);
  ArgumentBinder arguments(m_scope, m_source);
  if (!star)
    for (const auto& arg : expr.args) aggregate.args.push_back(arguments.bind(*arg));
  if (expr.filter) aggregate.filter = arguments.asBool(*expr.filter, "FILTER");
  for (Diagnostic& warning : arguments.takeWarnings()) m_warnings.push_back(std::move(warning));
  if (!star && expr.args.empty())
    throwBind(Code::ArgumentCount, expr.span, name + " is written " + std::string(function.signature));
  const bool countsDistinct = expr.flag && function.name == "COUNT";
  const AggregateFunction& chosen = countsDistinct ? *findAggregate("DISTINCTCOUNT") : function;
  const AggregateOverload& overload = overloadOf(expr, chosen, aggregate.args);
  for (size_t i = 0; i < aggregate.args.size(); ++i)
    aggregate.args[i] = widened(std::move(aggregate.args[i]), overload.params[i]);
  aggregate.name = chosen.name;
  aggregate.distinct = expr.flag && !countsDistinct;
  aggregate.type = overload.result;
  return aggregate;
}

const AggregateOverload& ExpressionBinder::overloadOf(const ast::Expr& expr, const AggregateFunction& function,
                                                      const std::vector<Expression>& args) const {
  const AggregateOverload* nearest = nullptr;
  const AggregateOverload* fitting = nullptr;
  for (const AggregateOverload& overload : function.overloads) {
    if (overload.params.size() != args.size()) continue;
    if (!nearest) nearest = &overload;
    bool fits = true;
    for (size_t i = 0; i < args.size(); ++i) fits = fits && widensTo(args[i].type, overload.params[i]);
    if (!fits) continue;
    fitting = &overload;
    break;
  }
  if (!nearest)
    throwBind(Code::ArgumentCount, expr.span,
              uppered(expr.text) + " does not take " + std::to_string(args.size()) +
                  (args.size() == 1 ? " argument" : " arguments"),
              "it is written " + std::string(findAggregate(expr.text)->signature));
  if (function.name == "PERCENTILE") checkShare(expr, args[1]);
  if (!fitting) refuseTypes(expr, function, *nearest, args);
  return *fitting;
}

void ExpressionBinder::refuseTypes(const ast::Expr& expr, const AggregateFunction& function,
                                   const AggregateOverload& nearest, const std::vector<Expression>& args) const {
  const std::string name = uppered(expr.text);
  const bool compares =
      std::any_of(function.overloads.begin(), function.overloads.end(),
                  [](const AggregateOverload& overload) { return overload.params.front() == Type::String; });
  if (compares && args[0].type == Type::Object)
    throwBind(Code::TypeMismatch, expr.args[0]->span, name + " cannot compare OBJECT",
              "cast it to what it holds: " + name + "(CAST(" + shown(textOf(expr.args[0]->span)) + " AS DOUBLE))");
  for (size_t i = 0; i < args.size(); ++i) {
    const Type got = args[i].type;
    const Type type = isNumber(nearest.params[i]) ? Type::Double : nearest.params[i];
    if (widensTo(got, type)) continue;
    throwBind(
        Code::TypeMismatch, expr.args[i]->span,
        name + " expects " + (isNumber(nearest.params[i]) ? "a number" : named(type)) + ", got " + named(got),
        castKernel(got, type) ? "use CAST(" + shown(textOf(expr.args[i]->span)) + " AS " + named(type) + ")" : "");
  }
  throwBind(Code::TypeMismatch, expr.span, name + " does not take these types",
            "it is written " + std::string(findAggregate(expr.text)->signature));
}

}  // namespace weir
