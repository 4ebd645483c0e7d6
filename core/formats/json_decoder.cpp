// SPDX-License-Identifier: GPL-3.0-or-later
#include <simdjson.h>

#include <bit>
#include <deque>
#include <optional>
#include <span>
#include <utility>

#include "core/base/plain_number.h"
#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/formats/decoder.h"
#include "core/formats/json_decoder.h"
#include "core/formats/json_framing.h"
#include "core/formats/json_reach.h"
#include "core/formats/json_rows.h"
#include "core/formats/json_shape.h"
#include "core/formats/json_wanted.h"

namespace weir {

namespace {

namespace od = simdjson::ondemand;

constexpr size_t kShapesKept = 4;

class JsonDecoder final : public Decoder {
public:
  JsonDecoder(const DecoderSettings& settings, const SchemaPtr& schema)
      : m_settings(settings), m_plan(m_settings, *schema), m_rows(m_settings, schema, m_plan) {}

  DecodeResult decode(std::string_view message, const RowMeta& meta, BatchBuilder& rows) override {
    return decode(withoutMark(message), {}, meta, rows);
  }

  /// `notes` tell of strings that stand for something else.
  DecodeResult decode(std::string_view message, std::span<const JsonNote> notes, const RowMeta& meta,
                      BatchBuilder& rows) {
    DecodeResult result;
    if (m_plan.pattern && !m_plan.pattern->matches(message)) {
      result.kind = DecodeResult::Kind::Control;
      return result;
    }
    m_notes = notes;
    m_rows.begin(rows, meta, result);
    read(message, rows, result);
    m_notes = {};
    if (!m_texts.empty()) m_texts.clear();
    return result;
  }

private:
  void read(std::string_view message, BatchBuilder& rows, DecodeResult& result) {
    const size_t before = rows.rows();
    bool isParsed = false;
    try {
      isParsed = !readByShape(message);
      if (isParsed) {
        parse(message);
      } else {
        m_rows.endEvent(true);
        for (size_t level = 0; level < m_plan.eventLevel; ++level) m_rows.endLevel(level, before);
      }
    } catch (const BadMessage& bad) {
      rows.truncate(before);
      result = {};
      m_open = 0;
      if (trimmed(message) == m_settings.heartbeatAnswer) {
        result.kind = DecodeResult::Kind::Control;
      } else {
        result.kind = DecodeResult::Kind::Rejected;
        result.reason = bad.reason;
      }
      return;
    }
    if (isParsed && rows.rows() == before + 1 && result.controlRecords == 0) learn(message);
    if (rows.rows() == before) {
      result.kind = DecodeResult::Kind::Control;
      result.controlRecords = 0;
    }
  }

  void parse(std::string_view message) {
    od::document document;
    iterate(m_source, message, document);
    if (!walkRoot(document)) {
      if (!m_plan.hasConditions || !isJson(message)) throw BadMessage{"not an object"};
      return m_rows.control();
    }
    if (document.current_location().error() == simdjson::SUCCESS)
      throw BadMessage{"not valid JSON: text behind the value"};
  }

  /// A text that is being parsed.
  struct Source {
    od::parser parser;
    std::vector<char> buffer;
  };

  static void iterate(Source& source, std::string_view text, od::document& document) {
    std::vector<char>& buffer = source.buffer;
    if (buffer.size() < text.size() + simdjson::SIMDJSON_PADDING)
      buffer.resize((text.size() + simdjson::SIMDJSON_PADDING) * 2);
    std::memcpy(buffer.data(), text.data(), text.size());
    std::memset(buffer.data() + text.size(), 0, simdjson::SIMDJSON_PADDING);
    check(source.parser.iterate(buffer.data(), text.size(), buffer.size()).get(document));
  }

  // A feed sends few kinds of messages, one after the other: the kind that fitted last is tried first.
  bool readByShape(std::string_view message) {
    for (size_t i = 0; i < m_shapes.size(); ++i) {
      m_rows.forgetAll();
      if (!m_shapes[i].read(message, m_rows.cells())) continue;
      if (i > 0) std::swap(m_shapes[i], m_shapes[i - 1]);
      m_misses = 0;
      if (!m_notes.empty())
        for (JsonCell& cell : m_rows.cells())
          if (cell.kind == JsonKind::String) cell.kind = noted(message.data(), cell.text.data() - 1, 1, cell.kind);
      return true;
    }
    return false;
  }

