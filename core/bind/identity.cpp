// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/identity.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/sql/keywords.h"
#include "core/sql/lexer.h"

namespace weir {

namespace {

// Between the parts of a description: in no name, type or number.
constexpr char kPart = '\x1f';

void add(std::string& out, std::string_view part) {
  out += part;
  out += kPart;
}

void add(std::string& out, const Schema& schema) {
  for (const Field& field : schema.fields) {
    add(out, field.name);
    add(out, typeName(field.type));
    if (field.notNull) add(out, "NOT NULL");
  }
}

void add(std::string& out, const EventTimeRule& rule) {
  add(out, rule.unit);
  for (const int64_t number : {static_cast<int64_t>(rule.column), rule.latenessMs, rule.idleMs,
                               static_cast<int64_t>(rule.missingIsArrival), rule.maxAheadMs.value_or(-1)})
    add(out, std::to_string(number));
}

// FNV-1a, 64 bits: the same everywhere, unlike std::hash.
uint64_t fingerprint(std::string_view text) {
  uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return hash;
}

}  // namespace

std::string bareStatement(std::string_view text) {
  std::string out;
  for (const Token& token : significantTokens(text)) {
    const std::string_view word = textOf(text, token.span);
    add(out, token.kind == TokenKind::Word && findKeyword(word) ? uppered(word) : std::string(word));
  }
  return out;
}

Identities::Identities(const BoundScript& script) {
  const std::vector<std::string> feeds = script.feeds();
  const auto describe = [&](const BoundStream& stream) {
    std::string text;
    add(text, stream.name.starts_with('#') ? "#" : stream.name);
    add(text, std::to_string(static_cast<int>(stream.kind)));
    add(text, stream.isTable ? "table" : "stream");
    add(text, *stream.schema);
    return text;
  };
  // Writers come before readers, so a stream's description is whole when it is read.
  std::map<std::string, std::string> descriptions;
  for (const auto& [name, stream] : script.streams) {
    std::string text = describe(stream);
    if (std::find(feeds.begin(), feeds.end(), name) != feeds.end()) {
      add(text, "feed");
      for (const auto& [key, value] : stream.options.values()) {
        add(text, key);
        add(text, value);
      }
      if (stream.eventTime) add(text, *stream.eventTime);
    }
    descriptions.emplace(name, std::move(text));
  }
  for (const BoundNode& node : script.nodes) {
    std::string text = node.definition;
    add(text, describe(script.stream(node.target)));
    for (const std::string& input : node.inputs) add(text, std::to_string(fingerprint(descriptions.at(input))));
    nodes.push_back(fingerprint(text));
    add(descriptions.at(node.target), "from " + std::to_string(nodes.back()));
  }
  for (const auto& [name, text] : descriptions) streams.emplace(name, fingerprint(text));
}

}  // namespace weir
