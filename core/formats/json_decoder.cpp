// SPDX-License-Identifier: GPL-3.0-or-later
#include <simdjson.h>

#include <bit>
#include <optional>
#include <span>
#include <utility>

#include "core/base/plain_number.h"
#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/formats/decoder.h"
#include "core/formats/json_decoder.h"
#include "core/formats/json_shape.h"
#include "core/formats/json_wanted.h"

namespace weir {

namespace {

namespace od = simdjson::ondemand;

constexpr size_t kShapesKept = 4;

/// Thrown inside a decode only: the message is bad, for this reason.
struct Bad {
  std::string reason;
};

class JsonDecoder final : public Decoder {
public:
  JsonDecoder(const DecoderSettings& settings, const SchemaPtr& schema)
      : m_settings(settings), m_schema(schema), m_plan(settings, *schema), m_cells(schema->fields.size()) {
    for (const Field& field : schema->fields) m_isNotNull.push_back(field.notNull);
  }

  DecodeResult decode(std::string_view message, const RowMeta& meta, BatchBuilder& rows) override {
    return decode(withoutMark(message), {}, meta, rows);
  }

  /// `notes` tell of strings that stand for something else.
  DecodeResult decode(std::string_view message, std::span<const JsonNote> notes, const RowMeta& meta,
                      BatchBuilder& rows) {
    DecodeResult result;
    m_result = &result;
    m_rows = &rows;
    m_meta = meta;
    m_notes = notes;
    read(message, rows, result);
    // None of them outlives this call.
    m_result = nullptr;
    m_rows = nullptr;
    m_notes = {};
    return result;
  }

private:
  void read(std::string_view message, BatchBuilder& rows, DecodeResult& result) {
    const size_t before = rows.rows();
    bool isParsed = false;
    m_presentInEnvelope = false;
    try {
      isParsed = !readByShape(message);
      if (isParsed) {
        parse(message);
      } else {
        endRecord();
        fillEnvelope(before);
      }
    } catch (const Bad& bad) {
      rows.truncate(before);
      result = {};
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
    if (m_buffer.size() < message.size() + simdjson::SIMDJSON_PADDING)
      m_buffer.resize((message.size() + simdjson::SIMDJSON_PADDING) * 2);
    std::memcpy(m_buffer.data(), message.data(), message.size());
    std::memset(m_buffer.data() + message.size(), 0, simdjson::SIMDJSON_PADDING);
    od::document document;
    check(m_parser.iterate(m_buffer.data(), message.size(), m_buffer.size()).get(document));
    walkRoot(document);
    if (document.current_location().error() == simdjson::SUCCESS) throw Bad{"not valid JSON: text behind the value"};
  }

  // A feed sends few kinds of messages, one after the other: the kind that fitted last is tried first.
  bool readByShape(std::string_view message) {
    for (size_t i = 0; i < m_shapes.size(); ++i) {
      beginRecord();
      if (!m_shapes[i].read(message, m_cells)) continue;
      if (i > 0) std::swap(m_shapes[i], m_shapes[i - 1]);
      m_misses = 0;
      if (!m_notes.empty())
        for (JsonCell& cell : m_cells)
          if (cell.kind == JsonKind::String) cell.kind = noted(message.data(), cell.text.data() - 1, 1, cell.kind);
      for (const size_t c : m_plan.envelope) m_presentInEnvelope = m_presentInEnvelope || m_cells[c].present;
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

  static void check(simdjson::error_code code) {
    if (code != simdjson::SUCCESS) throw Bad{std::string("not valid JSON: ") + simdjson::error_message(code)};
  }

  void walkRoot(od::document& document) {
    od::json_type type = od::json_type::null;
    check(document.type().get(type));
    if (type == od::json_type::array) {
      od::array array;
      check(document.get_array().get(array));
      if (!m_plan.rootIsList) {
        const size_t before = m_rows->rows();
        beginRecord();
        walkArray(array, m_plan.root);
        if (m_settings.records.empty())
          endRecord();
        else
          fillEnvelope(before);
        return;
      }
      for (auto element : array) {
        od::value value;
        check(std::move(element).get(value));  // NOLINT(performance-move-const-arg): get() wants an rvalue
        check(value.type().get(type));
        if (type == od::json_type::array) {
          ++m_result->controlRecords;
          continue;
        }
        if (type != od::json_type::object) throw Bad{"an event is not an object"};
        od::object object;
        check(value.get_object().get(object));
        walkMessage(object);
      }
      return;
    }
    if (type != od::json_type::object) throw Bad{"not an object"};
    od::object object;
    check(document.get_object().get(object));
    walkMessage(object);
  }

  // An object at the root, or one of a root array's: the event itself, or the envelope around the records.
  void walkMessage(od::object& object) {
    const size_t before = m_rows->rows();
    const size_t control = m_result->controlRecords;
    m_presentInEnvelope = false;
    beginRecord();
    walkObject(object, m_plan.root);
    if (m_settings.records.empty()) return endRecord();
    if (m_rows->rows() == before && m_result->controlRecords == control) ++m_result->controlRecords;
    fillEnvelope(before);
  }

  void walkRecord(od::value& value, const JsonWanted& wanted) {
    od::json_type type = od::json_type::null;
    check(value.type().get(type));
    forgetRecord();
    if (type == od::json_type::object) {
      od::object object;
      check(value.get_object().get(object));
      walkObject(object, wanted);
    } else if (type == od::json_type::array) {
      od::array array;
      check(value.get_array().get(array));
      walkArray(array, wanted);
    } else {
      throw Bad{"an event is not an object"};
    }
    endRecord();
  }

  // The envelope around the record stays.
  void forgetRecord() {
    for (size_t c = 0; c < m_cells.size(); ++c)
      if (!m_plan.isEnvelope[c]) m_cells[c] = {};
  }

  void beginRecord() {
    for (JsonCell& cell : m_cells) cell = {};
  }

  void endRecord() {
    bool any = false;
    for (size_t c = 0; c < m_cells.size(); ++c) any = any || (m_cells[c].present && !m_plan.isEnvelope[c]);
    if (!any) {
      ++m_result->controlRecords;
      return;
    }
    for (size_t c = 0; c < m_cells.size(); ++c) {
      Column& column = m_rows->column(c);
      if (m_plan.isEnvelope[c]) {
        column.appendNull();
        continue;
      }
      write(c, column);
      if (m_isNotNull[c] && column.isNull(column.size() - 1)) throw Bad{missingReason(m_schema->fields[c])};
    }
    m_rows->finishRow(m_meta);
  }

  // Appends a cell's value, converted. Most numbers take the short way; the long one has the last word.
  void write(size_t index, Column& column) {
    const JsonCell& cell = m_cells[index];
    if (!cell.present || cell.kind == JsonKind::Null) return column.appendNull();
    const bool number = cell.kind == JsonKind::Number || cell.kind == JsonKind::String;
    switch (column.type()) {
      case Type::String:
        if (cell.kind == JsonKind::Foreign) break;
        return column.appendText(cell.text);
      case Type::Int:
      case Type::Long:
        if (const auto value = number ? plainInteger(cell.text) : std::nullopt;
            value && (column.type() == Type::Long || std::in_range<int32_t>(*value)))
          return column.appendInteger(*value);
        break;
      case Type::Double:
        if (const auto value = number ? plainReal(cell.text) : std::nullopt) return column.appendReal(*value);
        break;
      default: break;
    }
    const Field& field = m_schema->fields[index];
    Value value;
    if (convertJson(cell.kind, std::string(cell.text), field.type, value)) return column.append(value);
    if (readTime(cell, field, value)) return column.append(value);
    if (!m_settings.mismatchIsNull) throw Bad{mismatchReason(field, cell.text)};
    ++m_result->fieldMismatches;
    column.appendNull();
  }

  // What is a time by its type needs no column that was declared one.
  bool readTime(const JsonCell& cell, const Field& field, Value& out) const {
    if (cell.kind != JsonKind::String && cell.kind != JsonKind::Time) return false;
    if (cell.kind == JsonKind::String || field.isTime || field.type != Type::Long)
      return readIsoTime(m_settings, field, cell.text, out);
    return readIsoTime(m_settings, {field.name, field.type, field.notNull, true}, cell.text, out);
  }

  // The envelope may come behind the records, so its columns are written last.
  void fillEnvelope(size_t before) {
    if (m_rows->rows() == before) return;
    for (const size_t c : m_plan.envelope) {
      Column& column = m_rows->column(c);
      if (!m_presentInEnvelope) {
        if (m_isNotNull[c]) throw Bad{missingReason(m_schema->fields[c])};
        continue;
      }
      const size_t mismatches = m_result->fieldMismatches;
      column.truncate(before);
      for (size_t row = before; row < m_rows->rows(); ++row) write(c, column);
      if (m_isNotNull[c] && column.isNull(before)) throw Bad{missingReason(m_schema->fields[c])};
      // One member is one mismatch, however many rows it stands in.
      if (m_result->fieldMismatches > mismatches) m_result->fieldMismatches = mismatches + 1;
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
    if (!escaped) return raw;
    m_unescapedKey = jsonPlainText("\"" + std::string(raw) + "\"");
    return m_unescapedKey;
  }

  void walkArray(od::array array, const JsonWanted& wanted) {
    size_t index = 0;
    for (auto element : array) {
      od::value value;
      check(std::move(element).get(value));  // NOLINT(performance-move-const-arg): get() wants an rvalue
      if (wanted.isRecords()) {
        walkRecord(value, *wanted.record);
        continue;
      }
      if (const JsonWanted* const found = wanted.element(index++)) walkValue(value, *found);
    }
  }

  void walkValue(od::value& value, const JsonWanted& wanted) {
    od::json_type type = od::json_type::null;
    check(value.type().get(type));
    if (type == od::json_type::object) {
      if (wanted.columns.empty() && !wanted.isRecords() && wanted.members.empty()) return;
      od::object object;
      check(value.get_object().get(object));
      if (keepsContainer(object, wanted)) return;
      if (!wanted.isRecords()) return walkObject(object, wanted);
      // A path that ends at an object: the object is the one event.
      forgetRecord();
      walkObject(object, *wanted.record);
      endRecord();
    } else if (type == od::json_type::array) {
      if (wanted.columns.empty() && !wanted.isRecords() && wanted.elements.empty()) return;
      od::array array;
      check(value.get_array().get(array));
      if (keepsContainer(array, wanted)) return;
      walkArray(array, wanted);
    } else if (!wanted.columns.empty()) {
      keepScalar(value, type, wanted);
    }
  }

  // Returns whether this was all: nothing below the object or array is wanted as well.
  template <class Container>
  bool keepsContainer(Container& container, const JsonWanted& wanted) {
    if (wanted.columns.empty()) return false;
    std::string_view text;
    check(container.raw_json().get(text));
    // Members that are skipped are not parsed, but what is kept must be JSON all through.
    if (!isJson(text)) throw Bad{"not valid JSON: " + std::string(text.substr(0, 60))};
    keep(wanted, {true, noted(m_buffer.data(), text.data(), text.size(), JsonKind::Container), text});
    if (wanted.isLeaf()) return true;
    check(container.reset().error());
    return false;
  }

  void keep(const JsonWanted& wanted, const JsonCell& cell) {
    for (const size_t column : wanted.columns) {
      m_cells[column] = cell;
      if (m_plan.isEnvelope[column]) m_presentInEnvelope = true;
    }
  }

  void keepScalar(od::value& value, od::json_type type, const JsonWanted& wanted) {
    std::string_view text;
    JsonKind kind = JsonKind::String;
    if (type == od::json_type::string) {
      if (!m_notes.empty()) kind = noted(m_buffer.data(), value.raw_json_token().data(), 1, kind);
      check(value.get_string().get(text));
    } else {
      text = trimmed(value.raw_json_token());
      if (type == od::json_type::boolean) {
        kind = JsonKind::Bool;
        bool ignored = false;
        check(value.get_bool().get(ignored));
      } else if (type == od::json_type::null) {
        kind = JsonKind::Null;
        if (text != "null") throw Bad{"not valid JSON: '" + std::string(text) + "'"};
      } else {
        kind = JsonKind::Number;
        // The processor of numbers is more generous than JSON: 007 and 5. would leave a sink as they came.
        if (endOfPlainNumber(text.data(), text.data() + text.size()) != text.data() + text.size())
          throw Bad{"not valid JSON: '" + std::string(text.substr(0, 60)) + "'"};
      }
    }
    keep(wanted, {true, kind, text});
  }

  DecoderSettings m_settings;
  SchemaPtr m_schema;
  JsonPlan m_plan;
  std::vector<uint8_t> m_isNotNull;
  std::vector<JsonCell> m_cells;
  std::vector<JsonShape> m_shapes;
  uint32_t m_misses = 0;
  od::parser m_parser;
  std::vector<char> m_buffer;
  BatchBuilder* m_rows = nullptr;
  RowMeta m_meta;
  std::string m_unescapedKey;
  DecodeResult* m_result = nullptr;
  bool m_presentInEnvelope = false;
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

}  // namespace

std::vector<std::string_view> memberOptions() { return {"json.mapping.*", "json.records", "json.on.mismatch"}; }

std::unique_ptr<Decoder> makeJsonDecoder(const DecoderSettings& settings, const SchemaPtr& schema,
                                         JsonMessage (*asJson)(std::string_view)) {
  return std::make_unique<TranscodedDecoder>(settings, schema, asJson);
}

std::unique_ptr<Decoder> makeJsonDecoder(const DecoderSettings& settings, const SchemaPtr& schema) {
  return std::make_unique<JsonDecoder>(settings, schema);
}

bool convertJson(JsonKind kind, const std::string& text, Type type, Value& out) {
  if (kind == JsonKind::Null) {
    out = Value();
    return true;
  }
  if (kind == JsonKind::Foreign) return false;
  const bool isWritten = kind == JsonKind::String || kind == JsonKind::Bytes || kind == JsonKind::Time;
  switch (type) {
    case Type::String: out = text; return true;
    case Type::Object: {
      if (kind == JsonKind::Container) {
        out = jsonMinified(text);
      } else if (isWritten) {
        std::string quoted;
        appendJsonString(quoted, text);
        out = quoted;
      } else {
        out = text;
      }
      return true;
    }
    case Type::Bool:
      if ((kind != JsonKind::Bool && kind != JsonKind::String) || (text != "true" && text != "false")) return false;
      out = text == "true";
      return true;
    case Type::Bytes: {
      if (kind != JsonKind::String && kind != JsonKind::Bytes) return false;
      auto bytes = base64Decoded(text);
      if (!bytes) return false;
      out = std::move(*bytes);
      return true;
    }
    case Type::Int:
    case Type::Long: {
      if (kind != JsonKind::Number && kind != JsonKind::String) return false;
      const auto value = exactInteger(trimmed(text));
      if (!value || (type == Type::Int && (*value < INT32_MIN || *value > INT32_MAX))) return false;
      out = *value;
      return true;
    }
    case Type::Float:
    case Type::Double: {
      if (kind != JsonKind::Number && kind != JsonKind::String) return false;
      const auto value = decimalNumber(trimmed(text));
      if (!value) return false;
      if (type == Type::Float && !fitsFloat(*value)) return false;
      out = *value;
      return true;
    }
    default: return false;
  }
}

}  // namespace weir
