// SPDX-License-Identifier: GPL-3.0-or-later
#include <simdjson.h>

#include <map>
#include <optional>

#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/formats/decoder.h"
#include "core/formats/json_decoder.h"

namespace weir {

namespace {

namespace od = simdjson::ondemand;

/// What of a message is wanted: a tree of member names and indexes, columns at its leaves.
struct Wanted {
  std::vector<size_t> columns;
  std::map<std::string, std::unique_ptr<Wanted>, std::less<>> members;
  std::map<size_t, std::unique_ptr<Wanted>> elements;
  bool isRecords = false;  ///< each element is an event
  std::unique_ptr<Wanted> record;
  bool isLeaf() const { return members.empty() && elements.empty() && !isRecords; }
};

struct Step {
  std::string member;
  std::optional<size_t> index;
  bool all = false;
};

// Reads `$.a.b[0][*]`; the checker has seen that it starts with '$'.
std::vector<Step> stepsOf(std::string_view path) {
  std::vector<Step> steps;
  while (path.starts_with('$')) path.remove_prefix(1);
  while (!path.empty()) {
    if (path.starts_with('.')) {
      const size_t end = std::min(path.find_first_of(".[", 1), path.size());
      steps.push_back({std::string(path.substr(1, end - 1)), std::nullopt, false});
      path.remove_prefix(end);
    } else {
      const size_t close = path.find(']');
      if (close == std::string_view::npos) break;
      std::string_view inside = path.substr(1, close - 1);
      if (inside == "*") {
        steps.push_back({"", std::nullopt, true});
      } else if (inside.size() >= 2 && (inside.front() == '\'' || inside.front() == '"')) {
        steps.push_back({std::string(inside.substr(1, inside.size() - 2)), std::nullopt, false});
      } else {
        steps.push_back({"", parseNumber<size_t>(inside).value_or(0), false});
      }
      path.remove_prefix(close + 1);
    }
  }
  return steps;
}

Wanted& reach(Wanted& root, const std::vector<Step>& steps) {
  Wanted* at = &root;
  for (const Step& step : steps) {
    if (step.all) continue;
    auto& next = step.index ? at->elements[*step.index] : at->members[step.member];
    if (!next) next = std::make_unique<Wanted>();
    at = next.get();
  }
  return *at;
}

/// Thrown inside a decode only: the message is bad, for this reason.
struct Bad {
  std::string reason;
};

class JsonDecoder final : public Decoder {
 public:
  JsonDecoder(const DecoderSettings& settings, const SchemaPtr& schema)
      : m_settings(settings), m_schema(schema), m_cells(schema->fields.size()) {
    Wanted* records = &m_root;
    if (!settings.records.empty()) {
      records = &reach(m_root, stepsOf(settings.records));
      records->isRecords = true;
      records->record = std::make_unique<Wanted>();
    }
    Wanted& base = records->isRecords ? *records->record : m_root;
    m_isEnvelope.resize(schema->fields.size());
    for (size_t column = 0; column < schema->fields.size(); ++column) {
      const std::string& name = schema->fields[column].name;
      std::string path;
      for (const auto& [mapped, to] : settings.mapping)
        if (mapped == name) path = to;
      if (path.empty()) {
        base.members.try_emplace(name, nullptr);
        auto& leaf = base.members[name];
        if (!leaf) leaf = std::make_unique<Wanted>();
        leaf->columns.push_back(column);
        continue;
      }
      m_isEnvelope[column] = path.starts_with("$$") && records->isRecords;
      reach(m_isEnvelope[column] ? m_root : base, stepsOf(path)).columns.push_back(column);
    }
    // A root array is a list of events, unless the paths reach into it.
    m_rootIsList = m_root.elements.empty() && !m_root.isRecords;
  }

