// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/item_list.h"

#include <unordered_set>

#include "core/base/text.h"
#include "core/bind/expression_parts.h"

namespace weir {

using AstKind = ast::Expr::Kind;

namespace {

ast::ExprPtr columnExpr(const Relation& relation, const Field& field, Span span) {
  auto expr = std::make_unique<ast::Expr>();
  expr->kind = AstKind::Name;
  expr->span = span;
  expr->parts = {{relation.alias, span}, {field.name, span}};
  return expr;
}

std::string nameOf(const ast::Expr& expr, std::string_view source) {
  if (expr.kind == AstKind::Name) return expr.parts.back().text;
  if (expr.kind == AstKind::Member) return expr.text;
  if ((expr.kind == AstKind::Arrow || expr.kind == AstKind::ArrowText) && expr.args[1]->kind == AstKind::String)
    return expr.args[1]->text;
  std::string name;
  for (const char c : source.substr(expr.span.begin, expr.span.end - expr.span.begin)) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space)
      name += c;
    else if (!name.empty() && name.back() != ' ')
      name += ' ';
  }
  return name;
}

}  // namespace

std::vector<WrittenItem> expandItems(const ast::Query& query, const Scope& scope, std::string_view source) {
  std::vector<WrittenItem> items;
  std::unordered_set<std::string> taken;
  const auto addAll = [&](const Relation& relation, Span span) {
    for (const Field& field : relation.schema->fields) {
      WrittenItem item;
      item.made = columnExpr(relation, field, span);
      item.expr = item.made.get();
      item.name = taken.contains(field.name) ? relation.alias + "_" + field.name : field.name;
      taken.insert(item.name);
      item.span = span;
      items.push_back(std::move(item));
    }
  };
  for (const ast::SelectItem& written : query.items) {
    if (written.kind == ast::SelectItem::Kind::Star) {
      for (const Relation& relation : scope.relations())
        if (!relation.isHidden && !relation.isAbsent) addAll(relation, written.span);
    } else if (written.kind == ast::SelectItem::Kind::StreamStar) {
      const Relation* relation = scope.find(written.stream.text);
      if (!relation) {
        std::vector<std::string> names;
        for (const Relation& r : scope.relations()) names.push_back(r.alias);
        throwBind(Code::UnknownStream, written.stream.span, "unknown stream '" + written.stream.text + "'",
                  didYouMean(written.stream.text, names));
      }
      addAll(*relation, written.span);
    } else {
      WrittenItem item;
      item.expr = written.expr.get();
      item.name = written.alias ? written.alias->text : nameOf(*written.expr, source);
      taken.insert(item.name);
      item.span = written.span;
      items.push_back(std::move(item));
    }
  }
  return items;
}

}  // namespace weir
