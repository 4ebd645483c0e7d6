// SPDX-License-Identifier: GPL-3.0-or-later
// Laying out changes no token and no comment, whatever the text.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "core/base/text.h"
#include "core/sql/formatter.h"
#include "core/sql/lexer.h"
#include "core/sql/parser.h"

using namespace weir;

namespace {

// The tokens but semicolons, those of the language in capitals, and behind them the comments.
std::string wording(const std::string& text) {
  const Parsed parsed = parseScript(text);
  std::string tokens;
  std::string comments;
  for (uint32_t at = 0; at < text.size();) {
    const Token token = nextToken(text, at);
    at = token.span.end;
    const std::string_view word = textOf(text, token.span);
    const bool isKeyword = std::any_of(parsed.keywords.begin(), parsed.keywords.end(),
                                       [&](const Span& span) { return span.begin == token.span.begin; });
    if (token.kind == TokenKind::LineComment || token.kind == TokenKind::BlockComment)
      comments.append(trimmed(word)).append("\n");
    else if (token.kind != TokenKind::Space && word != ";")
      tokens.append(isKeyword ? uppered(word) : word).append("\n");
  }
  return tokens + "--\n" + comments;
}

void checkLayout(const std::string& text) {
  CAPTURE(text);
  const auto once = formatScript(text);
  if (!once) {
    // Only what cannot be parsed may stay as it is.
    CHECK(hasError(parseScript(text).diagnostics));
    return;
  }
  CAPTURE(*once);
  CHECK(wording(*once) == wording(text));
  const auto twice = formatScript(*once);
  REQUIRE(twice.ok());
  CHECK(*twice == *once);
}

/// Makes scripts that parse, as lists of tokens.
class Writer {
public:
  explicit Writer(uint32_t seed) : m_random(seed) {}

  std::vector<std::string> script() {
    for (size_t i = 0; i <= below(2); ++i) {
      below(4) == 0 ? create() : query(2, true);
      for (size_t semicolons = 1 + below(2); semicolons > 0; --semicolons) word(";");
    }
    return std::move(m_words);
  }

  size_t below(size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(m_random); }

private:
  void word(std::string_view text) { m_words.emplace_back(text); }
  void words(std::initializer_list<std::string_view> texts) {
    for (const std::string_view text : texts) word(text);
  }
  std::string_view pick(std::initializer_list<std::string_view> choices) {
    return choices.begin()[below(choices.size())];
  }

  void name() {
    word(pick({"a", "x1", "first", "LAST", "timestamp", "count", "e", "E5", "\"two words\"", "`order`", "\"--\"",
               "\"/*\"", "\"a\"\"b\"", "größe", "min"}));
  }
  void duration() { words({pick({"1", "30", "1.5"}), pick({"min", "SEC", "hours"})}); }

  void create() {
    words({pick({"create", "DEFINE"}), "stream"});
    name();
    word("(");
    word("k1");
    word(pick({"string", "Long", "varchar"}));
    if (below(2) == 0) words({",", "k2", "DECIMAL", "(", "10", ",", "2", ")", "not", "null"});
    if (below(3) == 0) words({",", "WATERMARK", "for", "k1", "as", "k1", "-", "interval", "'2'", "second"});
    word(")");
    if (below(2) == 0)
      words({"with", "(", "type", "=", pick({"internal", "'internal'"}), ",", "end", ".", "in", "=",
             pick({"-5", "true", "NULL"}), ",", "\"a.b\"", "=", "'--'", ")"});
  }

  void query(size_t depth, bool whole) {
    if (whole && below(4) == 0) {
      words({"insert", "into"});
      name();
    }
    word("select");
    if (below(6) == 0) word("distinct");
    for (size_t i = 0; i <= below(4); ++i) {
      if (i > 0) word(",");
      expression(depth);
      if (below(2) == 0) word("as"), name();
    }
    word("from");
    if (depth > 0 && below(5) == 0) {
      word("(");
      query(depth - 1, false);
      words({")", "as", "q"});
    } else {
      name();
    }
    if (below(4) == 0) {
      words({pick({"left", "INNER", "asof"}), "join", "R", "on"});
      expression(1);
      word("within");
      duration();
    }
    if (below(3) == 0) {
      words({"window", pick({"tumbling", "Time"}), "("});
      duration();
      word(")");
    }
    if (below(2) == 0) word("where"), expression(depth);
    if (below(3) == 0) words({"group", "by"}), expression(1);
    if (below(4) == 0) word("having"), expression(1);
    if (below(5) == 0) words({"emit", "on", "window", "close"});
  }