  DecodeResult decode(std::string_view message, const RowMeta& meta, BatchBuilder& rows) override {
    m_rows = &rows;
    m_meta = meta;
    m_result = {};
    const size_t before = rows.rows();
    m_presentInEnvelope = false;
    try {
      if (m_buffer.size() < message.size() + simdjson::SIMDJSON_PADDING)
        m_buffer.resize((message.size() + simdjson::SIMDJSON_PADDING) * 2);
      std::memcpy(m_buffer.data(), message.data(), message.size());
      std::memset(m_buffer.data() + message.size(), 0, simdjson::SIMDJSON_PADDING);
      od::document document;
      check(m_parser.iterate(m_buffer.data(), message.size(), m_buffer.size()).get(document));
      walkRoot(document);
      if (document.current_location().error() == simdjson::SUCCESS) throw Bad{"not valid JSON: text behind the value"};
      fillEnvelope(before);
    } catch (const Bad& bad) {
      rows.truncate(before);
      if (trimmed(message) == m_settings.heartbeatAnswer) {
        m_result.kind = DecodeResult::Kind::Control;
        return m_result;
      }
      m_result = {};
      m_result.kind = DecodeResult::Kind::Rejected;
      m_result.reason = bad.reason;
      return m_result;
    }
    if (rows.rows() == before) {
      m_result.kind = DecodeResult::Kind::Control;
      m_result.controlRecords = 0;
    }
    return m_result;
  }

 private:
  struct Cell {
    bool present = false;
    Value value;
  };

  static void check(simdjson::error_code code) {
    if (code != simdjson::SUCCESS) throw Bad{std::string("not valid JSON: ") + simdjson::error_message(code)};
  }

  void walkRoot(od::document& document) {
    od::json_type type;
    check(document.type().get(type));
    if (type == od::json_type::array) {
      od::array array;
      check(document.get_array().get(array));
      if (!m_rootIsList) {
        beginRecord();
        walkArray(array, m_root);
        if (m_settings.records.empty()) endRecord();
        return;
      }
      for (auto element : array) {
        od::value value;
        check(std::move(element).get(value));
        walkRecord(value, m_root);
      }
      return;
    }
    if (type != od::json_type::object) throw Bad{"not an object"};
    od::object object;
    check(document.get_object().get(object));
    beginRecord();
    walkObject(object, m_root);
    if (!m_settings.records.empty()) return;
    endRecord();
  }

