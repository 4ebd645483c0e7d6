// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/language_service.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/base/text.h"
#include "core/bind/checker.h"
#include "core/data/type.h"
#include "core/functions/function_list.h"
#include "core/options/connector_options.h"
#include "core/options/option_table.h"
#include "core/plan/window_list.h"
#include "core/sql/keywords.h"

namespace weir {

namespace {

using Kind = Completion::Kind;

const std::vector<Completion>& snippets() {
  static const std::vector<Completion> kSnippets = {
      {Kind::Snippet, "source", "snippet", "A WebSocket source",
       "CREATE STREAM $0Trades (\n  s STRING,\n  p DOUBLE,\n  q DOUBLE\n) WITH (\n  type = 'source',\n  extension = "
       "'websocket',\n"
       "  format = 'json',\n  \"websocket.url\" = 'wss://'\n);\n"},
      {Kind::Snippet, "sink", "snippet", "A WebSocket sink",
       "CREATE STREAM $0Stats (\n  symbol STRING,\n  vwap DOUBLE\n) WITH (\n  type = 'sink',\n  extension = "
       "'websocket',\n"
       "  format = 'json',\n  \"websocket.url\" = 'wss://'\n);\n"},
      {Kind::Snippet, "connection", "snippet", "A connection that several streams go over",
       "CREATE CONNECTION $0Exchange WITH (\n  extension = 'websocket',\n  \"websocket.url\" = 'wss://'\n);\n"},
      {Kind::Snippet, "vwap", "snippet", "Volume-weighted average price of each minute",
       "INSERT INTO $0Vwap\nSELECT s AS symbol, VWAP(p, q) AS vwap, SUM(q) AS volume, COUNT(*) AS trades\nFROM Trades\n"
       "WINDOW TUMBLING(1 min)\nGROUP BY s;\n"},
      {Kind::Snippet, "ohlc", "snippet", "Open, high, low and close of each minute",
       "INSERT INTO $0Candles\nSELECT s AS symbol, FIRST(p) AS open, MAX(p) AS high, MIN(p) AS low, LAST(p) AS close, "
       "SUM(q) AS volume\n"
       "FROM Trades\nWINDOW TUMBLING(1 min)\nGROUP BY s;\n"},
  };
  return kSnippets;
}

bool isNameLike(TokenKind kind) { return kind == TokenKind::Word || kind == TokenKind::QuotedName; }

std::string nameOf(TokenKind kind, std::string_view text) {
  return kind == TokenKind::QuotedName ? unquoted(text) : std::string(text);
}

// How well a candidate fits what is typed: 0 not at all, else lower is better.
int fit(std::string_view candidate, std::string_view typed) {
  if (typed.empty()) return 1;
  if (candidate.starts_with(typed)) return 1;
  const std::string a = lowered(candidate);
  const std::string b = lowered(typed);
  if (a.starts_with(b)) return 2;
  if (b.size() > 1 && a.find("." + b) != a.npos) return 3;
  if (b.size() > 1 && a.find("_" + b) != a.npos) return 3;
  if (b.size() > 2 && a.find(b) != a.npos) return 4;
  return 0;
}

template <class F>
std::string describe(const F& function) {
  return std::string(function.signature) + "\n" + std::string(function.help);
}

std::string functionHelp(std::string_view name) {
  if (const ScalarFunction* f = findScalar(name)) return describe(*f);
  if (const AggregateFunction* f = findAggregate(name)) return describe(*f);
  if (const SpecialFunction* f = findSpecial(name)) return describe(*f);
  for (const WindowSpec& window : windowTable())
    if (equalsIgnoringCase(window.name, name))
      return "WINDOW " + std::string(window.signature) + "\n" + std::string(window.help);
  return {};
}

std::string optionDetail(const OptionSpec& spec) {
  if (spec.required) return "required";
  return spec.byDefault.empty() ? std::string() : "default " + std::string(spec.byDefault);
}

}  // namespace

LanguageService::LanguageService(std::string text) : m_text(std::move(text)), m_tokens(significantTokens(m_text)) {
  std::optional<Span> open;
  for (const Token& token : m_tokens) {
    const bool ends =
        token.kind == TokenKind::End || (token.kind == TokenKind::Symbol && textOf(m_text, token.span) == ";");
    if (ends) {
      if (open) m_statements.push_back(*open);
      open.reset();
    } else if (open) {
      open->end = token.span.end;
    } else {
      open = token.span;
    }
  }
}

std::optional<Span> LanguageService::statementAt(size_t offset) const {
  std::optional<Span> found;
  for (const Span& span : m_statements) {
    if (span.begin > offset) break;
    // Behind the semicolon on the same line still means this one.
    const size_t line = std::min(m_text.find('\n', span.end), m_text.size());
    if (offset <= line) found = span;
  }
  return found;
}

size_t LanguageService::wordStart(size_t offset) const {
  size_t start = std::min(offset, m_text.size());
  const auto belongs = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  };
  while (start > 0 && belongs(m_text[start - 1])) --start;
  return start;
}