  // Where every message is written in its own way, learning soon stops to cost anything.
  void learn(std::string_view message) {
    if (!std::has_single_bit(++m_misses)) return;
    auto shape = JsonShape::learnt(message, m_plan);
    if (!shape) return;
    if (m_shapes.size() == kShapesKept) m_shapes.pop_back();
    m_shapes.push_back(std::move(*shape));
  }

  // What a value of the message is that begins with `first`, where notes say more than its JSON.
  JsonKind noted(const char* message, const char* first, size_t size, JsonKind otherwise) const {
    return notedKind(m_notes, static_cast<size_t>(first - message), size).value_or(otherwise);
  }
  // Notes are about the message, not about what a text in it holds.
  JsonKind noted(const char* first, size_t size, JsonKind otherwise) const {
    return m_open > 0 ? otherwise : noted(m_source.buffer.data(), first, size, otherwise);
  }

  // Asked at every step: what is thrown is made elsewhere.
  static void check(simdjson::error_code code) {
    if (code != simdjson::SUCCESS) [[unlikely]]
      fail(code);
  }
  [[noreturn]] static void fail(simdjson::error_code code) {
    throw BadMessage{std::string("not valid JSON: ") + simdjson::error_message(code)};
  }

  // What is no record can be another stream's, where there are such.
  void noEvent(const char* why) {
    if (!m_plan.hasConditions) throw BadMessage{why};
    m_rows.control();
  }

  // False where no event can be.
  bool walkRoot(od::document& document) {
    od::json_type type = od::json_type::null;
    check(document.type().get(type));
    if (type == od::json_type::array) {
      od::array array;
      check(document.get_array().get(array));
      walkRoot(array);
    } else if (type == od::json_type::object) {
      od::object object;
      check(document.get_object().get(object));
      walkMessage(object);
    } else {
      std::string_view text;
      if (type == od::json_type::string) check(document.get_string().get(text));
      return type == od::json_type::string && walkText(text, [this](auto& inside) { walkRoot(inside); });
    }
    return true;
  }

  void walkRoot(od::object& object) { walkMessage(object); }

  void walkRoot(od::array& array) {
    if (!m_plan.rootIsList) return walkMessage(array);
    for (auto element : array) {
      od::value value;
      check(std::move(element).get(value));  // NOLINT(performance-move-const-arg): get() wants an rvalue
      od::json_type type = od::json_type::null;
      check(value.type().get(type));
      if (type == od::json_type::object) {
        od::object object;
        check(value.get_object().get(object));
        walkMessage(object);
      } else if (type == od::json_type::array) {
        m_rows.control();
      } else {
        walkScalarEvent(value, type, [this](auto& inside) { walkMessage(inside); });
      }
    }
  }

  // The event itself, or what is around the events.
  template <class Container>
  void walkMessage(Container& container) {
    const size_t before = m_rows.count();
    const size_t control = m_rows.controlRecords();
    m_rows.forgetAll();
    if (!lookInto(0, container)) return m_rows.control();
    walkInside(container, m_plan.root);
    if (m_plan.eventLevel == 0) return m_rows.endEvent(false);
    if (m_rows.count() == before && m_rows.controlRecords() == control) m_rows.control();
    m_rows.endLevel(0, before);
  }

  // Where an event should be.
  template <class Walk>
  void walkScalarEvent(od::value& value, od::json_type type, const Walk& walk) {
    std::string_view text;
    if (type == od::json_type::string) check(value.get_string().get(text));
    if (type != od::json_type::string || !walkText(text, walk)) noEvent("an event is not an object");
  }

  // One of a level's elements, and the name by which it is a member.
  template <class Container>
  void walkElement(Container& container, const JsonWanted& wanted, std::string_view name) {
    const size_t level = wanted.level;
    m_rows.forget(level);
    if (m_plan.nameLevel == level && !takeName(level, name)) return m_rows.control();
    if (level == m_plan.eventLevel) {
      walkInside(container, wanted);
      return m_rows.endEvent(false);
    }
    if (!lookInto(level, container)) return m_rows.control();
    const size_t before = m_rows.count();
    walkInside(container, wanted);
    m_rows.endLevel(level, before);
  }

