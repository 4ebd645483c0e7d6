// SPDX-License-Identifier: GPL-3.0-or-later
#include <simdjson.h>

#include <charconv>
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
  /// The members again where they are few: comparing with each beats a tree.
  std::vector<std::pair<std::string_view, const Wanted*>> few;
  std::map<size_t, std::unique_ptr<Wanted>> elements;
  bool isRecords = false;  ///< each element is an event
  std::unique_ptr<Wanted> record;
  bool isLeaf() const { return members.empty() && elements.empty() && !isRecords; }

  void settle() {
    constexpr size_t kFew = 24;
    if (members.size() <= kFew)
      for (const auto& [name, wanted] : members) few.emplace_back(name, wanted.get());
    for (const auto& [name, wanted] : members) wanted->settle();
    for (const auto& [index, wanted] : elements) wanted->settle();
    if (record) record->settle();
  }
  const Wanted* member(std::string_view name) const {
    // Names of feeds are short and begin differently: the call to compare them is worth avoiding.
    for (const auto& [known, wanted] : few)
      if (known.size() == name.size() && (name.empty() || known[0] == name[0]) && known == name) return wanted;
    if (!few.empty() || members.empty()) return nullptr;
    const auto found = members.find(name);
    return found == members.end() ? nullptr : found->second.get();
  }
};

// A number as JSON has it, in its usual form: what from_chars reads to the end without a second thought.
bool isPlainNumber(std::string_view text) {
  size_t at = 0;
  const auto digits = [&] {
    const size_t from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - from;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const bool zero = at < text.size() && text[at] == '0';
  const size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

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
    m_root.settle();
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
  /// What a record says of a column. The text lies in the parser's buffers, which live as long as the message.
  struct Cell {
    bool present = false;
    JsonKind kind = JsonKind::Null;
    std::string_view text;
  };

  static void check(simdjson::error_code code) {
    if (code != simdjson::SUCCESS) throw Bad{std::string("not valid JSON: ") + simdjson::error_message(code)};
  }

  void walkRoot(od::document& document) {
    od::json_type type = od::json_type::null;
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
        check(std::move(element).get(value));  // NOLINT(performance-move-const-arg): get() wants an rvalue
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
    od::json_type type = od::json_type::null;
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
      Column& column = m_rows->column(c);
      if (m_isEnvelope[c]) {
        column.appendNull();
        continue;
      }
      write(c, column);
      const Field& field = m_schema->fields[c];
      if (field.notNull && column.isNull(column.size() - 1)) throw Bad{"column '" + field.name + "' is NOT NULL and missing"};
    }
    m_rows->finishRow(m_meta);
  }

  // Appends a cell's value, converted. Most numbers take the short way; the long one has the last word.
  void write(size_t index, Column& column) {
    const Cell& cell = m_cells[index];
    if (!cell.present || cell.kind == JsonKind::Null) return column.appendNull();
    const bool number = cell.kind == JsonKind::Number || cell.kind == JsonKind::String;
    const char* const begin = cell.text.data();
    const char* const end = begin + cell.text.size();
    switch (column.type()) {
      case Type::String:
        return column.appendText(cell.text);
      case Type::Int:
      case Type::Long: {
        int64_t value = 0;
        if (!number || !isPlainNumber(cell.text)) break;
        const auto [stopped, error] = std::from_chars(begin, end, value);
        if (error != std::errc{} || stopped != end) break;
        if (column.type() == Type::Int && (value < INT32_MIN || value > INT32_MAX)) break;
        return column.appendInteger(value);
      }
      case Type::Double: {
        double value = 0;
        if (!number || !isPlainNumber(cell.text)) break;
        const auto [stopped, error] = std::from_chars(begin, end, value);
        if (error != std::errc{} || stopped != end) break;
        return column.appendReal(value);
      }
      default: break;
    }
    const Field& field = m_schema->fields[index];
    Value value;
    if (convertJson(cell.kind, std::string(cell.text), field.type, value)) return column.append(value);
    if (!m_settings.mismatchIsNull)
      throw Bad{"'" + field.name + "' wants " + std::string(typeName(field.type)) + ", got " + std::string(cell.text.substr(0, 60))};
    ++m_result.fieldMismatches;
    column.appendNull();
  }

  // The envelope may come behind the records, so its columns are written last.
  void fillEnvelope(size_t before) {
    if (!m_presentInEnvelope || m_rows->rows() == before) return;
    for (size_t c = 0; c < m_cells.size(); ++c) {
      if (!m_isEnvelope[c]) continue;
      Column& column = m_rows->column(c);
      const size_t mismatches = m_result.fieldMismatches;
      column.truncate(before);
      for (size_t row = before; row < m_rows->rows(); ++row) write(c, column);
      // One member is one mismatch, however many rows it stands in.
      if (m_result.fieldMismatches > mismatches) m_result.fieldMismatches = mismatches + 1;
    }
  }

  void walkObject(od::object object, const Wanted& wanted) {
    for (auto entry : object) {
      check(entry.error());
      // Not copied out of its result: the processor would stall on reading what has just been written in two parts.
      const od::field& field = entry.value_unsafe();
      const std::string_view name = keyText(field);
      const Wanted* const found = wanted.member(name);
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

  void walkArray(od::array array, const Wanted& wanted) {
    size_t index = 0;
    for (auto element : array) {
      od::value value;
      check(std::move(element).get(value));  // NOLINT(performance-move-const-arg): get() wants an rvalue
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
    od::json_type type = od::json_type::null;
    check(value.type().get(type));
    if (type == od::json_type::object && wanted.isRecords) {
      // A path that ends at an object: the object is the one event.
      walkRecord(value, *wanted.record);
    } else if (type == od::json_type::object && !wanted.members.empty()) {
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
    od::json_type type = od::json_type::null;
    check(value.type().get(type));
    std::string_view text;
    const bool container = type == od::json_type::object || type == od::json_type::array;
    JsonKind kind = JsonKind::Container;
    if (type == od::json_type::string) {
      kind = JsonKind::String;
      check(value.get_string().get(text));
    } else if (container) {
      if (type == od::json_type::object) {
        od::object object;
        check(value.get_object().get(object));
        check(object.raw_json().get(text));
      } else {
        od::array array;
        check(value.get_array().get(array));
        check(array.raw_json().get(text));
      }
      // Members that are skipped are not parsed, but what is kept must be JSON all through.
      if (!isJson(text)) throw Bad{"not valid JSON: " + std::string(text.substr(0, 60))};
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
        if (!isPlainNumber(text)) {
          double ignored = 0;
          const auto code = value.get_double().get(ignored);
          if (code != simdjson::SUCCESS && !decimalNumber(text)) check(code);
        }
      }
    }
    for (const size_t column : wanted.columns) {
      m_cells[column] = {true, kind, text};
      if (m_isEnvelope[column]) m_presentInEnvelope = true;
    }
    if (!wanted.isLeaf() && container) throw Bad{"a column and a path below it cannot both be read"};
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
  std::string m_unescapedKey;
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
