// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sql/formatter.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/sql/keywords.h"
#include "core/sql/lexer.h"
#include "core/sql/parser.h"

namespace weir {

namespace {

constexpr size_t kWidth = 100;
constexpr size_t kShortStatement = 72;
constexpr size_t kIndent = 2;
constexpr size_t kTooWide = size_t{1} << 20;

struct Comment {
  std::string text;
  bool blankBefore = false;
};

/// A token with the comments that belong to it: those on lines before it, and those behind it on its line.
struct Piece {
  std::string text;
  TokenKind kind = TokenKind::End;
  bool isKeyword = false;
  bool blankBefore = false;
  std::vector<Comment> leading;
  std::vector<std::string> trailing;

  bool is(std::string_view symbol) const { return kind == TokenKind::Symbol && text == symbol; }
  bool isWord(std::string_view word) const { return isKeyword && text == word; }
};

std::vector<Piece> piecesOf(std::string_view source, const std::vector<Span>& keywords) {
  std::vector<Piece> pieces;
  std::vector<Comment> waiting;
  size_t newlines = 0;
  size_t keyword = 0;
  for (uint32_t at = 0;;) {
    const Token token = nextToken(source, at);
    at = token.span.end;
    const std::string_view text = textOf(source, token.span);
    if (token.kind == TokenKind::Space) {
      newlines += static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
      continue;
    }
    if (token.kind == TokenKind::LineComment || token.kind == TokenKind::BlockComment) {
      const std::string comment(token.kind == TokenKind::LineComment ? trimmed(text) : text);
      if (newlines == 0 && waiting.empty() && !pieces.empty())
        pieces.back().trailing.push_back(comment);
      else
        waiting.push_back({comment, newlines > 1});
      newlines = 0;
      continue;
    }
    while (keyword < keywords.size() && keywords[keyword].begin < token.span.begin) ++keyword;
    Piece piece;
    piece.kind = token.kind;
    piece.blankBefore = newlines > 1;
    piece.leading = std::exchange(waiting, {});
    newlines = 0;
    piece.isKeyword = keyword < keywords.size() && keywords[keyword].begin == token.span.begin;
    piece.text = piece.isKeyword ? uppered(text) : std::string(text);
    pieces.push_back(std::move(piece));
    if (token.kind == TokenKind::End) return pieces;
  }
}

bool isLineComment(std::string_view comment) { return comment.starts_with("--") || comment.find('\n') != comment.npos; }

class Formatter {
public:
  explicit Formatter(std::vector<Piece> pieces) : m_pieces(std::move(pieces)) {}

  std::string run() {
    size_t at = 0;
    while (m_pieces[at].kind != TokenKind::End) {
      if (m_pieces[at].is(";")) {
        keepComments(at++);
        continue;
      }
      size_t end = at;
      while (m_pieces[end].kind != TokenKind::End && !m_pieces[end].is(";")) ++end;
      if (m_pieces[end].kind == TokenKind::End) {
        Piece semicolon;
        semicolon.text = ";";
        semicolon.kind = TokenKind::Symbol;
        m_pieces.insert(m_pieces.begin() + static_cast<std::ptrdiff_t>(end), std::move(semicolon));
      }
      // A comment behind the last word goes behind the semicolon.
      std::vector<std::string>& said = m_pieces[end].trailing;
      std::vector<std::string> before = std::exchange(m_pieces[end - 1].trailing, {});
      said.insert(said.begin(), before.begin(), before.end());
      // Behind one that ends its line nothing else can stand on it.
      const auto last =
          std::find_if(said.begin(), said.end(), [](const std::string& comment) { return comment.starts_with("--"); });
      if (last != said.end()) {
        std::vector<Comment>& next = m_pieces[end + 1].leading;
        size_t place = 0;
        for (auto comment = last + 1; comment != said.end(); ++comment)
          next.insert(next.begin() + static_cast<std::ptrdiff_t>(place++), {*comment, false});
        said.erase(last + 1, said.end());
      }
      separate(m_pieces[at]);
      statement(at, end + 1);
      at = end + 1;
    }
    Piece& last = m_pieces[at];
    if (!last.leading.empty()) {
      separate(last);
      leadingComments(last, 0);
    }
    while (!m_out.empty() && (m_out.back() == '\n' || m_out.back() == ' ')) m_out.pop_back();
    if (!m_out.empty()) m_out += '\n';
    return std::move(m_out);
  }

private:
  // A semicolon of an empty statement goes; what was said beside it stays.
  void keepComments(size_t at) {
    Piece& next = m_pieces[at + 1];
    std::vector<Comment> kept = m_pieces[at].leading;
    for (const std::string& comment : m_pieces[at].trailing) kept.push_back({comment, false});
    kept.insert(kept.end(), next.leading.begin(), next.leading.end());
    next.leading = std::move(kept);
  }

