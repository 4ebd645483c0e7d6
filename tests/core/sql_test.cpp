// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/bind/binder.h"
#include "core/connectors/websocket/options/websocket_url.h"
#include "core/options/options.h"
#include "core/sql/formatter.h"
#include "core/sql/lexer.h"
#include "core/sql/parser.h"

using namespace weir;

TEST_CASE("formatting keeps every token and comment, and twice is the same as once") {
  const char* const kScripts[] = {
      "select a,b from S where a=- 1 and b between 1 and 2 -- why\n;;insert into T select data->>'p', -x::double from "
      "S window tumbling(1 min)",
      "/* one */ create stream S(a int,`order` string,c varchar(10) not null,watermark for a as a-interval '2' "
      "second)\n"
      "with(type=source,websocket.headers.From='x',\"websocket.url\"='ws://a.example/very/long/path/so/that/it/"
      "breaks');-- end",
      "select * from pattern(every e1=A->e2=B{1,2}[p>e1.p*1.02]->not C for 5 sec) within 5 min; select time, first, "
      "name, left from S",
      "select aaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, case when x in (1,2) then 'a' else "
      "'b' end -- c1\n"
      ", sum(y) filter (where z) over_z -- c2\n from (select * from Q where aaaaaaaaaaaaaaaaaaaaaaaaaaaaa > 1 and "
      "bbbbbbbbbbbbbbbbbbb < 2"
      " group by ccccccccccccccccccccccccccccccc) as q\n\n-- c3\nleft outer asof join R on q.a=R.a tolerance 1 sec "
      "emit on window close"};
  const auto words = [](const std::string& text) {
    std::string out;
    for (uint32_t at = 0; at < text.size();) {
      const Token token = nextToken(text, at);
      at = token.span.end;
      if (token.kind != TokenKind::Space && textOf(text, token.span) != ";")
        out += uppered(textOf(text, token.span)) + " ";
    }
    return out;
  };
  for (const std::string script : kScripts) {
    const auto once = formatScript(script);
    REQUIRE(once.ok());
    CHECK(*formatScript(*once) == *once);
    CHECK(words(*once) == words(script));
    CHECK(once->find("\n\n\n") == std::string::npos);
  }
  CHECK(formatScript("selec x").diagnostics().size() == 1);
  CHECK(formatScript("")->empty());
}

TEST_CASE("tokens cover the text without holes") {
  const std::string text = "SELECT a->>'x''y', \"q\", 1.5e3m /* c */ -- end\n FROM `s` WHERE x != .5;";
  uint32_t at = 0;
  while (at < text.size()) {
    const Token token = nextToken(text, at);
    REQUIRE(token.span.begin == at);
    REQUIRE(token.span.end > at);
    at = token.span.end;
  }
}

TEST_CASE("a statement that fails hides no error of another") {
  const Parsed parsed = parseScript("SELECT FROM x; SELECT a b c FROM y; CREATE STREAM S (a NOTYPE);");
  REQUIRE(parsed.diagnostics.size() == 3);
  CHECK(parsed.diagnostics[2].message == "unknown type 'NOTYPE'");
}

TEST_CASE("deep nesting is refused, not executed") {
  const std::string deep = "SELECT " + std::string(100000, '(') + "1" + std::string(100000, ')') + " FROM s;";
  CHECK(parseScript(deep).diagnostics.front().code == Code::Limit);
  std::string chain = "SELECT 1";
  for (int i = 0; i < 50000; ++i) chain += "+1";
  CHECK(parseScript(chain + " FROM s").diagnostics.front().code == Code::Limit);
}

TEST_CASE("an unterminated string says where it began") {
  const Parsed parsed = parseScript("SELECT a\nFROM s WHERE b = 'x");
  CHECK(parsed.diagnostics.front().message == "unterminated string starting at line 2, column 18");
}

TEST_CASE("a byte order mark is no part of the text") {
  const std::string text = "\xEF\xBB\xBFSELECT a FROM b WHERE;";
  const Parsed parsed = parseScript(text);
  REQUIRE(parsed.diagnostics.size() == 1);
  const Place place = placeOf(text, parsed.diagnostics.front().span.begin);
  CHECK(place.line == 1);
  CHECK(place.column == 22);
  const std::string shown = render(parsed.diagnostics.front(), "f", text);
  CHECK(shown.find("\nSELECT a FROM b WHERE;\n                     ^\n") != std::string::npos);
}

TEST_CASE("bytes that are not UTF-8 are named by their place") {
  const std::string text = "SELECT 'é\xFF' FROM b;";
  const Parsed parsed = parseScript(text);
  REQUIRE(parsed.diagnostics.size() == 1);
  CHECK(parsed.diagnostics.front().message == "the text is not UTF-8 from here on");
  CHECK(placeOf(text, parsed.diagnostics.front().span.begin).column == 10);
}

