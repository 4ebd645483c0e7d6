// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/message_match.h"

#include <algorithm>

#include "core/base/plain_number.h"
#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/formats/json_reach.h"

namespace weir {

namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kHint = "write $.path, $.path = value, several joined by AND, or a LIKE pattern";

Diagnostic wrong(size_t begin, size_t end, std::string message, std::string hint = std::string(kHint)) {
  const Span span{static_cast<uint32_t>(begin), static_cast<uint32_t>(std::max(begin, end))};
  return {Severity::Error, Code::OptionValue, span, std::move(message), std::move(hint)};
}

bool isPlainNumber(std::string_view text) {
  const char* const end = text.data() + text.size();
  return !text.empty() && endOfPlainNumber(text.data(), end) == end;
}

// A path looks at no more than lies on its way; all of the value must be JSON.
std::optional<std::string_view> valueAt(JsonReach& reach, std::string_view json, const JsonPath& path) {
  auto found = reach.at(json, path.steps);
  return found && isJson(json) ? found : std::nullopt;
}

std::optional<Diagnostic> readPath(std::string_view text, Span span, bool isOfRecords, JsonPath& path) {
  const std::string_view written = text.substr(span.begin, span.end - span.begin);
  if (const auto error = parseJsonPath(written, path))
    return wrong(span.begin + error->at, span.end, "'" + std::string(written) + "' is not a path: " + error->reason);
  if (!isOfRecords && (path.from == JsonPath::From::Above || path.from == JsonPath::From::Name))
    return wrong(span.begin, span.end, "'" + std::string(written) + "' leads out of the message",
                 "write $.path: $ is the message");
  const auto isEach = [](const JsonStep& step) { return step.each != JsonStep::Each::None; };
  if (std::any_of(path.steps.begin(), path.steps.end(), isEach))
    return wrong(span.begin, span.end, "'" + std::string(written) + "' leads to more than one value",
                 "name an element by its index, as in $.data[0]");
  return std::nullopt;
}

/// Reads `$.path [= value] {AND $.path [= value]}`.
class TermReader {
public:
  TermReader(std::string_view text, bool isOfRecords) : m_text(text), m_isOfRecords(isOfRecords) { skipSpace(); }

  Result<std::vector<MatchTerm>> read() {
    std::vector<MatchTerm> terms;
    while (true) {
      MatchTerm term;
      if (auto error = readTerm(term)) return *error;
      terms.push_back(std::move(term));
      if (m_at == m_text.size()) return terms;
      const size_t end = endOfWord(m_at);
      if (!equalsIgnoringCase(m_text.substr(m_at, end - m_at), "AND"))
        return wrong(m_at, end, "expected AND between conditions", "a value of several words is written in quotes");
      m_at = end;
      skipSpace();
    }
  }

private:
  std::optional<Diagnostic> readTerm(MatchTerm& term) {
    if (m_at == m_text.size() || m_text[m_at] != '$')
      return wrong(m_at, endOfWord(m_at), "expected a path that begins with $");
    const size_t begin = m_at;
    m_at = endOfPath();
    term.span = {static_cast<uint32_t>(begin), static_cast<uint32_t>(m_at)};
    if (auto error = readPath(m_text, term.span, m_isOfRecords, term.path)) return error;
    skipSpace();
    if (m_at < m_text.size() && std::string_view("<>!~").find(m_text[m_at]) != std::string_view::npos)
      return wrong(m_at, endOfWord(m_at), "a message is told apart by = alone");
    if (m_at == m_text.size() || m_text[m_at] != '=') return std::nullopt;
    m_at += m_text.substr(m_at).starts_with("==") ? 2 : 1;
    if (m_isOfRecords && term.path.steps.empty() && term.path.from != JsonPath::From::Name)
      return wrong(begin, m_at, "a record is not compared as a whole", "name a member, as in $.type = trade");
    skipSpace();
    return readValue(term);
  }

  std::optional<Diagnostic> readValue(MatchTerm& term) {
    const size_t begin = m_at;
    if (m_at == m_text.size()) return wrong(m_at, m_at, "a value is missing behind =");
    if (m_text[m_at] == '\'' || m_text[m_at] == '"') {
      if (auto error = readQuoted(term.value.emplace())) return error;
    } else {
      m_at = endOfWord(m_at);
      term.value = m_text.substr(begin, m_at - begin);
      const auto span = [&](std::string what) {
        return wrong(begin, m_at, std::move(what), "a text is written in quotes: '" + *term.value + "'");
      };
      if (term.value->starts_with('$')) return span("a path is compared with a value, not with another path");
      if (term.value->starts_with('{') || term.value->starts_with('['))
        return span("objects and arrays are not compared");
      if (equalsIgnoringCase(*term.value, "AND")) return span("a value is missing in front of AND");
    }
    if (isPlainNumber(*term.value)) term.number = jsonCanonical(*term.value);
    skipSpace();
    return std::nullopt;
  }

