// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/binary_encoder.h"

#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/formats/json_tokens.h"

namespace weir {

namespace {

void writeNumber(BinaryWriter& writer, std::string_view json) {
  if (const auto integer = parseNumber<int64_t>(json)) return writer.integer(*integer);
  if (const auto natural = parseNumber<uint64_t>(json)) return writer.natural(*natural);
  // Beyond the range of a real there is no number, as where JSON has none.
  if (const auto real = decimalNumber(json)) return writer.real(*real);
  writer.null();
}

// JSON can escape half of a pair of surrogates, which is no text.
std::string wholeText(std::string_view json) {
  const std::string text = jsonPlainText(json);
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t good = utf8Prefix(rest);
    out += rest.substr(0, good);
    rest.remove_prefix(good);
    if (rest.empty()) break;
    out += "\uFFFD";
    do rest.remove_prefix(1);
    while (!rest.empty() && (static_cast<unsigned char>(rest.front()) & 0xC0) == 0x80);
  }
  return out;
}

void writeObject(BinaryWriter& writer, std::string_view json) {
  for (const JsonToken& token : jsonTokens(json)) {
    switch (token.kind) {
      case JsonToken::Kind::Word:
        if (token.json == "null")
          writer.null();
        else
          writer.boolean(token.json == "true");
        break;
      case JsonToken::Kind::Number: writeNumber(writer, token.json); break;
      case JsonToken::Kind::String: writer.text(wholeText(token.json)); break;
      case JsonToken::Kind::Array: writer.array(token.size); break;
      case JsonToken::Kind::Map: writer.map(token.size); break;
    }
  }
}

void writeValue(BinaryWriter& writer, const Column& column, size_t row) {
  if (column.isNull(row)) return writer.null();
  switch (column.type()) {
    case Type::Null: return writer.null();
    case Type::Bool: return writer.boolean(column.integer(row) != 0);
    case Type::Int:
    case Type::Long: return writer.integer(column.integer(row));
    case Type::Float: return writer.shortReal(static_cast<float>(column.real(row)));
    case Type::Double: return writer.real(column.real(row));
    case Type::String: return writer.text(column.text(row));
    case Type::Object: return writeObject(writer, column.text(row));
    case Type::Bytes: return writer.bytes(column.text(row));
  }
}

}  // namespace

void writeRow(BinaryWriter& writer, const Batch& batch, size_t row) {
  writer.map(batch.columns.size());
  for (size_t c = 0; c < batch.columns.size(); ++c) {
    writer.text(batch.schema->fields[c].name);
    writeValue(writer, *batch.columns[c], row);
  }
}

}  // namespace weir
