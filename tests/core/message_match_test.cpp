// SPDX-License-Identifier: GPL-3.0-or-later
// Messages are told apart by what they say, whoever sent them.
#include <doctest/doctest.h>

#include <random>

#include "core/data/json_text.h"
#include "core/formats/message_match.h"

using namespace weir;

namespace {

bool matches(std::string_view match, std::string_view message, JsonFraming framing = JsonFraming::One) {
  CAPTURE(match);
  const auto parsed = MessageMatch::parse(match, framing);
  REQUIRE(parsed.ok());
  return parsed->matches(message);
}

// `12-15 what is wrong`.
std::string complaint(std::string_view match) {
  const auto parsed = MessageMatch::parse(match);
  REQUIRE_FALSE(parsed.ok());
  const Diagnostic& first = parsed.diagnostics().front();
  CHECK_FALSE(first.hint.empty());
  return std::to_string(first.span.begin) + "-" + std::to_string(first.span.end) + " " + first.message;
}

}  // namespace

TEST_CASE("a message has what a path leads to") {
  CHECK(matches("$.a", R"({"a":1})"));
  CHECK(matches("$.a", R"({"a":null})"));
  CHECK(matches("$.a", R"({ "\u0061" : {} })"));
  CHECK_FALSE(matches("$.a", R"({"b":{"a":1}})"));
  CHECK_FALSE(matches("$.a", R"("a")"));
  CHECK(matches(" $.a.b[1]['c d'] ", R"({"a":{"b":[0,{"c d":[]}]}})"));
  CHECK_FALSE(matches("$.a.b[2]", R"({"a":{"b":[0,1]}})"));
  CHECK(matches("$$.a", R"({"a":1})"));
  CHECK(matches("$[1]", "[1,\"x\"]"));
  CHECK(matches("$", "[]"));
  CHECK(matches("$ = 7", "7"));
}