  void walkElement(od::value& value, const JsonWanted& wanted, bool isMember, std::string_view name) {
    od::json_type type = od::json_type::null;
    check(value.type().get(type));
    if (type == od::json_type::object) {
      od::object object;
      check(value.get_object().get(object));
      walkElement(object, wanted, name);
    } else if (type == od::json_type::array) {
      od::array array;
      check(value.get_array().get(array));
      walkElement(array, wanted, name);
    } else if (isMember || wanted.level < m_plan.eventLevel) {
      // A member beside those that hold the events.
      if (type != od::json_type::string) return;
      std::string_view text;
      check(value.get_string().get(text));
      walkText(text, [&](auto& inside) { walkElement(inside, wanted, name); });
    } else {
      walkScalarEvent(value, type, [&](auto& inside) { walkElement(inside, wanted, name); });
    }
  }

  bool takeName(size_t level, std::string_view name) {
    for (const MatchTerm& term : m_plan.levels[level].ofName)
      if (!term.holdsText(name)) return false;
    if (!m_plan.names.empty()) m_rows.keep(m_plan.names, {true, JsonKind::String, m_texts.emplace_back(name)});
    return true;
  }

  // Reads what is not met on the way; false: it is another stream's.
  template <class Container>
  bool lookInto(size_t level, Container& container) {
    const JsonPlan::Level& own = m_plan.levels[level];
    if (!own.isLookedInto()) return true;
    std::string_view json;
    check(container.raw_json().get(json));
    JsonReach reach(m_plan.framing);
    for (const JsonPlan::Condition& condition : own.conditions) {
      const auto found = reach.at(json, condition.place.steps);
      if (!found || !condition.term.holds(*found)) return false;
    }
    for (const JsonPlan::Aside& aside : own.asides)
      if (const auto found = reach.at(json, aside.steps)) keepAside(aside.cell, *found);
    check(container.reset().error());
    return true;
  }

  void keepAside(size_t cell, std::string_view token) {
    if (!isJson(token)) throw BadMessage{"not valid JSON: " + std::string(token.substr(0, 60))};
    const JsonKind kind = token.starts_with('"')                             ? JsonKind::String
                          : token.starts_with('{') || token.starts_with('[') ? JsonKind::Container
                          : token == "null"                                  ? JsonKind::Null
                          : token == "true" || token == "false"              ? JsonKind::Bool
                                                                             : JsonKind::Number;
    m_rows.keep({&cell, 1}, {true, kind, m_texts.emplace_back(jsonPlainText(token))});
  }

  void walkInside(od::object& object, const JsonWanted& wanted) {
    if (!wanted.each) return walkObject(object, wanted);
    // One event where there could be several.
    if (!wanted.isOfMembers) return walkElement(object, *wanted.each, {});
    for (auto entry : object) {
      check(entry.error());
      const od::field& field = entry.value_unsafe();
      const std::string_view name = keyText(field);
      od::value value = const_cast<od::field&>(field).value();
      walkElement(value, *wanted.each, true, name);
    }
  }

  void walkInside(od::array& array, const JsonWanted& wanted) {
    // Passed over, so that the message is read to its end.
    if (wanted.each && wanted.isOfMembers) return check(array.raw_json().error());
    size_t index = 0;
    for (auto element : array) {
      od::value value;
      check(std::move(element).get(value));  // NOLINT(performance-move-const-arg): get() wants an rvalue
      if (wanted.each)
        walkElement(value, *wanted.each, false, {});
      else if (const JsonWanted* const found = wanted.element(index++))
        walkValue(value, *found);
    }
  }

  void walkObject(od::object object, const JsonWanted& wanted) {
    for (auto entry : object) {
      check(entry.error());
      // Not copied out of its result: the processor would stall on reading what has just been written in two parts.
      const od::field& field = entry.value_unsafe();
      const std::string_view name = keyText(field);
      const JsonWanted* const found = wanted.member(name);
      if (!found) continue;
      od::value value = const_cast<od::field&>(field).value();
      walkValue(value, *found);
    }
  }

  // Keys without escapes, nearly all, are read in place.
  std::string_view keyText(const od::field& field) {
    const char* begin = field.key().raw();
    const char* end = begin;
    bool escaped = false;
    while (*end != '"') {
      if (*end == '\\') {
        escaped = true;
        ++end;
      }
      ++end;
    }
    const std::string_view raw(begin, static_cast<size_t>(end - begin));
    return escaped ? unescapedKey(raw) : raw;
  }
  std::string_view unescapedKey(std::string_view raw) {
    m_unescapedKey = jsonPlainText("\"" + std::string(raw) + "\"");
    return m_unescapedKey;
  }