  void separate(Piece& first) {
    const bool start = m_out.empty();
    if (!start) {
      m_out += '\n';
      m_column = 0;
    }
    if (!start) m_out += '\n';
    m_newLine = false;
    if (!first.leading.empty())
      first.leading.front().blankBefore = false;
    else
      first.blankBefore = false;
  }

  void newLine(size_t indent) {
    m_out += '\n';
    m_out.append(indent, ' ');
    m_column = indent;
    m_newLine = false;
  }

  void leadingComments(const Piece& piece, size_t indent) {
    bool any = m_column > 0 && m_out.find_last_not_of(' ') != m_out.npos && m_out[m_out.find_last_not_of(' ')] != '\n';
    for (const Comment& comment : piece.leading) {
      if (any) newLine(indent);
      if (comment.blankBefore && indent == 0 && m_atStart) {
        m_out += '\n';
      }
      m_out += comment.text;
      any = true;
    }
    if (!piece.leading.empty()) {
      if (m_atStart && indent == 0 && piece.blankBefore) m_out += '\n';
      m_newLine = true;
    }
  }

  void write(size_t index, size_t indent, bool spaced) {
    const Piece& piece = m_pieces[index];
    if (!piece.leading.empty()) {
      leadingComments(piece, indent);
      newLine(indent);
    } else if (m_newLine) {
      newLine(indent);
    } else if (spaced) {
      m_out += ' ';
      ++m_column;
    }
    m_atStart = false;
    m_out += piece.text;
    m_column += piece.text.size();
    for (const std::string& comment : piece.trailing) {
      m_out += ' ';
      m_out += comment;
      m_column += comment.size() + 1;
      m_newLine = m_newLine || isLineComment(comment);
    }
  }

  bool spaced(size_t index) const {
    if (index == 0) return false;
    const Piece& before = m_pieces[index - 1];
    const Piece& piece = m_pieces[index];
    if (fuses(before, piece)) return true;
    for (const std::string_view symbol : {"(", "[", "{", "."})
      if (before.is(symbol)) return false;
    for (const std::string_view symbol : {")", "]", "}", ",", ";", ".", "[", "{", "::"})
      if (piece.is(symbol)) return false;
    if (before.is("::") || isUnary(index - 1)) return false;
    if (isPath(index) || isPath(index - 1)) return false;
    if (!piece.is("(")) return true;
    if (before.kind == TokenKind::Word && !before.isKeyword) return m_spaceBeforeParen;
    if (before.kind == TokenKind::QuotedName) return m_spaceBeforeParen;
    // These are called like functions, and so are types and windows, which stand for themselves.
    static constexpr auto kCalled =
        std::to_array<std::string_view>({"CAST", "TRY_CAST", "UNNEST", "PATTERN", "SEQUENCE"});
    if (std::find(kCalled.begin(), kCalled.end(), before.text) != kCalled.end()) return false;
    if (before.isKeyword) return findKeyword(before.text) != nullptr && !isWindow(index - 1);
    return !before.is("]");
  }

