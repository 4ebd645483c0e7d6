// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/options/template_text.h"

#include <algorithm>
#include <cctype>

#include "core/base/json_path.h"
#include "core/base/text.h"

namespace weir {

namespace {

using Kind = TemplatePart::Kind;
using Of = TemplatePart::Of;

constexpr std::string_view kOpen = "${";
constexpr std::string_view kWhatFits =
    "write ${env:NAME}, ${secret:NAME}, ${$.path}, ${last.$.path}, ${before.$.path} or an expression such as ${NOW()}; "
    "$${ for the characters ${";

bool isNameChar(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::string_view trimmedView(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

// The end of what begins with a quote: behind its closing one.
size_t behindQuoted(std::string_view text, size_t at) {
  const char quote = text[at];
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] != quote) continue;
    if (i + 1 < text.size() && text[i + 1] == quote) {
      ++i;
      continue;
    }
    return i + 1;
  }
  return text.size();
}

// The brace that closes what was opened before `at`; one within quotes closes nothing.
size_t closingBrace(std::string_view text, size_t at) {
  while (at < text.size() && text[at] != '}')
    at = text[at] == '\'' || text[at] == '"' ? behindQuoted(text, at) : at + 1;
  return at < text.size() ? at : std::string_view::npos;
}

std::optional<Of> pathPrefix(std::string_view& inside) {
  if (inside.starts_with('$')) return Of::Message;
  for (const auto& [word, of] : {std::pair{std::string_view("last."), Of::Last}, {"before.", Of::Before}})
    if (inside.starts_with(word) && inside.substr(word.size()).starts_with('$')) {
      inside.remove_prefix(word.size());
      return of;
    }
  return std::nullopt;
}

// What is neither text nor expression.
std::optional<TemplatePart> plainPart(std::string_view inside) {
  TemplatePart part;
  for (const std::string_view from : {"env", "secret"})
    if (inside.starts_with(from) && inside.substr(from.size()).starts_with(':')) {
      part.kind = Kind::Reference;
      part.from = from;
      part.text = inside.substr(from.size() + 1);
      return part;
    }
  if (inside == "each") {
    part.kind = Kind::Each;
    return part;
  }
  if (const auto of = pathPrefix(inside)) {
    part.kind = Kind::Path;
    part.of = *of;
    part.text = inside;
    return part;
  }
  return std::nullopt;
}

std::optional<TemplateTrouble> troubleOf(const TemplatePart& part) {
  const auto wrong = [&](std::string message, std::string hint) {
    return TemplateTrouble{part.begin, part.end, std::move(message), std::move(hint)};
  };
  if (part.kind == Kind::Reference && part.text.empty())
    return wrong("'${" + part.from + ":}' names nothing", std::string(kWhatFits));
  if (part.kind != Kind::Path) return std::nullopt;
  JsonPath path;
  if (const auto error = parseJsonPath(part.text, path))
    return wrong("'" + part.text + "' is not a path: " + error->reason, "for example '${$.data.id}'");
  const auto isMany = [](const JsonStep& step) { return step.each != JsonStep::Each::None; };
  const bool leadsOut = path.from != JsonPath::From::Record;
  if (leadsOut || std::any_of(path.steps.begin(), path.steps.end(), isMany))
    return wrong("'" + part.text + "' does not lead to one value", "for example '${$.data.id}'");
  return std::nullopt;
}

std::string sqlText(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out + "'";
}

std::string columnName(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

/// Rewrites an expression so that what a template knows are columns.
class ExpressionReader {
public:
  ExpressionReader(TemplatePart& part, size_t offset) : m_part(part), m_text(part.text), m_offset(offset) {}

  std::optional<TemplateTrouble> read() {
    size_t at = 0;
    while (at < m_text.size() && !m_trouble) {
      const char c = m_text[at];
      const bool startsWord = at == 0 || !isNameChar(m_text[at - 1]);
      if (c == '\'') {
        const size_t end = behindQuoted(m_text, at);
        text(at, end);
        at = end;
      } else if (c == '"') {
        const size_t end = behindQuoted(m_text, at);
        m_part.rewritten += m_text.substr(at, end - at);
        at = end;
      } else if (const size_t end = startsWord ? value(at) : at; end > at) {
        at = end;
      } else {
        m_part.rewritten += c;
        ++at;
      }
    }
    return std::move(m_trouble);
  }

private:
  // A text whose stretches may stand for something.
  void text(size_t begin, size_t end) {
    std::string inside;
    for (size_t i = begin + 1; i + 1 < end; ++i) {
      inside += m_text[i];
      if (m_text[i] == '\'') ++i;
    }
    if (inside.find(kOpen) == std::string::npos) {
      m_part.rewritten += m_text.substr(begin, end - begin);
      return;
    }
    const TemplateText read = readTemplate(inside);
    const auto wrong = [&](std::string message, std::string hint) {
      m_trouble = TemplateTrouble{m_offset + begin, m_offset + end, std::move(message), std::move(hint)};
    };
    if (read.trouble) return wrong(read.trouble->message, read.trouble->hint);
    m_part.rewritten += "(''";
    for (const TemplatePart& part : read.parts) {
      if (part.kind == Kind::Expression)
        return wrong("an expression cannot stand in a text of another one", "put the parts together with ||");
      m_part.rewritten += " || ";
      if (part.kind == Kind::Text)
        m_part.rewritten += sqlText(part.text);
      else
        put(part);
    }
    m_part.rewritten += ")";
  }

  // `secret:key`, `$.path`, `each` or SEQ() as a value of its own; returns its end, or `at` when there is none.
  size_t value(size_t at) {
    const std::string_view rest = std::string_view(m_text).substr(at);
    if (rest.size() > 3 && equalsIgnoringCase(rest.substr(0, 3), "SEQ")) {
      size_t i = 3;
      for (const char wanted : {'(', ')'}) {
        while (i < rest.size() && std::isspace(static_cast<unsigned char>(rest[i]))) ++i;
        if (i >= rest.size() || rest[i] != wanted) return at;
        ++i;
      }
      m_part.rewritten += columnName(kSequenceColumn);
      return at + i;
    }
    const auto reaches = [&](auto belongs) {
      size_t end = 0;
      while (end < rest.size() && belongs(rest[end])) ++end;
      return end;
    };
    size_t length = 0;
    if (rest.starts_with("env:") || rest.starts_with("secret:"))
      length = reaches([](char c) { return isNameChar(c) || c == ':' || c == '-' || c == '.'; });
    else if (rest.starts_with("$.") || rest.starts_with("$[") || rest.starts_with("last.$") ||
             rest.starts_with("before.$"))
      length = reaches([](char c) { return isNameChar(c) || c == '$' || c == '.' || c == '[' || c == ']'; });
    else if (reaches(isNameChar) == 4 && rest.starts_with("each"))
      length = 4;
    if (length == 0) return at;
    auto part = plainPart(rest.substr(0, length));
    if (!part) return at;
    part->begin = m_offset + at;
    part->end = part->begin + length;
    if ((m_trouble = troubleOf(*part))) return at + length;
    put(*part);
    return at + length;
  }

  void put(const TemplatePart& part) {
    m_part.rewritten += columnName(part.column());
    m_part.inner.push_back(part);
  }

  TemplatePart& m_part;
  const std::string m_text;
  const size_t m_offset;
  std::optional<TemplateTrouble> m_trouble;
};

}  // namespace

std::string TemplatePart::column() const {
  switch (kind) {
    case Kind::Reference: return from + ":" + text;
    case Kind::Each: return "each";
    case Kind::Path: return (of == Of::Last ? "last." : of == Of::Before ? "before." : "") + text;
    default: return {};
  }
}

bool TemplateText::isDynamic() const {
  return std::any_of(parts.begin(), parts.end(),
                     [](const TemplatePart& part) { return part.kind != Kind::Text && part.kind != Kind::Reference; });
}

std::vector<TemplatePart> TemplateText::inputs() const {
  std::vector<TemplatePart> out;
  for (const TemplatePart& part : parts) {
    if (part.kind == Kind::Expression)
      out.insert(out.end(), part.inner.begin(), part.inner.end());
    else if (part.kind != Kind::Text)
      out.push_back(part);
  }
  return out;
}

TemplateText readTemplate(std::string_view text) {
  TemplateText out;
  const auto literal = [&](size_t begin, size_t end, std::string_view what) {
    if (what.empty()) return;
    if (!out.parts.empty() && out.parts.back().kind == Kind::Text) {
      out.parts.back().text += what;
      out.parts.back().end = end;
      return;
    }
    TemplatePart part;
    part.text = what;
    part.begin = begin;
    part.end = end;
    out.parts.push_back(std::move(part));
  };
  size_t at = 0;
  while (at < text.size()) {
    const size_t open = std::min(text.find(kOpen, at), text.size());
    if (open < text.size() && open > at && text[open - 1] == '$') {
      literal(at, open + kOpen.size(), std::string(text.substr(at, open - 1 - at)).append(kOpen));
      at = open + kOpen.size();
      continue;
    }
    literal(at, open, text.substr(at, open - at));
    if (open == text.size()) break;
    const size_t inside = open + kOpen.size();
    // The name of a variable or a secret may have quotes in it.
    const bool isReference = text.substr(inside).starts_with("env:") || text.substr(inside).starts_with("secret:");
    const size_t close = isReference ? text.find('}', inside) : closingBrace(text, inside);
    if (close == std::string_view::npos) {
      out.trouble = TemplateTrouble{open, text.size(), "a ${ is not closed", std::string(kWhatFits)};
      return out;
    }
    const std::string_view content =
        isReference ? text.substr(inside, close - inside) : trimmedView(text.substr(inside, close - inside));
    TemplatePart part;
    if (auto plain = plainPart(content)) {
      part = std::move(*plain);
    } else {
      part.kind = Kind::Expression;
      part.text = content;
    }
    part.begin = open;
    part.end = close + 1;
    // `${vault:key}` is a mistake, whatever SQL would make of it.
    const size_t colon = std::min(content.find(':'), content.size());
    const bool isNamed = colon > 0 && colon < content.size() && !content.substr(colon).starts_with("::") &&
                         std::all_of(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(colon), isNameChar);
    if (part.kind == Kind::Expression && isNamed)
      out.trouble =
          TemplateTrouble{open, close + 1, "'${" + std::string(content) + "}' names nothing", std::string(kWhatFits)};
    if (content.empty()) out.trouble = TemplateTrouble{open, close + 1, "'${}' names nothing", std::string(kWhatFits)};
    if (!out.trouble) out.trouble = troubleOf(part);
    if (!out.trouble && part.kind == Kind::Expression) out.trouble = ExpressionReader(part, inside).read();
    if (out.trouble) return out;
    out.parts.push_back(std::move(part));
    at = close + 1;
  }
  return out;
}

}  // namespace weir
