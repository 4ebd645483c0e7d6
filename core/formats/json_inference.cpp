// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_inference.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/formats/format_list.h"

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

void JsonInference::Columns::note(const std::string& name, Type type, bool isTime) {
  const auto place = places.find(name);
  if (place != places.end()) {
    Field& field = fields[place->second];
    field.isTime = (field.isTime || field.type == Type::Null) && (isTime || type == Type::Null);
    field.type = merged(field.type, type);
  } else if (fields.size() == kMostColumns) {
    isCut = true;
  } else {
    places.emplace(name, fields.size());
    fields.push_back({name, type, false, isTime});
  }
}

void JsonInference::Columns::merge(const Columns& other) {
  for (const Field& field : other.fields) note(field.name, field.type, field.isTime);
  isCut = isCut || other.isCut;
  ++messages;
}

JsonInference::JsonInference(const DecoderSettings& settings, const Schema& written, size_t events)
    : m_asJson(formatNamed(settings.format).asJson),
      m_eventsRead(events),
      m_hasRecords(!settings.records.empty()),
      m_written(written.fields) {
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

void JsonInference::read(std::string_view record, std::string_view envelope, const JsonMessage& message,
                         Found& found) const {
  if (!record.starts_with('{') && !record.starts_with('[')) return;
  Columns columns;
  bool hasKnown = false;
  bool hasNumber = false;
  const auto note = [&](const std::string& name, std::string_view value) {
    const auto at = static_cast<size_t>(value.data() - message.text.data());
    const auto kind = notedKind(message.notes, at, value.size());
    // A column of what none takes would reject every message.
    if (kind == JsonKind::Foreign) return;
    const Type type = kind == JsonKind::Time ? Type::Long : kind == JsonKind::Bytes ? Type::Bytes : typeOf(value);
    columns.note(name, type, kind == JsonKind::Time);
  };
  for (const Mapped& mapped : m_mapped) {
    const bool beside = m_hasRecords && mapped.path.fromEnvelope;
    const auto value = valueAt(beside ? envelope : record, mapped.path);
    if (!value) continue;
    hasKnown = hasKnown || !beside;
    note(mapped.column, *value);
  }
  size_t members = 0;
  if (record.starts_with('{')) {
    forEachJsonMember(record, [&](const std::string& name, std::string_view value) {
      ++members;
      hasNumber = hasNumber || isNumber(typeOf(value));
      hasKnown = hasKnown || m_writtenMembers.contains(name);
      if (!m_takenMembers.contains(name)) note(name, value);
    });
  }
  const bool isAsked = !m_mapped.empty() || !m_written.empty();
  if (!hasKnown && isAsked && !m_hasRecords) return;
  found.isEvent = found.isEvent || m_hasRecords || hasKnown || (members >= kLeastMembers && hasNumber);
  found.columns.merge(columns);
}

bool JsonInference::isSettled() const { return m_events.messages >= m_eventsRead; }

void JsonInference::add(std::string_view written) {
  if (isSettled() || !m_asJson) return;
  const JsonMessage message = m_asJson(written);
  if (!message.wrong.empty()) return;
  Found found;
  for (const Record& record : recordsOf(message.text)) read(record.event, record.envelope, message, found);
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
  const auto add = [&](Field field) {
    if (!placed.insert(field.name).second) return;
    if (field.type == Type::Null) field = {field.name, Type::String, field.notNull};
    schema->fields.push_back(std::move(field));
  };
  for (const Field& field : m_written) add(field);
  for (const Mapped& mapped : m_mapped) {
    const auto place = seen.places.find(mapped.column);
    add(place == seen.places.end() ? Field{mapped.column} : seen.fields[place->second]);
  }
  schema->isCut = seen.isCut;
  for (const Field& field : seen.fields) {
    if (schema->fields.size() < kMostColumns)
      add(field);
    else
      schema->isCut = schema->isCut || !placed.contains(field.name);
  }
  return schema;
}

}  // namespace weir
