// SPDX-License-Identifier: GPL-3.0-or-later
// What one message or address stands for when it is to name many symbols.
#include <doctest/doctest.h>

#include "core/connectors/websocket/options/each.h"

using namespace weir;
using Texts = std::vector<std::string>;

TEST_CASE("each: an element of an array is repeated") {
  const Texts abc{"a", "b", "c"};
  CHECK(eachMessages(R"({"params":["${each}@trade"],"id":${SEQ()}})", abc, 0) ==
        Texts{R"({"params":["a@trade","b@trade","c@trade"],"id":${SEQ()}})"});
  CHECK(eachMessages(R"({"params":["x", "${each}"]})", abc, 2) ==
        Texts{R"({"params":["x", "a", "b"]})", R"({"params":["x", "c"]})"});
  CHECK(eachMessages(R"({"args":[{"ch":"[t]","id":"${each}","l":[1,2]},{"ch":"o"}]})", {"a", "b"}, 0) ==
        Texts{R"({"args":[{"ch":"[t]","id":"a","l":[1,2]},{"ch":"[t]","id":"b","l":[1,2]},{"ch":"o"}]})"});
  CHECK(eachMessages(R"([${each}])", {"a\"", "${b}"}, 0) == Texts{R"(["a\"","$${b}"])"});
  CHECK(eachMessages(R"(["s",{"k":"${BASE64('[')}","v":"${each}"}])", {"a"}, 0) ==
        Texts{R"(["s",{"k":"${BASE64('[')}","v":"a"}])"});
}

TEST_CASE("each: elsewhere a message holds one") {
  CHECK(eachMessages(R"({"sub":"market.${each}.trade","id":"${each}"})", {"a", "b"}, 0) ==
        Texts{R"({"sub":"market.a.trade","id":"a"})", R"({"sub":"market.b.trade","id":"b"})"});
  CHECK(eachMessages("SUB ${each}", {"a", "b"}, 5) == Texts{"SUB a", "SUB b"});
  CHECK(eachMessages("ping", {"a", "b"}, 0) == Texts{"ping"});
}

TEST_CASE("each: addresses") {
  CHECK(eachAddress("wss://h/stream?streams=${each}@trade", {"a", "b"}, "/") == "wss://h/stream?streams=a@trade/b@trade");
  CHECK(eachAddress("wss://h/ws/${each}/x", {"a", "b"}, ",") == "wss://h/ws/a,b/x");
  CHECK(eachAddress("wss://h/ws", {"a"}, ",") == "wss://h/ws");
}

TEST_CASE("each: values and groups") {
  CHECK(*eachValues(" a, b ,,c") == Texts{"a", "b", "c"});
  CHECK(!eachValues(" , ").ok());
  CHECK(!eachValues("@/nowhere/at/all").ok());
  CHECK(inGroups({"a", "b", "c"}, 2) == std::vector<Texts>{{"a", "b"}, {"c"}});
  CHECK(inGroups({"a", "b", "c"}, 0) == std::vector<Texts>{{"a", "b", "c"}});
}
