// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_wanted.h"

#include "core/base/json_path.h"

namespace weir {

namespace {

// The checker has seen that the path is one.
std::vector<JsonStep> stepsOf(std::string_view path) {
  JsonPath parsed;
  parseJsonPath(path, parsed);
  return std::move(parsed.steps);
}

JsonWanted& reach(JsonWanted& root, const std::vector<JsonStep>& steps) {
  JsonWanted* at = &root;
  for (const JsonStep& step : steps) {
    if (step.all) continue;
    auto& next = step.index ? at->elements[*step.index] : at->members[step.member];
    if (!next) next = std::make_unique<JsonWanted>();
    at = next.get();
  }
  return *at;
}

}  // namespace

void JsonWanted::settle() {
  constexpr size_t kFew = 24;
  if (members.size() <= kFew)
    for (const auto& [name, wanted] : members) few.emplace_back(name, wanted.get());
  for (const auto& [name, wanted] : members) wanted->settle();
  for (const auto& [index, wanted] : elements) wanted->settle();
  if (record) record->settle();
}

const JsonWanted* JsonWanted::member(std::string_view name) const {
  // Names of feeds are short and begin differently: the call to compare them is worth avoiding.
  for (const auto& [known, wanted] : few)
    if (known.size() == name.size() && (name.empty() || known[0] == name[0]) && known == name) return wanted;
  if (!few.empty() || members.empty()) return nullptr;
  const auto found = members.find(name);
  return found == members.end() ? nullptr : found->second.get();
}

const JsonWanted* JsonWanted::element(size_t index) const {
  const auto found = elements.find(index);
  return found == elements.end() ? nullptr : found->second.get();
}

JsonPlan::JsonPlan(const DecoderSettings& settings, const Schema& schema) : isEnvelope(schema.fields.size()) {
  JsonWanted* records = &root;
  if (!settings.records.empty()) {
    records = &reach(root, stepsOf(settings.records));
    records->record = std::make_unique<JsonWanted>();
  }
  JsonWanted& base = records->isRecords() ? *records->record : root;
  for (size_t column = 0; column < schema.fields.size(); ++column) {
    const std::string& name = schema.fields[column].name;
    std::string path;
    for (const auto& [mapped, to] : settings.mapping)
      if (mapped == name) path = to;
    if (path.empty()) {
      auto& leaf = base.members[name];
      if (!leaf) leaf = std::make_unique<JsonWanted>();
      leaf->columns.push_back(column);
      continue;
    }
    const bool beside = path.starts_with("$$") && records->isRecords();
    isEnvelope[column] = beside;
    if (beside) envelope.push_back(column);
    reach(beside ? root : base, stepsOf(path)).columns.push_back(column);
  }
  // A root array is a list of events, unless the paths reach into it.
  rootIsList = root.elements.empty() && !root.isRecords();
  root.settle();
}

}  // namespace weir
