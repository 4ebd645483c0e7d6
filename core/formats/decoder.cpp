// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/decoder.h"

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/data/csv_text.h"
#include "core/data/json_text.h"
#include "core/data/time_text.h"
#include "core/formats/json_decoder.h"

namespace weir {

namespace {

DecodeResult rejected(std::string reason) { return {DecodeResult::Kind::Rejected, 0, 0, std::move(reason)}; }

/// format 'text' and 'bytes': the message is the one column.
class WholeDecoder final : public Decoder {
public:
  explicit WholeDecoder(bool isText) : m_isText(isText) {}
  DecodeResult decode(std::string_view message, const RowMeta& meta, BatchBuilder& rows) override {
    if (m_isText && !isUtf8(message)) return rejected("not valid UTF-8");
    if (m_isText) message = withoutMark(message);
    rows.column(0).appendText(message);
    rows.finishRow(meta);
    return {};
  }

private:
  bool m_isText;
};

/// format 'csv': fields by position; several lines are several events.
class CsvDecoder final : public Decoder {
public:
  CsvDecoder(const DecoderSettings& settings, SchemaPtr schema) : m_settings(settings), m_schema(std::move(schema)) {}

  DecodeResult decode(std::string_view message, const RowMeta& meta, BatchBuilder& rows) override {
    const size_t before = rows.rows();
    DecodeResult result;
    if (!isUtf8(message)) return rejected("not valid UTF-8");
    message = withoutMark(message);
    for (size_t at = 0; at < message.size();) {
      std::vector<std::pair<std::string, bool>> fields;
      if (!readLine(message, at, fields)) {
        rows.truncate(before);
        return rejected("a quote is not closed");
      }
      if (fields.size() == 1 && fields[0].first.empty()) continue;
      if (fields.size() != m_schema->fields.size()) {
        rows.truncate(before);
        return rejected(std::to_string(m_schema->fields.size()) + " fields expected, got " +
                        std::to_string(fields.size()));
      }
      for (size_t c = 0; c < fields.size(); ++c) {
        const Field& field = m_schema->fields[c];
        Value value;
        const bool empty = fields[c].first.empty() && !fields[c].second;
        // An OBJECT is written as its JSON, and read as it; other text is a text.
        const std::string& text = fields[c].first;
        const JsonKind kind = field.type == Type::Object && isJson(text) ? JsonKind::Container : JsonKind::String;
        if (!empty && !convertJson(kind, text, field.type, value) && !readIsoTime(m_settings, field, text, value)) {
          if (!m_settings.mismatchIsNull) {
            rows.truncate(before);
            return rejected(mismatchReason(field, text));
          }
          ++result.fieldMismatches;
        }
        if (field.notNull && isNull(value)) {
          rows.truncate(before);
          return rejected(missingReason(field));
        }
        rows.column(c).append(value);
      }
      rows.finishRow(meta);
    }
    if (rows.rows() == before) result.kind = DecodeResult::Kind::Control;
    return result;
  }

private:
  // Reads one record: each field with whether it was quoted. Returns false when a quote stays open.
  bool readLine(std::string_view text, size_t& at, std::vector<std::pair<std::string, bool>>& fields) const {
    while (true) {
      std::string field;
      const bool quoted = at < text.size() && text[at] == '"';
      if (quoted) {
        for (++at;; ++at) {
          if (at >= text.size()) return false;
          if (text[at] == '"') {
            if (at + 1 >= text.size() || text[at + 1] != '"') break;
            ++at;
          }
          field += text[at];
        }
        ++at;
      }
      while (at < text.size() && text[at] != m_settings.delimiter && text[at] != '\n' && text[at] != '\r')
        field += text[at++];
      fields.emplace_back(std::move(field), quoted);
      if (at < text.size() && text[at] == m_settings.delimiter) {
        ++at;
        continue;
      }
      while (at < text.size() && (text[at] == '\n' || text[at] == '\r')) ++at;
      return true;
    }
  }

