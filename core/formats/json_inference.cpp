// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_inference.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/data/json_text.h"

namespace weir {

namespace {

// Acks and greetings come first; after so many messages whatever comes has to do.
constexpr size_t kMostDoubtful = 3;
constexpr size_t kLeastMembers = 3;
// An object whose members are keys of data, not columns, would make as many as it has.
constexpr size_t kMostColumns = 1000;

Type typeOf(std::string_view value) {
  if (value.starts_with('"')) return Type::String;
  if (value == "null") return Type::Null;
  if (value == "true" || value == "false") return Type::Bool;
  if (value.starts_with('{') || value.starts_with('[')) return Type::Object;
  return parseNumber<int64_t>(value) ? Type::Long : Type::Double;
}

// The narrowest type that takes what both take.
Type merged(Type a, Type b) {
  if (const auto both = commonType(a, b)) return *both;
  return a == Type::Object || b == Type::Object ? Type::Object : Type::String;
}

std::optional<std::string_view> valueAt(std::string_view json, const JsonPath& path) {
  std::optional<std::string_view> at = json;
  for (const JsonStep& step : path.steps) {
    if (step.all) continue;
    at = step.index ? jsonElement(*at, *step.index) : jsonMember(*at, step.member);
    if (!at) break;
  }
  return at;
}

}  // namespace

void JsonInference::Columns::note(const std::string& name, Type type) {
  const auto place = places.find(name);
  if (place != places.end()) {
    fields[place->second].type = merged(fields[place->second].type, type);
  } else if (fields.size() == kMostColumns) {
    isCut = true;
  } else {
    places.emplace(name, fields.size());
    fields.push_back({name, type, false});
  }
}

void JsonInference::Columns::merge(const Columns& other) {
  for (const Field& field : other.fields) note(field.name, field.type);
  isCut = isCut || other.isCut;
  ++messages;
}

JsonInference::JsonInference(const DecoderSettings& settings, const Schema& written, size_t events)
    : m_eventsRead(events), m_hasRecords(!settings.records.empty()), m_written(written.fields) {
  parseJsonPath(settings.records, m_records);
  for (const Field& field : m_written) m_writtenMembers.insert(field.name);
  for (const auto& [column, path] : settings.mapping) {
    Mapped mapped{column, {}};
    parseJsonPath(path, mapped.path);
    m_writtenMembers.erase(column);
    const bool inRecord = !m_hasRecords || !mapped.path.fromEnvelope;
    if (inRecord && !mapped.path.steps.empty()) m_takenMembers.insert(mapped.path.steps.front().member);
    m_mapped.push_back(std::move(mapped));
  }
}

std::vector<JsonInference::Record> JsonInference::recordsOf(std::string_view message) const {
  std::vector<Record> records;
  const auto add = [&](std::string_view envelope) {
    for (const std::string_view event : recordsInside(envelope)) records.push_back({event, envelope});
  };
  // A root array that the path does not begin in holds envelopes.
  const bool isList = m_hasRecords && message.starts_with('[') && !m_records.steps.empty() &&
                      !m_records.steps.front().index && !m_records.steps.front().all;
  if (isList)
    forEachJsonElement(message, add);
  else
    add(message);
  return records;
}

std::vector<std::string_view> JsonInference::recordsInside(std::string_view envelope) const {
  std::string_view at = envelope;
  if (m_hasRecords) {
    const auto found = valueAt(envelope, m_records);
    if (!found) return {};
    at = *found;
  }
  const bool reachesIn = !m_hasRecords && std::any_of(m_mapped.begin(), m_mapped.end(), [](const Mapped& mapped) {
    return !mapped.path.steps.empty() && mapped.path.steps.front().index;
  });
  if (!at.starts_with('[') || reachesIn) return {at};
  std::vector<std::string_view> records;
  forEachJsonElement(at, [&](std::string_view element) { records.push_back(element); });
  return records;
}

void JsonInference::read(std::string_view record, std::string_view message, Found& found) const {
  if (!record.starts_with('{') && !record.starts_with('[')) return;
  Columns columns;
  bool hasKnown = false;
  bool hasNumber = false;
  for (const Mapped& mapped : m_mapped) {
    const bool beside = m_hasRecords && mapped.path.fromEnvelope;
    const auto value = valueAt(beside ? message : record, mapped.path);
    if (!value) continue;
    hasKnown = hasKnown || !beside;
    columns.note(mapped.column, typeOf(*value));
  }
  size_t members = 0;
  if (record.starts_with('{')) {
    forEachJsonMember(record, [&](const std::string& name, std::string_view value) {
      const Type type = typeOf(value);
      ++members;
      hasNumber = hasNumber || isNumber(type);
      hasKnown = hasKnown || m_writtenMembers.contains(name);
      if (!m_takenMembers.contains(name)) columns.note(name, type);
    });
  }
  const bool isAsked = !m_mapped.empty() || !m_written.empty();
  if (!hasKnown && isAsked && !m_hasRecords) return;
  found.isEvent = found.isEvent || m_hasRecords || hasKnown || (members >= kLeastMembers && hasNumber);
  found.columns.merge(columns);
}

bool JsonInference::isSettled() const { return m_events.messages >= m_eventsRead; }

void JsonInference::add(std::string_view written) {
  written = withoutMark(written);
  if (isSettled() || !isJson(written)) return;
  const std::string message = jsonMinified(written);
  Found found;
  for (const Record& record : recordsOf(message)) read(record.event, record.envelope, found);
  if (found.columns.fields.empty()) return;
  if (found.isEvent || m_doubtful.messages >= kMostDoubtful)
    m_events.merge(found.columns);
  else
    m_doubtful.merge(found.columns);
}

SchemaPtr JsonInference::schema() const {
  const Columns& seen = hasEvent() ? m_events : m_doubtful;
  if (seen.fields.empty()) return nullptr;
  auto schema = std::make_shared<Schema>();
  std::unordered_set<std::string> placed;
  const auto add = [&](const std::string& name, Type type, bool notNull) {
    if (placed.insert(name).second) schema->fields.push_back({name, type == Type::Null ? Type::String : type, notNull});
  };
  for (const Field& field : m_written) add(field.name, field.type, field.notNull);
  for (const Mapped& mapped : m_mapped) {
    const auto place = seen.places.find(mapped.column);
    add(mapped.column, place == seen.places.end() ? Type::Null : seen.fields[place->second].type, false);
  }
  schema->isCut = seen.isCut;
  for (const Field& field : seen.fields) {
    if (schema->fields.size() < kMostColumns)
      add(field.name, field.type, false);
    else
      schema->isCut = schema->isCut || !placed.contains(field.name);
  }
  return schema;
}

}  // namespace weir