  // Two minus signs side by side begin a comment.
  static bool fuses(const Piece& before, const Piece& piece) {
    const bool isShort =
        before.kind == TokenKind::Symbol && piece.kind != TokenKind::String && piece.kind != TokenKind::QuotedName;
    if (!isShort) return false;
    const Token first = nextToken(before.text + piece.text, 0);
    return first.kind != before.kind || first.span.end != before.text.size();
  }

  bool isWindow(size_t index) const { return index > 0 && m_pieces[index - 1].isWord("WINDOW"); }

  // The arrows of JSON stand close, those of a pattern apart.
  bool isPath(size_t index) const {
    const Piece& piece = m_pieces[index];
    if (piece.is("->>")) return true;
    if (!piece.is("->") || index + 1 >= m_pieces.size()) return false;
    const TokenKind next = m_pieces[index + 1].kind;
    return next == TokenKind::String || next == TokenKind::Integer;
  }

  bool isUnary(size_t index) const {
    if (!m_pieces[index].is("-") && !m_pieces[index].is("+")) return false;
    if (index == 0) return true;
    const Piece& before = m_pieces[index - 1];
    // Behind a value, and a type that is cast to, it is binary.
    if (before.isKeyword)
      return findKeyword(before.text) && !before.isWord("END") && !before.isWord("NULL") && !before.isWord("TRUE") &&
             !before.isWord("FALSE");
    return before.kind == TokenKind::Symbol && !before.is(")") && !before.is("]");
  }

  size_t closing(size_t open) const {
    int depth = 0;
    for (size_t i = open; i < m_pieces.size(); ++i) {
      if (m_pieces[i].is("(")) ++depth;
      if (m_pieces[i].is(")") && --depth == 0) return i;
    }
    return m_pieces.size() - 1;
  }

  size_t flatWidth(size_t begin, size_t end) const {
    size_t width = 0;
    for (size_t i = begin; i < end; ++i) {
      const Piece& piece = m_pieces[i];
      if (!piece.leading.empty() && i > begin) return kTooWide;
      const bool last = i + 1 == end;
      for (const std::string& comment : piece.trailing) {
        if (isLineComment(comment) && !last) return kTooWide;
        width += isLineComment(comment) ? 0 : comment.size() + 1;
      }
      if (piece.text.find('\n') != piece.text.npos) return kTooWide;
      width += piece.text.size() + (i > begin && spaced(i) ? 1 : 0);
    }
    return width;
  }

  void flat(size_t begin, size_t end, size_t indent, bool firstSpaced) {
    for (size_t i = begin; i < end; ++i) {
      const bool subquery = m_pieces[i].is("(") && i + 1 < end && m_pieces[i + 1].isWord("SELECT");
      write(i, indent, i == begin ? firstSpaced : spaced(i));
      if (!subquery || flatWidth(i, closing(i) + 1) + m_column <= kWidth) continue;
      const size_t close = closing(i);
      newLine(indent + kIndent);
      query(i + 1, close, indent + kIndent);
      newLine(indent);
      write(close, indent, false);
      i = close;
    }
  }

  void statement(size_t begin, size_t end) {
    m_atStart = true;
    const bool create = m_pieces[begin].isWord("CREATE") || m_pieces[begin].isWord("DEFINE");
    m_spaceBeforeParen = create;
    if (create)
      createStatement(begin, end);
    else
      query(begin, end, 0);
    m_spaceBeforeParen = false;
  }

