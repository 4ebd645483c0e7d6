// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "core/bind/binder.h"
#include "core/options/options.h"
#include "core/sql/lexer.h"
#include "core/sql/parser.h"

using namespace weir;

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
}

TEST_CASE("an unset variable is named") {
  const auto options = Options::fromMap({{"type", "source"}, {"extension", "websocket"}, {"websocket.url", "ws://x"},
                                         {"websocket.headers.Authorization", "Bearer ${env:WEIR_NOT_SET}"}});
  REQUIRE(options.ok());
  const auto resolved = options->resolved([](const std::string&, const std::string&) { return std::optional<std::string>(); });
  REQUIRE_FALSE(resolved.ok());
  CHECK(resolved.diagnostics().front().message.find("WEIR_NOT_SET") != std::string::npos);
}
