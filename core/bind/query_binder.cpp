// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/query_binder.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/base/text.h"

namespace weir {

using AstKind = ast::Expr::Kind;

namespace {

struct Item {
  const ast::Expr* expr = nullptr;
  ast::ExprPtr made;  ///< of a star
  std::string name;
  Span span;
};

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

std::vector<Item> expandItems(const ast::Query& query, const Scope& scope, std::string_view source) {
  std::vector<Item> items;
  std::unordered_set<std::string> taken;
  const auto addAll = [&](const Relation& relation, Span span) {
    for (const Field& field : relation.schema->fields) {
      Item item;
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
      Item item;
      item.expr = written.expr.get();
      item.name = written.alias ? written.alias->text : nameOf(*written.expr, source);
      taken.insert(item.name);
      item.span = written.span;
      items.push_back(std::move(item));
    }
  }
  return items;
}

bool hasAggregate(const ast::Expr& expr) {
  if (expr.kind == AstKind::Call && !findSpecial(expr.text) && findAggregate(expr.text)) return true;
  return std::any_of(expr.args.begin(), expr.args.end(), [](const auto& arg) { return hasAggregate(*arg); });
}

bool isColumn(const ast::Expr& expr, const Scope& scope, size_t column) {
  if (expr.kind != AstKind::Name) return false;
  const auto found = scope.resolve(expr);
  return found && found->column == column && found->partsUsed == expr.parts.size();
}

// Which items stand for these columns as they are; nothing when one of them has none.
std::optional<std::vector<size_t>> itemsOf(const std::vector<size_t>& columns, const std::vector<Item>& items,
                                           const Scope& scope) {
  std::vector<size_t> out;
  for (const size_t column : columns) {
    const auto item =
        std::find_if(items.begin(), items.end(), [&](const Item& i) { return isColumn(*i.expr, scope, column); });
    if (item == items.end()) return std::nullopt;
    out.push_back(static_cast<size_t>(item - items.begin()));
  }
  return out;
}

}  // namespace

void QueryBinder::warn(Code code, Span span, std::string message, std::string hint) {
  m_diagnostics.push_back({Severity::Warning, code, span, std::move(message), std::move(hint)});
}

std::string QueryBinder::addHidden(const SchemaPtr& schema, BoundNode node) {
  BoundStream stream;
  stream.name = "#" + std::to_string(++m_hidden);
  stream.schema = schema;
  std::string name = stream.name;
  m_catalog.add(std::move(stream));
  node.target = name;
  m_nodes.push_back(std::move(node));
  return name;
}

void QueryBinder::bindGroupBy(const ast::Query& query, ExpressionBinder& binder, SelectParts& parts) {
  for (const auto& written : query.groupBy) {
    const ast::Expr* expr = written.get();
    bool isAlias = false;
    const auto itemOf = [&](const auto& matches) -> const ast::Expr* {
      for (const ast::SelectItem& item : query.items)
        if (item.kind == ast::SelectItem::Kind::Expr && matches(item)) return item.expr.get();
      return nullptr;
    };
    if (expr->kind == AstKind::Integer) {
      const auto position = parseNumber<size_t>(expr->text);
      if (!position || *position < 1 || *position > query.items.size() ||
          query.items[*position - 1].kind != ast::SelectItem::Kind::Expr)
        throwBind(Code::Grouping, expr->span, "GROUP BY " + expr->text + " names no column of SELECT");
      expr = query.items[*position - 1].expr.get();
      isAlias = true;
    } else if (expr->kind == AstKind::Name && expr->parts.size() == 1) {
      const std::string signature = binder.signature(*expr);
      if (signature.find('~') != std::string::npos) {
        const ast::Expr* item =
            itemOf([&](const ast::SelectItem& i) { return i.alias && i.alias->text == expr->parts[0].text; });
        if (item) {
          expr = item;
          isAlias = true;
        }
      }
    }
    parts.keys.push_back(binder.bindRow(*expr, "GROUP BY"));
    parts.keySignatures.push_back(binder.signature(*expr));
    parts.keyIsAlias.push_back(isAlias);
  }
}

void QueryBinder::bind(const ast::Query& query, const std::string& target, bool isHidden) {
  From from = query.pattern ? bindPattern(*query.pattern) : bindFrom(query);
  const Scope& scope = from.scope;
  BoundSelect select;
  select.input = from.input;
  ExpressionBinder binder(scope, m_catalog.source());
  SelectParts parts;

  if (query.window) select.window = bindWindow(*query.window, scope);
  if (query.where) {
    select.where = binder.bindRow(*query.where, "WHERE");
    if (select.where->type == Type::Object)
      select.where = ExpressionBinder::widened(std::move(select.where), Type::Bool);
    if (select.where->type != Type::Bool && select.where->type != Type::Null)
      throwBind(Code::TypeMismatch, query.where->span,
                "WHERE must be BOOL, got " + std::string(typeName(select.where->type)));
  }
  bindGroupBy(query, binder, parts);

  std::vector<Item> items = expandItems(query, scope, m_catalog.source());
  select.aggregated = !query.groupBy.empty() || (query.having && hasAggregate(*query.having)) ||
                      std::any_of(items.begin(), items.end(), [](const Item& i) { return hasAggregate(*i.expr); });
  const bool closes = select.window.closes();
  const auto place = closes ? ExpressionBinder::Place::Grouped : ExpressionBinder::Place::PerEvent;
  const bool hasWindow = closes || select.window.kind == BoundWindow::Kind::Time;
  if (closes) select.aggregated = true;

  std::vector<Field> fields;
  std::unordered_map<std::string_view, size_t> places;
  const Item* repeated = nullptr;  // the first whose name was there before
  for (const Item& item : items) {
    auto bound = binder.bindOutput(*item.expr, place, parts, hasWindow, "SELECT");
    if (bound->type == Type::Null) bound->type = Type::String;
    if (!places.emplace(item.name, fields.size()).second && !repeated) repeated = &item;
    fields.push_back({item.name, bound->type, false});
    select.items.push_back(std::move(bound));
  }
  const auto aliasOf = [&](const std::string& name) -> const ast::Expr* {
    const auto found = places.find(name);
    return found == places.end() ? nullptr : items[found->second].expr;
  };
  if (query.having) {
    binder.setAliases(aliasOf);
    select.having = binder.bindOutput(*query.having, place, parts, hasWindow, "HAVING");
    if (select.having->type != Type::Bool && select.having->type != Type::Null)
      throwBind(Code::TypeMismatch, query.having->span,
                "HAVING must be BOOL, got " + std::string(typeName(select.having->type)));
    // HAVING evaluates an alias for every row, so the item behind it must not count its issues again.
    for (size_t i = 0; i < items.size(); ++i)
      for (const std::string& used : binder.aliasesUsed())
        if (items[i].name == used) ExpressionBinder::clearWeight(*select.items[i]);
  }
  for (const ast::OrderItem& written : query.orderBy) {
    BoundOrder order;
    order.descending = written.descending;
    order.nullsFirst = written.nullsFirst.value_or(false);
    if (written.expr->kind == AstKind::Name && written.expr->parts.size() == 1) {
      if (const auto found = places.find(written.expr->parts[0].text); found != places.end())
        order.output = found->second;
    } else if (written.expr->kind == AstKind::Integer) {
      const auto position = parseNumber<size_t>(written.expr->text);
      if (!position || *position < 1 || *position > items.size())
        throwBind(Code::Grouping, written.expr->span, "ORDER BY " + written.expr->text + " names no column of SELECT");
      order.output = *position - 1;
    }
    if (!order.output) order.expr = binder.bindOutput(*written.expr, place, parts, hasWindow, "ORDER BY");
    select.order.push_back(std::move(order));
  }
  select.distinct = query.distinct;
  select.limit = query.limit;
  select.offset = query.offset;
  bindOutput(query, select);

  auto layout = std::make_shared<Schema>();
  if (closes)
    for (const auto& key : parts.keys) layout->fields.push_back({"", key->type});
  else
    layout->fields = scope.combined()->fields;
  const size_t columns = layout->fields.size();
  for (const BoundAggregate& aggregate : parts.aggregates) layout->fields.push_back({"", aggregate.overload->result});
  layout->fields.push_back({"", Type::Long});
  layout->fields.push_back({"", Type::Long});
  for (const BoundLag& lag : parts.lags) layout->fields.push_back({"", lag.value->type});
  const size_t aggregates = parts.aggregates.size();
  const auto settle = [&](BoundExpressionPtr& expr) {
    if (expr) ExpressionBinder::settle(*expr, columns, aggregates);
  };
  for (auto& item : select.items) settle(item);
  settle(select.having);
  for (BoundOrder& order : select.order) settle(order.expr);
  for (BoundLag& lag : parts.lags) {
    settle(lag.value);
    for (auto& part : lag.partition) settle(part);
  }
  select.layout = layout;

  // Which columns of the result are group keys: items that stand for one.
  for (size_t i = 0; i < items.size(); ++i)
    if (std::find(parts.keySignatures.begin(), parts.keySignatures.end(), binder.signature(*items[i].expr)) !=
        parts.keySignatures.end())
      select.groupColumns.push_back(i);
  // Rows that are passed on one by one belong to the groups that they came from.
  int64_t windowMs = select.window.slideMs > 0 ? select.window.slideMs : select.window.sizeMs;
  std::vector<size_t> groupColumns = select.groupColumns;
  if (const BoundStream& input = *m_catalog.find(select.input);
      !select.aggregated && select.window.kind == BoundWindow::Kind::None && scope.relations().size() == 1) {
    if (auto passedOn = itemsOf(input.groupColumns, items, scope)) {
      groupColumns = std::move(*passedOn);
      windowMs = input.windowMs;
    }
  }

  select.keys = std::move(parts.keys);
  select.aggregates = std::move(parts.aggregates);
  select.lags = std::move(parts.lags);
  for (Diagnostic& warning : binder.takeWarnings()) m_diagnostics.push_back(std::move(warning));

  BoundStream* existing = m_catalog.find(target);
  // Declared columns have names of their own; without them the names of SELECT become the stream's.
  const bool namesTarget = isHidden || !existing || existing->inferred;
  if (namesTarget && repeated && !(query.into && !query.into->columns.empty()))
    throwBind(Code::AlreadyDefined, repeated->span, "column '" + repeated->name + "' appears twice in SELECT",
              "give one of them another name with AS");
  if (existing && !isHidden && (!existing->inferred || !existing->schema->fields.empty())) {
    if (existing->inferred) complete(*existing, query, fields);
    const std::vector<size_t> placed = conformToTarget(query, select, fields, *existing);
    for (size_t& column : groupColumns) column = placed[column];
  } else {
    BoundStream created = existing ? *existing : BoundStream{};
    created.name = target;
    if (!isHidden) nameColumns(query, fields);
    created.schema = std::make_shared<Schema>(Schema{fields});
    created.inferred = false;
    if (!existing) created.span = query.span;
    m_catalog.add(std::move(created));
  }
  BoundStream& written = *m_catalog.find(target);
  if (written.groupColumns.empty() && written.windowMs == 0) {
    written.groupColumns = std::move(groupColumns);
    written.windowed = closes;
    written.windowMs = windowMs;
  }
  if (query.pattern) noteRead(select);
  BoundNode node;
  node.inputs = {select.input};
  node.target = target;
  node.span = query.span;
  node.body = std::move(select);
  m_nodes.push_back(std::move(node));
}

void QueryBinder::bindOutput(const ast::Query& query, BoundSelect& select) {
  const bool emitsFinalOnly = query.emit && query.emit->when == ast::Emit::When::Final;
  // Final rows at a limited rate are one wish; provisional rows have a rate of their own.
  if (query.output && query.emit && (!emitsFinalOnly || query.output->what == ast::Output::What::Snapshot))
    throwBind(Code::Syntax, query.emit->span, "OUTPUT and EMIT exclude each other", "keep one of them");
  if (query.emit) {
    if (query.emit->when == ast::Emit::When::Changes) select.output.kind = BoundOutput::Kind::Changes;
    if (query.emit->when == ast::Emit::When::Periodic) {
      select.output.kind = BoundOutput::Kind::Snapshot;
      select.output.everyMs = query.emit->period.ms;
    }
  }
  if (query.output) {
    using What = ast::Output::What;
    select.output.kind = query.output->what == What::All     ? BoundOutput::Kind::All
                         : query.output->what == What::First ? BoundOutput::Kind::First
                         : query.output->what == What::Last  ? BoundOutput::Kind::Last
                                                             : BoundOutput::Kind::Snapshot;
    select.output.events = query.output->events.value_or(0);
    select.output.everyMs = query.output->every ? query.output->every->ms : 0;
  }
  if (select.output.kind == BoundOutput::Kind::Snapshot && !select.window.closes() && !select.aggregated)
    throwBind(Code::Window, query.output ? query.output->span : query.emit->span,
              "a snapshot needs a window or an aggregate", "OUTPUT LAST EVERY ... passes the latest row on");
}

void QueryBinder::nameColumns(const ast::Query& query, std::vector<Field>& fields) {
  if (!query.into || query.into->columns.empty()) return;
  const std::vector<ast::Name>& names = query.into->columns;
  if (names.size() != fields.size())
    throwBind(
        Code::InsertShape, query.itemsSpan,
        std::to_string(names.size()) + " columns are named but the query produces " + std::to_string(fields.size()));
  std::unordered_set<std::string_view> taken;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!taken.insert(names[i].text).second)
      throwBind(Code::InsertShape, names[i].span, "column '" + names[i].text + "' is written twice");
    fields[i].name = names[i].text;
  }
}