  void createStatement(size_t begin, size_t end) {
    if (flatWidth(begin, end) <= kShortStatement) {
      m_spaceBeforeParen = false;
      for (size_t i = begin; i < end; ++i) {
        // The columns and the options stand apart from their head, a type's length does not.
        const bool outer = m_pieces[i].is("(") && depthOf(begin, i) == 0;
        write(i, 0, i == begin ? false : outer || spaced(i));
      }
      return;
    }
    for (size_t i = begin; i < end; ++i) {
      m_spaceBeforeParen = true;
      write(i, 0, i != begin && spaced(i));
      if (!m_pieces[i].is("(")) continue;
      m_spaceBeforeParen = false;
      const size_t close = closing(i);
      list(i + 1, close, kIndent);
      newLine(0);
      write(close, 0, false);
      i = close;
    }
  }

  int depthOf(size_t begin, size_t at) const {
    int depth = 0;
    for (size_t i = begin; i < at; ++i) depth += m_pieces[i].is("(") ? 1 : m_pieces[i].is(")") ? -1 : 0;
    return depth;
  }

  // Each item on a line of its own.
  void list(size_t begin, size_t end, size_t indent) {
    size_t from = begin;
    int depth = 0;
    for (size_t i = begin; i < end; ++i) {
      if (m_pieces[i].is("(") || m_pieces[i].is("[")) ++depth;
      if (m_pieces[i].is(")") || m_pieces[i].is("]")) --depth;
      const bool last = i + 1 == end;
      if (!last && !(depth == 0 && m_pieces[i].is(","))) continue;
      newLine(indent);
      flat(from, i + 1, indent, false);
      from = i + 1;
    }
  }

