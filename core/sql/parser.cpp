// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sql/parser.h"

#include <unordered_set>

#include "core/base/result.h"
#include "core/base/text.h"
#include "core/sql/query_parser.h"
#include "core/sql/refusals.h"

namespace weir {

namespace {

constexpr size_t kLargestScript = size_t{16} << 20;

class ScriptParser {
public:
  explicit ScriptParser(std::string_view text)
      : m_cursor(text), m_expressions(m_cursor), m_queries(m_cursor, m_expressions) {}

  Parsed parse() {
    Parsed parsed;
    while (!m_cursor.atEnd()) {
      if (m_cursor.isSymbol(";")) {
        m_cursor.take();
        continue;
      }
      const size_t begin = m_cursor.position();
      try {
        parsed.script.statements.push_back(parseStatement());
        if (m_cursor.atEnd() || m_cursor.acceptSymbol(";")) continue;
        parsed.diagnostics.push_back({Severity::Error, Code::Syntax, m_cursor.peek().span,
                                      "expected ';', found '" + std::string(m_cursor.text()) + "'",
                                      "end the statement above with ;"});
      } catch (SyntaxError& error) {
        parsed.diagnostics.push_back(std::move(error.diagnostic));
        // The parsers hold nesting counters; a failed statement must not leave its depth to the next.
        m_queries.resetDepth();
        for (std::string& stream : m_cursor.leaveStatement(begin)) parsed.brokenStreams.push_back(std::move(stream));
      }
    }
    parsed.keywords = m_cursor.keywords();
    return parsed;
  }

private:
  ast::Statement parseStatement() {
    ast::Statement statement;
    statement.span = m_cursor.peek().span;
    refuseWords(m_cursor, RefusedIn::Statement);
    if (m_cursor.isWord("SELECT")) {
      statement.body = m_queries.parseQuery();
    } else if (m_cursor.isWord("INSERT")) {
      statement.body = m_queries.parseInsert();
    } else if (m_cursor.accept("CREATE") || m_cursor.accept("DEFINE")) {
      refuseWords(m_cursor, RefusedIn::Create);
      if (m_cursor.accept("CONNECTION"))
        statement.body = parseConnection();
      else
        statement.body = parseCreate();
    } else {
      m_cursor.note("SELECT");
      m_cursor.note("INSERT");
      m_cursor.fail();
    }
    statement.span.end = m_cursor.previousSpan().end;
    if (!m_cursor.atEnd() && !m_cursor.isSymbol(";") && !m_cursor.startsStatement()) {
      m_cursor.note("';'");
      m_cursor.fail();
    }
    return statement;
  }

  ast::CreateStream parseCreate() {
    ast::CreateStream create;
    if (!m_cursor.accept("STREAM")) {
      m_cursor.expect("TABLE");
      create.isTable = true;
    }
    create.ifNotExists = m_cursor.acceptWords({"IF", "NOT", "EXISTS"});
    create.name = m_cursor.expectName("a name");
    refuseAs(create);
    if (m_cursor.isWord("WITH"))
      m_cursor.fail(Code::Syntax, m_cursor.peek().span, "the columns of '" + create.name.text + "' are missing",
                    "write them, or ( ... ) to learn them from the messages: CREATE STREAM " + create.name.text +
                        " ( ... ) WITH (...)");
    m_cursor.expectSymbol("(");
    m_columns.clear();
    do {
      if (m_cursor.acceptSymbol("...")) {
        create.inferred = true;
        break;
      }
      if (m_cursor.isWord("WATERMARK") && m_cursor.isWord("FOR", 1))
        parseWatermark(create);
      else
        parseColumn(create);
    } while (m_cursor.acceptSymbol(","));
    m_cursor.expectSymbol(")");
    refuseAs(create);
    if (m_cursor.accept("WITH")) {
      create.hasWith = true;
      create.options = parseOptions();
    }
    refuseAs(create);
    return create;
  }

  ast::CreateConnection parseConnection() {
    ast::CreateConnection create;
    create.ifNotExists = m_cursor.acceptWords({"IF", "NOT", "EXISTS"});
    create.name = m_cursor.expectName("a name");
    if (m_cursor.isSymbol("("))
      m_cursor.fail(Code::Syntax, m_cursor.peek().span, "a connection has no columns: its streams have",
                    "write CREATE CONNECTION " + create.name.text + " WITH (...)");
    m_cursor.expect("WITH");
    create.options = parseOptions();
    return create;
  }

