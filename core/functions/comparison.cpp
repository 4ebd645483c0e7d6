// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/compare.h"
#include "core/functions/cast.h"
#include "core/functions/families.h"
#include "core/functions/lift.h"

namespace weir {

namespace {

using L = int64_t;
using D = double;
using S = std::string_view;

enum class Test { Equal, Unequal, Less, LessOrEqual, Greater, GreaterOrEqual };

template <Test Is, class A, class B>
bool holds(const A& a, const B& b) {
  switch (Is) {
    case Test::Equal: return a == b;
    case Test::Unequal: return a != b;
    case Test::Less: return a < b;
    case Test::LessOrEqual: return a <= b;
    case Test::Greater: return a > b;
    case Test::GreaterOrEqual: return a >= b;
  }
  return false;
}

int signOf(std::weak_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

template <Test Is, class T>
bool same(T a, T b) {
  return holds<Is>(a, b);
}
template <Test Is>
bool longWithReal(L a, D b) {
  return holds<Is>(signOf(orderOf(a, b)), 0);
}
template <Test Is>
bool realWithLong(D a, L b) {
  return holds<Is>(0, signOf(orderOf(b, a)));
}
// What is no number gives NULL.
template <Test Is, class T>
std::optional<bool> objectWith(S a, T b) {
  const auto number = numberIn(a);
  if (!number) return std::nullopt;
  return holds<Is>(signOf(orderOf(*number, Number(b))), 0);
}
template <Test Is, class T>
std::optional<bool> withObject(T a, S b) {
  const auto number = numberIn(b);
  if (!number) return std::nullopt;
  return holds<Is>(signOf(orderOf(Number(a), *number)), 0);
}

template <Test Is>
std::vector<Overload> comparison() {
  using enum Type;
  return {{Bool, {Long, Long}, lift<&same<Is, L>>},           {Bool, {Long, Double}, lift<&longWithReal<Is>>},
          {Bool, {Double, Long}, lift<&realWithLong<Is>>},    {Bool, {Double, Double}, lift<&same<Is, D>>},
          {Bool, {String, String}, lift<&same<Is, S>>},       {Bool, {Bool, Bool}, lift<&same<Is, bool>>},
          {Bool, {Bytes, Bytes}, lift<&same<Is, S>>},         {Bool, {Object, Long}, lift<&objectWith<Is, L>>},
          {Bool, {Object, Double}, lift<&objectWith<Is, D>>}, {Bool, {Long, Object}, lift<&withObject<Is, L>>},
          {Bool, {Double, Object}, lift<&withObject<Is, D>>}};
}

// A whole number and the DOUBLE that is the same have one key.
void numberKey(Call& call) {
  for (size_t row = 0; row < call.rows; ++row) {
    const auto number = call.args[0]->isNull(row) ? std::nullopt : numberAt(*call.args[0], row);
    if (!number) {
      call.out.appendNull();
      continue;
    }
    L whole = number->whole;
    if (!number->isWhole && number->real >= -0x1p63 && number->real < 0x1p63) whole = static_cast<L>(number->real);
    const bool isWhole = orderOf(*number, Number(whole)) == 0;
    std::string key(1, isWhole ? 'l' : 'd');
    key.append(isWhole ? reinterpret_cast<const char*>(&whole) : reinterpret_cast<const char*>(&number->real),
               sizeof whole);
    call.out.appendText(key);
  }
}

}  // namespace

Kernel numberKeyKernel() { return &numberKey; }

std::vector<ScalarFunction> comparisonFunctions() {
  const auto entry = [](std::string_view name, std::string_view help, std::string_view example,
                        std::vector<Overload> overloads) {
    ScalarFunction function;
    function.name = name;
    function.signature = "a op b";
    function.help = help;
    function.example = example;
    function.exampleResult = "true";
    function.overloads = std::move(overloads);
    return function;
  };
  return {entry("=", "Equal; numbers of different types by their exact values.", "1 = 1.0", comparison<Test::Equal>()),
          entry("<>", "Not equal.", "1 <> 2", comparison<Test::Unequal>()),
          entry("<", "Less.", "1 < 2", comparison<Test::Less>()),
          entry("<=", "Less or equal.", "2 <= 2", comparison<Test::LessOrEqual>()),
          entry(">", "Greater.", "2 > 1", comparison<Test::Greater>()),
          entry(">=", "Greater or equal.", "2 >= 2", comparison<Test::GreaterOrEqual>())};
}

}  // namespace weir
