// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/bind/expression_binder.h"
#include "core/bind/group_binder.h"

namespace weir {

/// Binds the clauses that look at a query's answers: rows with aggregates beside them, or groups once a window closes.
class ResultBinder : public ExpressionBinder {
public:
  ResultBinder(const Scope& scope, std::string_view source, std::string clause, const Grouping& grouping)
      : ExpressionBinder(scope, source, std::move(clause)), m_grouping(grouping) {}

protected:
  std::optional<logical::Expression> bindWhole(const ast::Expr& expr) override;
  logical::Expression bindName(const ast::Expr& expr) override;
  logical::Expression bindAggregate(const ast::Expr& expr, const AggregateFunction& function) override;
  void checkWindowValue(const ast::Expr& expr, const SpecialFunction& function) const override;

  const Grouping& m_grouping;
};

/// Binds the items of SELECT, where LAG may stand.
class SelectBinder final : public ResultBinder {
public:
  SelectBinder(const Scope& scope, std::string_view source, const Grouping& grouping)
      : ResultBinder(scope, source, "SELECT", grouping) {}

protected:
  logical::Expression bindLag(const ast::Expr& expr) override;
};

/// The items of a SELECT by the names that HAVING and ORDER BY may call them.
struct NamedItems {
  const std::vector<logical::Item>& items;
  const std::vector<Type>& types;  ///< as bound, before a bare NULL became a STRING
  std::unordered_map<std::string_view, size_t> places;

  std::optional<logical::Expression> find(const ast::Expr& name) const;
};

/// Binds HAVING, which may call items by their aliases.
class HavingBinder : public ResultBinder {
public:
  HavingBinder(const Scope& scope, std::string_view source, const Grouping& grouping, const NamedItems& items,
               std::string clause = "HAVING")
      : ResultBinder(scope, source, std::move(clause), grouping), m_items(items) {}

protected:
  logical::Expression bindName(const ast::Expr& expr) override;

  const NamedItems& m_items;
};

/// Binds the keys of ORDER BY: items by name or place first, then anything that could be an item.
class OrderBinder final : public HavingBinder {
public:
  OrderBinder(const Scope& scope, std::string_view source, const Grouping& grouping, const NamedItems& items)
      : HavingBinder(scope, source, grouping, items, "ORDER BY") {}

  logical::Order bindKey(const ast::OrderItem& written);
};

}  // namespace weir
