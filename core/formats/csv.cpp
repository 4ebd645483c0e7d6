// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/data/csv_text.h"
#include "core/data/json_text.h"
#include "core/formats/format_list.h"
#include "core/formats/json_conversion.h"

namespace weir {

namespace {

/// Fields by position; several lines are several events.
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

FormatSpec csvFormat() {
  return {.name = "csv",
          .help = "Fields by position, RFC 4180.",
          .options = {"csv.delimiter", "csv.header", "json.on.mismatch"},
          .makeDecoder = [](const DecoderSettings& settings, const SchemaPtr& schema) -> std::unique_ptr<Decoder> {
            return std::make_unique<CsvDecoder>(settings, schema);
          },
          .makeEncoder = [](const EncoderSettings& settings) -> std::unique_ptr<Encoder> {
            return std::make_unique<CsvEncoder>(settings.delimiter);
          },
          .whyNotLearnt = "a csv message does not name its fields: write name and type of each"};
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
