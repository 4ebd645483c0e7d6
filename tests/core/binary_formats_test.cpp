// SPDX-License-Identifier: GPL-3.0-or-later
// msgpack and CBOR say what JSON says, and what JSON has no word for; whatever comes, memory and stack are bounded.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

#include "core/base/text.h"
#include "core/formats/format_list.h"
#include "core/formats/json_builder.h"
#include "core/formats/json_inference.h"
#include "core/formats/json_tokens.h"
#include "core/options/option_table.h"

using namespace weir;
using namespace std::string_literals;

namespace {

SchemaPtr schemaOf(std::vector<Field> fields) {
  auto schema = std::make_shared<Schema>();
  schema->fields = std::move(fields);
  return schema;
}

std::string bytesOf(std::string_view hex) {
  std::string out;
  std::string digits;
  for (const char c : hex)
    if (c != ' ') digits += c;
  for (size_t at = 0; at + 1 < digits.size(); at += 2)
    out += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
  return out;
}

std::string bigEndian(uint64_t value, size_t size) {
  std::string out;
  for (size_t i = size; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 255);
  return out;
}

// The rows of a message as JSON, or what else became of it.
std::string said(const DecoderSettings& settings, const SchemaPtr& schema, std::string_view message) {
  BatchBuilder rows(schema);
  const DecodeResult result = makeDecoder(settings, schema)->decode(message, {}, rows);
  if (result.kind == DecodeResult::Kind::Control) return "control";
  if (result.kind == DecodeResult::Kind::Rejected) return "rejected: " + result.reason;
  std::string out;
  const auto batch = rows.take();
  for (size_t row = 0; row < batch->rows(); ++row) appendJsonRow(out, *batch, row);
  if (result.fieldMismatches > 0) out += " mismatches=" + std::to_string(result.fieldMismatches);
  return out;
}

std::string said(const std::string& format, const SchemaPtr& schema, std::string_view message) {
  DecoderSettings settings;
  settings.format = format;
  return said(settings, schema, message);
}

// {"v": value} in each format; `hex` is the value.
std::string msgpackOf(std::string_view hex) { return bytesOf("81 a1 76") + bytesOf(hex); }
std::string cborOf(std::string_view hex) { return bytesOf("a1 61 76") + bytesOf(hex); }
std::string fromMsgpack(Field column, std::string_view hex) {
  column.name = "v";
  return said("msgpack", schemaOf({column}), msgpackOf(hex));
}
std::string fromCbor(Field column, std::string_view hex) {
  column.name = "v";
  return said("cbor", schemaOf({column}), cborOf(hex));
}

const Field kLong{"", Type::Long};
const Field kInt{"", Type::Int};
const Field kDouble{"", Type::Double};
const Field kFloat{"", Type::Float};
const Field kString{"", Type::String};
const Field kObject{"", Type::Object};
const Field kBytes{"", Type::Bytes};
const Field kBool{"", Type::Bool};
const Field kTime{"", Type::Long, false, true};

std::string randomText(std::mt19937& random) {
  static const std::vector<std::string> pieces{"a", "Z9",   "\"",         "\\",  "\n",   "\x01",
                                               "ä", "日本", "\U0001F600", "x y", "\x7f", "/"};
  std::string out;
  for (size_t i = random() % 6; i > 0; --i) out += pieces[random() % pieces.size()];
  if (random() % 20 == 0) out += std::string(random() % 70000, 'q');
  return out;
}

std::string randomBytes(std::mt19937& random) {
  std::string out(random() % (random() % 20 == 0 ? 70000 : 12), '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

double randomReal(std::mt19937& random) {
  const uint64_t bits = uint64_t{random()} << 32 | random();
  const double any = std::bit_cast<double>(bits);
  switch (random() % 4) {
    case 0: return static_cast<double>(static_cast<int32_t>(random()));
    case 1: return static_cast<double>(random()) / 1000;
    default: return std::isfinite(any) ? any : 0.5;
  }
}

int64_t randomInteger(std::mt19937& random) {
  const auto any = static_cast<int64_t>(uint64_t{random()} << 32 | random());
  return any >> random() % 64;
}

std::string randomJson(std::mt19937& random, int depth) {
  std::string out;
  switch (depth == 0 ? random() % 5 : random() % 7) {
    case 0: return "null";
    case 1: return random() % 2 ? "true" : "false";
    case 2: return std::to_string(randomInteger(random));
    case 3: appendDouble(out, randomReal(random)); return out;
    case 4: appendJsonString(out, randomText(random)); return out;
    case 5:
      for (size_t i = random() % 4; i > 0; --i) out += (out.empty() ? "" : ",") + randomJson(random, depth - 1);
      return "[" + out + "]";
    default:
      for (size_t i = random() % 20; i > 0; --i)
        out += (out.empty() ? "\"k" : ",\"k") + std::to_string(i) + "\":" + randomJson(random, depth - 1);
      return "{" + out + "}";
  }
}

std::shared_ptr<Batch> randomRows(const SchemaPtr& schema, std::mt19937& random, size_t count) {
  BatchBuilder rows(schema);
  for (size_t row = 0; row < count; ++row) {
    for (size_t c = 0; c < schema->fields.size(); ++c) {
      Column& column = rows.column(c);
      if (random() % 8 == 0) {
        column.appendNull();
        continue;
      }
      switch (column.type()) {
        case Type::Bool: column.appendInteger(random() % 2); break;
        case Type::Int: column.appendInteger(static_cast<int32_t>(random())); break;
        case Type::Long: column.appendInteger(randomInteger(random)); break;
        case Type::Float: column.appendReal(static_cast<double>(static_cast<float>(random()) / 7)); break;
        case Type::Double: column.appendReal(randomReal(random)); break;
        case Type::Object: column.appendText(randomJson(random, 3)); break;
        case Type::Bytes: column.appendText(randomBytes(random)); break;
        default: column.appendText(randomText(random));
      }
    }
    rows.finishRow({});
  }
  return rows.take();
}

const std::vector<std::string> kBinary{"msgpack", "cbor"};

}  // namespace

TEST_CASE("the options know the formats of the list") {
  CHECK(findOption("format")->choices == formatChoices());
  for (const FormatSpec& format : formatList()) {
    CAPTURE(format.name);
    CHECK(findFormat(format.name) == &format);
    CHECK((format.makeDecoder != nullptr));
    CHECK((format.makeEncoder != nullptr));
    CHECK_FALSE(format.help.empty());
    // Columns are learnt, or given, or the user is told what to do.
    CHECK((format.asJson != nullptr) + !format.ownColumns.empty() + !format.whyNotLearnt.empty() == 1);
    for (const std::string_view key : format.options) CHECK(findOption(key)->key == key);
  }
  CHECK(findFormat("json")->has("json.mapping.price"));
  CHECK_FALSE(findFormat("json")->has("json.mapping."));
  CHECK_FALSE(findFormat("csv")->has("json.records"));
  CHECK(formatWith("json.records") == findFormat("json"));
  CHECK(formatWith("dedupe.key") == nullptr);
  CHECK(findFormat("xml") == nullptr);
}

TEST_CASE("rows come back from their messages as they were") {
  using enum Type;
  const SchemaPtr schema = schemaOf({{"l", Long},
                                     {"i", Int},
                                     {"d", Double},
                                     {"f", Float},
                                     {"s", String},
                                     {"b", Bool},
                                     {"o", Object},
                                     {"y", Bytes},
                                     {"t", Long, false, true},
                                     {"ä \"q\"", Long}});
  std::mt19937 random(11);
  const auto batch = randomRows(schema, random, 400);
  for (const std::string& format : kBinary) {
    DecoderSettings settings;
    settings.format = format;
    const auto encoder = makeEncoder({format});
    const auto decoder = makeDecoder(settings, schema);
    const auto json = makeDecoder({}, schema);
    for (size_t row = 0; row < batch->rows(); ++row) {
      BatchBuilder rows(schema);
      const DecodeResult result = decoder->decode(encoder->encode(*batch, row), {}, rows);
      std::string wanted;
      appendJsonRow(wanted, *batch, row);
      REQUIRE(result.reason == "");
      std::string got;
      const auto back = rows.take();
      appendJsonRow(got, *back, 0);
      REQUIRE(got == wanted);
      // Of a FLOAT all bits, too.
      CHECK(back->columns[3]->value(0) == batch->columns[3]->value(row));
      BatchBuilder again(schema);
      REQUIRE(json->decode(wanted, {}, again).reason == "");
      std::string asJson;
      appendJsonRow(asJson, *again.take(), 0);
      CHECK(asJson == got);
    }
  }
}

TEST_CASE("a message cut anywhere, or with more behind it, is refused") {
  using enum Type;
  const SchemaPtr schema = schemaOf({{"l", Long}, {"d", Double}, {"s", String}, {"o", Object}, {"y", Bytes}});
  std::mt19937 random(5);
  const auto batch = randomRows(schema, random, 30);
  for (const std::string& format : kBinary) {
    const auto encoder = makeEncoder({format});
    for (size_t row = 0; row < batch->rows(); ++row) {
      const std::string message = encoder->encode(*batch, row);
      const size_t step = std::max<size_t>(1, message.size() / 200);
      for (size_t size = 0; size < message.size(); size += step)
        REQUIRE(said(format, schema, message.substr(0, size)).starts_with("rejected: not valid "));
      CHECK(said(format, schema, message + "\x01").ends_with("there is more behind the message's one value"));
    }
    CHECK(said(format, schema, "").ends_with("it ends in the middle"));
  }
}

TEST_CASE("what a message claims costs nothing, and depth is bounded") {
  const SchemaPtr schema = schemaOf({{"v", Type::Object}});
  CHECK(said("msgpack", schema, msgpackOf("dd ff ff ff ff 01")).ends_with("it ends in the middle"));
  CHECK(said("msgpack", schema, msgpackOf("df ff ff ff ff")).ends_with("it ends in the middle"));
  CHECK(said("msgpack", schema, msgpackOf("db ff ff ff ff 61")).ends_with("it ends in the middle"));
  CHECK(said("msgpack", schema, msgpackOf("c9 ff ff ff ff 05 61")).ends_with("it ends in the middle"));
  CHECK(said("cbor", schema, cborOf("9b ff ff ff ff ff ff ff ff 01")).ends_with("it ends in the middle"));
  CHECK(said("cbor", schema, cborOf("bb ff ff ff ff ff ff ff ff")).ends_with("it ends in the middle"));
  CHECK(said("cbor", schema, cborOf("5b ff ff ff ff ff ff ff ff 61")).ends_with("it ends in the middle"));
  CHECK(said("cbor", schema, cborOf("7b 7f ff ff ff ff ff ff ff 61")).ends_with("it ends in the middle"));
  const size_t deep = 100'000;
  CHECK(said("msgpack", schema, msgpackOf("") + std::string(deep, '\x91')).ends_with("nested deeper than 513"));
  CHECK(said("msgpack", schema, std::string(deep, '\x81'))
            .ends_with("a key of a map is neither text nor a whole number"));
  CHECK(said("cbor", schema, cborOf("") + std::string(deep, '\x81')).ends_with("nested deeper than 513"));
  CHECK(said("cbor", schema, cborOf("") + std::string(deep, '\x9f')).ends_with("nested deeper than 513"));
  CHECK(said("cbor", schema, cborOf("") + std::string(deep, '\xc6')).ends_with("it ends in the middle"));
  CHECK(said("cbor", schema, cborOf("") + std::string(deep, '\x5f')).ends_with("a chunk of a string has chunks"));
  // As deep as JSON may be.
  const std::string most(JsonBuilder::kDeepest - 1, '[');
  const std::string brackets = most + std::string(most.size(), ']');
  CHECK(said("json", schema, "{\"v\":" + brackets + "}") == "{\"v\":" + brackets + "}");
  CHECK(said("msgpack", schema, msgpackOf("") + std::string(most.size() - 1, '\x91') + "\x90") ==
        "{\"v\":" + brackets + "}");
  CHECK(said("cbor", schema, cborOf("") + std::string(most.size() - 1, '\x81') + "\x80") == "{\"v\":" + brackets + "}");
  // A sink writes it again without recursion.
  BatchBuilder rows(schema);
  rows.column(0).appendText(brackets);
  rows.finishRow({});
  CHECK(said("cbor", schema, makeEncoder({"cbor"})->encode(*rows.take(), 0)) == "{\"v\":" + brackets + "}");
}

TEST_CASE("random bytes crash nothing, and none of their rows is half there") {
  using enum Type;
  const SchemaPtr schema = schemaOf({{"v", Long}, {"a", Object}, {"b", Bytes}, {"c", String}});
  std::mt19937 random(3);
  const auto batch = randomRows(schema, random, 50);
  for (const std::string& format : kBinary) {
    const auto encoder = makeEncoder({format});
    for (int i = 0; i < 20'000; ++i) {
      std::string message =
          random() % 4 ? encoder->encode(*batch, random() % batch->rows()).substr(0, 200) : randomBytes(random);
      for (size_t damage = random() % 4; damage > 0 && !message.empty(); --damage)
        message[random() % message.size()] = static_cast<char>(random());
      const JsonMessage read = findFormat(format)->asJson(message);
      if (read.wrong.empty()) {
        REQUIRE(isUtf8(read.text));
        for (const JsonNote& note : read.notes) REQUIRE(read.text.at(note.at) == '"');
      }
      BatchBuilder rows(schema);
      DecoderSettings settings;
      settings.format = format;
      const DecodeResult result = makeDecoder(settings, schema)->decode(message, {}, rows);
      if (result.kind != DecodeResult::Kind::Decoded) REQUIRE(rows.rows() == 0);
    }
  }
}

TEST_CASE("whole numbers keep all digits and fill no column that is too small") {
  CHECK(fromMsgpack(kLong, "cf 7f ff ff ff ff ff ff ff") == R"({"v":9223372036854775807})");
  CHECK(fromMsgpack(kLong, "d3 80 00 00 00 00 00 00 00") == R"({"v":-9223372036854775808})");
  CHECK(fromMsgpack(kLong, "cf 80 00 00 00 00 00 00 00") == "rejected: 'v' wants LONG, got 9223372036854775808");
  CHECK(fromMsgpack(kString, "cf ff ff ff ff ff ff ff ff") == R"({"v":"18446744073709551615"})");
  CHECK(fromMsgpack(kDouble, "cf ff ff ff ff ff ff ff ff") == R"({"v":1.8446744073709552e+19})");
  CHECK(fromMsgpack(kInt, "d2 80 00 00 00") == R"({"v":-2147483648})");
  CHECK(fromMsgpack(kInt, "ce 80 00 00 00") == "rejected: 'v' wants INT, got 2147483648");
  CHECK(fromMsgpack(kLong, "d0 ff") == R"({"v":-1})");
  CHECK(fromMsgpack(kBool, "01") == "rejected: 'v' wants BOOL, got 1");
  CHECK(fromMsgpack(kBool, "c3") == R"({"v":true})");
  CHECK(fromMsgpack(kLong, "a2 34 32") == R"({"v":42})");
  CHECK(fromCbor(kLong, "1b 7f ff ff ff ff ff ff ff") == R"({"v":9223372036854775807})");
  CHECK(fromCbor(kLong, "3b 7f ff ff ff ff ff ff ff") == R"({"v":-9223372036854775808})");
  CHECK(fromCbor(kLong, "1b 80 00 00 00 00 00 00 00") == "rejected: 'v' wants LONG, got 9223372036854775808");
  CHECK(fromCbor(kLong, "3b 80 00 00 00 00 00 00 00") == "rejected: 'v' wants LONG, got -9223372036854775809");
  CHECK(fromCbor(kString, "3b ff ff ff ff ff ff ff ff") == R"({"v":"-18446744073709551616"})");
  CHECK(fromCbor(kLong, "38 63") == R"({"v":-100})");
}

TEST_CASE("reals are exact, and NaN is NULL") {
  CHECK(fromMsgpack(kDouble, "cb 3f b9 99 99 99 99 99 9a") == R"({"v":0.1})");
  CHECK(fromMsgpack(kDouble, "ca 3d cc cc cd") == R"({"v":0.10000000149011612})");
  CHECK(fromMsgpack(kFloat, "ca 3d cc cc cd") == R"({"v":0.1})");
  CHECK(fromMsgpack(kFloat, "cb 48 00 00 00 00 00 00 00") == fromCbor(kFloat, "fb 48 00 00 00 00 00 00 00"));
  CHECK(fromMsgpack(kLong, "cb 40 08 00 00 00 00 00 00") == R"({"v":3})");
  CHECK(fromMsgpack(kLong, "cb 40 0c 00 00 00 00 00 00") == "rejected: 'v' wants LONG, got 3.5");
  CHECK(fromMsgpack(kDouble, "cb 7f f8 00 00 00 00 00 00") == R"({"v":null})");
  CHECK(fromMsgpack(kDouble, "cb ff f0 00 00 00 00 00 00") == R"({"v":null})");
  CHECK(fromMsgpack(kDouble, "c0") == R"({"v":null})");
  CHECK(fromCbor(kDouble, "f9 3e 00") == R"({"v":1.5})");
  CHECK(fromCbor(kDouble, "f9 00 01") == R"({"v":5.960464477539063e-08})");
  CHECK(fromCbor(kDouble, "f9 7e 00") == R"({"v":null})");
  CHECK(fromCbor(kDouble, "fa 7f 80 00 00") == R"({"v":null})");
  CHECK(fromCbor(kDouble, "f7") == R"({"v":null})");
}

TEST_CASE("bytes are bytes, and are read as nothing else") {
  CHECK(fromMsgpack(kBytes, "c4 03 d7 6d f8") == R"({"v":"1234"})");
  CHECK(fromMsgpack(kString, "c4 03 d7 6d f8") == R"({"v":"1234"})");
  CHECK(fromMsgpack(kObject, "c4 03 d7 6d f8") == R"({"v":"1234"})");
  // Their base64 is a number, or a word.
  CHECK(fromMsgpack(kLong, "c4 03 d7 6d f8") == "rejected: 'v' wants LONG, got 1234");
  CHECK(fromMsgpack(kDouble, "c4 03 d7 6d f8") == "rejected: 'v' wants DOUBLE, got 1234");
  CHECK(fromCbor(kBool, "43 b6 bb 9e") == "rejected: 'v' wants BOOL, got true");
  CHECK(fromCbor(kBytes, "40") == R"({"v":""})");
  CHECK(fromCbor(kBytes, "64 41 41 45 43") == R"({"v":"AAEC"})");
  CHECK(fromCbor(kBytes, "63 41 41 45") == "rejected: 'v' wants BYTES, got AAE");
  CHECK(fromCbor(kBytes, "5f 42 01 02 41 03 40 ff") == R"({"v":"AQID"})");
}

TEST_CASE("text is UTF-8, and a member that is none is a mismatch of its column alone") {
  CHECK(fromMsgpack(kString, "a2 c3 a4") == R"({"v":"ä"})");
  CHECK(fromMsgpack(kString, "a2 c3 28") == "rejected: 'v' wants STRING, got text that is not valid UTF-8");
  CHECK(fromMsgpack(kBytes, "a2 c3 28") == "rejected: 'v' wants BYTES, got text that is not valid UTF-8");
  CHECK(fromMsgpack(kObject, "91 a2 c3 28").starts_with("rejected: 'v' wants OBJECT, got"));
  CHECK(fromMsgpack(kObject, "91 a1 28") == R"({"v":["("]})");
  CHECK(fromMsgpack(kString, "a0") == R"({"v":""})");
  CHECK(said("msgpack", schemaOf({{"v", Type::Long}}), bytesOf("82 a1 76 05 a1 77 a1 ff")) == R"({"v":5})");
  CHECK(said("msgpack", schemaOf({{"v", Type::Long}}), bytesOf("81 a1 ff 05")) ==
        "rejected: a key of a map is not valid UTF-8");
  // A text may be cut between the bytes of a character.
  CHECK(fromCbor(kString, "7f 61 c3 61 a4 60 ff") == R"({"v":"ä"})");
  CHECK(fromCbor(kString, "7f 61 c3 ff") == "rejected: 'v' wants STRING, got text that is not valid UTF-8");
  CHECK(fromCbor(kString, "7f 41 61 ff") == "rejected: not valid CBOR: a string has chunks of another kind");
  DecoderSettings lenient;
  lenient.format = "msgpack";
  lenient.mismatchIsNull = true;
  CHECK(said(lenient, schemaOf({{"v", Type::String}}), msgpackOf("a2 c3 28")) == R"({"v":null} mismatches=1)");
}

TEST_CASE("keys are text or whole numbers") {
  const SchemaPtr schema = schemaOf({{"1", Type::Long}, {"-2", Type::Long}});
  CHECK(said("msgpack", schema, bytesOf("82 01 0a fe 0b")) == R"({"1":10,"-2":11})");
  CHECK(said("cbor", schema, bytesOf("a2 01 0a 21 0b")) == R"({"1":10,"-2":11})");
  for (const char* key : {"c0", "c3", "cb 3f f0 00 00 00 00 00 00", "c4 01 76", "90", "80", "d6 ff 00 00 00 00"})
    CHECK(said("msgpack", schema, bytesOf("81") + bytesOf(key) + bytesOf("05")) ==
          "rejected: a key of a map is neither text nor a whole number");
  for (const char* key : {"f6", "f5", "f9 3c 00", "41 76", "80", "a0", "c4 82 00 01", "9f ff"})
    CHECK(said("cbor", schema, bytesOf("a1") + bytesOf(key) + bytesOf("05")) ==
          "rejected: a key of a map is neither text nor a whole number");
  // A time is a text, where a name is wanted.
  CHECK(said("cbor", schemaOf({{"2013-03-21", Type::Long}}), bytesOf("a1 c0 6a 32 30 31 33 2d 30 33 2d 32 31 05")) ==
        R"({"2013-03-21":5})");
}

TEST_CASE("timestamps of msgpack") {
  CHECK(fromMsgpack(kTime, "d6 ff 63 b0 cd 00") == R"({"v":1672531200000})");
  CHECK(fromMsgpack(kLong, "d6 ff 63 b0 cd 00") == R"({"v":1672531200000})");
  CHECK(fromMsgpack(kString, "d6 ff 63 b0 cd 00") == R"({"v":"2023-01-01T00:00:00.000Z"})");
  // Half a second, and 123,456,789 ns.
  const auto word = [](uint64_t nanos) { return bigEndian(nanos << 34 | 1672531200, 8); };
  const auto of = [&](const std::string& ext, Type type) {
    return said("msgpack", schemaOf({{"v", type}}), msgpackOf("") + ext);
  };
  CHECK(of("\xd7\xff" + word(500'000'000), Type::Long) == R"({"v":1672531200500})");
  CHECK(of("\xd7\xff" + word(123'456'789), Type::String) == R"({"v":"2023-01-01T00:00:00.123456789Z"})");
  CHECK(of("\xd7\xff" + word(1'000'000'000), Type::Long)
            .starts_with("rejected: 'v' wants LONG, got a time that is none"));
  const auto far = [](uint64_t nanos, int64_t seconds) {
    return "\xc7\x0c\xff" + bigEndian(nanos, 4) + bigEndian(static_cast<uint64_t>(seconds), 8);
  };
  CHECK(of(far(500'000'000, -1), Type::Long) == R"({"v":-500})");
  CHECK(of(far(0, -62'167'219'200), Type::String) == R"({"v":"0000-01-01T00:00:00.000Z"})");
  CHECK(of(far(0, -62'167'219'201), Type::String).starts_with("rejected"));
  CHECK(of(far(0, 253'402'300'799), Type::Long) == R"({"v":253402300799000})");
  CHECK(of(far(0, INT64_MAX), Type::Long).starts_with("rejected"));
  CHECK(of(far(0, INT64_MIN), Type::Long).starts_with("rejected"));
  CHECK(fromMsgpack(kDouble, "d6 ff 63 b0 cd 00").starts_with("rejected: 'v' wants DOUBLE, got 2023"));
  CHECK(fromMsgpack(kLong, "d4 05 00") == "rejected: 'v' wants LONG, got an extension of type 5");
  CHECK(fromMsgpack(kLong, "c7 00 80") == "rejected: 'v' wants LONG, got an extension of type -128");
  CHECK(fromMsgpack(kLong, "d4 ff 00") == "rejected: 'v' wants LONG, got an extension of type -1");
  // The column of event time has a unit of its own.
  DecoderSettings micros;
  micros.format = "msgpack";
  micros.timeColumn = "v";
  micros.timeUnit = "us";
  CHECK(said(micros, schemaOf({{"v", Type::Long}}), msgpackOf("d6 ff 63 b0 cd 00")) == R"({"v":1672531200000000})");
}

TEST_CASE("tags of CBOR") {
  const std::string iso = "74 32 30 31 33 2d 30 33 2d 32 31 54 32 30 3a 30 34 3a 30 30 5a";
  CHECK(fromCbor(kLong, "c0 " + iso) == R"({"v":1363896240000})");
  CHECK(fromCbor(kString, "c0 " + iso) == R"({"v":"2013-03-21T20:04:00Z"})");
  CHECK(fromCbor(kTime, iso) == R"({"v":1363896240000})");
  CHECK(fromCbor(kLong, iso).starts_with("rejected: 'v' wants LONG"));
  CHECK(fromCbor(kLong, "c0 63 66 6f 6f") == "rejected: 'v' wants LONG, got foo");
  CHECK(fromCbor(kLong, "c1 1a 51 4b 67 b0") == R"({"v":1363896240000})");
  CHECK(fromCbor(kLong, "c1 fb 41 d4 52 d9 ec 20 00 00") == R"({"v":1363896240500})");
  CHECK(fromCbor(kLong, "c1 20") == R"({"v":-1000})");
  CHECK(fromCbor(kString, "c1 f9 b8 00") == R"({"v":"1969-12-31T23:59:59.500Z"})");
  CHECK(fromCbor(kLong, "c1 1b ff ff ff ff ff ff ff ff")
            .starts_with("rejected: 'v' wants LONG, got a time that is none"));
  CHECK(fromCbor(kLong, "c1 fb 7e 37 e4 3c 88 00 75 9c").starts_with("rejected"));
  CHECK(fromCbor(kLong, "c1 fb 7f f8 00 00 00 00 00 00") == R"({"v":null})");
  // Big numbers.
  CHECK(fromCbor(kLong, "c2 42 01 00") == R"({"v":256})");
  CHECK(fromCbor(kLong, "c3 42 01 00") == R"({"v":-257})");
  CHECK(fromCbor(kLong, "c2 40") == R"({"v":0})");
  CHECK(fromCbor(kLong, "c3 48 7f ff ff ff ff ff ff ff") == R"({"v":-9223372036854775808})");
  CHECK(fromCbor(kString, "c2 49 01 00 00 00 00 00 00 00 00") == R"({"v":"18446744073709551616"})");
  CHECK(fromCbor(kLong, "c2 49 01 00 00 00 00 00 00 00 00") == "rejected: 'v' wants LONG, got 18446744073709551616");
  CHECK(fromCbor(kString, "c2 50 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff") ==
        R"({"v":"340282366920938463463374607431768211455"})");
  CHECK(fromCbor(kString, "c3 50 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff") ==
        "rejected: 'v' wants STRING, got a whole number of 16 bytes");
  CHECK(fromCbor(kString, "c2 5f 41 01 41 00 ff") == R"({"v":"256"})");
  // Decimal fractions keep the digits that were sent.
  CHECK(fromCbor(kString, "c4 82 21 19 6a b3") == R"({"v":"273.15"})");
  CHECK(fromCbor(kDouble, "c4 82 21 19 6a b3") == R"({"v":273.15})");
  CHECK(fromCbor(kString, "c4 82 24 38 04") == R"({"v":"-0.00005"})");
  CHECK(fromCbor(kString, "c4 82 21 1a 00 a1 76 a8") == R"({"v":"105816.72"})");
  CHECK(fromCbor(kLong, "c4 82 02 05") == R"({"v":500})");
  CHECK(fromCbor(kLong, "c4 82 00 05") == R"({"v":5})");
  CHECK(fromCbor(kString, "c4 82 20 c2 49 01 00 00 00 00 00 00 00 00") == R"({"v":"1844674407370955161.6"})");
  CHECK(fromCbor(kObject, "81 c4 82 20 0f") == R"({"v":[1.5]})");
  for (const char* odd : {"c4 82 20 61 31", "c4 81 20", "c4 05", "c4 9f 20 0f ff", "c4 82 20 f9 3c 00", "c4 f6",
                          "c4 a0", "c4 82 c2 49 01 00 00 00 00 00 00 00 00 05", "c4 82 20 82 01 02", "c5 63 61 62 63"})
    CHECK(fromCbor(kDouble, odd) == "rejected: a decimal fraction that is not an exponent and a whole number");
  CHECK(fromCbor(kDouble, "c5 82 20 03") == "rejected: 'v' wants DOUBLE, got a number to the base of two");
  // Any other tag says nothing that counts here.
  CHECK(said("cbor", schemaOf({{"v", Type::Long}}), bytesOf("d9 d9 f7") + cborOf("d8 64 05")) == R"({"v":5})");
  CHECK(fromCbor(kLong, "c6 d4 05") == R"({"v":5})");
  CHECK(fromCbor(kString, "d8 20 63 61 62 63") == R"({"v":"abc"})");
}

TEST_CASE("containers without a size, and what ends them wrongly") {
  const SchemaPtr schema = schemaOf({{"v", Type::Object}});
  CHECK(said("cbor", schema, bytesOf("bf 61 76 9f 01 bf ff 9f ff ff ff")) == R"({"v":[1,{},[]]})");
  CHECK(said("cbor", schema, bytesOf("9f a1 61 76 01 bf 61 76 02 ff ff")) == R"({"v":1}{"v":2})");
  CHECK(said("cbor", schema, bytesOf("bf 61 76 ff")) == "rejected: a map ends behind a key");
  CHECK(said("cbor", schema, bytesOf("ff")) == "rejected: an end where nothing is open");
  CHECK(said("cbor", schema, bytesOf("a1 61 76 82 01 ff")) == "rejected: an end where nothing is open");
  CHECK(said("cbor", schema, bytesOf("9f d8 20 ff")) == "rejected: not valid CBOR: a tag without a value");
  CHECK(said("cbor", schema, bytesOf("a1 61 76 7f c1 61 61 ff")) ==
        "rejected: not valid CBOR: a tag among the chunks of a string");
  CHECK(said("cbor", schema, bytesOf("a1 61 76 f8 20")) == "rejected: not valid CBOR at byte 3");
  CHECK(said("cbor", schema, bytesOf("a1 61 76 1c")) == "rejected: not valid CBOR at byte 3");
  CHECK(said("msgpack", schema, bytesOf("81 a1 76 c1")) == "rejected: not valid msgpack at byte 3");
}

TEST_CASE("events, records and control are those of JSON") {
  const SchemaPtr schema = schemaOf({{"v", Type::Long}});
  CHECK(said("msgpack", schema, bytesOf("92 81 a1 76 01 81 a1 76 02")) == R"({"v":1}{"v":2})");
  CHECK(said("msgpack", schema, bytesOf("81 a1 77 01")) == "control");
  CHECK(said("msgpack", schema, bytesOf("80")) == "control");
  CHECK(said("msgpack", schema, bytesOf("90")) == "control");
  CHECK(said("msgpack", schema, bytesOf("05")) == "rejected: not an object");
  CHECK(said("msgpack", schema, bytesOf("91 05")) == "rejected: an event is not an object");
  CHECK(said("msgpack", schema, "pong") == "control");
  CHECK(said("cbor", schema, "pong") == "control");
  DecoderSettings settings;
  settings.format = "cbor";
  settings.records = "$.d[*]";
  settings.mapping = {{"s", "$$.s"}, {"v", "$.x[1]"}};
  const SchemaPtr mapped = schemaOf({{"s", Type::String}, {"v", Type::Long}, {"y", Type::Bytes}});
  // {"s": "A", "d": [{"x": [0, 7], "y": h'01'}, {"x": [0, 8]}]}
  CHECK(said(settings, mapped, bytesOf("a2 61 73 61 41 61 64 82 a2 61 78 82 00 07 61 79 41 01 a1 61 78 82 00 08")) ==
        R"({"s":"A","v":7,"y":"AQ=="}{"s":"A","v":8,"y":null})");
  CHECK(said(settings, mapped, bytesOf("a1 61 6f 62 6f 6b")) == "control");
}

TEST_CASE("columns are learnt with the types that only these formats have") {
  DecoderSettings settings;
  settings.format = "cbor";
  JsonInference inference(settings, {});
  // {"l": 1, "d": 2.0, "t": 1(0), "b": h'01', "s": "x", "n": null, "f": bigfloat}
  inference.add(bytesOf("a7 61 6c 01 61 64 f9 40 00 61 74 c1 00 61 62 41 01 61 73 61 78 61 6e f6 61 66 c5 82 00 01"));
  inference.add(bytesOf("a3 61 6e c1 00 61 6c 02 61 73 61 79"));
  inference.add("not CBOR");
  REQUIRE(inference.schema());
  CHECK(*inference.schema() == Schema{{{"l", Type::Long},
                                       {"d", Type::Double},
                                       {"t", Type::Long, false, true},
                                       {"b", Type::Bytes},
                                       {"s", Type::String},
                                       {"n", Type::Long, false, true}}});
  // A number among the times: no column of times.
  inference.add(bytesOf("a3 61 74 05 61 6e f6 61 6c 03"));
  CHECK_FALSE(inference.schema()->fields[2].isTime);
  CHECK(inference.schema()->fields[5].isTime);
  CHECK(readableMessage(*findFormat("cbor"), bytesOf("a1 61 6f 62 6f 6b")) == R"({"o":"ok"})");
  CHECK(readableMessage(*findFormat("cbor"), "no") == "no");
}

TEST_CASE("a sink writes each value in its own type") {
  using enum Type;
  const SchemaPtr schema =
      schemaOf({{"l", Long}, {"d", Double}, {"f", Float}, {"b", Bytes}, {"o", Object}, {"n", Bool}});
  BatchBuilder rows(schema);
  rows.column(0).appendInteger(-1);
  rows.column(1).appendReal(1);
  rows.column(2).appendReal(0.5);
  rows.column(3).appendText("\x01");
  rows.column(4).appendText(R"({"a":[1,true,null,1.5,1e400,18446744073709551615]})");
  rows.column(5).appendNull();
  rows.finishRow({});
  const auto batch = rows.take();
  CHECK(
      makeEncoder({"msgpack"})->encode(*batch, 0) ==
      bytesOf(
          "86 a1 6c ff a1 64 cb 3f f0 00 00 00 00 00 00 a1 66 ca 3f 00 00 00 a1 62 c4 01 01 a1 6f 81 a1 61 96 01 c3 c0 "
          "cb 3f f8 00 00 00 00 00 00 c0 cf ff ff ff ff ff ff ff ff a1 6e c0"));
  CHECK(makeEncoder({"cbor"})->encode(*batch, 0) ==
        bytesOf(
            "a6 61 6c 20 61 64 fb 3f f0 00 00 00 00 00 00 61 66 fa 3f 00 00 00 61 62 41 01 61 6f a1 61 61 86 01 f5 f6 "
            "fb 3f f8 00 00 00 00 00 00 f6 1b ff ff ff ff ff ff ff ff 61 6e f6"));
}

TEST_CASE("half a pair of surrogates in an OBJECT leaves as a replacement") {
  const SchemaPtr schema = schemaOf({{"v", Type::Object}});
  BatchBuilder rows(schema);
  rows.column(0).appendText(R"(["a\ud800b","\ud83d\ude00"])");
  rows.finishRow({});
  const auto batch = rows.take();
  for (const std::string& format : kBinary)
    CHECK(said(format, schema, makeEncoder({format})->encode(*batch, 0)) == "{\"v\":[\"a\uFFFDb\",\"\U0001F600\"]}");
}

TEST_CASE("JSON is taken apart without recursion") {
  const auto tokens = jsonTokens(R"( { "a" : [ 1 , "x\"]," , { } ] , "b":null } )");
  REQUIRE(tokens.size() == 8);
  CHECK(tokens[0].size == 2);
  CHECK(tokens[2].size == 3);
  CHECK(tokens[4].json == R"("x\"],")");
  CHECK(tokens[5].size == 0);
  CHECK(tokens[7].json == "null");
  // What is no JSON ends, too.
  for (const char* odd : {"\"", "\"\\", "}", "]]", "{\"a\"", "[", ""}) jsonTokens(odd);
}