  void refuseAs(const ast::CreateStream& create) {
    if (!m_cursor.isWord("AS")) return;
    const std::string words = create.isTable ? "CREATE TABLE" : "CREATE STREAM";
    m_cursor.fail(Code::Unsupported, m_cursor.peek().span, words + " ... AS SELECT is not supported",
                  "write INSERT INTO " + create.name.text + " SELECT ...");
  }

  void parseColumn(ast::CreateStream& create) {
    ast::ColumnDef column;
    column.name = m_cursor.expectName("a column's name");
    column.type = m_expressions.parseType();
    if (m_cursor.accept("NOT")) {
      m_cursor.expect("NULL");
      column.notNull = true;
    }
    if (!m_columns.insert(column.name.text).second)
      m_cursor.fail(Code::AlreadyDefined, column.name.span, "column '" + column.name.text + "' is already defined");
    create.columns.push_back(std::move(column));
  }

  void parseWatermark(ast::CreateStream& create) {
    ast::Watermark watermark;
    watermark.span = m_cursor.peek().span;
    m_cursor.expect("WATERMARK");
    m_cursor.expect("FOR");
    watermark.column = m_cursor.expectName("a column's name");
    m_cursor.expect("AS");
    const ast::Name again = m_cursor.expectName("the same column's name");
    if (again.text != watermark.column.text)
      m_cursor.fail(Code::Syntax, again.span,
                    "a watermark follows one column: expected '" + watermark.column.text + "'");
    if (m_cursor.acceptSymbol("-")) watermark.latenessMs = m_expressions.expectDuration("an interval").ms;
    watermark.span.end = m_cursor.previousSpan().end;
    create.watermark = std::move(watermark);
  }

  std::vector<ast::Option> parseOptions() {
    std::vector<ast::Option> options;
    m_cursor.expectSymbol("(");
    if (m_cursor.acceptSymbol(")")) return options;
    do options.push_back(parseOption());
    while (m_cursor.acceptSymbol(","));
    m_cursor.expectSymbol(")");
    return options;
  }

  ast::Option parseOption() {
    ast::Option option;
    const Token first = m_cursor.peek();
    if (first.kind == TokenKind::String) {
      option.key = {unquoted(m_cursor.text()), first.span};
      m_cursor.take();
    } else {
      if (first.kind != TokenKind::QuotedName && first.kind != TokenKind::Word) {
        m_cursor.note("an option's name");
        m_cursor.fail();
      }
      // Keys are no columns: nothing is reserved here.
      m_cursor.take();
      option.key = {first.kind == TokenKind::QuotedName ? unquoted(textOf(m_cursor.source(), first.span))
                                                        : std::string(textOf(m_cursor.source(), first.span)),
                    first.span};
      while (m_cursor.acceptSymbol(".")) {
        const Token part = m_cursor.take();
        option.key.text.append(".").append(textOf(m_cursor.source(), part.span));
        option.key.span.end = part.span.end;
      }
    }
    m_cursor.expectSymbol("=");
    const bool negative = m_cursor.isSymbol("-");
    option.valueSpan = m_cursor.peek().span;
    if (negative) m_cursor.take();
    const Token value = m_cursor.peek();
    const bool number = value.kind == TokenKind::Integer || value.kind == TokenKind::Decimal;
    if (!number && (negative || (value.kind != TokenKind::String && value.kind != TokenKind::Word))) {
      m_cursor.note("a value in single quotes");
      m_cursor.fail();
    }
    const std::string_view written = m_cursor.text();
    option.value = (negative ? "-" : "") + (value.kind == TokenKind::String ? unquoted(written) : std::string(written));
    m_cursor.take();
    option.valueSpan.end = value.span.end;
    return option;
  }

  std::unordered_set<std::string> m_columns;  ///< of the stream that is being created
  TokenCursor m_cursor;
  ExpressionParser m_expressions;
  QueryParser m_queries;
};

}  // namespace

Parsed parseScript(std::string_view text) {
  if (text.size() > kLargestScript) {
    Parsed refused;
    refused.diagnostics.push_back(failure(Code::Limit, "the text is larger than 16 MB", "split it over several files"));
    return refused;
  }
  if (const size_t good = utf8Prefix(text); good < text.size()) {
    const auto at = static_cast<uint32_t>(good);
    Parsed refused;
    refused.diagnostics.push_back(
        {Severity::Error, Code::Syntax, {at, at + 1}, "the text is not UTF-8 from here on", "save the file as UTF-8"});
    return refused;
  }
  return ScriptParser(text).parse();
}

}  // namespace weir
