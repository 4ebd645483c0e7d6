// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/bounded_queue.h"
#include "core/base/clock.h"
#include "core/base/plain_text.h"
#include "core/base/text.h"
#include "core/data/compare.h"
#include "core/data/json_text.h"
#include "core/data/time_text.h"
#include "core/formats/decoder.h"

using namespace weir;

TEST_CASE("doubles show the shortest digits that read back") {
  const auto text = [](double value) {
    std::string out;
    appendDouble(out, value);
    return out;
  };
  CHECK(text(0.1) == "0.1");
  CHECK(text(3e9) == "3000000000.0");
  CHECK(text(1e16) == "1e+16");
  CHECK(text(0.0001) == "0.0001");
  CHECK(text(-0.0) == "-0.0");
  CHECK(text(NAN) == "null");
}

TEST_CASE("floats show the shortest digits that read back as one") {
  const auto text = [](float value) {
    std::string out;
    appendFloat(out, value);
    CHECK(static_cast<float>(parseNumber<double>(out).value_or(0)) == value);
    return out;
  };
  CHECK(text(0.1F) == "0.1");
  CHECK(text(0.0001F) == "0.0001");
  CHECK(text(1e16F) == "1e+16");
  CHECK(text(3.4028235e38F) == "3.4028235e+38");
  CHECK(text(1e-45F) == "1e-45");
  CHECK(text(-0.0F) == "-0.0");
  CHECK(numberAsWritten(0.1F, Type::Float) == 0.1);
  CHECK(numberAsWritten(0.1F, Type::Double) == 0.10000000149011612);
  CHECK(fitsFloat(3.4028235e38));
  CHECK_FALSE(fitsFloat(-3.4028236e38));
  std::string json;
  appendJson(json, static_cast<double>(0.1F), Type::Float);
  CHECK(json == "0.1");
  CHECK(displayText(static_cast<double>(0.1F), Type::Float) == "0.1");
}

TEST_CASE("LONG and DOUBLE are in order by their values") {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  CHECK(orderOf(9'007'199'254'740'993, 9'007'199'254'740'992.0) > 0);
  CHECK(orderOf(kMost, 0x1p63) < 0);
  CHECK(orderOf(std::numeric_limits<int64_t>::min(), -0x1p63) == 0);
  CHECK(orderOf(int64_t{0}, -0.0) == 0);
  CHECK(orderOf(int64_t{0}, 5e-324) < 0);
  CHECK(orderOf(int64_t{-1}, -1.5) > 0);
  CHECK(orderOf(kMost, 1e300) < 0);
  CHECK(orderOf(kMost, -1e300) > 0);
}

TEST_CASE("integers are exact or refused") {
  CHECK(exactInteger("9007199254740993") == 9007199254740993);
  CHECK(exactInteger("3.0") == 3);
  CHECK(exactInteger("-1.50e2") == -150);
  CHECK(exactInteger("-9223372036854775808") == INT64_MIN);
  CHECK_FALSE(exactInteger("9223372036854775808"));
  CHECK_FALSE(exactInteger("3.5"));
  CHECK_FALSE(exactInteger("abc"));
}

TEST_CASE("ISO 8601 times") {
  CHECK(parseIsoTime("1970-01-01T00:00:01.5Z") == 1500);
  CHECK(parseIsoTime("2014-11-07T08:19:27.028459Z") == 1415348367028);
  CHECK(parseIsoTime("1970-01-01 01:00:00+01:00") == 0);
  CHECK_FALSE(parseIsoTime("1970-02-30"));
  CHECK(isoTime(1415348367028) == "2014-11-07T08:19:27.028Z");
}

TEST_CASE("JSON text is walked and checked") {
  const std::string json = R"({"a":{"b":[1,"x\u00e9\ud83d\ude00",null]},"a2":"q\"}"})";
  REQUIRE(isJson(json));
  CHECK(jsonPlainText(*jsonElement(*jsonMember(*jsonMember(json, "a"), "b"), 1)) == "xé😀");
  for (const char* bad : {"{", "[1,]", "{\"a\":tru}", "\"\\x\"", "01x", "{\"a\" 1}", "nul", ""})
    CHECK_FALSE(isJson(bad));
}

TEST_CASE("base64 both ways") {
  const std::string bytes("\0\x01\xff\xfe", 4);
  CHECK(base64Encoded(bytes) == "AAH//g==");
  CHECK(base64Decoded("AAH//g==") == bytes);
  CHECK_FALSE(base64Decoded("AAH//g="));
}

TEST_CASE("UTF-8 is told from other bytes") {
  CHECK(isUtf8("héllo 😀"));
  for (const char* bad : {"\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xFF"}) CHECK_FALSE(isUtf8(bad));
  // Most of a text is judged by the word: wherever it stands, a byte is noticed.
  for (size_t length = 1; length <= 100; ++length)
    for (size_t at = 0; at < length; ++at) {
      std::string text(length, 'a');
      text[at] = '\xFF';
      CHECK_FALSE(isUtf8(text));
      CHECK(isUtf8(text.replace(at, 1, "é")));
    }
}

TEST_CASE("UTF-8 is told up to the first byte that is none") {
  CHECK(utf8Prefix("héllo") == 6);
  CHECK(utf8Prefix("h\xC3\xA9\xFFx") == 3);
}

TEST_CASE("text of others stays on its line") {
  CHECK(oneLine("plain é 😀") == "plain é 😀");
  CHECK(oneLine("a\nb\r\t\x1b[2J\x7f") == "a\\nb\\r\\t\\x1b[2J\\x7f");
  CHECK(oneLine("\xC2\x9B"
                "31m") == "\\x9b31m");
}

