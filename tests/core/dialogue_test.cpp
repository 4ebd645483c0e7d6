// SPDX-License-Identifier: GPL-3.0-or-later
// What a client says, waits for and answers, on the virtual clock.
#include <doctest/doctest.h>

#include <map>

#include "core/base/text.h"
#include "core/dialogue/dialogue.h"
#include "core/options/options.h"

using namespace weir;

namespace {

using Use = MessageTemplate::Use;

std::string made(std::string_view text, const TemplateValues& values, Use use = Use::Message,
                 const std::map<std::string, std::string>& found = {}) {
  auto compiled = MessageTemplate::compile(text, found, use);
  REQUIRE(compiled.ok());
  auto result = compiled->make(values);
  return result ? result->text : "! " + result.diagnostics().front().message;
}

struct Stage final : Dialogue::Peer {
  explicit Stage(DialogueSettings s) : settings(std::move(s)), dialogue(settings, clock, *this) {}
  void say(const MadeMessage& message) override { said.push_back(message.text); }
  void openingDone() override { ++opened; }
  void dialogueFailed(const std::string& why, const std::string& last) override {
    failures.push_back(why + " | " + last);
  }
  void dialogueTrouble(const std::string& what) override { troubles.push_back(what); }
  void pass(int64_t ms) { clock.advanceTo(clock.now() + fromMillis(ms)); }

  VirtualClock clock{fromMillis(1'700'000'000'000)};
  DialogueSettings settings;
  std::vector<std::string> said, failures, troubles;
  int opened = 0;
  Dialogue dialogue;
};

DialogueSettings::Await await(std::string_view text) { return {*MessageMatch::parse(text), "await", text[0] != '$'}; }
MessageTemplate compiled(std::string_view text) {
  auto out = MessageTemplate::compile(text, {}, Use::Message);
  REQUIRE(out.ok());
  return std::move(*out);
}
DialogueSettings::Step step(std::string_view awaited, std::string_view text) {
  DialogueSettings::Step out;
  if (!awaited.empty()) out.await = await(awaited);
  out.message = compiled(text);
  out.option = "message";
  return out;
}

}  // namespace

TEST_CASE("templates: what comes from outside stays within its quotes") {
  const std::map<std::string, std::string> found{{"env:K", R"(a"b\c)"}, {"env:N", "17"}};
  CHECK(made(R"({"k":"${env:K}","n":${env:N}})", {}, Use::Message, found) == R"({"k":"a\"b\\c","n":17})");
  CHECK(made("KEY ${env:K}", {}, Use::Message, found) == R"(KEY a"b\c)");
}

TEST_CASE("templates: what a path writes") {
  const std::string message = R"({"id":9007199254740993,"name":"a\"b","deep":[{"x":null}],"t":true})";
  const TemplateValues values{.message = message};
  CHECK(made(R"({"pong":${$.id}})", values) == R"({"pong":9007199254740993})");
  CHECK(made(R"({"pong":${$.name}})", values) == R"({"pong":"a\"b"})");
  CHECK(made(R"({"pong":"x ${$.name}"})", values) == R"({"pong":"x a\"b"})");
  CHECK(made(R"({"id":"${$.id}"})", values) == R"({"id":"9007199254740993"})");
  CHECK(made("${$.deep[0]}", values) == R"({"x":null})");
  CHECK(made("pong ${$.name}", values) == R"(pong a"b)");
  CHECK(made("${$.missing}", values) == "! the message has no $.missing");
}

TEST_CASE("templates: addresses") {
  const std::string answer = R"({"data":{"token":"a+b=/","servers":[{"endpoint":"wss://host/x"}]}})";
  const TemplateValues values{.before = answer};
  CHECK(made("${before.$.data.servers[0].endpoint}?token=${before.$.data.token}", values, Use::Address) ==
        "wss://host/x?token=a%2Bb%3D%2F");
  auto header = MessageTemplate::compile("Bearer ${before.$.data.token}", {}, Use::Address);
  REQUIRE(header.ok());
  CHECK(header->make(values)->text == "Bearer a+b=/");
  CHECK(header->make(values)->shown == "Bearer ***");
}

TEST_CASE("templates: expressions") {
  const TemplateValues values{.now = fromMillis(1'700'000'000'123), .message = R"({"n":"x"})", .number = 7};
  CHECK(made("${NOW()}", values) == "1700000000123");
  CHECK(made("${NOW() // 1000}", values) == "1700000000");
  CHECK(made(R"({"id":"${SEQ()}","s":${ SEQ() + 1 }})", values) == R"({"id":"7","s":8})");
  CHECK(made("${UPPER('a}b${secret:k}')}", values, Use::Message, {{"secret:k", "it's"}}) == "A}BIT'S");
  CHECK(made("${CONCAT(secret:k, '-', $.n)}", values, Use::Message, {{"secret:k", "s"}}) == "s-x");
  CHECK(made("a$${b}${'c'}", values) == "a${b}c");
  // One message, one instant; a UUID each.
  CHECK(made("${NOW()}", values) == made("${NOW()}", values));
  CHECK(made("${UUID()}", values).size() == 36);
  CHECK(made("${UUID()}", values) != made("${UUID()}", values));
  CHECK(made("${CAST('x' AS INT)}", values).starts_with("! "));
}

TEST_CASE("templates: what is no template") {
  for (const char* text :
       {"${nothing}", "${}", "${NOW(}", "${NOW()", "${$.a[*]}", "${env:}", "${SELECT 1}", "${COUNT(*)}", "${last.x}"}) {
    CAPTURE(text);
    const TemplateText read = readTemplate(text);
    CHECK((read.trouble || !MessageTemplate::compile(text, {}, Use::Message).ok()));
  }
}

