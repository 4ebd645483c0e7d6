// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/group_binder.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/bind/expression_binder.h"

namespace weir {

namespace {

using AstKind = ast::Expr::Kind;

// The item that a key of GROUP BY names, if it names one: by its place, or by an alias that is no column.
const ast::Expr* itemOf(const ast::Expr& key, const ast::Query& query, const Scope& scope) {
  if (key.kind == AstKind::Integer) {
    const auto position = parseNumber<size_t>(key.text);
    if (!position || *position < 1 || *position > query.items.size() ||
        query.items[*position - 1].kind != ast::SelectItem::Kind::Expr)
      throwBind(Code::Grouping, key.span, "GROUP BY " + key.text + " names no column of SELECT");
    return query.items[*position - 1].expr.get();
  }
  if (key.kind != AstKind::Name || key.parts.size() != 1 || scope.resolve(key)) return nullptr;
  const auto item = std::find_if(query.items.begin(), query.items.end(), [&](const ast::SelectItem& i) {
    return i.kind == ast::SelectItem::Kind::Expr && i.alias && i.alias->text == key.parts[0].text;
  });
  return item == query.items.end() ? nullptr : item->expr.get();
}

}  // namespace

Grouping bindGroupBy(const ast::Query& query, const Scope& scope, std::string_view source,
                     const logical::Window& window, Diagnostics& warnings) {
  Grouping grouping;
  grouping.closes = window.closes();
  grouping.hasWindow = grouping.closes || window.kind == logical::WindowKind::Time;
  grouping.knowsGaps = grouping.hasWindow || window.kind == logical::WindowKind::Book;
  ExpressionBinder binder(scope, source, "GROUP BY");
  for (const auto& written : query.groupBy) {
    const ast::Expr* item = itemOf(*written, query, scope);
    const ast::Expr& expr = item ? *item : *written;
    grouping.keys.push_back({binder.bind(expr), item != nullptr});
    grouping.signatures.push_back(binder.signature(expr));
  }
  for (Diagnostic& warning : binder.takeWarnings()) warnings.push_back(std::move(warning));
  return grouping;
}

}  // namespace weir
