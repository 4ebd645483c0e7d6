// SPDX-License-Identifier: GPL-3.0-or-later
// A decoder that has learnt how a feed writes must say the same of every message as one that has seen nothing.
#include <doctest/doctest.h>

#include <random>

#include "core/base/plain_number.h"
#include "core/base/text.h"
#include "core/formats/decoder.h"
#include "core/formats/json_shape.h"

using namespace weir;

namespace {

SchemaPtr schemaOf(std::vector<Field> fields) {
  auto schema = std::make_shared<Schema>();
  schema->fields = std::move(fields);
  return schema;
}

// Everything that a decoder says of a message, in one text.
std::string said(Decoder& decoder, const SchemaPtr& schema, std::string_view message) {
  BatchBuilder rows(schema);
  const DecodeResult result = decoder.decode(message, {}, rows);
  std::string out = std::to_string(static_cast<int>(result.kind)) + ' ' + std::to_string(result.controlRecords) + ' ' +
                    std::to_string(result.fieldMismatches) + ' ' + result.reason + '\n';
  const auto batch = rows.take();
  for (size_t row = 0; row < batch->rows(); ++row) appendJsonRow(out, *batch, row);
  return out;
}

struct Feed {
  DecoderSettings settings;
  SchemaPtr schema;
  std::vector<std::string> messages;
};

std::vector<Feed> feeds() {
  using enum Type;
  std::vector<Feed> out(6);
  out[0].schema =
      schemaOf({{"e", String}, {"E", Long}, {"s", String}, {"p", Double}, {"q", Double}, {"m", Bool}, {"t", Int}});
  out[0].messages = {
      R"({"e":"trade","E":1672515782136,"s":"BTCUSDT","t":12345,"p":"50000.00","q":"0.500","T":1672515782136,"m":true,"M":true})",
      R"({"e":"trade","E":1672515782137,"s":"ETHUSDT","t":12346,"p":3000.1e0,"q":null,"T":1,"m":false,"M":[]})",
      R"({"result":null,"id":1})", R"({ "e": "trade", "E": 5, "s": "Ä", "p": "1" })"};
  out[1].settings.records = "$.data[*]";
  out[1].settings.mapping = {{"channel", "$$.channel"}, {"price", "$.price"}};
  out[1].schema =
      schemaOf({{"channel", String}, {"price", Double}, {"qty", Double}, {"symbol", String}, {"extra", Object}});
  out[1].messages = {
      R"({"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","price":27856.1,"qty":0.5,"trade_id":1}]})",
      R"({"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","price":1,"qty":2},{"symbol":"ETH/USD","price":3,"qty":4}]})",
      R"({"channel":"trade","data":[{"symbol":"X","price":1,"qty":2,"extra":{"a":[1,2]}}]})",
      R"({"channel":"heartbeat"})"};
  out[2].settings.mapping = {{"id", "$[2][0]"}, {"price", "$[2][3]"}, {"kind", "$[1]"}};
  out[2].schema = schemaOf({{"id", Long}, {"price", Double}, {"kind", String}});
  out[2].messages = {R"([17,"te",[401597395,1574694478808,0.005,7245.3]])", R"([17,"hb"])",
                     R"([17, "tu", [401597395, 1574694478808, -0.005, 7245.3]])"};
  out[3].settings.mismatchIsNull = true;
  out[3].schema = schemaOf({{"a", Int}, {"b", Float}, {"c", Bytes}, {"d", Bool, true}});
  out[3].messages = {R"([{"a":1,"b":2.5,"c":"AAEC","d":"true"}])", R"([{"a":"7","b":"x","c":"?","d":false}])",
                     R"([{"a":1,"d":true},{"a":2,"d":true}])"};
  // Records of several kinds, by what they say and by what lies around them.
  out[4].settings.records = "$.data[*]";
  out[4].settings.when = "$$.arg.ch = t AND $.side AND $.n = 1";
  out[4].settings.mapping = {{"ch", "$^.arg.ch"}};
  out[4].schema = schemaOf({{"ch", String}, {"p", Double, true}});
  out[4].messages = {R"({"arg":{"ch":"t"},"data":[{"p":1.5,"side":"b","n":1}]})",
                     R"({"data":[{"p":1.5,"side":"b","n":"1"}],"arg":{"ch":"t"}})",
                     R"({"arg":{"ch":"o"},"data":[{"p":"x","side":"b","n":1}]})",
                     R"({"arg":{"ch":"t"},"data":[{"p":1.5,"side":"b","n":2},{"p":1.5,"side":null,"n":1}]})"};
  // Where a path goes on below a text.
  out[5].settings.mapping = {{"p", "$.o.p"}, {"q", "$.o[1]"}, {"o", "$.o"}};
  out[5].settings.when = "$.m";
  out[5].schema = schemaOf({{"p", Double}, {"q", Long}, {"o", String}});
  out[5].messages = {R"({"m":3,"o":{"p":1}})", R"({"m":3,"o":"{\"p\":2}"})", R"({"m":3,"o":"[1,2]"})",
                     R"({"m":3,"o":null})",    R"({"o":"[1,2]"})",           R"({"m":3,"o":"text"})"};
  return out;
}

}  // namespace