  void walkRecord(od::value& value, const Wanted& wanted) {
    od::json_type type;
    check(value.type().get(type));
    for (size_t c = 0; c < m_cells.size(); ++c)
      if (!m_isEnvelope[c]) m_cells[c] = {};
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

  void beginRecord() {
    for (Cell& cell : m_cells) cell = {};
  }

  void endRecord() {
    bool any = false;
    for (size_t c = 0; c < m_cells.size(); ++c) any = any || (m_cells[c].present && !m_isEnvelope[c]);
    if (!any) {
      ++m_result.controlRecords;
      return;
    }
    for (size_t c = 0; c < m_cells.size(); ++c) {
      const Field& field = m_schema->fields[c];
      if (field.notNull && isNull(m_cells[c].value) && !m_isEnvelope[c]) throw Bad{"column '" + field.name + "' is NOT NULL and missing"};
      m_rows->column(c).append(m_isEnvelope[c] ? Value() : m_cells[c].value);
    }
    m_rows->finishRow(m_meta);
  }

  // The envelope may come behind the records, so its columns are written last.
  void fillEnvelope(size_t before) {
    if (!m_presentInEnvelope || m_rows->rows() == before) return;
    for (size_t c = 0; c < m_cells.size(); ++c) {
      if (!m_isEnvelope[c]) continue;
      Column& column = m_rows->column(c);
      column.truncate(before);
      for (size_t row = before; row < m_rows->rows(); ++row) column.append(m_cells[c].value);
    }
  }

  void walkObject(od::object object, const Wanted& wanted) {
    for (auto entry : object) {
      od::field field;
      check(std::move(entry).get(field));
      std::string unescapedName;
      const std::string_view name = keyText(field, unescapedName);
      const auto found = wanted.members.find(name);
      if (found == wanted.members.end()) continue;
      od::value value = field.value();
      walkValue(value, *found->second);
    }
  }

  // Keys without escapes, nearly all, are read in place.
  static std::string_view keyText(od::field& field, std::string& buffer) {
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
    buffer = jsonPlainText("\"" + std::string(raw) + "\"");
    return buffer;
  }

  void walkArray(od::array array, const Wanted& wanted) {
    size_t index = 0;
    for (auto element : array) {
      od::value value;
      check(std::move(element).get(value));
      if (wanted.isRecords) {
        walkRecord(value, *wanted.record);
        continue;
      }
      const auto found = wanted.elements.find(index++);
      if (found != wanted.elements.end()) walkValue(value, *found->second);
    }
  }

  void walkValue(od::value& value, const Wanted& wanted) {
    if (!wanted.columns.empty()) {
      readColumns(value, wanted);
      return;
    }
    od::json_type type;
    check(value.type().get(type));
    if (type == od::json_type::object && !wanted.members.empty()) {
      od::object object;
      check(value.get_object().get(object));
      walkObject(object, wanted);
    } else if (type == od::json_type::array && (wanted.isRecords || !wanted.elements.empty())) {
      od::array array;
      check(value.get_array().get(array));
      walkArray(array, wanted);
    }
  }

  void readColumns(od::value& value, const Wanted& wanted) {
    od::json_type type;
    check(value.type().get(type));
    std::string text;
    const bool container = type == od::json_type::object || type == od::json_type::array;
    if (type == od::json_type::string) {
      std::string_view plain;
      check(value.get_string().get(plain));
      text = plain;
    } else if (container) {
      std::string_view raw;
      if (type == od::json_type::object) {
        od::object object;
        check(value.get_object().get(object));
        check(object.raw_json().get(raw));
      } else {
        od::array array;
        check(value.get_array().get(array));
        check(array.raw_json().get(raw));
      }
      text = raw;
      // Members that are skipped are not parsed, but what is kept must be JSON all through.
      if (!isJson(text)) throw Bad{"not valid JSON: " + text.substr(0, 60)};
    } else {
      text = trimmed(value.raw_json_token());
      if (type == od::json_type::boolean) {
        bool ignored = false;
        check(value.get_bool().get(ignored));
      } else if (type == od::json_type::null) {
        if (text != "null") throw Bad{"not valid JSON: '" + text + "'"};
      } else {
        double ignored = 0;
        const auto code = value.get_double().get(ignored);
        if (code != simdjson::SUCCESS && !decimalNumber(text)) check(code);
      }
    }
    for (const size_t column : wanted.columns) put(column, type, text);
    if (!wanted.isLeaf() && container) throw Bad{"a column and a path below it cannot both be read"};
  }

  void put(size_t column, od::json_type type, const std::string& text) {
    Cell& cell = m_cells[column];
    cell.present = true;
    if (m_isEnvelope[column]) m_presentInEnvelope = true;
    const JsonKind kind = type == od::json_type::string    ? JsonKind::String
                          : type == od::json_type::number  ? JsonKind::Number
                          : type == od::json_type::boolean ? JsonKind::Bool
                          : type == od::json_type::null    ? JsonKind::Null
                                                           : JsonKind::Container;
    const Field& field = m_schema->fields[column];
    if (convertJson(kind, text, field.type, cell.value)) return;
    cell.value = Value();
    if (!m_settings.mismatchIsNull)
      throw Bad{"'" + field.name + "' wants " + std::string(typeName(field.type)) + ", got " + text.substr(0, 60)};
    ++m_result.fieldMismatches;
  }

  DecoderSettings m_settings;
  SchemaPtr m_schema;
  Wanted m_root;
  bool m_rootIsList = true;
  std::vector<bool> m_isEnvelope;
  std::vector<Cell> m_cells;
  od::parser m_parser;
  std::vector<char> m_buffer;
  BatchBuilder* m_rows = nullptr;
  RowMeta m_meta;
  DecodeResult m_result;
  bool m_presentInEnvelope = false;
};

}  // namespace

std::unique_ptr<Decoder> makeJsonDecoder(const DecoderSettings& settings, const SchemaPtr& schema) {
  return std::make_unique<JsonDecoder>(settings, schema);
}

bool convertJson(JsonKind kind, const std::string& text, Type type, Value& out) {
  if (kind == JsonKind::Null) {
    out = Value();
    return true;
  }
  switch (type) {
    case Type::String: out = text; return true;
    case Type::Object: {
      if (kind == JsonKind::Container) {
        out = jsonMinified(text);
      } else if (kind == JsonKind::String) {
        std::string quoted;
        appendJsonString(quoted, text);
        out = quoted;
      } else {
        out = text;
      }
      return true;
    }
    case Type::Bool:
      if (kind == JsonKind::Container || kind == JsonKind::Number || (text != "true" && text != "false")) return false;
      out = text == "true";
      return true;
    case Type::Bytes: {
      if (kind != JsonKind::String) return false;
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
      if (type == Type::Float && std::abs(*value) > 3.4028234663852886e38) return false;
      out = *value;
      return true;
    }
    default: return false;
  }
}

}  // namespace weir