  DecoderSettings m_settings;
  SchemaPtr m_schema;
};

class JsonEncoder final : public Encoder {
public:
  std::string encode(const Batch& batch, size_t row) const override {
    std::string out;
    appendJsonRow(out, batch, row);
    return out;
  }
};

class WholeEncoder final : public Encoder {
public:
  std::string encode(const Batch& batch, size_t row) const override { return std::string(batch.columns[0]->text(row)); }
};

class CsvEncoder final : public Encoder {
public:
  explicit CsvEncoder(char delimiter) : m_delimiter(delimiter) {}
  std::string encode(const Batch& batch, size_t row) const override {
    std::string out;
    appendCsvRow(out, batch, row, m_delimiter);
    return out;
  }

private:
  char m_delimiter;
};

}  // namespace

std::string mismatchReason(const Field& field, std::string_view got) {
  constexpr size_t kShown = 60;
  if (got.size() > kShown) {
    size_t end = kShown;
    while (end > 0 && (static_cast<unsigned char>(got[end]) & 0xC0) == 0x80) --end;
    got = got.substr(0, end);
  }
  const std::string wanted(field.isTime ? "TIMESTAMP" : typeName(field.type));
  return "'" + field.name + "' wants " + wanted + ", got " + oneLine(got);
}

bool readIsoTime(const DecoderSettings& settings, const Field& field, std::string_view text, Value& out) {
  const auto ms = field.isTime ? parseIsoTime(text) : std::optional<int64_t>();
  if (!ms) return false;
  const bool isEventTime = field.name == settings.timeColumn;
  const std::string_view unit = isEventTime ? std::string_view(settings.timeUnit) : "ms";
  if (unit == "s") {
    out = floorDivide(*ms, 1000);
    return true;
  }
  const int64_t scale = unit == "us" ? 1000 : unit == "ns" ? 1'000'000 : 1;
  if (*ms > INT64_MAX / scale || *ms < INT64_MIN / scale) return false;
  out = *ms * scale;
  return true;
}

std::string missingReason(const Field& field) { return "column '" + field.name + "' is NOT NULL and missing"; }

std::unique_ptr<Decoder> makeDecoder(const DecoderSettings& settings, const SchemaPtr& schema) {
  if (settings.format == "text" || settings.format == "bytes")
    return std::make_unique<WholeDecoder>(settings.format == "text");
  if (settings.format == "csv") return std::make_unique<CsvDecoder>(settings, schema);
  return makeJsonDecoder(settings, schema);
}

std::unique_ptr<Encoder> makeEncoder(const std::string& format, char delimiter) {
  if (format == "text" || format == "bytes") return std::make_unique<WholeEncoder>();
  if (format == "csv") return std::make_unique<CsvEncoder>(delimiter);
  return std::make_unique<JsonEncoder>();
}

void appendJsonRow(std::string& out, const Batch& batch, size_t row) {
  out += '{';
  for (size_t c = 0; c < batch.columns.size(); ++c) {
    if (c > 0) out += ',';
    const Field& field = batch.schema->fields[c];
    appendJsonString(out, field.name);
    out += ':';
    appendJson(out, batch.columns[c]->value(row), field.type);
  }
  out += '}';
}

void appendCsvRow(std::string& out, const Batch& batch, size_t row, char delimiter) {
  for (size_t c = 0; c < batch.columns.size(); ++c) {
    if (c > 0) out += delimiter;
    const Column& column = *batch.columns[c];
    appendCsvField(out, displayText(column.value(row), batch.schema->fields[c].type), column.isNull(row), delimiter);
  }
}

void appendCsvHeading(std::string& out, const Schema& schema, char delimiter) {
  for (size_t c = 0; c < schema.fields.size(); ++c) {
    if (c > 0) out += delimiter;
    appendCsvField(out, schema.fields[c].name, false, delimiter);
  }
}

}  // namespace weir