TEST_CASE("one value has one canonical text") {
  for (const char* one : {"1", "1.0", "1e0", "10e-1"}) CHECK(jsonCanonical(one) == "1");
  CHECK(jsonCanonical(R"({"b":[1.50,"x"], "a":{}})") == jsonCanonical(R"({"a":{},"b":[15e-1,"x"]})"));
  CHECK(jsonCanonical(R"(["1"])") != jsonCanonical("[1]"));
  CHECK(jsonCanonical(R"("a\u0062")") == "ab");
  // Beyond what a DOUBLE holds nothing is rounded together.
  CHECK(jsonCanonical("9007199254740993") != jsonCanonical("9007199254740992"));
  CHECK(jsonCanonical("18446744073709551616") != jsonCanonical("18446744073709551617"));
  CHECK(jsonCanonical("0.1234567890123456789") != jsonCanonical("0.1234567890123456788"));
  // A text that holds a number is that number; no text is an array.
  CHECK(jsonCanonical("1.50") == jsonCanonical(R"("1.5")"));
  CHECK(jsonCanonical("-0.0") == jsonCanonical("0"));
  CHECK(jsonCanonical("1200") == jsonCanonical("1.2E+3"));
  CHECK(jsonCanonical("[1]") != jsonCanonical(R"("[1,]")"));
  CHECK(jsonCanonical("1e99999999999999999999") == jsonCanonical("1e99999999999999999999"));
}

TEST_CASE("the virtual clock calls in order of instant, rank and asking") {
  VirtualClock clock;
  std::string order;
  clock.callAt(20, [&] { order += "c"; });
  clock.callAt(
      10, [&] { order += "b"; }, 2);
  clock.callAt(
      10,
      [&] {
        order += "a";
        clock.callAt(
            10, [&] { order += "x"; }, 1);
      },
      1);
  const TimerId gone = clock.callAt(5, [&] { order += "!"; });
  clock.cancel(gone);
  clock.advanceTo(15);
  CHECK(order == "axb");
  clock.advanceTo(20);
  CHECK(order == "axbc");
  CHECK(clock.now() == 20);
}

TEST_CASE("a bounded queue counts what it drops") {
  BoundedQueue<int> oldest(2, WhenFull::DropOldest);
  BoundedQueue<int> newest(2, WhenFull::DropNewest);
  for (int i = 0; i < 5; ++i) {
    oldest.push(i);
    newest.push(i);
  }
  CHECK(oldest.front() == 3);
  CHECK(newest.front() == 0);
  CHECK(oldest.dropped() == 3);
  CHECK(newest.dropped() == 3);
}

TEST_CASE("a message that turns out bad leaves nothing behind") {
  auto schema = std::make_shared<Schema>(Schema{{{"s", Type::String}, {"n", Type::Long}}});
  const auto decoder = makeDecoder({}, schema);
  BatchBuilder rows(schema);
  CHECK(decoder->decode(R"([{"s":"a","n":1},{"s":"b","n":"x"}])", {}, rows).kind == DecodeResult::Kind::Rejected);
  CHECK(rows.rows() == 0);
  CHECK(decoder->decode(R"({"s":"c","n":"2"})", {}, rows).kind == DecodeResult::Kind::Decoded);
  CHECK(decoder->decode("{\"s\":", {}, rows).kind == DecodeResult::Kind::Rejected);
  CHECK(decoder->decode("pong", {}, rows).kind == DecodeResult::Kind::Control);
  CHECK(decoder->decode(R"({"result":null,"id":1})", {}, rows).kind == DecodeResult::Kind::Control);
  CHECK(decoder->decode(R"({"s":"d","n":1} x)", {}, rows).kind == DecodeResult::Kind::Rejected);
  const auto batch = rows.take();
  REQUIRE(batch->rows() == 1);
  CHECK(batch->columns[0]->text(0) == "c");
  CHECK(batch->columns[1]->integer(0) == 2);
}

TEST_CASE("texts are taken back to any row, NULLs among them") {
  Column column(Type::String);
  column.appendText("a");
  column.appendNull();
  column.appendText("");
  column.appendText("bcd");
  column.truncate(3);
  column.appendText("e");
  CHECK(column.text(0) == "a");
  CHECK(column.text(1).empty());
  CHECK(column.isNull(1));
  CHECK_FALSE(column.isNull(2));
  CHECK(column.text(3) == "e");
  column.truncate(0);
  column.appendNull();
  column.appendText("f");
  CHECK(column.text(1) == "f");
}

TEST_CASE("plain bytes are counted up to the first that is not") {
  const auto plain = [](const char* text) {
    uint64_t word = 0;
    std::memcpy(&word, text, sizeof word);
    return std::pair(plainBytes<false>(word), plainBytes<true>(word));
  };
  if (std::endian::native != std::endian::little) return;
  CHECK(plain("abcdefgh") == std::pair<size_t, size_t>(8, 8));
  CHECK(plain("abc\"efgh") == std::pair<size_t, size_t>(3, 3));
  CHECK(plain("\\bcdefgh") == std::pair<size_t, size_t>(0, 0));
  CHECK(plain("abcdefg\n") == std::pair<size_t, size_t>(7, 7));
  CHECK(plain("a\xc3\xa9"
              "d\"fgh") == std::pair<size_t, size_t>(4, 1));
}
