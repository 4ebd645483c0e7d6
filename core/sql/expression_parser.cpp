// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sql/expression_parser.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/text.h"
#include "core/data/type.h"
#include "core/sql/duration.h"
#include "core/sql/refusals.h"

namespace weir {

using ast::Expr;
using ast::ExprPtr;
using Kind = ast::Expr::Kind;

namespace {

// Deep enough for any person and most generators, shallow enough for every stack that walks the tree.
constexpr int kDeepest = 400;

struct Level {
  std::array<std::string_view, 4> operators;
};
constexpr std::array<Level, 3> kLevels{{{{"||"}}, {{"+", "-"}}, {{"*", "/", "//", "%"}}}};

}  // namespace

/// Counts nesting while it lives. Chains of operators nest to the left, so each link counts too.
class ExpressionParser::Deeper {
public:
  explicit Deeper(ExpressionParser& parser) : m_parser(parser) {}
  ~Deeper() { m_parser.m_depth -= m_added; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;
  void more() {
    ++m_added;
    if (++m_parser.m_depth > kDeepest)
      m_parser.m_cursor.fail(Code::Limit, m_parser.m_cursor.peek().span,
                             "expression is nested more than " + std::to_string(kDeepest) + " deep",
                             "split it over several queries, or use IN (...) for long chains of OR");
  }

private:
  ExpressionParser& m_parser;
  int m_added = 0;
};

ExprPtr ExpressionParser::make(Kind kind, Span span) {
  auto expr = std::make_unique<Expr>();
  expr->kind = kind;
  expr->span = span;
  return expr;
}

ExprPtr ExpressionParser::binary(std::string op, Span opSpan, ExprPtr left, ExprPtr right) {
  ExprPtr expr = make(Kind::Binary, {left->span.begin, right->span.end});
  expr->text = std::move(op);
  expr->textSpan = opSpan;
  expr->args.push_back(std::move(left));
  expr->args.push_back(std::move(right));
  return expr;
}

ExprPtr ExpressionParser::parse() {
  Deeper deeper(*this);
  deeper.more();
  const auto parseAnd = [this, &deeper] {
    ExprPtr left = parseNot();
    while (m_cursor.accept("AND")) {
      deeper.more();
      const Span op = m_cursor.previousSpan();
      left = binary("AND", op, std::move(left), parseNot());
    }
    return left;
  };
  ExprPtr left = parseAnd();
  while (m_cursor.accept("OR")) {
    deeper.more();
    const Span op = m_cursor.previousSpan();
    left = binary("OR", op, std::move(left), parseAnd());
  }
  return left;
}

ExprPtr ExpressionParser::parseNot() {
  Deeper deeper(*this);
  if (!m_cursor.accept("NOT")) return parseComparison();
  deeper.more();
  const Span op = m_cursor.previousSpan();
  ExprPtr operand = parseNot();
  ExprPtr expr = make(Kind::Unary, {op.begin, operand->span.end});
  expr->text = "NOT";
  expr->textSpan = op;
  expr->args.push_back(std::move(operand));
  return expr;
}

ExprPtr ExpressionParser::parseComparison() {
  Deeper deeper(*this);
  ExprPtr left = parseBinary(0);
  for (bool first = true;; first = false) {
    if (!first) deeper.more();
    if (m_cursor.accept("IS")) {
      const bool negated = m_cursor.accept("NOT");
      refuseTest(*left, negated);
      m_cursor.expect("NULL");
      ExprPtr expr = make(Kind::IsNull, {left->span.begin, m_cursor.previousSpan().end});
      expr->negated = negated;
      expr->args.push_back(std::move(left));
      left = std::move(expr);
      continue;
    }
    refuseWords(m_cursor, RefusedIn::Test);
    const bool negated = m_cursor.isWord("NOT") &&
                         (m_cursor.isWord("BETWEEN", 1) || m_cursor.isWord("IN", 1) || m_cursor.isWord("LIKE", 1));
    if (negated) m_cursor.accept("NOT");
    if (m_cursor.accept("BETWEEN")) {
      ExprPtr expr = make(Kind::Between, left->span);
      expr->textSpan = m_cursor.previousSpan();
      expr->negated = negated;
      expr->args.push_back(std::move(left));
      expr->args.push_back(parseBinary(0));
      m_cursor.expect("AND");
      expr->args.push_back(parseBinary(0));
      expr->span.end = m_cursor.previousSpan().end;
      left = std::move(expr);
    } else if (m_cursor.accept("IN")) {
      ExprPtr expr = make(Kind::In, left->span);
      expr->textSpan = m_cursor.previousSpan();
      expr->negated = negated;
      expr->args.push_back(std::move(left));
      m_cursor.expectSymbol("(");
      if (m_cursor.isWord("SELECT"))
        m_cursor.fail(Code::Unsupported, m_cursor.peek().span, "subqueries inside expressions are not supported",
                      "join the other stream instead, with a WITHIN or an ASOF JOIN");
      do expr->args.push_back(parse());
      while (m_cursor.acceptSymbol(","));
      m_cursor.expectSymbol(")");
      expr->span.end = m_cursor.previousSpan().end;
      left = std::move(expr);
    } else if (m_cursor.accept("LIKE")) {
      const Span op = m_cursor.previousSpan();
      left = binary("LIKE", op, std::move(left), parseBinary(0));
      left->negated = negated;
    } else {
      std::string op;
      for (const std::string_view symbol : {"=", "==", "<>", "!=", "<=", ">=", "<", ">"})
        if (m_cursor.isSymbol(symbol)) op = symbol;
      if (op.empty()) {
        m_cursor.note("an operator");
        return left;
      }
      m_cursor.take();
      const Span opSpan = m_cursor.previousSpan();
      left = binary(op == "==" ? "=" : op == "!=" ? "<>" : op, opSpan, std::move(left), parseBinary(0));
    }
  }
}

// IS of what is not NULL.
void ExpressionParser::refuseTest(const Expr& left, bool negated) {
  const Span word = m_cursor.peek().span;
  constexpr uint32_t kShown = 40;
  const auto shown = [this](Span span, const char* otherwise) {
    return span.end - span.begin <= kShown ? std::string(textOf(m_cursor.source(), span)) : otherwise;
  };
  const std::string a = shown(left.span, "a");
  const std::string is = negated ? "IS NOT " : "IS ";
  const auto refuse = [&](const std::string& what, const std::string& hint) {
    m_cursor.fail(Code::Unsupported, word, is + what + " is not supported", "write " + hint);
  };
  if (m_cursor.acceptWords({"DISTINCT", "FROM"})) {
    const std::string b = shown(parseBinary(0)->span, "b");
    refuse("DISTINCT FROM",
           "COALESCE(" + a + ", x) " + (negated ? "=" : "<>") + " COALESCE(" + b + ", x), x a value that neither has");
  }
  if (m_cursor.isWord("TRUE")) refuse("TRUE", (negated ? "NOT COALESCE(" : "COALESCE(") + a + ", FALSE)");
  if (m_cursor.isWord("FALSE")) refuse("FALSE", (negated ? "COALESCE(" : "NOT COALESCE(") + a + ", TRUE)");
  if (m_cursor.isWord("UNKNOWN")) refuse("UNKNOWN", a + (negated ? " IS NOT NULL" : " IS NULL"));
}

ExprPtr ExpressionParser::parseBinary(int level) {
  if (level == static_cast<int>(kLevels.size())) return parseUnary();
  Deeper deeper(*this);
  ExprPtr left = parseBinary(level + 1);
  while (true) {
    const auto& operators = kLevels[static_cast<size_t>(level)].operators;
    const auto found = std::find_if(operators.begin(), operators.end(), [this](std::string_view symbol) {
      return !symbol.empty() && m_cursor.isSymbol(symbol);
    });
    if (found == operators.end()) return left;
    deeper.more();
    m_cursor.take();
    const Span op = m_cursor.previousSpan();
    left = binary(std::string(*found), op, std::move(left), parseBinary(level + 1));
  }
}

ExprPtr ExpressionParser::parseUnary() {
  Deeper deeper(*this);
  if (m_cursor.isSymbol("+")) {
    m_cursor.take();
    deeper.more();
    return parseUnary();
  }
  if (!m_cursor.isSymbol("-")) return parsePostfix();
  deeper.more();
  const Span op = m_cursor.take().span;
  ExprPtr operand = parseUnary();
  const Span span{op.begin, operand->span.end};
  // The least LONG has no positive counterpart, so the sign belongs to the literal.
  if ((operand->kind == Kind::Integer || operand->kind == Kind::Decimal) && !operand->text.starts_with('-')) {
    operand->text.insert(0, "-");
    operand->span = span;
    return operand;
  }
  ExprPtr expr = make(Kind::Unary, span);
  expr->text = "-";
  expr->textSpan = op;
  expr->args.push_back(std::move(operand));
  return expr;
}

ExprPtr ExpressionParser::parsePostfix() {
  Deeper deeper(*this);
  ExprPtr left = parsePrimary();
  for (bool first = true;; first = false) {
    if (!first) deeper.more();
    const Span begin = left->span;
    const auto wrap = [&](Kind kind) {
      ExprPtr expr = make(kind, begin);
      expr->textSpan = m_cursor.previousSpan();
      expr->args.push_back(std::move(left));
      left = std::move(expr);
    };
    if (m_cursor.isSymbol("::")) {
      m_cursor.take();
      wrap(Kind::Cast);
      const ast::Name type = parseType();
      left->text = type.text;
      left->textSpan = type.span;
    } else if (m_cursor.isSymbol("->") || m_cursor.isSymbol("->>")) {
      const bool asText = m_cursor.isSymbol("->>");
      m_cursor.take();
      wrap(asText ? Kind::ArrowText : Kind::Arrow);
      left->args.push_back(parsePrimary());
    } else if (m_cursor.isSymbol(".")) {
      m_cursor.take();
      wrap(Kind::Member);
      const ast::Name member = m_cursor.expectName("a member's name");
      left->text = member.text;
      left->textSpan = member.span;
    } else if (m_cursor.isSymbol("[")) {
      m_cursor.take();
      wrap(Kind::Index);
      left->args.push_back(parse());
      m_cursor.expectSymbol("]");
    } else {
      return left;
    }
    left->span.end = m_cursor.previousSpan().end;
  }
}

ExprPtr ExpressionParser::parsePrimary() {
  const Token token = m_cursor.peek();
  const std::string text(m_cursor.text());
  switch (token.kind) {
    case TokenKind::Integer:
    case TokenKind::Decimal: {
      m_cursor.take();
      ExprPtr expr = make(token.kind == TokenKind::Integer ? Kind::Integer : Kind::Decimal, token.span);
      expr->text = text;
      return expr;
    }
    case TokenKind::String: {
      m_cursor.take();
      ExprPtr expr = make(Kind::String, token.span);
      expr->text = unquoted(text);
      return expr;
    }
    case TokenKind::Word:
    case TokenKind::QuotedName: return parseWord();
    default: break;
  }
  if (m_cursor.isSymbol("(")) {
    m_cursor.take();
    if (m_cursor.isWord("SELECT")) refuseSubquery("", token.span);
    ExprPtr inner = parse();
    m_cursor.expectSymbol(")");
    inner->span = {token.span.begin, m_cursor.previousSpan().end};
    return inner;
  }
  m_cursor.note("an expression");
  m_cursor.fail();
}

ExprPtr ExpressionParser::parseWord() {
  const Span begin = m_cursor.peek().span;
  const auto constant = [&](Kind kind) {
    m_cursor.take();
    m_cursor.previousIsKeyword();
    return make(kind, begin);
  };
  if (m_cursor.isWord("NULL")) return constant(Kind::Null);
  if (m_cursor.isWord("TRUE")) return constant(Kind::True);
  if (m_cursor.isWord("FALSE")) return constant(Kind::False);
  if (m_cursor.isWord("CASE")) return parseCase();
  if ((m_cursor.isWord("TIMESTAMP") || m_cursor.isWord("DATE")) && m_cursor.peek(1).kind == TokenKind::String)
    m_cursor.fail(Code::Unsupported, begin,
                  "a literal that begins with " + uppered(m_cursor.text()) + " is not supported",
                  "write TO_TIMESTAMP(" + std::string(m_cursor.text(1).substr(0, 40)) + ")");
  const bool called = m_cursor.isSymbol("(", 1);
  if (called && (m_cursor.isWord("CAST") || m_cursor.isWord("TRY_CAST"))) return parseCast();
  if (m_cursor.isWord("INTERVAL") &&
      (m_cursor.peek(1).kind == TokenKind::String || m_cursor.peek(1).kind == TokenKind::Integer ||
       m_cursor.peek(1).kind == TokenKind::Decimal)) {
    const ast::Duration interval = parseInterval();
    ExprPtr expr = make(Kind::Interval, interval.span);
    expr->number = interval.ms;
    return expr;
  }
  // AND(x) and OR(x) are aggregates, LIKE(s, pattern) is the operator as a function.
  if (called && (m_cursor.isName() || m_cursor.isWord("AND") || m_cursor.isWord("OR") || m_cursor.isWord("LIKE")))
    return parseCall();
  if (!m_cursor.isName()) {
    m_cursor.note("an expression");
    m_cursor.fail();
  }
  ExprPtr expr = make(Kind::Name, begin);
  expr->parts.push_back(m_cursor.expectName("a column's name"));
  while (m_cursor.isSymbol(".") &&
         (m_cursor.peek(1).kind == TokenKind::Word || m_cursor.peek(1).kind == TokenKind::QuotedName)) {
    m_cursor.take();
    // Behind a dot nothing is reserved: `data.order`, `data.end`.
    const Token part = m_cursor.take();
    const std::string_view written = textOf(m_cursor.source(), part.span);
    expr->parts.push_back({part.kind == TokenKind::QuotedName ? unquoted(written) : std::string(written), part.span});
  }
  expr->span.end = m_cursor.previousSpan().end;
  return expr;
}

ExprPtr ExpressionParser::parseCall() {
  const bool isOperator = !m_cursor.isName();
  const Token name = m_cursor.take();
  if (isOperator) m_cursor.previousIsKeyword();
  ExprPtr expr = make(Kind::Call, name.span);
  const std::string_view written = textOf(m_cursor.source(), name.span);
  expr->text = name.kind == TokenKind::QuotedName ? unquoted(written) : std::string(written);
  expr->textSpan = name.span;
  m_cursor.expectSymbol("(");
  if (m_cursor.isWord("SELECT")) refuseSubquery(expr->text, name.span);
  if (equalsIgnoringCase(expr->text, "EXTRACT") && m_cursor.isName() && m_cursor.isWord("FROM", 1)) {
    const Token field = m_cursor.take();
    m_cursor.expect("FROM");
    ExprPtr unit = make(Kind::String, field.span);
    unit->text = textOf(m_cursor.source(), field.span);
    expr->args.push_back(std::move(unit));
    expr->args.push_back(parse());
  } else if (!m_cursor.isSymbol(")")) {
    expr->flag = m_cursor.accept("DISTINCT");
    do {
      if (m_cursor.isSymbol("*")) {
        const Span star = m_cursor.take().span;
        expr->args.push_back(make(Kind::Star, star));
      } else {
        expr->args.push_back(parse());
      }
    } while (m_cursor.acceptSymbol(","));
  }
  m_cursor.expectSymbol(")");
  if (m_cursor.isWord("FILTER") && m_cursor.isSymbol("(", 1)) {
    m_cursor.expect("FILTER");
    m_cursor.expectSymbol("(");
    m_cursor.expect("WHERE");
    expr->filter = parse();
    m_cursor.expectSymbol(")");
  }
  if (m_cursor.isWord("OVER") && m_cursor.isSymbol("(", 1)) {
    m_cursor.expect("OVER");
    m_cursor.expectSymbol("(");
    expr->hasOver = true;
    if (m_cursor.acceptWords({"PARTITION", "BY"})) {
      do expr->partition.push_back(parse());
      while (m_cursor.acceptSymbol(","));
    }
    if (equalsIgnoringCase(expr->text, "LAG") && m_cursor.isWord("ORDER") && m_cursor.isWord("BY", 1))
      m_cursor.fail(Code::Unsupported, m_cursor.peek().span, "ORDER BY inside OVER is not supported",
                    "LAG goes by the order of arrival: leave it out");
    refuseWords(m_cursor, RefusedIn::Over);
    m_cursor.expectSymbol(")");
  }
  expr->span.end = m_cursor.previousSpan().end;
  return expr;
}

void ExpressionParser::refuseSubquery(std::string_view function, Span span) {
  const std::string word = uppered(function);
  if (word == "EXISTS")
    m_cursor.fail(Code::Unsupported, span, "EXISTS is not supported",
                  "LEFT JOIN the other stream and test a column of it with IS NOT NULL");
  if (word == "ANY" || word == "ALL" || word == "SOME")
    m_cursor.fail(Code::Unsupported, span, word + " is not supported",
                  "JOIN the other stream, or compare with its MIN or MAX from a query of its own");
  m_cursor.fail(Code::Unsupported, m_cursor.peek().span, "subqueries inside expressions are not supported",
                "write it as a query of its own with INSERT INTO, then join its stream");
}

ExprPtr ExpressionParser::parseCase() {
  ExprPtr expr = make(Kind::Case, m_cursor.take().span);
  m_cursor.previousIsKeyword();
  if (!m_cursor.isWord("WHEN")) {
    expr->flag = true;
    expr->args.push_back(parse());
  }
  m_cursor.expect("WHEN");
  do {
    expr->args.push_back(parse());
    m_cursor.expect("THEN");
    expr->args.push_back(parse());
  } while (m_cursor.accept("WHEN"));
  if (m_cursor.accept("ELSE")) {
    expr->hasElse = true;
    expr->args.push_back(parse());
  }
  m_cursor.expect("END");
  expr->span.end = m_cursor.previousSpan().end;
  return expr;
}

ExprPtr ExpressionParser::parseCast() {
  const Token word = m_cursor.take();
  ExprPtr expr = make(Kind::Cast, word.span);
  expr->flag = equalsIgnoringCase(textOf(m_cursor.source(), word.span), "TRY_CAST");
  m_cursor.expectSymbol("(");
  expr->args.push_back(parse());
  m_cursor.expect("AS");
  const ast::Name type = parseType();
  expr->text = type.text;
  expr->textSpan = type.span;
  m_cursor.expectSymbol(")");
  expr->span.end = m_cursor.previousSpan().end;
  return expr;
}

ast::Name ExpressionParser::parseType() {
  ast::Name type = m_cursor.expectName("a type");
  if (!findType(type.text)) {
    const std::string guess = didYouMean(type.text, typeSpellings());
    m_cursor.fail(Code::UnknownType, type.span, "unknown type '" + type.text + "'",
                  (guess.empty() ? "" : guess + " ") + "types are " + typeList());
  }
  m_cursor.previousIsKeyword();
  if (m_cursor.isSymbol("(")) {
    m_cursor.take();
    do m_cursor.expectInteger("a length");
    while (m_cursor.acceptSymbol(","));
    m_cursor.expectSymbol(")");
  }
  return type;
}

ast::Duration ExpressionParser::duration(std::string_view amount, std::string_view unit, Span span, Span unitSpan) {
  const auto ms = unitMillis(unit);
  if (!ms)
    m_cursor.fail(Code::Duration, unitSpan, "unknown time unit '" + std::string(unit) + "'",
                  "units are " + std::string(unitList()));
  const auto total = durationMillis(amount, *ms);
  if (const auto number = parseNumber<double>(amount);
      !total && number && std::fabs(*number) * static_cast<double>(*ms) > kLongestDurationMs)
    m_cursor.fail(Code::Duration, span,
                  "'" + std::string(amount) + " " + std::string(unit) + "' is too large for a duration");
  if (!total)
    m_cursor.fail(Code::Duration, span,
                  "'" + std::string(amount) + " " + std::string(unit) + "' is no whole number of milliseconds");
  return {*total, span};
}

ast::Duration ExpressionParser::parseInterval() {
  const Span begin = m_cursor.peek().span;
  m_cursor.expect("INTERVAL");
  const Token amount = m_cursor.take();
  const std::string_view written = textOf(m_cursor.source(), amount.span);
  const std::string number = amount.kind == TokenKind::String ? unquoted(written) : std::string(written);
  if (m_cursor.peek().kind != TokenKind::Word) {
    m_cursor.note("a time unit");
    m_cursor.fail();
  }
  const Token unit = m_cursor.take();
  return duration(trimmed(number), textOf(m_cursor.source(), unit.span), {begin.begin, unit.span.end}, unit.span);
}

std::optional<ast::Duration> ExpressionParser::parseDuration() {
  const Token token = m_cursor.peek();
  if (m_cursor.isWord("INTERVAL")) return parseInterval();
  if (token.kind == TokenKind::String) {
    const std::string inside = unquoted(m_cursor.text());
    const std::string_view whole = trimmed(inside);
    const size_t split = std::min(whole.find_first_not_of("0123456789.+-"), whole.size());
    if (split == 0) return std::nullopt;
    m_cursor.take();
    return duration(whole.substr(0, split), trimmed(whole.substr(split)), token.span, token.span);
  }
  if ((token.kind == TokenKind::Integer || token.kind == TokenKind::Decimal) &&
      m_cursor.peek(1).kind == TokenKind::Word) {
    m_cursor.take();
    const std::string_view amount = textOf(m_cursor.source(), token.span);
    const Token unit = m_cursor.take();
    return duration(amount, textOf(m_cursor.source(), unit.span), {token.span.begin, unit.span.end}, unit.span);
  }
  return std::nullopt;
}

ast::Duration ExpressionParser::expectDuration(std::string_view what) {
  const auto found = parseDuration();
  if (!found) {
    m_cursor.note(std::string(what) + " such as 5 sec");
    m_cursor.fail();
  }
  if (found->ms < 0) m_cursor.fail(Code::Duration, found->span, std::string(what) + " must not be negative");
  return *found;
}

}  // namespace weir