LanguageService::Place LanguageService::placeAt(size_t offset) const {
  Place place;
  const size_t start = wordStart(offset);
  place.prefix = m_text.substr(start, std::min(offset, m_text.size()) - start);
  // The statement goes on until its semicolon, however unfinished it is.
  size_t first = 0;
  size_t last = m_tokens.size();
  for (size_t i = 0; i < m_tokens.size(); ++i) {
    if (textOf(m_text, m_tokens[i].span) != ";") continue;
    if (m_tokens[i].span.end <= start) {
      first = i + 1;
    } else {
      last = i;
      break;
    }
  }
  for (size_t i = first; i < last && m_tokens[i].kind != TokenKind::End; ++i) {
    const Word word{m_tokens[i].span, m_tokens[i].kind, textOf(m_text, m_tokens[i].span)};
    // One that is not closed goes on where the text ends.
    const bool isOpen = word.kind == TokenKind::Unterminated;
    if ((isOpen || word.kind == TokenKind::String) && word.span.begin < start && (isOpen || start < word.span.end))
      place.isInText = true;
    if (place.all.empty()) place.statement = word.span;
    place.statement.end = word.span.end;
    if (word.span.end <= start) place.before.push_back(word);
    if (word.span.begin != start || place.prefix.empty()) place.all.push_back(word);
  }
  return place;
}

// What the rest of the script declares: the statement being written is not finished.
logical::Plan LanguageService::scriptWithout(Span statement) const {
  std::string rest = m_text;
  std::fill(rest.begin() + statement.begin, rest.begin() + statement.end, ' ');
  return checkScript(rest).script;
}