  void expression(size_t depth) {
    if (depth == 0) {
      switch (below(6)) {
        case 0: return word(pick({"1", "1.5", ".5", "1e3", "007"}));
        case 1: return word(pick({"'x'", "''", "'it''s'", "'--'", "'/* '", "'two\nlines'", "'*/'"}));
        case 2: return word(pick({"null", "TRUE", "False"}));
        default: return name();
      }
    }
    const auto deeper = [&] { expression(depth - 1); };
    switch (below(13)) {
      case 0: word("-"), deeper(); break;
      case 1: word("+"), deeper(); break;
      case 2: words({"-", "-"}), deeper(); break;
      case 3: deeper(), word(pick({"-", "+", "*", "/", "//", "%", "||"})), deeper(); break;
      case 4: deeper(), words({"-", "-"}), deeper(); break;
      case 5: word("("), deeper(), words({")", pick({"=", "<>", "<", ">="}), "-"}), deeper(); break;
      case 6: words({"cast", "("}), deeper(), words({"as", pick({"int", "String"}), ")"}); break;
      case 7: name(), words({"(", pick({"*", "1"}), ",", "-", "-"}), deeper(), word(")"); break;
      case 8:
        words({"case", "when"}), deeper(), word("then"), deeper(), words({"else", "-"}), deeper(), word("end");
        break;
      case 9: name(), words({pick({"->", "->>"}), "'p'", "::", "double", "-"}), deeper(); break;
      case 10: word("not"), deeper(), word(pick({"and", "OR"})), deeper(); break;
      case 11: name(), words({pick({"between", "not between"}), "-", "1", "and", "-", "-", "2"}); break;
      default: name(), words({"in", "(", "-", "1", ",", "'a'", ")"}); break;
    }
  }

  std::mt19937 m_random;
  std::vector<std::string> m_words;
};

// Sets tokens beside each other as closely, as far apart and with comments in as odd places as may be.
std::string written(const std::vector<std::string>& words, Writer& random) {
  std::string out;
  for (const std::string& word : words) {
    switch (random.below(9)) {
      case 0: out += "\n"; break;
      case 1: out += " /* - */ "; break;
      case 2: out += random.below(2) == 0 ? " -- it's\n" : "\n\n--x \t\n"; break;
      case 3: out += random.below(3) == 0 ? "/* a\n b */" : "/**/"; break;
      case 4: {
        const auto tokens = significantTokens(out + word);
        const bool stands = out.empty() || (tokens.size() > 1 && tokens[tokens.size() - 2].span.begin == out.size());
        if (!stands) out += " ";
        break;
      }
      default: out += " "; break;
    }
    out += word;
  }
  return out;
}

}  // namespace

TEST_CASE("two minus signs stay two") {
  checkLayout("SELECT - -p AS a, q AS b FROM T INSERT INTO O;");
  checkLayout("SELECT a - - 1, a - -1, a- -b, -(-a), - - - 1, + -1, - + - 1, a - - - b FROM T;");
  CHECK(formatScript("select - -p from T")->find("- -p") != std::string::npos);
  CHECK(formatScript("select - - 1 from T")->find("- -1") != std::string::npos);
}

TEST_CASE("words that are no words of the language keep their case") {
  checkLayout("create stream S (a int) with (type = internal, end = true, In.from = x, select = 'y');");
  checkLayout("select data.end, data.\"select\", first, left(a, 1), e1.order from S where x = true and y is not null");
}

TEST_CASE("comments stay, in odd places too") {
  for (const char* text :
       {"select a -- one\n, /* two */ b /* three\n lines */ from /* four */ T -- five", "-- only a comment",
        "/* a */ /* b */", "; ; -- x\n;", "select /* a */ -- b\n - /* c */ - -- d\n 1 from T;",
        "select a from T; -- behind\n\n\n-- alone\n\nselect b from T /* end */ ;",
        "create stream S -- one\n (a int, -- two\n b int /* three */) -- four\n with (type = 'internal' -- five\n)",
        "select cast(a /* x */ as /* y */ int) :: /* z */ string, f( /* none */ ) from T",
        "select a from T where a = 'x\n  -- no comment\n' and b = 1;", "select '/*' as a, \"*/\" as b, a / * from T",
        "select \"a--b\", `c/*d` from T;"})
    checkLayout(text);
}

TEST_CASE("random scripts keep their tokens and comments") {
  size_t laidOut = 0;
  for (uint32_t seed = 0; seed < 4000; ++seed) {
    Writer writer(seed);
    const std::vector<std::string> words = writer.script();
    const std::string text = written(words, writer);
    CAPTURE(seed);
    checkLayout(text);
    laidOut += formatScript(text).ok() ? 1 : 0;
    // One token less, or two that change places: what still parses is laid out.
    std::vector<std::string> other = words;
    std::swap(other[writer.below(other.size())], other[writer.below(other.size())]);
    if (writer.below(2) == 0) other.erase(other.begin() + static_cast<std::ptrdiff_t>(writer.below(other.size())));
    checkLayout(written(other, writer));
  }
  CHECK(laidOut > 3000);
}

TEST_CASE("every golden case's script keeps its tokens and comments") {
  size_t scripts = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(WEIR_SOURCE) + "/tests/golden")) {
    if (entry.path().extension() != ".case") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::stringstream content;
    content << in.rdbuf();
    const std::string text = content.str();
    const size_t begin = text.find("--- sql\n");
    REQUIRE(begin != std::string::npos);
    checkLayout(text.substr(begin + 8, text.find("\n--- ", begin + 8) - begin - 8));
    ++scripts;
  }
  CHECK(scripts > 50);
}
