// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/result_binder.h"

#include "core/base/text.h"

namespace weir {

using logical::Expression;
using Kind = Expression::Kind;
using AstKind = ast::Expr::Kind;

namespace {

constexpr int64_t kFarthestLag = 100'000;

Expression itemAt(const std::vector<logical::Item>& items, size_t place, Type type, Span span) {
  Expression item = logical::made(Kind::Item, type, span);
  item.item = place;
  item.name = items[place].name;
  return item;
}

}  // namespace

std::optional<Expression> ResultBinder::bindWhole(const ast::Expr& expr) {
  if (!m_grouping.closes) return std::nullopt;
  const std::string wanted = signature(expr);
  for (size_t i = 0; i < m_grouping.keys.size(); ++i) {
    if (m_grouping.signatures[i] != wanted) continue;
    Expression key = m_grouping.keys[i].expression;
    key.span = expr.span;
    return key;
  }
  return std::nullopt;
}

Expression ResultBinder::bindName(const ast::Expr& expr) {
  const auto found = m_scope.resolve(expr);
  if (!found) throw BindError{found.diagnostics().front()};
  if (m_grouping.closes)
    throwBind(Code::Grouping, expr.span,
              "column '" + expr.parts[found->partsUsed - 1].text + "' must appear in GROUP BY or inside an aggregate",
              "add it to GROUP BY, or take FIRST(...) or LAST(...) of it");
  return bindColumn(expr, *found);
}

Expression ResultBinder::bindAggregate(const ast::Expr& expr, const AggregateFunction& function) {
  return bindCallOf(expr, function);
}

void ResultBinder::checkWindowValue(const ast::Expr& expr, const SpecialFunction& function) const {
  const bool isKnown = function.name == "WINDOW_FINAL" ||
                       (function.name == "WINDOW_HAS_GAP" ? m_grouping.knowsGaps : m_grouping.hasWindow);
  if (!isKnown)
    throwBind(Code::Window, expr.span, lowered(function.name) + "() needs a window",
              "for example WINDOW TUMBLING(1 min)");
}

Expression SelectBinder::bindLag(const ast::Expr& expr) {
  if (!expr.hasOver)
    throwBind(Code::Syntax, expr.span, "LAG needs OVER", "LAG(x) OVER (PARTITION BY symbol), or OVER () for all rows");
  if (expr.args.empty() || expr.args.size() > 2)
    throwBind(Code::ArgumentCount, expr.span, "LAG is written LAG(x [, n]) OVER ([PARTITION BY k])");
  Expression value = bind(*expr.args[0]);
  int64_t distance = 1;
  if (expr.args.size() == 2) {
    const auto written =
        expr.args[1]->kind == AstKind::Integer ? parseNumber<int64_t>(expr.args[1]->text) : std::optional<int64_t>{};
    if (!written || *written < 1 || *written > kFarthestLag)
      throwBind(Code::Limit, expr.args[1]->span, "LAG looks back a constant number of rows from 1 to 100000");
    distance = *written;
  }
  Expression lag = logical::made(Kind::Over, value.type, expr.span);
  lag.name = "LAG";
  lag.args = listOf(std::move(value), logical::literal(distance, Type::Long, expr.span));
  for (const auto& part : expr.partition) lag.partition.push_back(bind(*part));
  return lag;
}

std::optional<Expression> NamedItems::find(const ast::Expr& name) const {
  if (name.kind != AstKind::Name || name.parts.size() != 1) return std::nullopt;
  const auto found = places.find(name.parts[0].text);
  if (found == places.end()) return std::nullopt;
  return itemAt(items, found->second, types[found->second], name.span);
}

Expression HavingBinder::bindName(const ast::Expr& expr) {
  std::optional<Expression> item = m_items.find(expr);
  if (!item || (!m_grouping.closes && m_scope.resolve(expr))) return ResultBinder::bindName(expr);
  logical::walk(m_items.items[item->item].expression, [](const Expression& part) {
    if (part.kind == Kind::Over)
      throwBind(Code::AggregatePlace, part.span, "LAG stands only in the SELECT list",
                "compute it in a query of its own, then use its stream");
  });
  return std::move(*item);
}

logical::Order OrderBinder::bindKey(const ast::OrderItem& written) {
  logical::Order order;
  order.descending = written.descending;
  order.nullsFirst = written.nullsFirst.value_or(false);
  const ast::Expr& expr = *written.expr;
  if (std::optional<Expression> item = m_items.find(expr)) {
    order.expression = std::move(*item);
  } else if (expr.kind == AstKind::Integer) {
    const auto position = parseNumber<size_t>(expr.text);
    if (!position || *position < 1 || *position > m_items.items.size())
      throwBind(Code::Grouping, expr.span, "ORDER BY " + expr.text + " names no column of SELECT");
    order.expression = itemAt(m_items.items, *position - 1, m_items.types[*position - 1], expr.span);
  } else {
    order.expression = bind(expr);
  }
  return order;
}

}  // namespace weir
