// SPDX-License-Identifier: GPL-3.0-or-later
// Any message is decoded or rejected: JSON with its paths, records of several kinds and framings, CSV, text, bytes,
// msgpack and CBOR. The first byte chooses.
// What a decoder has seen before must not show.
#include <array>
#include <cstdlib>

#include "core/formats/decoder.h"
#include "core/formats/json_inference.h"

namespace {

using namespace weir;

struct Target {
  SchemaPtr schema;
  DecoderSettings settings;
  std::unique_ptr<Decoder> decoder;
};

std::string rowsOf(const Batch& batch) {
  std::string out;
  for (size_t row = 0; row < batch.rows(); ++row) {
    appendJsonRow(out, batch, row);
    appendCsvRow(out, batch, row, ',');
  }
  return out;
}

Target make(const char* format, std::vector<Field> fields, DecoderSettings settings = {}) {
  auto schema = std::make_shared<Schema>();
  schema->fields = std::move(fields);
  settings.format = format;
  return {schema, settings, makeDecoder(settings, schema)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using enum Type;
  static const std::vector<Field> kAll{{"a", Int},  {"b", Long},   {"c", Double}, {"d", String},
                                       {"e", Bool}, {"f", Object}, {"g", Bytes},  {"h", Float}};
  static auto targets = [] {
    DecoderSettings mapped;
    mapped.records = "$.data[*]";
    mapped.mapping = {{"a", "$.x.y"}, {"b", "$$.ts"}, {"d", "$[0]"}};
    mapped.mismatchIsNull = true;
    DecoderSettings lenient;
    lenient.mismatchIsNull = true;
    DecoderSettings deeper;
    deeper.records = "$.u.*[*]";
    deeper.mapping = {{"a", "$key"}, {"b", "$^.ts"}, {"d", "$$.ch"}, {"f", "$.o[0]"}};
    deeper.when = "$.t = x AND $$.ch";
    DecoderSettings nested;
    nested.records = "$.e[*].t[*]";
    nested.mapping = {{"a", "$^.a"}, {"b", "$$.o.b"}, {"d", "$[0]"}};
    nested.framing = JsonFraming::Many;
    DecoderSettings embedded;
    embedded.framing = JsonFraming::Embedded;
    embedded.when = "$.a";
    // `2` is the first of them, `1` the tenth, `a` to `d` the others.
    return std::array{make("json", kAll),
                      make("json", kAll, mapped),
                      make("csv", kAll),
                      make("text", {{"t", String}}),
                      make("msgpack", kAll),
                      make("msgpack", kAll, mapped),
                      make("cbor", kAll),
                      make("cbor", kAll, mapped),
                      make("cbor", {{"b", Long, false, true}, {"d", String}, {"f", Object}}, lenient),
                      make("bytes", {{"b", Bytes}}),
                      make("json", kAll, deeper),
                      make("json", kAll, nested),
                      make("json", kAll, embedded),
                      make("msgpack", kAll, deeper)};
  }();
  if (size == 0) return 0;
  constexpr size_t kByDigit = 10;
  const bool isDigit = data[0] < 'a';
  Target& target = targets[isDigit ? data[0] % kByDigit : kByDigit + (data[0] - 'a') % (targets.size() - kByDigit)];
  const std::string_view message(reinterpret_cast<const char*>(data) + 1, size - 1);
  BatchBuilder rows(target.schema);
  const DecodeResult result = target.decoder->decode(message, {}, rows);
  if (result.kind != DecodeResult::Kind::Decoded && rows.rows() > 0) std::abort();
  // Rows that a sink sends on come back as they were.
  const auto sent = rows.take();
  for (const char* format : {"msgpack", "cbor"}) {
    DecoderSettings settings;
    settings.format = format;
    const auto encoder = makeEncoder({settings.format});
    BatchBuilder back(target.schema);
    const auto decoder = makeDecoder(settings, target.schema);
    for (size_t row = 0; row < sent->rows(); ++row) decoder->decode(encoder->encode(*sent, row), {}, back);
    if (back.rows() != sent->rows()) std::abort();
  }
  BatchBuilder again(target.schema);
  const DecodeResult fresh = makeDecoder(target.settings, target.schema)->decode(message, {}, again);
  if (fresh.kind != result.kind || fresh.reason != result.reason || rowsOf(*again.take()) != rowsOf(*sent))
    std::abort();
  static DecoderSettings reaching;
  reaching.records = "$.data[*]";
  reaching.mapping = {{"a", "$.x.y"}, {"b", "$$.ts"}, {"d", "$[0]"}};
  for (DecoderSettings settings : {DecoderSettings{}, reaching, target.settings}) {
    settings.format = target.settings.format;
    JsonInference inference(settings, Schema{{{"a", Int}}});
    inference.add(message);
    inference.schema();
  }
  return 0;
}
