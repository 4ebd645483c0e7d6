// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/base/text.h"
#include "core/bind/expression_binder.h"
#include "core/bind/expression_parts.h"
#include "core/functions/cast.h"

namespace weir {

using Kind = BoundExpression::Kind;
using AstKind = ast::Expr::Kind;

BoundExpressionPtr ExpressionBinder::bindAggregate(const ast::Expr& expr, const AggregateFunction& function) {
  const std::string name = uppered(expr.text);
  if (m_insideAggregate)
    throwBind(Code::AggregatePlace, expr.span, "aggregates cannot be nested",
              "compute " + name + " in a query of its own and aggregate its stream");
  if (m_place == Place::Row)
    throwBind(Code::AggregatePlace, expr.span,
              "aggregate " + name + " is not allowed in " + m_clause + (m_clause == "WHERE" ? "; use HAVING" : ""));
  const std::string wanted = signature(expr);
  if (const auto same = m_parts->aggregatePlaces.find(wanted); same != m_parts->aggregatePlaces.end()) {
    BoundAggregate& known = m_parts->aggregates[same->second];
    if (!m_insideAlias) {
      ++known.weight;
      for (auto& arg : known.args) addWeight(*arg, 1);
      if (known.filter) addWeight(*known.filter, 1);
    }
    auto column = make(Kind::Column, known.overload->result, expr.span);
    column->column = kFirstAggregate + same->second;
    return column;
  }
  BoundAggregate aggregate;
  aggregate.function = &function;
  m_insideAggregate = true;
  const bool star = expr.args.size() == 1 && expr.args[0]->kind == AstKind::Star;
  if (star && function.name != "COUNT")
    throwBind(Code::ArgumentCount, expr.span, name + " does not take *",
              "it is written " + std::string(function.signature));
  if (star && expr.flag)
    throwBind(Code::ArgumentCount, expr.span, "COUNT(DISTINCT *) is not supported", "name a column");
  if (!star)
    for (const auto& arg : expr.args) aggregate.args.push_back(bind(*arg));
  if (expr.filter) aggregate.filter = asBool(*expr.filter, "FILTER");
  m_insideAggregate = false;
  if (!star && expr.args.empty())
    throwBind(Code::ArgumentCount, expr.span, name + " is written " + std::string(function.signature));
  aggregate.distinct = expr.flag;
  const AggregateFunction& chosen = expr.flag && function.name == "COUNT" ? *findAggregate("DISTINCTCOUNT") : function;
  const AggregateOverload* nearest = nullptr;
  for (const AggregateOverload& overload : chosen.overloads) {
    if (overload.params.size() != aggregate.args.size()) continue;
    if (!nearest) nearest = &overload;
    bool fits = true;
    for (size_t i = 0; i < aggregate.args.size(); ++i)
      fits = fits && widensTo(aggregate.args[i]->type, overload.params[i]);
    if (!fits) continue;
    aggregate.overload = &overload;
    break;
  }
  if (!nearest)
    throwBind(Code::ArgumentCount, expr.span,
              name + " does not take " + std::to_string(aggregate.args.size()) +
                  (aggregate.args.size() == 1 ? " argument" : " arguments"),
              "it is written " + std::string(function.signature));
  if (function.name == "PERCENTILE") {
    const BoundExpression& share = *aggregate.args[1];
    const double* real = std::get_if<double>(&share.literal);
    const int64_t* whole = std::get_if<int64_t>(&share.literal);
    if (share.kind != Kind::Literal || !(real ? *real >= 0 && *real <= 1 : whole && (*whole == 0 || *whole == 1)))
      throwBind(Code::ArgumentCount, expr.args[1]->span, "PERCENTILE takes a constant share from 0 to 1",
                "PERCENTILE(x, 0.95) is the value that 95 % stay below");
  }
  if (!aggregate.overload) {
    const bool compares =
        std::any_of(chosen.overloads.begin(), chosen.overloads.end(),
                    [](const AggregateOverload& overload) { return overload.params.front() == Type::String; });
    if (compares && aggregate.args[0]->type == Type::Object)
      throwBind(Code::TypeMismatch, expr.args[0]->span, name + " cannot compare OBJECT",
                "cast it to what it holds: " + name + "(CAST(" + shown(textOf(expr.args[0]->span)) + " AS DOUBLE))");
    for (size_t i = 0; i < aggregate.args.size(); ++i) {
      const Type got = aggregate.args[i]->type;
      const Type type = isNumber(nearest->params[i]) ? Type::Double : nearest->params[i];
      if (widensTo(got, type)) continue;
      throwBind(
          Code::TypeMismatch, expr.args[i]->span,
          name + " expects " + (isNumber(nearest->params[i]) ? "a number" : named(type)) + ", got " + named(got),
          castKernel(got, type) ? "use CAST(" + shown(textOf(expr.args[i]->span)) + " AS " + named(type) + ")" : "");
    }
    throwBind(Code::TypeMismatch, expr.span, name + " does not take these types",
              "it is written " + std::string(function.signature));
  }
  for (size_t i = 0; i < aggregate.args.size(); ++i)
    aggregate.args[i] = widened(std::move(aggregate.args[i]), aggregate.overload->params[i]);
  if (expr.flag && function.name == "COUNT") {
    aggregate.function = &chosen;
    aggregate.distinct = false;
  }
  auto column = make(Kind::Column, aggregate.overload->result, expr.span);
  column->column = kFirstAggregate + m_parts->aggregates.size();
  m_parts->aggregatePlaces.emplace(wanted, m_parts->aggregates.size());
  m_parts->aggregates.push_back(std::move(aggregate));
  return column;
}

BoundExpressionPtr ExpressionBinder::bindLag(const ast::Expr& expr) {
  if (m_place == Place::Row || m_insideAggregate || m_clause != "SELECT")
    throwBind(Code::AggregatePlace, expr.span, "LAG stands only in the SELECT list",
              "compute it in a query of its own, then use its stream");
  if (!expr.hasOver)
    throwBind(Code::Syntax, expr.span, "LAG needs OVER", "LAG(x) OVER (PARTITION BY symbol), or OVER () for all rows");
  if (expr.args.empty() || expr.args.size() > 2)
    throwBind(Code::ArgumentCount, expr.span, "LAG is written LAG(x [, n]) OVER ([PARTITION BY k])");
  BoundLag lag;
  lag.value = bind(*expr.args[0]);
  if (expr.args.size() == 2) {
    const auto distance =
        expr.args[1]->kind == AstKind::Integer ? parseNumber<int64_t>(expr.args[1]->text) : std::optional<int64_t>{};
    if (!distance || *distance < 1 || *distance > 100000)
      throwBind(Code::Limit, expr.args[1]->span, "LAG looks back a constant number of rows from 1 to 100000");
    lag.distance = *distance;
  }
  for (const auto& part : expr.partition) lag.partition.push_back(bind(*part));
  auto column = make(Kind::Column, lag.value->type, expr.span);
  column->column = kFirstLag + m_parts->lags.size();
  m_parts->lags.push_back(std::move(lag));
  return column;
}

}  // namespace weir