TEST_CASE("a learnt shape never changes what a message says") {
  std::mt19937 random(7);
  const auto pick = [&](size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(random); };
  const std::string_view bytes = "\"\\{}[]:,0123456789.-+eEtfn \n\x01\x7f\x80";
  for (const Feed& feed : feeds()) {
    const auto experienced = makeDecoder(feed.settings, feed.schema);
    for (int i = 0; i < 6000; ++i) {
      std::string message = feed.messages[pick(feed.messages.size())];
      // One in four is as the feed sends it, so that there is something to learn; the others are damaged.
      for (size_t damage = pick(4); damage > 0; --damage) {
        const size_t at = pick(message.size());
        switch (pick(4)) {
          case 0: message.erase(at, 1 + pick(3)); break;
          case 1: message[at] = bytes[pick(bytes.size())]; break;
          case 2: message.insert(at, 1, bytes[pick(bytes.size())]); break;
          default: message.insert(at, message.substr(pick(message.size()), pick(12)));
        }
        if (message.empty()) message = " ";
      }
      const auto fresh = makeDecoder(feed.settings, feed.schema);
      INFO(message);
      REQUIRE(said(*experienced, feed.schema, message) == said(*fresh, feed.schema, message));
    }
  }
}

TEST_CASE("a shape serves messages that are written alike, and no others") {
  const SchemaPtr schema = schemaOf({{"s", Type::String}, {"p", Type::Double}});
  const JsonPlan plan({}, *schema);
  const auto shape = JsonShape::learnt(R"({"s":"A","x":{"y":[1,true]},"p":"1.5"})", plan);
  REQUIRE(shape);
  std::vector<JsonCell> cells(2);
  CHECK(shape->read(R"({"s":"BTC","x":{"y":[-2e5,null]},"p":27})", cells));
  CHECK(cells[0].text == "BTC");
  CHECK(cells[1].text == "27");
  CHECK(cells[1].kind == JsonKind::Number);
  for (const char* other :
       {R"({"s":"BTC","x":{"y":[1]},"p":27})", R"({"s":"B\n","x":{"y":[1,2]},"p":27})",
        R"({"s":"B","x":{"y":[1,2]},"p":01})", R"({"s":"B","x":{"y":[1,2]},"p":27} )",
        R"({"s":"B","x":{"y":[1,2]},"p":27)", R"({"s":"B")", "", R"({"s":"Ä","x":{"y":[1,2]},"p":27})"})
    CHECK_FALSE(shape->read(other, cells));
  CHECK_FALSE(JsonShape::learnt(R"({"s":{"an":"object"},"p":1})", plan));
}

TEST_CASE("plain numbers are read as the library reads them") {
  std::mt19937_64 random(3);
  for (int i = 0; i < 200'000; ++i) {
    std::string text = random() % 4 == 0 ? "-" : "";
    text += std::to_string(random() >> (random() % 64));
    if (random() % 3 > 0) text += '.' + std::to_string(random() >> (random() % 64)).insert(0, random() % 4, '0');
    if (random() % 8 == 0) text += 'e' + std::to_string(static_cast<int>(random() % 600) - 300);
    INFO(text);
    REQUIRE(plainReal(text) == parseNumber<double>(text));
    const bool isWhole = text.find_first_of(".e") == std::string::npos;
    REQUIRE(plainInteger(text) == (isWhole ? parseNumber<int64_t>(text) : std::nullopt));
  }
  for (const char* text :
       {"", "-", "01", "-01", "+1", ".5", "1.", "1e", "1e+", " 1", "1 ", "0x1", "nan", "inf", "1.5.2", "--1"}) {
    CHECK_FALSE(plainReal(text));
    CHECK_FALSE(plainInteger(text));
  }
  CHECK(plainReal("9007199254740993") == 9007199254740992.0);
  CHECK(plainInteger("-9223372036854775808") == INT64_MIN);
  CHECK_FALSE(plainInteger("9223372036854775808"));
}
