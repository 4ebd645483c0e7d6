// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sql/query_parser.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/sql/duration.h"
#include "core/sql/keywords.h"
#include "core/sql/refusals.h"

namespace weir {

namespace {

constexpr int kDeepestQuery = 32;
constexpr int64_t kSuggestedRepeats = 10;

}  // namespace

ast::Query QueryParser::parseInsert() {
  const Span begin = m_cursor.peek().span;
  m_cursor.expect("INSERT");
  m_cursor.expect("INTO");
  ast::InsertTarget into;
  into.stream = m_cursor.expectName("a stream's name");
  if (m_cursor.isSymbol("(") && m_cursor.isWord("SELECT", 1)) {
    const Span open = m_cursor.take().span;
    parseQuery();
    m_cursor.expectSymbol(")");
    refuseWords(m_cursor, RefusedIn::Clause);
    m_cursor.fail(Code::Unsupported, open, "a query in parentheses is not supported",
                  "write INSERT INTO " + into.stream.text + " SELECT ... without them");
  }
  if (m_cursor.acceptSymbol("(")) {
    do into.columns.push_back(m_cursor.expectName("a column's name"));
    while (m_cursor.acceptSymbol(","));
    m_cursor.expectSymbol(")");
  }
  into.byName = m_cursor.acceptWords({"BY", "NAME"});
  refuseWords(m_cursor, RefusedIn::Statement);
  ast::Query query = parseQuery();
  if (query.into)
    m_cursor.fail(Code::Syntax, query.into->stream.span, "the query has two targets",
                  "keep INSERT INTO either in front of SELECT or behind it");
  query.into = std::move(into);
  query.span.begin = begin.begin;
  return query;
}

ast::Query QueryParser::parseQuery() {
  if (++m_depth > kDeepestQuery)
    m_cursor.fail(Code::Limit, m_cursor.peek().span, "queries are nested too deeply",
                  "write the inner ones as streams");
  ast::Query query;
  query.span = m_cursor.peek().span;
  m_cursor.expect("SELECT");
  refuseWords(m_cursor, RefusedIn::Item);
  query.distinct = m_cursor.accept("DISTINCT");
  query.itemsSpan = m_cursor.peek().span;
  do query.items.push_back(parseItem());
  while (m_cursor.acceptSymbol(","));
  query.itemsSpan.end = m_cursor.previousSpan().end;
  m_cursor.expect("FROM");
  parseFrom(query);
  while (parseClause(query)) {
  }
  if (!m_cursor.startsStatement() && m_cursor.accept("INSERT")) {
    m_cursor.expect("INTO");
    query.into.emplace();
    query.into->stream = m_cursor.expectName("a stream's name");
  }
  refuseWords(m_cursor, RefusedIn::Clause);
  query.span.end = m_cursor.previousSpan().end;
  --m_depth;
  return query;
}

ast::SelectItem QueryParser::parseItem() {
  ast::SelectItem item;
  item.span = m_cursor.peek().span;
  if (m_cursor.isSymbol("*")) {
    m_cursor.take();
    item.kind = ast::SelectItem::Kind::Star;
  } else if (m_cursor.isName() && m_cursor.isSymbol(".", 1) && m_cursor.isSymbol("*", 2)) {
    item.kind = ast::SelectItem::Kind::StreamStar;
    item.stream = m_cursor.expectName("a stream's name");
    m_cursor.take();
    m_cursor.take();
  } else {
    item.expr = m_expressions.parse();
    if (m_cursor.accept("AS"))
      item.alias = m_cursor.expectName("a name");
    else
      item.alias = parseAlias();
  }
  if (!item.expr) refuseWords(m_cursor, RefusedIn::Star);
  item.span.end = m_cursor.previousSpan().end;
  return item;
}

std::optional<ast::Name> QueryParser::parseAlias() {
  if (!m_cursor.isName()) return std::nullopt;
  if (m_cursor.peek().kind == TokenKind::Word) {
    const Keyword* keyword = findKeyword(m_cursor.text());
    if (keyword && keyword->clause) return std::nullopt;
    refuseWords(m_cursor, RefusedIn::Clause);
  }
  ast::Name alias = m_cursor.expectName("a name");
  m_cursor.previousIsAlias();
  return alias;
}

void QueryParser::parseFrom(ast::Query& query) {
  const bool sequence = m_cursor.isWord("SEQUENCE");
  if ((sequence || m_cursor.isWord("PATTERN")) && m_cursor.isSymbol("(", 1)) {
    ast::Pattern pattern;
    pattern.span = m_cursor.peek().span;
    pattern.strict = sequence;
    m_cursor.expect(sequence ? "SEQUENCE" : "PATTERN");
    m_cursor.expectSymbol("(");
    pattern.root = parsePatternChain();
    m_cursor.expectSymbol(")");
    if (m_cursor.accept("WITHIN")) pattern.within = m_expressions.expectDuration("a duration");
    pattern.span.end = m_cursor.previousSpan().end;
    query.pattern = std::move(pattern);
    return;
  }
  query.from = parseSource();
  if (m_cursor.isSymbol(",")) {
    const Span comma = m_cursor.take().span;
    refuseWords(m_cursor, RefusedIn::Source);
    m_cursor.fail(Code::Unsupported, comma, "a list of streams in FROM is not supported",
                  "write JOIN ... ON ... WITHIN 1 min");
  }
  while (parseJoin(query)) {
  }
  if (query.joins.empty() && query.from->window) {
    query.window = std::move(query.from->window);
    query.from->window.reset();
  }
}

ast::Source QueryParser::parseSource() {
  ast::Source source;
  source.span = m_cursor.peek().span;
  refuseWords(m_cursor, RefusedIn::Source);
  if (m_cursor.acceptSymbol("(")) {
    source.query = std::make_unique<ast::Query>(parseQuery());
    m_cursor.expectSymbol(")");
  } else {
    source.stream = m_cursor.expectName("a stream's name");
  }
  if (m_cursor.accept("AS"))
    source.alias = m_cursor.expectName("a name");
  else
    source.alias = parseAlias();
  if (m_cursor.isWord("WINDOW")) source.window = parseWindow();
  source.span.end = m_cursor.previousSpan().end;
  return source;
}

bool QueryParser::parseJoin(ast::Query& query) {
  refuseWords(m_cursor, RefusedIn::Clause);
  ast::Join join;
  join.span = m_cursor.peek().span;
  if (m_cursor.accept("CROSS")) {
    m_cursor.expect("JOIN");
    if (m_cursor.isName() && !m_cursor.isWord("UNNEST"))
      m_cursor.fail(Code::Unsupported, m_cursor.peek().span, "CROSS JOIN of two streams is not supported",
                    "write JOIN b ON a.k = b.k WITHIN 1 min");
    m_cursor.expect("UNNEST");
    join.kind = ast::JoinKind::Unnest;
    m_cursor.expectSymbol("(");
    join.on = m_expressions.parse();
    m_cursor.expectSymbol(")");
    m_cursor.accept("AS");
    join.source.alias = m_cursor.expectName("a name");
  } else {
    bool any = join.asof = m_cursor.accept("ASOF");
    for (const auto& [word, kind] : {std::pair{"LEFT", ast::JoinKind::Left}, std::pair{"RIGHT", ast::JoinKind::Right},
                                     std::pair{"FULL", ast::JoinKind::Full}}) {
      if (!m_cursor.accept(word)) continue;
      any = true;
      join.kind = kind;
      m_cursor.accept("OUTER");
      break;
    }
    if (join.kind == ast::JoinKind::Inner && m_cursor.accept("INNER")) any = true;
    if (!join.asof && m_cursor.accept("ASOF")) any = join.asof = true;
    if (any)
      m_cursor.expect("JOIN");
    else if (!m_cursor.accept("JOIN"))
      return false;
    join.source = parseSource();
    refuseWords(m_cursor, RefusedIn::Clause);
    if (m_cursor.isWord("WITHIN"))
      m_cursor.fail(Code::Syntax, m_cursor.peek().span, "WITHIN stands behind the condition",
                    "write JOIN b ON a.k = b.k WITHIN 1 min");
    m_cursor.expect("ON");
    join.on = m_expressions.parse();
    while (true) {
      if (!join.tolerance && m_cursor.accept("TOLERANCE"))
        join.tolerance = m_expressions.expectDuration("a duration");
      else if (!join.within && m_cursor.accept("WITHIN"))
        join.within = m_expressions.expectDuration("a duration");
      else
        break;
    }
  }
  join.span.end = m_cursor.previousSpan().end;
  query.joins.push_back(std::move(join));
  return true;
}

ast::Window QueryParser::parseWindow() {
  ast::Window window;
  window.span = m_cursor.peek().span;
  m_cursor.expect("WINDOW");
  if (m_cursor.acceptSymbol("(")) {
    if (m_cursor.peek().kind != TokenKind::String) {
      m_cursor.note("a window's name in quotes");
      m_cursor.fail();
    }
    const Token name = m_cursor.take();
    window.name = {unquoted(textOf(m_cursor.source(), name.span)), name.span};
    while (m_cursor.acceptSymbol(",")) window.args.push_back(parseWindowArg());
  } else {
    window.name = m_cursor.expectName("a window such as TUMBLING(1 min)");
    if (m_cursor.isWord("AS"))
      m_cursor.fail(Code::Unsupported, window.name.span, "a named window is not supported",
                    "write it where it is used: WINDOW TUMBLING(1 min)");
    m_cursor.previousIsKeyword();
    m_cursor.expectSymbol("(");
    if (m_cursor.isWord("SIZE")) refuseSizes(window.name);
    if (!m_cursor.isSymbol(")")) {
      do window.args.push_back(parseWindowArg());
      while (m_cursor.acceptSymbol(","));
    }
  }
  m_cursor.expectSymbol(")");
  window.span.end = m_cursor.previousSpan().end;
  return window;
}

// WINDOW HOPPING (SIZE 1 MINUTE, ADVANCE BY 10 SECONDS), as ksql has it.
void QueryParser::refuseSizes(const ast::Name& window) {
  const Span size = m_cursor.take().span;
  const auto lengthHere = [this] {
    return std::string(textOf(m_cursor.source(), m_expressions.expectDuration("a duration").span));
  };
  std::string here = lengthHere();
  std::string name = uppered(window.text);
  if (m_cursor.acceptSymbol(",") && m_cursor.acceptWords({"ADVANCE", "BY"})) {
    here += ", " + lengthHere();
    name = "HOP";
  }
  m_cursor.fail(Code::Unsupported, size, "SIZE is not supported", "write WINDOW " + name + "(" + here + ")");
}

ast::WindowArg QueryParser::parseWindowArg() {
  ast::WindowArg arg;
  arg.span = m_cursor.peek().span;
  const bool negative =
      m_cursor.isSymbol("-") && m_cursor.peek(2).kind == TokenKind::Word && unitMillis(m_cursor.text(2));
  if (negative) m_cursor.take();
  if (const auto duration = m_expressions.parseDuration()) {
    arg.kind = ast::WindowArg::Kind::Duration;
    arg.duration = *duration;
    if (negative) arg.duration.ms = -arg.duration.ms;
  } else {
    arg.expr = m_expressions.parse();
  }
  arg.span.end = m_cursor.previousSpan().end;
  return arg;
}

bool QueryParser::parseClause(ast::Query& query) {
  const Span begin = m_cursor.peek().span;
  const auto once = [&](bool already) {
    if (already) m_cursor.fail(Code::Syntax, begin, uppered(textOf(m_cursor.source(), begin)) + " is given twice");
  };
  m_cursor.note("WINDOW");
  if (m_cursor.isWord("WINDOW")) {
    once(query.window.has_value());
    query.window = parseWindow();
  } else if (m_cursor.accept("WHERE")) {
    once(query.where != nullptr);
    query.where = m_expressions.parse();
    query.whereSpan = query.where->span;
  } else if (m_cursor.accept("GROUP")) {
    once(!query.groupBy.empty());
    m_cursor.expect("BY");
    do {
      refuseWords(m_cursor, RefusedIn::Clause);
      refuseWords(m_cursor, RefusedIn::Group);
      query.groupBy.push_back(m_expressions.parse());
    } while (m_cursor.acceptSymbol(","));
    if (m_cursor.isWord("WITH")) {
      m_cursor.take();
      refuseWords(m_cursor, RefusedIn::Clause);
      m_cursor.fail();
    }
  } else if (m_cursor.accept("HAVING")) {
    once(query.having != nullptr);
    query.having = m_expressions.parse();
  } else if (m_cursor.accept("ORDER")) {
    once(!query.orderBy.empty());
    parseOrder(query);
  } else if (m_cursor.accept("LIMIT")) {
    once(query.limit.has_value());
    query.limit = m_cursor.expectInteger("a number of rows");
    if (m_cursor.isSymbol(",") && m_cursor.peek(1).kind == TokenKind::Integer)
      m_cursor.fail(Code::Unsupported, m_cursor.peek().span, "LIMIT with two numbers is not supported",
                    "write LIMIT " + std::string(m_cursor.text(1)) + " OFFSET " + std::to_string(*query.limit));
    if (m_cursor.accept("OFFSET")) query.offset = m_cursor.expectInteger("a number of rows");
  } else if (m_cursor.accept("OUTPUT")) {
    once(query.output.has_value());
    query.output = parseOutput();
    query.output->span = {begin.begin, m_cursor.previousSpan().end};
  } else if (m_cursor.accept("EMIT")) {
    once(query.emit.has_value());
    query.emit = parseEmit();
    query.emit->span = {begin.begin, m_cursor.previousSpan().end};
  } else {
    return false;
  }
  return true;
}

void QueryParser::parseOrder(ast::Query& query) {
  m_cursor.expect("BY");
  do {
    ast::OrderItem item;
    item.expr = m_expressions.parse();
    item.descending = m_cursor.accept("DESC");
    if (!item.descending) m_cursor.accept("ASC");
    if (m_cursor.accept("NULLS")) {
      item.nullsFirst = m_cursor.accept("FIRST");
      if (!*item.nullsFirst) m_cursor.expect("LAST");
    }
    query.orderBy.push_back(std::move(item));
  } while (m_cursor.acceptSymbol(","));
}

ast::Output QueryParser::parseOutput() {
  ast::Output output;
  if (m_cursor.accept("FIRST"))
    output.what = ast::Output::What::First;
  else if (m_cursor.accept("LAST"))
    output.what = ast::Output::What::Last;
  else if (m_cursor.accept("SNAPSHOT"))
    output.what = ast::Output::What::Snapshot;
  else
    m_cursor.accept("ALL");
  m_cursor.expect("EVERY");
  if (m_cursor.peek().kind == TokenKind::Integer && m_cursor.isWord("EVENTS", 1)) {
    const Span amount = m_cursor.peek().span;
    output.events = m_cursor.expectInteger("a number of events");
    m_cursor.expect("EVENTS");
    if (*output.events < 1) m_cursor.fail(Code::Window, amount, "the number of events must be positive");
    if (output.what == ast::Output::What::Snapshot)
      m_cursor.fail(Code::Unsupported, amount, "OUTPUT SNAPSHOT needs a duration", "OUTPUT SNAPSHOT EVERY 1 sec");
  } else {
    output.every = m_expressions.expectDuration("a duration");
    if (output.every->ms < 1) m_cursor.fail(Code::Window, output.every->span, "the output interval must be positive");
  }
  return output;
}

ast::Emit QueryParser::parseEmit() {
  ast::Emit emit;
  refuseWords(m_cursor, RefusedIn::Emit);
  if (m_cursor.accept("CHANGES")) {
    emit.when = ast::Emit::When::Changes;
  } else if (m_cursor.accept("PERIODIC")) {
    emit.when = ast::Emit::When::Periodic;
    emit.period = m_expressions.expectDuration("a duration");
    if (emit.period.ms < 1) m_cursor.fail(Code::Window, emit.period.span, "the period must be positive");
  } else if (!m_cursor.accept("FINAL")) {
    m_cursor.expect("ON");
    m_cursor.expect("WINDOW");
    m_cursor.expect("CLOSE");
  }
  return emit;
}

std::unique_ptr<ast::PatternNode> QueryParser::parsePatternChain() {
  auto left = parsePatternTerm();
  std::optional<ast::PatternNode::Kind> kind;
  while (true) {
    std::optional<ast::PatternNode::Kind> next;
    if (m_cursor.acceptSymbol("->"))
      next = ast::PatternNode::Kind::Then;
    else if (m_cursor.accept("AND"))
      next = ast::PatternNode::Kind::And;
    else if (m_cursor.accept("OR"))
      next = ast::PatternNode::Kind::Or;
    if (!next) return left;
    if (kind != next) {
      auto parent = std::make_unique<ast::PatternNode>();
      parent->kind = *next;
      parent->span = left->span;
      // `a -> b AND c`: AND and OR bind tighter, so they take the chain's last link along.
      if (kind == ast::PatternNode::Kind::Then && *next != ast::PatternNode::Kind::Then) {
        parent->span = left->parts.back()->span;
        parent->parts.push_back(std::move(left->parts.back()));
        parent->parts.push_back(parsePatternTerm());
        parent->span.end = m_cursor.previousSpan().end;
        left->parts.back() = std::move(parent);
        left->span.end = m_cursor.previousSpan().end;
        continue;
      }
      parent->parts.push_back(std::move(left));
      left = std::move(parent);
      kind = next;
    }
    left->parts.push_back(parsePatternTerm());
    left->span.end = m_cursor.previousSpan().end;
  }
}

std::unique_ptr<ast::PatternNode> QueryParser::parsePatternTerm() {
  const Span start = m_cursor.peek().span;
  const bool every = m_cursor.accept("EVERY");
  const bool isGroup = m_cursor.acceptSymbol("(");
  auto node = isGroup ? parsePatternGroup(every) : parsePatternEvent(every);
  node->span.begin = start.begin;
  parsePatternSuffix(*node, isGroup);
  node->span.end = m_cursor.previousSpan().end;
  return node;
}

std::unique_ptr<ast::PatternNode> QueryParser::parsePatternGroup(bool every) {
  if (++m_depth > kDeepestQuery) m_cursor.fail(Code::Limit, m_cursor.peek().span, "the pattern is nested too deeply");
  auto node = parsePatternChain();
  --m_depth;
  m_cursor.expectSymbol(")");
  if (every && node->every)
    m_cursor.fail(Code::Unsupported, node->span, "EVERY inside EVERY is not supported", "keep one of the two");
  if (every) node->every = node->everyGroup = true;
  return node;
}

std::unique_ptr<ast::PatternNode> QueryParser::parsePatternEvent(bool every) {
  auto node = std::make_unique<ast::PatternNode>();
  node->every = every;
  node->negated = m_cursor.accept("NOT");
  if (node->negated && m_cursor.isSymbol("("))
    m_cursor.fail(Code::Unsupported, m_cursor.previousSpan(), "NOT before parentheses is not supported",
                  "write NOT before each event, as in NOT A FOR 5 sec AND NOT B FOR 5 sec");
  if (node->negated && m_cursor.isWord("EVERY") && !m_cursor.isSymbol("=", 1))
    m_cursor.fail(Code::Unsupported, m_cursor.peek().span, "EVERY behind NOT is not supported", "leave EVERY out");
  node->stream = m_cursor.expectName("a stream's name");
  if (m_cursor.isSymbol("=")) {
    m_cursor.take();
    node->alias = node->stream;
    node->stream = m_cursor.expectName("a stream's name");
  }
  return node;
}

void QueryParser::parsePatternSuffix(ast::PatternNode& node, bool isGroup) {
  const bool isEvent = node.kind == ast::PatternNode::Kind::Stream;
  if (m_cursor.isSymbol("+") || m_cursor.isSymbol("*"))
    m_cursor.fail(Code::Unsupported, m_cursor.peek().span, "unbounded repetition is not supported",
                  "give a bound: {1, 10}");
  if (m_cursor.acceptSymbol("{")) {
    if (isGroup && isEvent && (node.every || node.least != 1 || node.most != 1))
      m_cursor.fail(Code::Unsupported, m_cursor.previousSpan(), "repetition behind these parentheses is not supported",
                    "write the bounds once, right behind the stream's name");
    const Span bounds = m_cursor.peek().span;
    node.least = node.most = m_cursor.expectInteger("a number");
    if (m_cursor.isSymbol(",") && m_cursor.isSymbol("}", 1))
      m_cursor.fail(Code::Unsupported, bounds, "unbounded repetition is not supported",
                    "give a bound: {" + std::to_string(node.least) + ", " +
                        std::to_string(std::max<int64_t>(node.least, kSuggestedRepeats)) + "}");
    if (m_cursor.acceptSymbol(",")) node.most = m_cursor.expectInteger("a number");
    m_cursor.expectSymbol("}");
    if (node.most < 1 || node.most < node.least || node.most > 1000)
      m_cursor.fail(Code::Limit, bounds, "repetition must be {n} or {least, most} with 1 to 1000");
  }
  if (m_cursor.acceptSymbol("[")) {
    if (!isEvent)
      m_cursor.fail(Code::Unsupported, m_cursor.previousSpan(), "a condition on a whole group is not supported",
                    "write it behind the event that it looks at, inside the parentheses");
    if (node.condition)
      m_cursor.fail(Code::Unsupported, m_cursor.previousSpan(), "a second condition is not supported",
                    "join the two in one, with AND");
    node.condition = m_expressions.parse();
    m_cursor.expectSymbol("]");
  }
  if (m_cursor.accept("FOR")) {
    if (!isEvent || node.lasting)
      m_cursor.fail(Code::Unsupported, m_cursor.previousSpan(), "FOR on a whole group, or twice, is not supported",
                    "write it once, right behind the event that NOT is about");
    node.lasting = m_expressions.expectDuration("a duration");
    if (node.lasting->ms == 0) m_cursor.fail(Code::Duration, node.lasting->span, "FOR must be longer than 0");
  }
}

}  // namespace weir
