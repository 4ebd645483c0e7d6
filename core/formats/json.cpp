// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/formats/format_list.h"
#include "core/formats/json_decoder.h"

namespace weir {

namespace {

class JsonEncoder final : public Encoder {
public:
  std::string encode(const Batch& batch, size_t row) const override {
    std::string out;
    appendJsonRow(out, batch, row);
    return out;
  }
};

}  // namespace

FormatSpec jsonFormat() {
  std::vector<std::string_view> options = memberOptions();
  options.emplace_back("json.framing");
  return {
      .name = "json",
      .help = "Objects, or arrays of them; columns by the names of members.",
      .options = std::move(options),
      .makeDecoder = makeJsonDecoder,
      .makeEncoder = [](const EncoderSettings&) -> std::unique_ptr<Encoder> { return std::make_unique<JsonEncoder>(); },
      .asJson =
          [](std::string_view message) {
            message = withoutMark(message);
            return isJson(message) ? JsonMessage{jsonMinified(message), {}, {}} : JsonMessage{{}, {}, "not valid JSON"};
          }};
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

}  // namespace weir
