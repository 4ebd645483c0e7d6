// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_inference.h"

#include <algorithm>
#include <functional>

#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/formats/format_list.h"
#include "core/formats/json_wanted.h"

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

// The decoder's word on how messages are read.
JsonPlan planOf(const DecoderSettings& settings) {
  Schema mapped;
  for (const auto& [column, path] : settings.mapping) mapped.fields.push_back({column});
  return {settings, mapped};
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
      m_framing(settings.framing),
      m_way(settings.records),
      m_rootIsList(planOf(settings).rootIsList),
      m_written(written.fields) {
  if (!settings.when.empty())
    if (auto when = MessageMatch::parseForRecords(settings.when)) m_when = std::move(*when);
  for (const Field& field : m_written) m_writtenMembers.insert(field.name);
  for (const auto& [column, to] : settings.mapping) {
    JsonPath path;
    parseJsonPath(to, path);
    const auto place = m_way.place(path);
    if (!place) continue;
    m_writtenMembers.erase(column);
    if (isOfEvent(*place) && !place->steps.empty()) m_takenMembers.insert(place->steps.front().member);
    m_mapped.push_back({column, *place});
  }
}

JsonEvents JsonInference::eventsOf(std::string_view message) const { return {message, m_way, m_framing, m_rootIsList}; }

bool JsonInference::isWanted(const JsonEvents::Event& event, JsonReach& reach) const {
  if (!m_when) return true;
  return std::all_of(m_when->terms().begin(), m_when->terms().end(), [&](const MatchTerm& term) {
    const auto place = m_way.place(term.path);
    const auto found = place ? event.at(*place, reach) : std::nullopt;
    return found && term.holds(*found);
  });
}

void JsonInference::read(const JsonEvents::Event& event, JsonReach& reach, const JsonMessage& message,
                         Found& found) const {
  const std::string_view record = event.json;
  if (!record.starts_with('{') && !record.starts_with('[')) return;
  if (!isWanted(event, reach)) return;
  Columns columns;
  bool hasKnown = false;
  bool hasNumber = false;
  const auto note = [&](const std::string& name, std::string_view value) {
    // What a text in the message holds has no notes.
    const char* const begin = message.text.data();
    const bool isInMessage =
        std::less_equal<>()(begin, value.data()) && std::less<>()(value.data(), begin + message.text.size());
    const auto kind =
        isInMessage ? notedKind(message.notes, static_cast<size_t>(value.data() - begin), value.size()) : std::nullopt;
    // A column of what none takes would reject every message.
    if (kind == JsonKind::Foreign) return;
    const Type type = kind == JsonKind::Time ? Type::Long : kind == JsonKind::Bytes ? Type::Bytes : typeOf(value);
    columns.note(name, type, kind == JsonKind::Time);
  };
  for (const Mapped& mapped : m_mapped) {
    const auto value = event.at(mapped.place, reach);
    if (!value) continue;
    hasKnown = hasKnown || isOfEvent(mapped.place);
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
  const bool hasRecords = m_way.eventLevel() > 0;
  const bool isAsked = !m_mapped.empty() || !m_written.empty();
  if (!hasKnown && isAsked && !hasRecords) return;
  const bool isChosen = hasRecords || (m_when && !m_when->isPattern());
  found.isEvent = found.isEvent || isChosen || hasKnown || (members >= kLeastMembers && hasNumber);
  found.columns.merge(columns);
}

void JsonInference::readValue(std::string_view json, Found& found) const {
  const JsonMessage message = m_asJson(json);
  if (!message.wrong.empty()) return;
  const JsonEvents events = eventsOf(message.text);
  JsonReach reach(m_framing);
  for (const JsonEvents::Event& event : events.all()) read(event, reach, message, found);
}

bool JsonInference::isSettled() const { return m_events.messages >= m_eventsRead; }

void JsonInference::add(std::string_view written) {
  if (isSettled() || !m_asJson) return;
  if (m_when && m_when->isPattern() && !m_when->matches(written)) return;
  Found found;
  forEachJsonValue(written, m_framing, [&](std::string_view json) {
    readValue(json, found);
    return true;
  });
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
