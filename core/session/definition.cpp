// SPDX-License-Identifier: GPL-3.0-or-later
// Where names are defined: read off the statements, so that a text or a comment that only looks alike is none.
#include <algorithm>

#include "core/base/text.h"
#include "core/session/language_service.h"
#include "core/sql/parser.h"

namespace weir {

namespace {

bool holds(Span span, size_t offset) { return span.begin <= offset && offset <= span.end; }

/// What a query reads, by the names that it has there.
struct Reading {
  const ast::Name* alias = nullptr;
  const ast::Name* stream = nullptr;
  const ast::Query* query = nullptr;
  bool isCalled(const std::string& name) const {
    return (alias && alias->text == name) || (stream && stream->text == name);
  }
};

void readingsOf(const ast::PatternNode& node, std::vector<Reading>& out) {
  if (node.kind == ast::PatternNode::Kind::Stream)
    out.push_back({node.alias ? &*node.alias : nullptr, &node.stream, nullptr});
  for (const auto& part : node.parts) readingsOf(*part, out);
}

std::vector<Reading> readingsOf(const ast::Query& query) {
  std::vector<Reading> out;
  const auto add = [&](const ast::Source& source) {
    const ast::Name* stream = source.stream.text.empty() ? nullptr : &source.stream;
    out.push_back({source.alias ? &*source.alias : nullptr, stream, source.query.get()});
  };
  if (query.from) add(*query.from);
  for (const ast::Join& join : query.joins) add(join.source);
  if (query.pattern) readingsOf(*query.pattern->root, out);
  return out;
}

using PartOfName = std::pair<const ast::Expr*, size_t>;

// The name in an expression that holds the offset, and which of its parts does.
PartOfName nameAt(const ast::Expr& expr, size_t offset) {
  for (size_t i = 0; expr.kind == ast::Expr::Kind::Name && i < expr.parts.size(); ++i)
    if (holds(expr.parts[i].span, offset)) return {&expr, i};
  const auto below = [&](const ast::ExprPtr& part) { return part ? nameAt(*part, offset) : PartOfName(); };
  for (const auto* parts : {&expr.args, &expr.partition})
    for (const auto& part : *parts)
      if (const auto found = below(part); found.first) return found;
  return below(expr.filter);
}

void conditionsOf(const ast::PatternNode& node, std::vector<const ast::Expr*>& out) {
  if (node.condition) out.push_back(node.condition.get());
  for (const auto& part : node.parts) conditionsOf(*part, out);
}

std::vector<const ast::Expr*> expressionsOf(const ast::Query& query) {
  std::vector<const ast::Expr*> out{query.where.get(), query.having.get()};
  for (const ast::SelectItem& item : query.items) out.push_back(item.expr.get());
  for (const auto& key : query.groupBy) out.push_back(key.get());
  for (const ast::OrderItem& item : query.orderBy) out.push_back(item.expr.get());
  for (const ast::Join& join : query.joins) out.push_back(join.on.get());
  if (query.window)
    for (const ast::WindowArg& arg : query.window->args) out.push_back(arg.expr.get());
  if (query.pattern) conditionsOf(*query.pattern->root, out);
  std::erase(out, nullptr);
  return out;
}

/// Finds definitions in the statements that can be parsed.
class Definitions {
public:
  explicit Definitions(const ast::Script& script) : m_script(script) {}

  std::optional<Span> stream(const std::string& name) const {
    if (const ast::CreateStream* create = created(name)) return create->name.span;
    for (const ast::Statement& statement : m_script.statements)
      if (const auto* create = std::get_if<ast::CreateConnection>(&statement.body); create && create->name.text == name)
        return create->name.span;
    size_t position = 0;
    for (const ast::Statement& statement : m_script.statements) {
      const auto* query = std::get_if<ast::Query>(&statement.body);
      if (!query) continue;
      ++position;
      if (query->into && query->into->stream.text == name) return query->into->stream.span;
      const bool isUnnamed = !query->into && name == "Query" + std::to_string(position);
      if (isUnnamed) return Span{query->span.begin, query->span.begin + 6};
    }
    return std::nullopt;
  }

