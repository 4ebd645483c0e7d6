// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/dialogue/message_template.h"

#include <algorithm>
#include <cctype>
#include <random>
#include <utility>

#include "core/base/text.h"
#include "core/bind/template_binder.h"
#include "core/data/json_text.h"
#include "core/exec/evaluator.h"
#include "core/plan/lower/lower_expression.h"

namespace weir {

namespace {

using Kind = TemplatePart::Kind;
using Of = TemplatePart::Of;

constexpr std::string_view kHidden = "***";
constexpr std::string_view kHex = "hex:";
constexpr std::string_view kBase64 = "base64:";

/// Where a part stands, which decides how a value is written there.
enum class Spot { Bare, JsonValue, JsonString, Query };

// Follows the quotes of the text before a part.
class SpotFinder {
public:
  SpotFinder(const std::vector<TemplatePart>& parts, MessageTemplate::Use use) : m_use(use) {
    bool hasText = false;
    for (const TemplatePart& part : parts) {
      if (part.kind != Kind::Text) continue;
      hasText = true;
      if (part.text.find_first_of("{[") != std::string::npos) m_isJson = true;
    }
    m_isJson = use == MessageTemplate::Use::Message && (m_isJson || !hasText);
  }
  void pass(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '?') m_isQuery = true;
      if (text[i] == '\\' && m_isQuoted) {
        ++i;
        continue;
      }
      if (text[i] == '"') m_isQuoted = !m_isQuoted;
    }
  }
  Spot spot() const {
    if (m_use == MessageTemplate::Use::Address) return m_isQuery ? Spot::Query : Spot::Bare;
    return !m_isJson ? Spot::Bare : m_isQuoted ? Spot::JsonString : Spot::JsonValue;
  }

private:
  MessageTemplate::Use m_use;
  bool m_isJson = false;
  bool m_isQuoted = false;
  bool m_isQuery = false;
};

std::string inQuery(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

std::string inJsonString(std::string_view text) {
  std::string quoted;
  appendJsonString(quoted, std::string(text));
  return quoted.substr(1, quoted.size() - 2);
}

std::optional<MessageToken> found(const MessagePath& path, std::string_view message) {
  auto raw = path.token(message);
  if (!raw) return std::nullopt;
  return MessageToken{std::move(*raw), path.text(message).value_or("")};
}

std::string asWritten(std::string_view text, Spot spot) {
  return spot == Spot::Query ? inQuery(text) : spot == Spot::JsonString ? inJsonString(text) : std::string(text);
}

std::string asWritten(const MessageToken& token, Spot spot) {
  return spot == Spot::JsonValue ? token.raw : asWritten(token.text, spot);
}

}  // namespace

void LastValues::watch(const std::string& path, JsonFraming framing) {
  if (auto parsed = MessagePath::parse(path, framing)) m_watched.try_emplace(path, Watched{std::move(*parsed), {}});
}

void LastValues::heard(std::string_view message) {
  for (auto& [text, watched] : m_watched)
    // A null says that there is none just now: protocols number some messages and not others.
    if (auto token = found(watched.path, message); token && token->raw != "null") watched.value = std::move(token);
}

void LastValues::forget() {
  for (auto& [text, watched] : m_watched) watched.value.reset();
}

const MessageToken* LastValues::of(const std::string& path) const {
  const auto found = m_watched.find(path);
  return found == m_watched.end() || !found->second.value ? nullptr : &*found->second.value;
}

struct MessageTemplate::Part {
  TemplatePart source;
  Spot spot = Spot::Bare;
  std::string value;  ///< of a text or a reference
  std::optional<MessagePath> path;
  std::vector<MessagePath> innerPaths;  ///< of `source.inner`, in order; for what is no path any
  std::vector<std::string> innerValues;
  physical::ExpressionPtr expression;
  SchemaPtr columns;
  bool isSecret = false;
};

MessageTemplate::MessageTemplate() = default;
MessageTemplate::MessageTemplate(MessageTemplate&&) noexcept = default;
MessageTemplate& MessageTemplate::operator=(MessageTemplate&&) noexcept = default;
MessageTemplate::~MessageTemplate() = default;

MessageTemplate MessageTemplate::plain(std::string text, std::string shown) {
  MessageTemplate out;
  Part part;
  part.source.kind = Kind::Text;
  part.source.text = std::move(shown);
  part.value = std::move(text);
  out.m_parts.push_back(std::move(part));
  out.noteEncoding();
  return out;
}

void MessageTemplate::noteEncoding() {
  const bool beginsWithText = !m_parts.empty() && m_parts.front().source.kind == Kind::Text;
  m_isHex = beginsWithText && m_parts.front().value.starts_with(kHex);
  m_isBase64 = beginsWithText && m_parts.front().value.starts_with(kBase64);
}

