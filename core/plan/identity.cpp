// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/identity.h"

#include <algorithm>

#include "core/plan/logical_text.h"

namespace weir::logical {

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

// FNV-1a, 64 bits: the same everywhere, unlike std::hash.
uint64_t fingerprint(std::string_view text) {
  uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return hash;
}

// What is known of a stream wherever its rows come from.
std::string describe(const Stream& stream) {
  std::string out;
  add(out, stream.name);
  add(out, std::to_string(static_cast<int>(stream.kind)));
  add(out, stream.isTable ? "table" : "stream");
  add(out, *stream.schema);
  return out;
}

std::string describeBody(const Stage& stage) {
  if (const Stream* ruled = stage.as<Stream>()) return "rules " + text(*ruled);
  if (const Query* query = stage.as<Query>()) return text(*query);
  if (const Join* join = stage.as<Join>()) return text(*join);
  if (const Unnest* unnest = stage.as<Unnest>()) return text(*unnest);
  return text(*stage.as<Pattern>());
}

}  // namespace

Identities::Identities(const Plan& plan, const std::vector<Stage>& ofPlan) {
  const std::vector<std::string> feeds = plan.feeds();
  // Writers come before readers, so a stream's description is whole when it is read.
  std::map<std::string, std::string> descriptions;
  for (const auto& [name, stream] : plan.streams) {
    const bool isFeed = std::find(feeds.begin(), feeds.end(), name) != feeds.end();
    const auto over = plan.connections.find(stream.connection());
    const std::string connection = over == plan.connections.end() ? "" : text(over->second);
    descriptions.emplace(name, isFeed ? "feed " + text(stream) + connection : describe(stream));
  }
  for (const Stage& stage : ofPlan) {
    std::string description = describeBody(stage);
    // Names that were made up count other parts of the script.
    const auto target = plan.streams.find(stage.target);
    add(description, target == plan.streams.end() ? "#" : describe(target->second));
    for (const std::string& input : stage.inputs) add(description, std::to_string(fingerprint(descriptions.at(input))));
    stages.push_back(fingerprint(description));
    add(descriptions[stage.target], "from " + std::to_string(stages.back()));
  }
  for (const auto& [name, description] : descriptions) streams.emplace(name, fingerprint(description));
}

}  // namespace weir::logical