TEST_CASE("templates: secrets are not shown") {
  auto signature = MessageTemplate::compile(R"({"k":"${secret:k}","s":"${UPPER('${secret:k}')}","t":${NOW()}})",
                                            {{"secret:k", "sesame"}}, Use::Message);
  REQUIRE(signature.ok());
  const auto out = signature->make({.now = fromMillis(5)});
  CHECK(out->text == R"({"k":"sesame","s":"SESAME","t":5})");
  CHECK(out->shown == R"({"k":"***","s":"***","t":5})");
}

TEST_CASE("a dialogue says all at once when it waits for nothing") {
  DialogueSettings s;
  s.opening.push_back(step({}, "a"));
  s.opening.push_back(step({}, "b"));
  Stage stage(std::move(s));
  stage.dialogue.begin({});
  CHECK(stage.said == std::vector<std::string>{"a", "b"});
  CHECK(stage.opened == 1);
}

TEST_CASE("a dialogue waits, and says what it was told") {
  DialogueSettings s;
  s.opening.push_back(step({}, "login"));
  s.opening.push_back(step("$.event = login AND $.code = 0", R"({"token":${$.token}})"));
  Stage stage(std::move(s));
  stage.dialogue.begin({});
  CHECK(stage.opened == 0);
  CHECK(stage.dialogue.heard(R"({"event":"login","code":"1"})") == Dialogue::Heard::Data);
  CHECK(stage.said.size() == 1);
  CHECK(stage.dialogue.heard(R"({"event":"login","code":"0","token":12})") == Dialogue::Heard::Data);
  CHECK(stage.said.back() == R"({"token":12})");
  CHECK(stage.opened == 1);
  // Over another connection all of it begins anew.
  stage.dialogue.end();
  stage.dialogue.begin({});
  CHECK(stage.said.size() == 3);
  CHECK(stage.opened == 1);
  stage.pass(9'999);
  CHECK(stage.failures.empty());
  stage.dialogue.heard(R"({"event":"error"})");
  stage.pass(1);
  REQUIRE(stage.failures.size() == 1);
  CHECK(stage.failures[0] == R"(no message that await waits for came within 10 s | {"event":"error"})");
}

TEST_CASE("a dialogue is open by its last word") {
  DialogueSettings s;
  s.opening.push_back(step({}, "subscribe"));
  s.opened = await("subscribed%");
  Stage stage(std::move(s));
  stage.dialogue.begin({});
  CHECK(stage.dialogue.heard("{}") == Dialogue::Heard::Data);
  CHECK(stage.opened == 0);
  CHECK(stage.dialogue.heard("subscribed to all") == Dialogue::Heard::Control);
  CHECK(stage.opened == 1);
  stage.pass(60'000);
  CHECK(stage.failures.empty());
}

TEST_CASE("a dialogue pauses between its messages") {
  DialogueSettings s;
  for (const char* text : {"a", "b", "c"}) s.opening.push_back(step({}, text));
  s.intervalMs = 250;
  Stage stage(std::move(s));
  stage.dialogue.begin({});
  CHECK(stage.said.size() == 1);
  // It waits for nothing, so it is open.
  CHECK(stage.opened == 1);
  stage.pass(249);
  CHECK(stage.said.size() == 1);
  stage.pass(251);
  CHECK(stage.said.size() == 3);
  stage.dialogue.end();
  stage.pass(10'000);
  CHECK(stage.said.size() == 3);
}

TEST_CASE("a dialogue answers, up to a hundred times a second") {
  DialogueSettings s;
  s.replies.push_back({*MessageMatch::parse("$.ping"), compiled(R"({"pong":${$.ping}})"), "reply"});
  Stage stage(std::move(s));
  stage.dialogue.begin({});
  CHECK(stage.dialogue.heard(R"({"ping":18446744073709551615})") == Dialogue::Heard::Control);
  CHECK(stage.said.back() == R"({"pong":18446744073709551615})");
  CHECK(stage.dialogue.heard(R"({"p":1})") == Dialogue::Heard::Data);
  for (int i = 0; i < 200; ++i) stage.dialogue.heard(R"({"ping":1})");
  CHECK(stage.said.size() == 100);
  CHECK(stage.dialogue.withheld() == 101);
  CHECK(stage.troubles.size() == 1);
  stage.pass(1000);
  stage.dialogue.heard(R"({"ping":2})");
  CHECK(stage.said.size() == 101);
}

TEST_CASE("a dialogue is refused in the server's words, at any time") {
  DialogueSettings s;
  s.refused = *MessageMatch::parse("$.event = error");
  Stage stage(std::move(s));
  stage.dialogue.begin({});
  CHECK(stage.opened == 1);
  CHECK(stage.dialogue.heard(R"({"event":"error","msg":"no such channel"})") == Dialogue::Heard::Failed);
  CHECK(stage.failures ==
        std::vector<std::string>{R"(refused by the server | {"event":"error","msg":"no such channel"})"});
}

TEST_CASE("heartbeats count, and know the newest of what came") {
  DialogueSettings s;
  s.heartbeat = compiled(R"({"op":1,"d":${last.$.s},"n":${SEQ()}})");
  s.heartbeatMs = 1000;
  Stage stage(std::move(s));
  stage.dialogue.begin({});
  stage.pass(1000);
  stage.dialogue.heard(R"({"s":41})");
  stage.dialogue.heard(R"({"x":1})");
  stage.dialogue.heard(R"({"s":null,"op":11})");
  stage.pass(1000);
  stage.dialogue.heard(R"({"s":42})");
  stage.pass(1000);
  CHECK(stage.said ==
        std::vector<std::string>{R"({"op":1,"d":null,"n":1})", R"({"op":1,"d":41,"n":2})", R"({"op":1,"d":42,"n":3})"});
}