Result<MessageTemplate> MessageTemplate::compile(std::string_view text, const std::map<std::string, std::string>& found,
                                                 Use use, JsonFraming framing) {
  auto bound = bindTemplate(text, {});
  if (!bound) return bound.diagnostics();
  std::vector<TemplatePart> sources;
  for (const BoundTemplatePart& part : *bound) sources.push_back(part.part);
  SpotFinder spots(sources, use);
  const auto valueOf = [&](const TemplatePart& part) {
    const auto value = found.find(part.column());
    return value == found.end() ? std::string() : value->second;
  };
  MessageTemplate out;
  for (BoundTemplatePart& each : *bound) {
    Part part;
    part.source = std::move(each.part);
    part.spot = spots.spot();
    const TemplatePart& source = part.source;
    switch (source.kind) {
      case Kind::Text:
        part.value = source.text;
        spots.pass(source.text);
        break;
      case Kind::Reference:
        part.value = part.spot == Spot::JsonString ? inJsonString(valueOf(source)) : valueOf(source);
        part.isSecret = true;
        break;
      case Kind::Path: {
        auto path = MessagePath::parse(source.text, framing);
        if (!path) return path.diagnostics();
        part.path = std::move(*path);
        part.isSecret = source.of == Of::Before;
        break;
      }
      case Kind::Each: break;
      case Kind::Expression: {
        for (const TemplatePart& inner : source.inner) {
          part.isSecret = part.isSecret || inner.kind == Kind::Reference || inner.of == Of::Before;
          part.innerValues.push_back(inner.kind == Kind::Reference ? valueOf(inner) : std::string());
          auto path = MessagePath::parse(inner.kind == Kind::Path ? inner.text : "$", framing);
          if (!path) return path.diagnostics();
          part.innerPaths.push_back(std::move(*path));
        }
        part.columns = std::make_shared<Schema>(Schema{templateColumns(source)});
        out.m_usesNumber = out.m_usesNumber || source.rewritten.find(kSequenceColumn) != std::string::npos;
        ColumnSlots slots;
        slots.add(std::string(kTemplateRelation), *part.columns);
        logical::Expression asText = logical::made(logical::Expression::Kind::Cast, Type::String, {});
        asText.args.push_back(std::move(*each.expression));
        part.expression = ExpressionLowering(slots).lower(asText);
        break;
      }
    }
    out.m_parts.push_back(std::move(part));
  }
  if (use == Use::Message) out.noteEncoding();
  return out;
}

std::vector<std::string> MessageTemplate::paths(Of of) const {
  std::vector<std::string> out;
  const auto look = [&](const TemplatePart& part) {
    if (part.kind == Kind::Path && part.of == of) out.push_back(part.text);
  };
  for (const Part& part : m_parts) {
    look(part.source);
    for (const TemplatePart& inner : part.source.inner) look(inner);
  }
  return out;
}

namespace {

std::optional<MessageToken> tokenOf(const TemplatePart& part, const MessagePath& path, const TemplateValues& values) {
  switch (part.of) {
    case Of::Message: return found(path, values.message);
    case Of::Before: return found(path, values.before);
    case Of::Last: break;
  }
  const MessageToken* const last = values.last ? values.last->of(part.text) : nullptr;
  // Nothing has come yet: what protocols call null.
  return last ? *last : MessageToken{"null", ""};
}

Diagnostic missing(const TemplatePart& part) {
  const std::string_view where = part.of == Of::Before ? "the answer to websocket.before" : "the message";
  return {Severity::Error, Code::OptionValue, {}, std::string(where) + " has no " + part.text, {}};
}

}  // namespace

Result<MadeMessage> MessageTemplate::make(const TemplateValues& values) const {
  Result<MadeMessage> out = written(values);
  if (!out || (!m_isHex && !m_isBase64)) return out;
  auto bytes = m_isHex ? hexDecoded(std::string_view(out->text).substr(kHex.size()))
                       : base64Decoded(std::string_view(out->text).substr(kBase64.size()));
  if (!bytes)
    return Diagnostic{Severity::Error,
                      Code::OptionValue,
                      {},
                      std::string("what follows ") + std::string(m_isHex ? kHex : kBase64) + " is none",
                      {}};
  out->text = std::move(*bytes);
  return out;
}

Result<MadeMessage> MessageTemplate::written(const TemplateValues& values) const {
  MadeMessage out;
  const auto add = [&](const std::string& text, const Part& part) {
    out.text += text;
    out.shown += part.isSecret ? kHidden : std::string_view(text);
  };
  for (const Part& part : m_parts) {
    const TemplatePart& source = part.source;
    switch (source.kind) {
      case Kind::Text:
        out.text += part.value;
        out.shown += source.text;
        break;
      case Kind::Reference: add(part.value, part); break;
      case Kind::Each: add(asWritten(values.each, part.spot), part); break;
      case Kind::Path: {
        const auto token = tokenOf(source, *part.path, values);
        if (!token) return missing(source);
        add(asWritten(*token, part.spot), part);
        break;
      }
      case Kind::Expression: {
        BatchBuilder row(part.columns);
        std::map<std::string, std::string> inputs;
        for (size_t i = 0; i < source.inner.size(); ++i) {
          const TemplatePart& inner = source.inner[i];
          std::string value = part.innerValues[i];
          if (inner.kind == Kind::Each) value = values.each;
          if (inner.kind == Kind::Path) {
            const auto token = tokenOf(inner, part.innerPaths[i], values);
            if (!token) return missing(inner);
            value = token->text;
          }
          inputs[inner.column()] = std::move(value);
        }
        for (size_t i = 0; i < part.columns->fields.size(); ++i) {
          const Field& field = part.columns->fields[i];
          if (field.type == Type::Long)
            row.column(i).appendInteger(static_cast<int64_t>(values.number));
          else
            row.column(i).appendText(inputs[field.name]);
        }
        row.finishRow({.at = toMillis(values.now), .arrival = values.now});
        Issues issues;
        UuidSource uuids(std::random_device{}() ^ (static_cast<uint64_t>(std::random_device{}()) << 32));
        const auto batch = row.take();
        const ColumnPtr result = Evaluator(issues, uuids).evaluate(*part.expression, *batch);
        if (result->isNull(0))
          return Diagnostic{Severity::Error, Code::OptionValue, {}, "${" + source.text + "} has no value", {}};
        add(asWritten(std::string(result->text(0)), part.spot), part);
        break;
      }
    }
  }
  return out;
}

}  // namespace weir
