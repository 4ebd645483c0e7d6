// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "core/feed/last_words.h"

using namespace weir;

namespace {

std::string after(std::initializer_list<const char*> messages, const char* answer = "pong") {
  LastWords words(answer);
  for (const char* message : messages) words.hear(message);
  return words.text();
}

}  // namespace

TEST_CASE("the newest message is what a server said last") {
  CHECK(after({}).empty());
  CHECK(after({R"({"result":null,"id":1})", R"({"channel":"status"})"}) == R"({"channel":"status"})");
  CHECK(after({"  hello \n"}) == "hello");
}

TEST_CASE("a heartbeat is not what a server said") {
  for (const char* heartbeat :
       {"pong", "ping", R"({"op":"pong"})", R"({"pong":1541519104})", R"([5,"hb"])", R"({"channel":"heartbeat"})",
        R"({"success":true,"ret_msg":"pong","op":"ping"})", R"({"TYPE":"PONG"})", " pong\n", ""})
    CHECK(after({"hello", heartbeat}) == "hello");
  CHECK(after({"hello", "beat"}, "beat") == "hello");
}

TEST_CASE("a refusal stays, whatever is said after it") {
  const char* refusal = R"({"event":"error","msg":"Invalid OK-ACCESS-KEY","code":"60005"})";
  CHECK(after({refusal, R"({"op":"pong"})", "pong", R"({"event":"channel-conn-count"})"}) == refusal);
  CHECK(after({refusal, R"({"error":"too late"})"}) == R"({"error":"too late"})");
  // One that speaks of a heartbeat is a refusal all the same.
  CHECK(after({"hello", R"({"op":"ping","success":false,"ret_msg":"illegal"})"}) ==
        R"({"op":"ping","success":false,"ret_msg":"illegal"})");
}

TEST_CASE("of a long message its beginning is kept") {
  LastWords words("pong");
  words.hear(std::string(100'000, 'x'));
  CHECK(words.text().size() == 4096);
  words.clear();
  CHECK(words.text().empty());
}