std::vector<Completion> LanguageService::candidates(const Place& place) const {
  std::vector<Completion> out;
  const auto& before = place.before;
  const auto word = [&](size_t back) {
    return back < before.size() ? uppered(before[before.size() - 1 - back].text) : std::string();
  };
  const auto add = [&](Kind kind, std::string text, std::string detail, std::string_view help,
                       std::string insert = {}) {
    if (insert.empty()) insert = text;
    out.push_back({kind, std::move(text), std::move(detail), std::string(help), std::move(insert)});
  };
  const auto keywords = [&](std::initializer_list<const char*> words) {
    for (const char* w : words) add(Kind::Keyword, w, {}, {});
  };
  if (before.empty()) {
    out = snippets();
    keywords({"CREATE STREAM", "CREATE TABLE", "CREATE CONNECTION", "SELECT", "INSERT INTO"});
    return out;
  }
  const logical::Plan script = scriptWithout(place.statement);
  const auto streams = [&](bool toWrite) {
    for (const std::string& name : script.order) {
      const logical::Stream& s = script.stream(name);
      if (toWrite ? s.kind == StreamKind::Source : s.kind == StreamKind::Sink) continue;
      add(Kind::Stream, name,
          s.kind == StreamKind::Source ? "source"
          : s.kind == StreamKind::Sink ? "sink"
          : s.isTable                  ? "table"
                                       : "stream",
          {});
    }
  };

  const bool creating =
      equalsIgnoringCase(before.front().text, "CREATE") || equalsIgnoringCase(before.front().text, "DEFINE");
  if (creating) {
    const bool isConnection = before.size() > 1 && equalsIgnoringCase(before[1].text, "CONNECTION");
    const auto with =
        std::find_if(before.begin(), before.end(), [](const Word& w) { return equalsIgnoringCase(w.text, "WITH"); });
    if (with != before.end()) {
      // Behind `=` a value, elsewhere a key.
      const auto equals = std::find_if(before.rbegin(), before.rend(),
                                       [](const Word& w) { return w.text == "=" || w.text == "," || w.text == "("; });
      if (equals != before.rend() && equals->text == "=") {
        const Word& key = *std::next(equals);
        if (const OptionSpec* spec = findOption(nameOf(key.kind, key.text))) {
          // The quotes may be there already.
          if (spec->type == OptionType::Connection)
            for (const auto& [name, connection] : script.connections)
              add(Kind::Stream, place.isInText ? name : "'" + name + "'", "connection", spec->help);
          std::string_view rest = spec->type == OptionType::Boolean ? "true|false" : spec->choices;
          if (rest.empty()) rest = spec->byDefault;
          while (!rest.empty()) {
            const size_t bar = std::min(rest.find('|'), rest.size());
            add(Kind::Choice, "'" + std::string(rest.substr(0, bar)) + "'", {}, spec->help);
            rest.remove_prefix(std::min(bar + 1, rest.size()));
          }
        }
        return out;
      }
      const bool goesOver =
          std::any_of(place.all.begin(), place.all.end(), [](const Word& w) { return w.text == "connection"; });
      for (const OptionSpec& spec : optionTable()) {
        const bool concerns = spec.key == "extension" || isOfConnection(spec.key);
        if (isConnection ? !concerns : goesOver && concerns) continue;
        const bool bare = spec.key.find('.') == spec.key.npos;
        std::string key(spec.key);
        if (key.ends_with("*")) key.pop_back();
        const std::string quoted = bare ? key : "\"" + key + (spec.key.ends_with("*") ? "$0\" = ''" : "\" = '$0'");
        add(Kind::Option, key, optionDetail(spec), spec.help, bare ? key + " = '$0'" : quoted);
      }
      return out;
    }
    if (std::none_of(before.begin(), before.end(), [](const Word& w) { return w.text == "("; })) {
      if (isConnection)
        keywords({"WITH"});
      else
        keywords({"STREAM", "TABLE", "CONNECTION"});
      return out;
    }
    for (const char* type : {"STRING", "INT", "LONG", "FLOAT", "DOUBLE", "BOOL", "OBJECT", "BYTES"})
      add(Kind::Type, type, "type", {});
    keywords({"NOT NULL", "WATERMARK FOR", "WITH"});
    return out;
  }

  if (word(0) == "FROM" || word(0) == "JOIN") {
    streams(false);
    if (word(0) == "FROM") keywords({"PATTERN", "SEQUENCE"});
    return out;
  }
  if (word(0) == "INTO") {
    streams(true);
    return out;
  }
  if (word(0) == "WINDOW") {
    for (const WindowSpec& window : windowTable())
      add(Kind::Window, std::string(window.name), std::string(window.signature), window.help,
          std::string(window.name) + "($0)");
    return out;
  }
  if (word(0) == "::" || (word(0) == "AS" && std::any_of(before.begin(), before.end(), [](const Word& w) {
                            return equalsIgnoringCase(w.text, "CAST");
                          }))) {
    for (const char* type : {"STRING", "INT", "LONG", "FLOAT", "DOUBLE", "BOOL", "OBJECT", "BYTES"})
      add(Kind::Type, type, "type", {});
    return out;
  }

  // Streams of this statement, by the names that they go by in it.
  std::map<std::string, std::string> sources;
  const auto& all = place.all;
  for (size_t i = 0; i + 1 < all.size(); ++i) {
    if (!equalsIgnoringCase(all[i].text, "FROM") && !equalsIgnoringCase(all[i].text, "JOIN")) continue;
    if (!isNameLike(all[i + 1].kind)) continue;
    const std::string name = nameOf(all[i + 1].kind, all[i + 1].text);
    std::string alias = name;
    size_t next = i + 2;
    if (next < all.size() && equalsIgnoringCase(all[next].text, "AS")) ++next;
    if (next < all.size() && isNameLike(all[next].kind) && !findKeyword(all[next].text))
      alias = nameOf(all[next].kind, all[next].text);
    if (script.streams.contains(name)) sources[alias] = name;
  }
  const auto columnsOf = [&](const std::string& stream) {
    const logical::Stream& s = script.stream(stream);
    if (s.schema)
      for (const Field& field : s.schema->fields)
        add(Kind::Column, field.name, std::string(typeName(field.type)), stream);
  };
  if (word(0) == "." && before.size() > 1) {
    const std::string owner = nameOf(before[before.size() - 2].kind, before[before.size() - 2].text);
    if (const auto found = sources.find(owner); found != sources.end()) columnsOf(found->second);
    return out;
  }
  for (const auto& [alias, stream] : sources) columnsOf(stream);
  if (sources.size() > 1)
    for (const auto& [alias, stream] : sources) add(Kind::Stream, alias, stream, {});
  const auto functions = [&](const auto& list) {
    for (const auto& f : list)
      add(Kind::Function, std::string(f.name), std::string(f.signature), f.help,
          std::string(f.name) + (f.signature.ends_with("()") ? "()" : "($0)"));
  };
  functions(aggregateFunctions());
  functions(scalarFunctions());
  functions(specialFunctions());
  keywords({"AS",
            "FROM",
            "WHERE",
            "WINDOW",
            "GROUP BY",
            "HAVING",
            "ORDER BY",
            "LIMIT",
            "EMIT CHANGES",
            "EMIT PERIODIC",
            "OUTPUT LAST EVERY",
            "INSERT INTO",
            "JOIN",
            "LEFT JOIN",
            "ASOF JOIN",
            "WITHIN",
            "TOLERANCE",
            "AND",
            "OR",
            "NOT",
            "IS NULL",
            "BETWEEN",
            "IN",
            "LIKE",
            "CASE WHEN",
            "CAST",
            "DISTINCT"});
  return out;
}