TEST_CASE("an error shows no password of a URL beside it") {
  const std::string text = "SELECT 'wss://me:hunter2@host/x' FROM ;";
  const std::string shown = render(parseScript(text).diagnostics.front(), "f", text);
  CHECK(shown.find("hunter2") == std::string::npos);
  CHECK(shown.find("@host/x") != std::string::npos);
}

TEST_CASE("an error shows text of others on one line") {
  const std::string text = "SELECT \x1b[31m FROM b;";
  CHECK(render(parseScript(text).diagnostics.front(), "f", text).find('\x1b') == std::string::npos);
  const std::string c1 =
      "SELECT '\xC2\x9B"
      "31m' FROM ;";
  CHECK(render(parseScript(c1).diagnostics.front(), "f", c1).find('\x9B') == std::string::npos);
}

TEST_CASE("options are checked against the one table") {
  const auto check = [](std::map<std::string, std::string> extra) {
    extra.insert({{"type", "source"}, {"extension", "websocket"}, {"websocket.url", "ws://x"}});
    return Options::fromMap(extra);
  };
  CHECK(check({}).ok());
  CHECK(check({{"websocket.reconect", "true"}}).diagnostics().front().hint == "did you mean 'websocket.reconnect'?");
  CHECK_FALSE(check({{"websocket.reconnect.delay.ms", "0"}}).ok());
  CHECK_FALSE(check({{"websocket.reconnect", "maybe"}}).ok());
  CHECK_FALSE(check({{"websocket.message.type", "text"}}).ok());
  CHECK(Options::fromMap({{"type", "sink"}, {"extension", "websocket"}, {"websocket.url", "ws://x"}})
            ->integer("websocket.reconnect.max.attempts") == 3);
  CHECK(check({})->integer("websocket.reconnect.max.attempts") == -1);
}

TEST_CASE("a URL is shown without its secrets") {
  CHECK(maskedUrl("wss://u:p@h/s?token=abc&streams=a/b") == "wss://***@h/s?token=***&streams=a/b");
  CHECK(maskedUrl("wss://u:p@ss@h:1/s") == "wss://***@h:1/s");
  CHECK(maskedUrl("wss://u:p/ss@h/s") == "wss://***@h/s");
  CHECK(maskedUrl("wss://u:p?ss@h/s") == "wss://***@h/s");
  CHECK(maskedUrl("wss://h:9443/ws/btcusdt@trade") == "wss://h:9443/ws/btcusdt@trade");
  CHECK(maskedUrl("wss://${env:H}/ws/btcusdt@trade") == "wss://${env:H}/ws/btcusdt@trade");
  CHECK(maskedUrl("ws://[::1]:1?mail=a@b") == "ws://[::1]:1?mail=***");
  CHECK(maskedUrl("ws://h/#token=abc") == "ws://h/#***");
}

TEST_CASE("a URL's scheme has no case, and what could not be sent is an error") {
  const auto why = [](const char* url) { return urlComplaint(url, maskedUrl(url)).value_or(""); };
  for (const char* url : {"WS://h", "Wss://h:1?a=b", "ws://u:p%40@h/"}) CHECK(why(url).empty());
  for (const char* url : {"http://h", "ws:/h", "ws", "", "wsx://h"})
    CHECK(why(url).find("must start with ws://") != std::string::npos);
  CHECK(why("ws://u:p/ss@h/s") == "Invalid WebSocket URL: no host and port to connect to in: ws://***@h/s");
  CHECK(why("ws://h/x?token=a#b").find("has a part after #") != std::string::npos);
}

TEST_CASE("an unset variable is named") {
  const auto options = Options::fromMap({{"type", "source"},
                                         {"extension", "websocket"},
                                         {"websocket.url", "ws://x"},
                                         {"websocket.headers.Authorization", "Bearer ${env:WEIR_NOT_SET}"}});
  REQUIRE(options.ok());
  const auto resolved =
      options->resolved([](const std::string&, const std::string&) { return std::optional<std::string>(); });
  REQUIRE_FALSE(resolved.ok());
  CHECK(resolved.diagnostics().front().message.find("WEIR_NOT_SET") != std::string::npos);
}

TEST_CASE("no message prints a value from the environment") {
  for (const char* key : {"json.records", "json.mapping.a", "websocket.proxy", "csv.delimiter", "websocket.subprotocol",
                          "event.time.unit", "websocket.ping.interval.ms"}) {
    CAPTURE(key);
    const auto options = Options::fromMap(
        {{"type", "source"}, {"extension", "websocket"}, {"websocket.url", "ws://x"}, {key, "${env:WEIR_T}"}});
    REQUIRE(options.ok());
    const auto resolved = options->resolved(
        [](const std::string&, const std::string&) { return std::optional<std::string>("$[s3cr3t \\"); });
    REQUIRE_FALSE(resolved.ok());
    for (const Diagnostic& d : resolved.diagnostics()) CHECK((d.message + d.hint).find("s3cr3t") == std::string::npos);
  }
}