  // Of the name in a query's text that holds the offset.
  std::optional<Span> inQuery(const ast::Query& query, size_t offset) const {
    const std::vector<Reading> readings = readingsOf(query);
    for (const Reading& reading : readings) {
      if (reading.query && holds(reading.query->span, offset)) return inQuery(*reading.query, offset);
      if (reading.stream && holds(reading.stream->span, offset)) return stream(reading.stream->text);
      if (reading.alias && holds(reading.alias->span, offset))
        return reading.stream ? stream(reading.stream->text) : reading.alias->span;
    }
    if (query.into && holds(query.into->stream.span, offset)) return stream(query.into->stream.text);
    for (const ast::SelectItem& item : query.items)
      if (item.kind == ast::SelectItem::Kind::StreamStar && holds(item.stream.span, offset))
        return reading(readings, item.stream.text);
    for (const ast::Expr* expr : expressionsOf(query))
      if (const auto [name, part] = nameAt(*expr, offset); name) return inExpression(query, readings, *name, part);
    return std::nullopt;
  }

private:
  std::optional<Span> reading(const std::vector<Reading>& readings, const std::string& name) const {
    for (const Reading& known : readings)
      if (known.alias && known.alias->text == name) return known.alias->span;
    return stream(name);
  }

  std::optional<Span> inExpression(const ast::Query& query, const std::vector<Reading>& readings, const ast::Expr& name,
                                   size_t part) const {
    const std::string& first = name.parts.front().text;
    const auto isFirst = [&](const Reading& known) { return known.isCalled(first); };
    const bool isQualified = name.parts.size() > 1 && std::any_of(readings.begin(), readings.end(), isFirst);
    if (isQualified && part == 0) return reading(readings, first);
    const std::string& column = name.parts[isQualified ? 1 : 0].text;
    for (const Reading& known : readings) {
      if (isQualified && !known.isCalled(first)) continue;
      std::optional<Span> found;
      if (known.query) found = item(*known.query, column);
      if (known.stream) found = columnOf(known.stream->text, column);
      if (found) return found;
    }
    return item(query, column);
  }

  std::optional<Span> columnOf(const std::string& stream, const std::string& column) const {
    if (const ast::CreateStream* create = created(stream)) {
      for (const ast::ColumnDef& known : create->columns)
        if (known.name.text == column) return known.name.span;
    }
    for (const ast::Statement& statement : m_script.statements) {
      const auto* query = std::get_if<ast::Query>(&statement.body);
      if (!query || !query->into || query->into->stream.text != stream) continue;
      if (const auto found = item(*query, column)) return found;
    }
    return std::nullopt;
  }

  const ast::CreateStream* created(const std::string& name) const {
    for (const ast::Statement& statement : m_script.statements)
      if (const auto* create = std::get_if<ast::CreateStream>(&statement.body); create && create->name.text == name)
        return create;
    return nullptr;
  }

  // The item of SELECT that gives a column.
  static std::optional<Span> item(const ast::Query& query, const std::string& column) {
    for (const ast::SelectItem& known : query.items) {
      if (known.alias && known.alias->text == column) return known.alias->span;
      const bool isName = !known.alias && known.expr && known.expr->kind == ast::Expr::Kind::Name;
      if (isName && known.expr->parts.back().text == column) return known.expr->parts.back().span;
    }
    return std::nullopt;
  }

  const ast::Script& m_script;
};

}  // namespace

std::optional<Span> LanguageService::definitionOf(const std::string& stream) const {
  const Parsed parsed = parseScript(m_text);
  if (const auto found = Definitions(parsed.script).stream(stream)) return found;
  // In a statement that is not finished only its tokens can tell.
  std::optional<Span> written;
  for (size_t i = 1; i < m_tokens.size(); ++i) {
    const bool isName = m_tokens[i].kind == TokenKind::Word || m_tokens[i].kind == TokenKind::QuotedName;
    const std::string_view text = textOf(m_text, m_tokens[i].span);
    if (!isName || (m_tokens[i].kind == TokenKind::QuotedName ? unquoted(text) : std::string(text)) != stream) continue;
    const std::string before = uppered(textOf(m_text, m_tokens[i - 1].span));
    if (before == "STREAM" || before == "TABLE" || before == "CONNECTION" || before == "EXISTS")
      return m_tokens[i].span;
    if (before == "INTO" && !written) written = m_tokens[i].span;
  }
  return written;
}

std::optional<Span> LanguageService::definitionAt(size_t offset) const {
  const auto at = std::find_if(m_tokens.begin(), m_tokens.end(), [&](const Token& t) {
    return holds(t.span, offset) && (t.kind == TokenKind::Word || t.kind == TokenKind::QuotedName);
  });
  if (at == m_tokens.end()) return std::nullopt;
  const Parsed parsed = parseScript(m_text);
  for (const ast::Statement& statement : parsed.script.statements)
    if (const auto* query = std::get_if<ast::Query>(&statement.body); query && holds(statement.span, at->span.begin))
      return Definitions(parsed.script).inQuery(*query, at->span.begin);
  const std::string_view text = textOf(m_text, at->span);
  return definitionOf(at->kind == TokenKind::QuotedName ? unquoted(text) : std::string(text));
}

}  // namespace weir