TEST_CASE("a value is compared by what it says") {
  CHECK(matches("$.event = login", R"({"event":"login"})"));
  CHECK(matches("$.event=login", R"({"event":"log\u0069n"})"));
  CHECK_FALSE(matches("$.event = login", R"({"event":"Login"})"));
  CHECK_FALSE(matches("$.event = login", R"({"event":["login"]})"));
  CHECK(matches("$.code = 0", R"({"code":"0"})"));
  CHECK(matches("$.code = 0", R"({"code":0})"));
  CHECK(matches("$.code = 0", R"({"code":0.00})"));
  CHECK(matches("$.code = '0'", R"({"code":0e3})"));
  CHECK(matches("$.code = 1.50", R"({"code":15e-1})"));
  CHECK_FALSE(matches("$.code = 0", R"({"code":"00"})"));
  CHECK_FALSE(matches("$.code = 0", R"({"code":""})"));
  CHECK_FALSE(matches("$.id = 9007199254740993", R"({"id":9007199254740992})"));
  CHECK(matches("$.id = 9007199254740993", R"({"id":9007199254740993})"));
  CHECK(matches("$.ok = true", R"({"ok":true})"));
  CHECK_FALSE(matches("$.ok = true", R"({"ok":false})"));
  CHECK_FALSE(matches("$.ok = true", R"({"ok":1})"));
  CHECK(matches("$.x = null", R"({"x":null})"));
  CHECK_FALSE(matches("$.x = null", "{}"));
  CHECK(matches("$.s = ''", R"({"s":""})"));
  CHECK(matches("$.s = 'it''s'", R"({"s":"it's"})"));
  CHECK(matches("$.s = \"it's\"", R"({"s":"it's"})"));
  CHECK(matches("$.topic = trade.BTC-USDT@1", R"({"topic":"trade.BTC-USDT@1"})"));
  CHECK(matches("$.s = é", R"({"s":"\u00e9"})"));
  CHECK(matches("$.a = 2", R"({"a":1,"a":2})"));
}

TEST_CASE("conditions are joined by AND, which may stand in a text") {
  CHECK(matches("$.event = login AND $.code = 0", R"({"event":"login","code":"0"})"));
  CHECK_FALSE(matches("$.event = login AND $.code = 0", R"({"event":"login","code":"60009"})"));
  CHECK(matches("$.a and $.b AnD $.c", R"({"a":1,"b":2,"c":3})"));
  CHECK(matches("$.a = 'x AND $.b = 1' AND $.c = 1", R"({"a":"x AND $.b = 1","c":1})"));
  CHECK(matches("$.a = AND1 AND $.b", R"({"a":"AND1","b":1})"));
  CHECK(matches("$['a AND b'] = 1", R"({"a AND b":1})"));
}

TEST_CASE("a text that holds JSON is read on the way") {
  const std::string_view ndax = R"({"m":3,"n":"Trades","o":"[[1,{\"S\":\"x\"}]]"})";
  CHECK(matches("$.o[0][1].S = x", ndax));
  CHECK(matches("$.o", ndax));
  CHECK_FALSE(matches("$.o[1]", ndax));
  CHECK_FALSE(matches("$.n[0]", ndax));
  CHECK_FALSE(matches("$.o.a", R"({"o":"{\"a\":1"})"));
}

TEST_CASE("what does not begin with $ is a pattern") {
  CHECK(matches("pong", "pong"));
  CHECK_FALSE(matches("pong", "pong "));
  CHECK(matches("40%", "40{\"sid\":1}"));
  CHECK(matches("_ong", "\xC3\xA9ong"));
  CHECK_FALSE(matches("__ong", "\xC3\xA9ong"));
  CHECK(matches("%\"e\":\"x\"%", R"({"e":"x"})"));
  CHECK(matches("100\\%", "100%"));
  CHECK(matches("\\$.a", "$.a"));
  CHECK(matches("%", ""));
}

TEST_CASE("a message that is not JSON matches no path") {
  for (const std::string_view message : {"", " ", "pong", "{", R"({"a":1)", R"({"a":1}})", R"({"a":1} x)",
                                         R"({"a":1,"b":tru})", R"({"a":01})", "{\"a\":\"\x01\"}", R"({"a":1}{"a":1})"})
    CHECK_FALSE(matches("$.a", message));
  CHECK(matches("$.a", "\xEF\xBB\xBF {\"a\":1}\r\n"));
}

TEST_CASE("framing says where a message's JSON is") {
  using enum JsonFraming;
  CHECK(matches("$.a = 2", R"({"a":1}{"a":2})", Many));
  CHECK(matches("$.a = 2", "{\"a\":1}\x1E\n {\"a\":2}\x1E", Many));
  CHECK_FALSE(matches("$.a = 1 AND $.b = 1", R"({"a":1}{"b":1})", Many));
  CHECK_FALSE(matches("$.a", "\x1E", Many));
  CHECK(matches("$[0] = trade", R"(42["trade",{"p":1}])", Embedded));
  // The first that is JSON is taken, whatever it was meant to be.
  CHECK_FALSE(matches("$.p = 1", "id:[3]\n\n{\"p\":1}", Embedded));
  CHECK(matches("$.p = 1", std::string_view("MESSAGE\nid:{3}[x\n\n{\"p\":1}\0", 26), Embedded));
  CHECK(matches("$[0].p = 1", R"(a["{\"p\":1}"])", Embedded));
  CHECK(matches("$.a", R"([it's "quoted {"a":1})", Embedded));
  CHECK_FALSE(matches("$", "pong", Embedded));
  CHECK(matches("a[%", R"(a["x"])", Embedded));
}

TEST_CASE("what is wrong with a match is said with its place") {
  CHECK(complaint("") == "0-0 nothing is said of the message");
  CHECK(complaint("$.a = ") == "6-6 a value is missing behind =");
  CHECK(complaint("$.a = AND $.b") == "6-9 a value is missing in front of AND");
  CHECK(complaint("$.a AND") == "7-7 expected a path that begins with $");
  CHECK(complaint("$.a AND pong") == "8-12 expected a path that begins with $");
  CHECK(complaint("pong AND $.a") == "5-12 a LIKE pattern is compared with the whole message and stands alone");
  CHECK(complaint("$.a = log in") == "10-12 expected AND between conditions");
  CHECK(complaint("$.a OR $.b") == "4-6 expected AND between conditions");
  CHECK(complaint("$.a != 1") == "4-6 a message is told apart by = alone");
  CHECK(complaint("$.a = 'x") == "6-8 a quote is not closed");
  CHECK(complaint("$.a = 'x'y") == "9-10 text behind a value in quotes");
  CHECK(complaint("$.a = $.b") == "6-9 a path is compared with a value, not with another path");
  CHECK(complaint("$.a = {}") == "6-8 objects and arrays are not compared");
  CHECK(complaint("$..a = 1") == "2-4 '$..a' is not a path: a member's name is missing");
  CHECK(complaint("$.a AND $.b[x] = 1") ==
        "12-14 '$.b[x]' is not a path: expected an index from 0, * or a quoted name");
  CHECK(complaint("$.a['b = 1") == "4-10 '$.a['b = 1' is not a path: a quote is not closed");
  CHECK(complaint("$.a[*].b = 1") == "0-8 '$.a[*].b' leads to more than one value");
}

TEST_CASE("a value is handed on as it was sent") {
  const auto path = MessagePath::parse("$.id");
  REQUIRE(path.ok());
  CHECK(path->token(R"({"id":13834774380200032777})") == "13834774380200032777");
  CHECK(path->token(R"({"id": 1.50 })") == "1.50");
  CHECK(path->token(R"({"id":"a\u0062"})") == R"("a\u0062")");
  CHECK(path->text(R"({"id":"a\u0062"})") == "ab");
  CHECK(path->token(R"({"id":{"a" : [1]}})") == R"({"a" : [1]})");
  CHECK(path->text(R"({"id":null})") == "null");
  CHECK(path->token("{}") == std::nullopt);
  CHECK(path->token(R"({"id":1)") == std::nullopt);
  CHECK(MessagePath::parse("$.id", JsonFraming::Many)->token(R"({"x":0}{"id":1}{"id":2})") == "1");
  CHECK(MessagePath::parse("$[0].id", JsonFraming::Embedded)->token(R"(42[{"id":"7"}])") == "\"7\"");
  CHECK_FALSE(MessagePath::parse("id").ok());
  CHECK(MessagePath::parse(" $.id ")->token(R"({"id":1})") == "1");
}

TEST_CASE("hostile messages cost no more than their length") {
  const size_t size = 1 << 20;
  for (const std::string_view piece : {"[", "{\"a\":", "[\"", "\"[", "[[],", "[0,\",", "\\", "{\"a\":1}", "[{"}) {
    std::string message;
    while (message.size() < size) message += piece;
    CAPTURE(piece);
    for (const JsonFraming framing : {JsonFraming::One, JsonFraming::Many, JsonFraming::Embedded})
      matches("$.b.c AND $.d", message, framing);
  }
  const std::string deep(600, '[');
  CHECK_FALSE(matches("$", deep + std::string(600, ']')));
  CHECK(matches("$", std::string(500, '[') + std::string(500, ']')));
}

TEST_CASE("damaged messages match only where they are still JSON") {
  std::mt19937 random(11);
  const auto pick = [&](size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(random); };
  const std::string_view bytes = "\"\\{}[]:,0123456789.-+eEtfn \n\x01\x7f\x80";
  const auto match = MessageMatch::parse("$.a.b[0] = 1 AND $['c']");
  REQUIRE(match.ok());
  for (int i = 0; i < 20000; ++i) {
    std::string message = R"({"a":{"b":[1,"2"]},"c":"{\"d\":0}"})";
    for (size_t damage = pick(4); damage > 0; --damage) message[pick(message.size())] = bytes[pick(bytes.size())];
    if (match->matches(message)) CHECK(isJson(message));
  }
}