std::vector<Completion> LanguageService::completionsAt(size_t offset) const {
  // Inside a text or a comment there is nothing to complete, but the name of a connection.
  const Place place = placeAt(offset);
  const auto isWord = [&](size_t back, std::string_view word) {
    return place.before.size() > back && equalsIgnoringCase(place.before[place.before.size() - 1 - back].text, word);
  };
  const bool mayBeInText = isWord(0, "=") && isWord(1, "connection");
  for (uint32_t at = 0; at < m_text.size();) {
    const Token token = nextToken(m_text, at);
    at = token.span.end;
    if (token.span.begin >= offset) break;
    const bool within = token.span.end > offset || (token.kind == TokenKind::LineComment && token.span.end == offset);
    if (within && ((token.kind == TokenKind::String && !mayBeInText) || token.kind == TokenKind::LineComment ||
                   token.kind == TokenKind::BlockComment))
      return {};
  }
  std::vector<std::pair<int, Completion>> ranked;
  for (Completion& c : candidates(place)) {
    const int rank = fit(c.text, place.prefix);
    if (rank > 0) ranked.emplace_back(rank, std::move(c));
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Completion> out;
  for (auto& [rank, completion] : ranked) out.push_back(std::move(completion));
  return out;
}

std::string LanguageService::signatureAt(size_t offset) const {
  int depth = 0;
  for (size_t i = m_tokens.size(); i-- > 0;) {
    if (m_tokens[i].span.end > offset) continue;
    const std::string_view text = textOf(m_text, m_tokens[i].span);
    if (text == ";") return {};
    if (text == ")") ++depth;
    if (text != "(" || depth-- > 0) continue;
    if (i == 0 || !isNameLike(m_tokens[i - 1].kind)) return {};
    return functionHelp(textOf(m_text, m_tokens[i - 1].span));
  }
  return {};
}

std::string LanguageService::helpAt(size_t offset) const {
  for (const Token& token : m_tokens) {
    if (token.span.begin > offset || offset >= token.span.end) continue;
    if (!isNameLike(token.kind)) return {};
    const std::string name = nameOf(token.kind, textOf(m_text, token.span));
    if (token.kind == TokenKind::QuotedName)
      if (const OptionSpec* spec = findOption(name)) {
        const std::string detail = optionDetail(*spec);
        return name + (detail.empty() ? "" : " (" + detail + ")") + "\n" + std::string(spec->help);
      }
    return functionHelp(name);
  }
  return {};
}

}  // namespace weir
