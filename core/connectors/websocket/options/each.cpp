// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/websocket/options/each.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "core/base/text.h"
#include "core/options/options.h"
#include "core/options/template_text.h"

namespace weir {

namespace {

constexpr std::string_view kEach = "${each}";

/// A stretch of a text, in bytes.
struct Stretch {
  size_t begin = 0;
  size_t end = 0;
};

std::optional<TemplatePart> firstEach(std::string_view text) {
  for (const TemplatePart& part : readTemplate(text).parts)
    if (part.kind == TemplatePart::Kind::Each) return part;
  return std::nullopt;
}

// What stands for something is passed over: its brackets are none of the JSON around it.
std::string withoutParts(std::string_view text) {
  std::string out(text);
  for (const TemplatePart& part : readTemplate(text).parts)
    if (part.kind != TemplatePart::Kind::Text)
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(part.begin), out.begin() + static_cast<std::ptrdiff_t>(part.end), '_');
  return out;
}

/// Walks JSON text up to a place and knows what is open there.
class Open {
public:
  Open(std::string_view text, size_t place) {
    for (size_t i = 0; i < place; ++i) {
      const char c = text[i];
      if (m_isQuoted) {
        if (c == '\\') ++i;
        m_isQuoted = m_isQuoted && c != '"';
      } else if (c == '"') {
        m_isQuoted = true;
      } else if (c == '[' || c == '{') {
        m_levels.push_back({c, i + 1});
      } else if ((c == ']' || c == '}') && !m_levels.empty()) {
        m_levels.pop_back();
      } else if (c == ',' && !m_levels.empty()) {
        m_levels.back().begin = i + 1;
      }
    }
  }
  bool isQuoted() const { return m_isQuoted; }
  /// Where the element of the innermost array begins, and how deep that array is.
  struct Element {
    size_t begin;
    size_t depth;
  };
  std::optional<Element> element() const {
    for (size_t depth = m_levels.size(); depth > 0; --depth)
      if (m_levels[depth - 1].bracket == '[') return Element{m_levels[depth - 1].begin, depth};
    return std::nullopt;
  }
  size_t depth() const { return m_levels.size(); }

private:
  struct Level {
    char bracket;
    size_t begin;
  };
  std::vector<Level> m_levels;
  bool m_isQuoted = false;
};

// The element of an array that holds `place`, if there is one.
std::optional<Stretch> elementAround(std::string_view text, size_t place) {
  const Open open(text, place);
  const auto element = open.element();
  if (!element) return std::nullopt;
  size_t depth = open.depth();
  bool isQuoted = open.isQuoted();
  for (size_t i = place; i < text.size(); ++i) {
    const char c = text[i];
    if (isQuoted) {
      if (c == '\\') ++i;
      isQuoted = c != '"';
    } else if (c == '"') {
      isQuoted = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ',' && depth == element->depth) {
      return Stretch{element->begin, i};
    } else if (c == ']' || c == '}') {
      if (depth == element->depth) return Stretch{element->begin, i};
      --depth;
    }
  }
  return std::nullopt;
}

// With a value in the place of each `${each}`, as that place asks for.
std::string withValue(std::string_view text, const std::string& value, bool isJson) {
  std::string out;
  size_t done = 0;
  const std::string plain = withoutParts(text);
  for (const TemplatePart& part : readTemplate(text).parts) {
    if (part.kind != TemplatePart::Kind::Each) continue;
    out += text.substr(done, part.begin - done);
    std::string json;
    appendJsonString(json, value);
    const bool isQuoted = Open(plain, part.begin).isQuoted();
    out += withoutReferences(!isJson ? value : isQuoted ? json.substr(1, json.size() - 2) : json);
    done = part.end;
  }
  return out.append(text.substr(done));
}

std::string repeated(std::string_view text, Stretch stretch, const std::vector<std::string>& values,
                     std::string_view separator, bool isJson) {
  std::vector<std::string> elements;
  for (const std::string& value : values)
    elements.push_back(withValue(text.substr(stretch.begin, stretch.end - stretch.begin), value, isJson));
  std::string out(text.substr(0, stretch.begin));
  for (size_t i = 0; i < elements.size(); ++i) out.append(i == 0 ? "" : separator).append(elements[i]);
  return out.append(text.substr(stretch.end));
}

}  // namespace

Result<std::vector<std::string>> eachValues(std::string_view option) {
  std::string text(option);
  if (option.starts_with('@')) {
    std::ifstream in(std::string(option.substr(1)), std::ios::binary);
    if (!in) return failure(Code::File, "cannot read the file of websocket.each: " + std::string(option.substr(1)));
    text.assign(std::istreambuf_iterator<char>(in), {});
    std::replace(text.begin(), text.end(), '\n', ',');
  }
  std::vector<std::string> out;
  for (const std::string& value : split(withoutMark(text), ','))
    if (const std::string_view one = trimmed(value); !one.empty()) out.emplace_back(one);
  if (out.empty()) return failure(Code::OptionValue, "websocket.each lists nothing");
  return out;
}

std::vector<std::vector<std::string>> inGroups(const std::vector<std::string>& values, size_t most) {
  const size_t size = most == 0 ? std::max<size_t>(values.size(), 1) : most;
  std::vector<std::vector<std::string>> out;
  for (size_t i = 0; i < values.size(); i += size)
    out.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(i),
                     values.begin() + static_cast<std::ptrdiff_t>(std::min(i + size, values.size())));
  return out;
}

std::vector<std::string> eachMessages(std::string_view text, const std::vector<std::string>& values, size_t perMessage) {
  const auto each = firstEach(text);
  if (!each) return {std::string(text)};
  const auto element = elementAround(withoutParts(text), each->begin);
  std::vector<std::string> out;
  if (element) {
    for (const auto& group : inGroups(values, perMessage)) {
      std::string message = repeated(text, *element, group, ",", true);
      // What stands outside the element is one value's.
      out.push_back(firstEach(message) ? withValue(message, group.front(), true) : std::move(message));
    }
    return out;
  }
  const bool isJson = trimmed(text).starts_with('{');
  for (const std::string& value : values) out.push_back(withValue(text, value, isJson));
  return out;
}

std::string eachAddress(std::string_view text, const std::vector<std::string>& values, std::string_view separator) {
  const auto each = firstEach(text);
  if (!each) return std::string(text);
  constexpr std::string_view kBounds = "/?&=#";
  const std::string plain = withoutParts(text);
  const size_t before = plain.find_last_of(kBounds, each->begin);
  const size_t behind = plain.find_first_of(kBounds, each->end);
  return repeated(text, {before == std::string::npos ? 0 : before + 1, std::min(behind, plain.size())}, values, separator,
                  false);
}

}  // namespace weir