void QueryBinder::complete(BoundStream& target, const ast::Query& query, const std::vector<Field>& fields) {
  auto schema = std::make_shared<Schema>(*target.schema);
  const size_t written = schema->fields.size();
  const ast::InsertTarget* into = query.into ? &*query.into : nullptr;
  const bool named = into && (into->byName || !into->columns.empty());
  for (size_t i = 0; i < fields.size(); ++i) {
    Field field = fields[i];
    if (into && i < into->columns.size()) field.name = into->columns[i].text;
    const bool known = schema->find(field.name).has_value();
    if (!named && i >= written && known)
      throwBind(Code::AlreadyDefined, query.itemsSpan,
                "column '" + field.name + "' of " + target.name + " is written by position and by name",
                "give the later one another name with AS, or write INSERT INTO " + target.name + " BY NAME");
    if (named ? !known : i >= written) schema->fields.push_back(std::move(field));
  }
  target.schema = std::move(schema);
  target.inferred = false;
}

std::vector<size_t> QueryBinder::conformToTarget(const ast::Query& query, BoundSelect& select,
                                                 std::vector<Field>& fields, const BoundStream& target) {
  const Schema& schema = *target.schema;
  std::vector<BoundExpressionPtr> ordered(schema.fields.size());
  const std::vector<std::string> names = schema.names();
  const auto place = [&](size_t item, size_t column) {
    if (ordered[column])
      throwBind(Code::InsertShape, query.itemsSpan, "column '" + schema.fields[column].name + "' is written twice");
    ordered[column] = std::move(select.items[item]);
  };
  std::vector<size_t> orderTo(fields.size());
  const ast::InsertTarget* into = query.into ? &*query.into : nullptr;
  if (into && (into->byName || !into->columns.empty())) {
    const size_t count = into->byName ? fields.size() : into->columns.size();
    if (count != fields.size())
      throwBind(Code::InsertShape, query.itemsSpan,
                std::to_string(count) + " columns are named but the query produces " + std::to_string(fields.size()));
    std::unordered_map<std::string_view, size_t> columns;
    for (size_t i = 0; i < schema.fields.size(); ++i) columns.emplace(schema.fields[i].name, i);
    for (size_t i = 0; i < count; ++i) {
      const std::string& name = into->byName ? fields[i].name : into->columns[i].text;
      const auto column = columns.find(name);
      if (column == columns.end())
        throwBind(Code::UnknownColumn, into->byName ? query.itemsSpan : into->columns[i].span,
                  "unknown column '" + name + "' of " + target.name, didYouMean(name, names));
      orderTo[i] = column->second;
      place(i, column->second);
    }
  } else {
    if (fields.size() != schema.fields.size())
      throwBind(Code::InsertShape, query.itemsSpan,
                target.name + " expects " + std::to_string(schema.fields.size()) +
                    (schema.fields.size() == 1 ? " column (" : " columns (") + joined(names, ", ") +
                    ") but the query produces " + std::to_string(fields.size()));
    for (size_t i = 0; i < fields.size(); ++i) {
      orderTo[i] = i;
      place(i, i);
    }
    std::vector<std::string> given;
    given.reserve(fields.size());
    for (const Field& field : fields) given.push_back(field.name);
    if (given != names && std::is_permutation(given.begin(), given.end(), names.begin(), names.end()))
      warn(Code::InsertShape, query.itemsSpan, "the columns have the names of " + target.name + " in another order",
           "columns are written by position; write INSERT INTO " + target.name + " BY NAME to match names");
  }
  for (size_t i = 0; i < ordered.size(); ++i) {
    const Field& field = schema.fields[i];
    if (!ordered[i]) {
      if (field.notNull)
        throwBind(Code::InsertShape, query.itemsSpan, "column '" + field.name + "' is NOT NULL and is not written");
      ordered[i] = std::make_unique<BoundExpression>();
      ordered[i]->type = field.type;
      continue;
    }
    const Type got = ordered[i]->type;
    if (!widensTo(got, field.type) &&
        !(ordered[i]->kind == BoundExpression::Kind::Literal && isNull(ordered[i]->literal)))
      throwBind(Code::InsertShape, ordered[i]->span,
                "column " + std::to_string(i + 1) + ": cannot write " + std::string(typeName(got)) + " into '" +
                    field.name + "' " + std::string(typeName(field.type)),
                "use CAST(... AS " + std::string(typeName(field.type)) + ")");
    ordered[i] = ExpressionBinder::widened(std::move(ordered[i]), field.type);
  }
  for (BoundOrder& order : select.order)
    if (order.output) order.output = orderTo[*order.output];
  for (size_t& column : select.groupColumns) column = orderTo[column];
  select.items = std::move(ordered);
  return orderTo;
}

}  // namespace weir