  // A quote inside is written twice.
  std::optional<Diagnostic> readQuoted(std::string& value) {
    const size_t begin = m_at;
    const char quote = m_text[m_at++];
    while (true) {
      const size_t end = m_text.find(quote, m_at);
      if (end == std::string_view::npos) return wrong(begin, m_text.size(), "a quote is not closed");
      value += m_text.substr(m_at, end - m_at);
      m_at = end + 1;
      if (m_at == m_text.size() || m_text[m_at] != quote) break;
      value += m_text[m_at++];
    }
    if (m_at < m_text.size() && kSpace.find(m_text[m_at]) == std::string_view::npos)
      return wrong(m_at, endOfWord(m_at), "text behind a value in quotes");
    return std::nullopt;
  }

  // Names with spaces or = stand in brackets and quotes.
  size_t endOfPath() const {
    size_t at = m_at;
    while (at < m_text.size() && std::string_view(" \t\r\n=<>!~").find(m_text[at]) == std::string_view::npos) {
      if (m_text[at++] != '[' || at == m_text.size()) continue;
      const char first = m_text[at];
      const bool isQuoted = first == '\'' || first == '"';
      at = std::min(m_text.find(isQuoted ? first : ']', at + 1), m_text.size() - 1) + 1;
    }
    return at;
  }

  size_t endOfWord(size_t at) const { return std::min(m_text.find_first_of(kSpace, at), m_text.size()); }
  void skipSpace() { m_at = std::min(m_text.find_first_not_of(kSpace, m_at), m_text.size()); }

  std::string_view m_text;
  bool m_isOfRecords;
  size_t m_at = 0;
};

}  // namespace

Result<MessagePath> MessagePath::parse(std::string_view text, JsonFraming framing) {
  MessagePath made;
  made.m_framing = framing;
  const size_t begin = std::min(text.find_first_not_of(kSpace), text.size());
  const size_t end = begin + trimmed(text).size();
  if (auto error = readPath(text, {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)}, false, made.m_path))
    return *error;
  return made;
}

std::optional<std::string> MessagePath::token(std::string_view message) const {
  std::optional<std::string> token;
  forEachJsonValue(message, m_framing, [&](std::string_view json) {
    JsonReach reach(m_framing);
    if (const auto found = valueAt(reach, trimmed(withoutMark(json)), m_path)) token = *found;
    return !token;
  });
  return token;
}

std::optional<std::string> MessagePath::text(std::string_view message) const {
  auto found = token(message);
  return found ? std::optional(jsonPlainText(*found)) : std::nullopt;
}

bool MatchTerm::holds(std::string_view token) const {
  if (!value) return true;
  if (token.starts_with('{') || token.starts_with('[')) return false;
  if (!token.starts_with('"')) return holdsText(token);
  if (token.find('\\') == std::string_view::npos) return holdsText(token.substr(1, token.size() - 2));
  return holdsText(jsonPlainText(token));
}

bool MatchTerm::holdsText(std::string_view text) const {
  if (!value || text == *value) return true;
  return number && isPlainNumber(text) && jsonCanonical(text) == *number;
}

Result<MessageMatch> MessageMatch::parse(std::string_view text, JsonFraming framing) {
  return parsed(text, framing, false);
}

Result<MessageMatch> MessageMatch::parseForRecords(std::string_view text) {
  return parsed(text, JsonFraming::One, true);
}

Result<MessageMatch> MessageMatch::parsed(std::string_view text, JsonFraming framing, bool isOfRecords) {
  MessageMatch made;
  made.m_framing = framing;
  const std::string_view written = trimmed(text);
  if (written.empty()) return wrong(0, text.size(), "nothing is said of the message");
  if (written.starts_with('$')) {
    auto terms = TermReader(text, isOfRecords).read();
    if (!terms) return terms.diagnostics();
    made.m_terms = std::move(*terms);
    return made;
  }
  if (const size_t joined = uppered(text).find(" AND $"); joined != std::string::npos)
    return wrong(joined + 1, text.size(), "a LIKE pattern is compared with the whole message and stands alone",
                 "write either the pattern or conditions that begin with $");
  made.m_pattern = text;
  return made;
}

bool MessageMatch::matchesValue(std::string_view json) const {
  JsonReach reach(m_framing);
  for (const MatchTerm& term : m_terms) {
    const auto found = reach.at(json, term.path.steps);
    if (!found || !term.holds(*found)) return false;
  }
  return isJson(json);
}

bool MessageMatch::matches(std::string_view message) const {
  if (isPattern()) return matchesLike(message, m_pattern);
  bool found = false;
  forEachJsonValue(message, m_framing, [&](std::string_view json) {
    found = matchesValue(trimmed(withoutMark(json)));
    return !found;
  });
  return found;
}

}  // namespace weir