  void walkValue(od::value& value, const JsonWanted& wanted) {
    od::json_type type = od::json_type::null;
    check(value.type().get(type));
    if (type == od::json_type::object) {
      if (wanted.columns.empty() && !wanted.each && wanted.members.empty()) return;
      od::object object;
      check(value.get_object().get(object));
      if (!keepsContainer(object, wanted)) walkInside(object, wanted);
    } else if (type == od::json_type::array) {
      if (wanted.columns.empty() && !wanted.each && wanted.elements.empty()) return;
      od::array array;
      check(value.get_array().get(array));
      if (!keepsContainer(array, wanted)) walkInside(array, wanted);
    } else if (type == od::json_type::string && !wanted.isLeaf()) {
      walkBelowText(value, wanted);
    } else if (!wanted.columns.empty()) {
      keepScalar(value, type, wanted);
    }
  }

  void walkBelowText(od::value& value, const JsonWanted& wanted) {
    const JsonKind kind = noted(value.raw_json_token().data(), 1, JsonKind::String);
    std::string_view text;
    check(value.get_string().get(text));
    if (!wanted.columns.empty()) keep(wanted, {true, kind, text});
    walkText(text, [&](auto& inside) { walkInside(inside, wanted); });
  }

  // Where a path goes on below a text, the text is read as JSON; false: it is none.
  template <class Walk>
  bool walkText(std::string_view text, const Walk& walk) {
    const auto json = jsonInText(text, m_plan.framing);
    if (!json) return false;
    // A path has so many steps, and each text takes one at least.
    if (m_open == m_inner.size()) m_inner.push_back(std::make_unique<Source>());
    Source& source = *m_inner[m_open++];
    od::document document;
    iterate(source, *json, document);
    if (json->starts_with('{')) {
      od::object object;
      check(document.get_object().get(object));
      walk(object);
    } else {
      od::array array;
      check(document.get_array().get(array));
      walk(array);
    }
    --m_open;
    return true;
  }

  // Returns whether this was all: nothing below the object or array is wanted as well.
  template <class Container>
  bool keepsContainer(Container& container, const JsonWanted& wanted) {
    if (wanted.columns.empty()) return false;
    std::string_view text;
    check(container.raw_json().get(text));
    // Members that are skipped are not parsed, but what is kept must be JSON all through.
    if (!isJson(text)) throw BadMessage{"not valid JSON: " + std::string(text.substr(0, 60))};
    keep(wanted, {true, noted(text.data(), text.size(), JsonKind::Container), text});
    if (wanted.isLeaf()) return true;
    check(container.reset().error());
    return false;
  }

  // What is read of a text is gone with the next one.
  void keep(const JsonWanted& wanted, const JsonCell& cell) {
    if (m_open > 0) [[unlikely]]
      m_rows.keep(wanted.columns, {true, cell.kind, m_texts.emplace_back(cell.text)});
    else
      m_rows.keep(wanted.columns, cell);
  }

  void keepScalar(od::value& value, od::json_type type, const JsonWanted& wanted) {
    std::string_view text;
    JsonKind kind = JsonKind::String;
    if (type == od::json_type::string) {
      if (!m_notes.empty()) kind = noted(value.raw_json_token().data(), 1, kind);
      check(value.get_string().get(text));
    } else {
      text = value.raw_json_token();
      // Up to the next token, so that there may be space behind it.
      if (text.ends_with(' ') || text.ends_with('\n') || text.ends_with('\r') || text.ends_with('\t'))
        text = trimmed(text);
      if (type == od::json_type::boolean) {
        kind = JsonKind::Bool;
        bool ignored = false;
        check(value.get_bool().get(ignored));
      } else if (type == od::json_type::null) {
        kind = JsonKind::Null;
        if (text != "null") throw BadMessage{"not valid JSON: '" + std::string(text) + "'"};
      } else {
        kind = JsonKind::Number;
        // The processor of numbers is more generous than JSON: 007 and 5. would leave a sink as they came.
        if (endOfPlainNumber(text.data(), text.data() + text.size()) != text.data() + text.size())
          throw BadMessage{"not valid JSON: '" + std::string(text.substr(0, 60)) + "'"};
      }
    }
    keep(wanted, {true, kind, text});
  }

