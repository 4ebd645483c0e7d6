// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/formats/format_list.h"

namespace weir {

namespace {

/// The message is the one column.
class WholeDecoder final : public Decoder {
public:
  explicit WholeDecoder(bool isText) : m_isText(isText) {}
  DecodeResult decode(std::string_view message, const RowMeta& meta, BatchBuilder& rows) override {
    if (m_isText && !isUtf8(message)) return rejected("not valid UTF-8");
    rows.column(0).appendText(message);
    rows.finishRow(meta);
    return {};
  }

private:
  bool m_isText;
};

class WholeEncoder final : public Encoder {
public:
  std::string encode(const Batch& batch, size_t row) const override { return std::string(batch.columns[0]->text(row)); }
};

template <Type kType>
std::optional<std::string> oneColumn(const Schema& schema) {
  size_t found = 0;
  for (const Field& field : schema.fields) found += field.type == kType ? 1 : 0;
  if (found == 1 && schema.fields.size() == 1) return std::nullopt;
  return "needs exactly one " + std::string(typeName(kType)) + " column, found " +
         std::to_string(found == 1 ? schema.fields.size() : found);
}

template <Type kType>
FormatSpec wholeMessage(std::string_view name, std::string_view help) {
  return {.name = name,
          .help = help,
          .isBinary = kType == Type::Bytes,
          .makeDecoder = [](const DecoderSettings&, const SchemaPtr&) -> std::unique_ptr<Decoder> {
            return std::make_unique<WholeDecoder>(kType == Type::String);
          },
          .makeEncoder = [](const EncoderSettings&) -> std::unique_ptr<Encoder> {
            return std::make_unique<WholeEncoder>();
          },
          .ownColumns = {{"message", kType, false}},
          .checkSchema = oneColumn<kType>};
}

}  // namespace

FormatSpec textFormat() { return wholeMessage<Type::String>("text", "The message is the one STRING column."); }
FormatSpec bytesFormat() { return wholeMessage<Type::Bytes>("bytes", "The message is the one BYTES column."); }

}  // namespace weir