  bool startsClause(size_t begin, size_t at) const {
    static constexpr auto kStarts = std::to_array<std::string_view>(
        {"SELECT", "FROM", "WINDOW", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OUTPUT", "EMIT", "INSERT"});
    static constexpr auto kJoins =
        std::to_array<std::string_view>({"CROSS", "INNER", "LEFT", "RIGHT", "FULL", "OUTER", "ASOF", "JOIN"});
    const Piece& piece = m_pieces[at];
    if (!piece.isKeyword) return false;
    const auto among = [](const auto& words, const Piece& p) {
      return p.isKeyword && std::find(words.begin(), words.end(), p.text) != words.end();
    };
    if (among(kJoins, piece)) return at > begin && !among(kJoins, m_pieces[at - 1]);
    // EMIT ON WINDOW CLOSE is one clause.
    if (at > begin && m_pieces[at - 1].isWord("ON")) return false;
    return among(kStarts, piece);
  }

  // `end` may include the semicolon.
  void query(size_t begin, size_t end, size_t indent) {
    if (m_pieces[begin].leading.empty() && flatWidth(begin, end) + indent <= kShortStatement)
      return flat(begin, end, indent, false);
    size_t from = begin;
    int depth = 0;
    for (size_t i = begin; i < end; ++i) {
      if (m_pieces[i].is("(") || m_pieces[i].is("[")) ++depth;
      if (m_pieces[i].is(")") || m_pieces[i].is("]")) --depth;
      const bool last = i + 1 == end;
      if (!last && !(depth == 0 && startsClause(begin, i + 1))) continue;
      if (from != begin) newLine(indent);
      clause(from, i + 1, indent);
      from = i + 1;
    }
  }

  void clause(size_t begin, size_t end, size_t indent) {
    m_spaceBeforeParen = m_pieces[begin].isWord("INSERT");
    const bool fits = flatWidth(begin, end) + indent <= kWidth;
    const bool select = m_pieces[begin].isWord("SELECT");
    const bool condition = m_pieces[begin].isWord("WHERE") || m_pieces[begin].isWord("HAVING");
    if (fits || (!select && !condition)) {
      flat(begin, end, indent, false);
    } else if (select) {
      size_t items = begin + 1;
      write(begin, indent, false);
      if (m_pieces[items].isWord("DISTINCT")) write(items++, indent, true);
      list(items, end, indent + kIndent);
    } else {
      conditions(begin, end, indent);
    }
    m_spaceBeforeParen = false;
  }

  void conditions(size_t begin, size_t end, size_t indent) {
    size_t from = begin;
    int depth = 0;
    bool between = false;
    for (size_t i = begin; i < end; ++i) {
      if (m_pieces[i].is("(") || m_pieces[i].isWord("CASE")) ++depth;
      if (m_pieces[i].is(")") || m_pieces[i].isWord("END")) --depth;
      if (depth == 0 && m_pieces[i].isWord("BETWEEN")) between = true;
      const bool last = i + 1 == end;
      const bool joins = !last && depth == 0 && (m_pieces[i + 1].isWord("AND") || m_pieces[i + 1].isWord("OR"));
      if (joins && between && m_pieces[i + 1].isWord("AND")) {
        between = false;
        continue;
      }
      if (!last && !joins) continue;
      if (from != begin) newLine(indent + kIndent);
      flat(from, i + 1, indent + kIndent, false);
      from = i + 1;
    }
  }

  std::vector<Piece> m_pieces;
  std::string m_out;
  size_t m_column = 0;
  bool m_newLine = false;  ///< a comment ends the line
  bool m_atStart = false;  ///< of a statement
  bool m_spaceBeforeParen = false;
};

// What a text says, its layout apart: tokens and comments. Statements end with one semicolon each, and a comment may
// move over it.
struct Wording {
  std::vector<Token> tokens;
  std::vector<std::string_view> comments;
};

Wording wordingOf(std::string_view text) {
  Wording out;
  const auto isSemicolon = [&](const Token& token) { return textOf(text, token.span) == ";"; };
  for (uint32_t at = 0;;) {
    const Token token = nextToken(text, at);
    at = token.span.end;
    if (token.kind == TokenKind::LineComment || token.kind == TokenKind::BlockComment)
      out.comments.push_back(trimmed(textOf(text, token.span)));
    else if (token.kind != TokenKind::Space && !isSemicolon(token) && token.kind != TokenKind::End)
      out.tokens.push_back(token);
    else if (token.kind != TokenKind::Space && !out.tokens.empty() && !isSemicolon(out.tokens.back()))
      out.tokens.push_back(token.kind == TokenKind::End ? Token{TokenKind::End, {at, at}} : token);
    if (token.kind == TokenKind::End) return out;
  }
}

// Where the laid out text says something else, or nothing. Words of the language may have changed their case.
std::optional<Span> firstDifference(std::string_view text, const std::vector<Span>& keywords,
                                    std::string_view laidOut) {
  const Wording before = wordingOf(text);
  const Wording after = wordingOf(laidOut);
  size_t keyword = 0;
  for (size_t i = 0; i < before.tokens.size(); ++i) {
    const Span span = before.tokens[i].span;
    while (keyword < keywords.size() && keywords[keyword].begin < span.begin) ++keyword;
    const bool isKeyword = keyword < keywords.size() && keywords[keyword].begin == span.begin;
    const std::string_view was = before.tokens[i].kind == TokenKind::End ? ";" : textOf(text, span);
    const std::string_view is = i < after.tokens.size() ? textOf(laidOut, after.tokens[i].span) : std::string_view();
    if (is != (isKeyword ? uppered(was) : was)) return span;
  }
  if (before.tokens.size() != after.tokens.size() || before.comments != after.comments) return Span{0, 1};
  return std::nullopt;
}

}  // namespace

Result<std::string> formatScript(std::string_view text) {
  const Parsed parsed = parseScript(text);
  if (hasError(parsed.diagnostics)) return parsed.diagnostics;
  std::string laidOut = Formatter(piecesOf(text, parsed.keywords)).run();
  if (const auto changed = firstDifference(text, parsed.keywords, laidOut))
    return Diagnostic{Severity::Error,
                      Code::Unsupported,
                      *changed,
                      "cannot be laid out without changing what it says: nothing was changed",
                      {}};
  return laidOut;
}

}  // namespace weir