  DecoderSettings m_settings;
  JsonPlan m_plan;
  JsonRows m_rows;
  std::vector<JsonShape> m_shapes;
  uint32_t m_misses = 0;
  Source m_source;
  std::vector<std::unique_ptr<Source>> m_inner;  ///< for texts inside the message, the outermost first
  size_t m_open = 0;                             ///< how many of them are being read
  std::deque<std::string> m_texts;               ///< what cells hold that is not in the message
  std::string m_unescapedKey;
  std::span<const JsonNote> m_notes;
};

/// Messages in another format, which is read as JSON.
class TranscodedDecoder final : public Decoder {
public:
  TranscodedDecoder(const DecoderSettings& settings, const SchemaPtr& schema, JsonMessage (*asJson)(std::string_view))
      : m_heartbeatAnswer(settings.heartbeatAnswer), m_asJson(asJson), m_json(settings, schema) {}

  DecodeResult decode(std::string_view message, const RowMeta& meta, BatchBuilder& rows) override {
    const JsonMessage read = m_asJson(message);
    DecodeResult result = read.wrong.empty() ? m_json.decode(read.text, read.notes, meta, rows) : rejected(read.wrong);
    if (result.kind == DecodeResult::Kind::Rejected && trimmed(message) == m_heartbeatAnswer)
      result = {DecodeResult::Kind::Control, 0, 0, {}};
    return result;
  }

private:
  std::string m_heartbeatAnswer;
  JsonMessage (*m_asJson)(std::string_view);
  JsonDecoder m_json;
};

/// Messages in which JSON does not stand alone.
class FramedDecoder final : public Decoder {
public:
  FramedDecoder(const DecoderSettings& settings, const SchemaPtr& schema)
      : m_settings(settings), m_json(withoutPattern(settings), schema) {
    if (settings.when.empty()) return;
    if (const auto when = MessageMatch::parseForRecords(settings.when); when && when->isPattern()) m_pattern = *when;
  }

  DecodeResult decode(std::string_view message, const RowMeta& meta, BatchBuilder& rows) override {
    DecodeResult all{DecodeResult::Kind::Control, 0, 0, {}};
    if (m_pattern && !m_pattern->matches(message)) return all;
    const size_t before = rows.rows();
    forEachJsonValue(message, m_settings.framing, [&](std::string_view json) {
      DecodeResult one = m_json.decode(json, {}, meta, rows);
      // A value without an event is what a record without one is.
      if (one.kind == DecodeResult::Kind::Control) one.controlRecords = 1;
      all.controlRecords += one.controlRecords;
      all.fieldMismatches += one.fieldMismatches;
      if (one.kind == DecodeResult::Kind::Rejected) all = std::move(one);
      return all.kind != DecodeResult::Kind::Rejected;
    });
    if (all.kind == DecodeResult::Kind::Rejected) {
      rows.truncate(before);
      if (trimmed(message) == m_settings.heartbeatAnswer) all = {DecodeResult::Kind::Control, 0, 0, {}};
    } else if (rows.rows() == before) {
      all.controlRecords = 0;
    } else {
      all.kind = DecodeResult::Kind::Decoded;
    }
    return all;
  }

private:
  // A pattern is about the message as it came.
  static DecoderSettings withoutPattern(DecoderSettings settings) {
    if (!trimmed(settings.when).starts_with('$')) settings.when.clear();
    return settings;
  }

  DecoderSettings m_settings;
  std::optional<MessageMatch> m_pattern;
  JsonDecoder m_json;
};

}  // namespace

std::vector<std::string_view> memberOptions() {
  return {"json.mapping.*", "json.records", "json.when", "json.on.mismatch"};
}

std::unique_ptr<Decoder> makeJsonDecoder(const DecoderSettings& settings, const SchemaPtr& schema,
                                         JsonMessage (*asJson)(std::string_view)) {
  return std::make_unique<TranscodedDecoder>(settings, schema, asJson);
}

std::unique_ptr<Decoder> makeJsonDecoder(const DecoderSettings& settings, const SchemaPtr& schema) {
  if (settings.framing != JsonFraming::One) return std::make_unique<FramedDecoder>(settings, schema);
  return std::make_unique<JsonDecoder>(settings, schema);
}

}  // namespace weir
