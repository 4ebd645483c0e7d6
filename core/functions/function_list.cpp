// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/functions/function_list.h"

#include <array>
#include <iterator>
#include <unordered_map>

#include "core/base/text.h"
#include "core/functions/families.h"

namespace weir {

namespace {

constexpr auto kSpecials = std::to_array<SpecialFunction>({
    {"COALESCE", "", "COALESCE(a, b, ...)", "The first value that is not NULL; later ones are not computed."},
    {"IFNULL", "DEFAULT|NVL", "IFNULL(x, otherwise)", "x, or `otherwise` when x is NULL."},
    {"IF", "IIF|IFTHENELSE", "IF(condition, a, b)", "a when the condition is TRUE, else b; only one is computed."},
    {"NOW", "CURRENT_TIMESTAMP|CURRENTTIMEMILLIS", "NOW()", "The clock in ms; in a replay the virtual clock."},
    {"UUID", "", "UUID()", "A random UUID; in a replay seeded from the capture."},
    {"EVENT_TIMESTAMP", "EVENTTIMESTAMP", "event_timestamp()",
     "Event time of the row in ms; of a window's row the window's end."},
    {"EVENT_TIMESTAMP_NS", "EVENTTIMESTAMPNS", "event_timestamp_ns()",
     "Event time of the row in ns, as exactly as its source gave it; NULL beyond the year 2262."},
    {"ARRIVAL_TIMESTAMP", "ARRIVALTIMESTAMP", "arrival_timestamp()", "When the row's message arrived, in ms."},
    {"WINDOW_START", "", "window_start()", "Start of the window in ms, inclusive."},
    {"WINDOW_END", "", "window_end()", "End of the window in ms, exclusive."},
    {"WINDOW_FINAL", "", "window_final()", "Whether the window is closed, so that no later row replaces this one."},
    {"WINDOW_HAS_GAP", "", "window_has_gap()",
     "Whether the window overlaps a time in which its source was lost, or the time before its first message."},
    {"LAG", "", "LAG(x [, n]) OVER ([PARTITION BY k])", "x of the n-th (1) row before this one, of the same k."},
});

template <class F>
std::vector<F> gathered(std::initializer_list<std::vector<F>> families) {
  std::vector<F> all;
  for (const std::vector<F>& family : families) std::copy(family.begin(), family.end(), std::back_inserter(all));
  return all;
}

template <class F>
using Index = std::unordered_map<std::string, const F*>;

template <class F>
Index<F> indexOf(std::span<const F> functions) {
  Index<F> index;
  for (const F& function : functions) {
    index.emplace(uppered(function.name), &function);
    std::string_view rest = function.aliases;
    while (!rest.empty()) {
      const size_t bar = std::min(rest.find('|'), rest.size());
      index.emplace(std::string(rest.substr(0, bar)), &function);
      rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
  }
  return index;
}

template <class F>
const F* lookUp(const Index<F>& index, std::string_view name) {
  const auto found = index.find(uppered(name));
  return found == index.end() ? nullptr : found->second;
}

}  // namespace

std::span<const ScalarFunction> scalarFunctions() {
  static const auto kList =
      gathered({mathFunctions(), textFunctions(), timeFunctions(), digestFunctions(), otherFunctions()});
  return kList;
}

std::span<const AggregateFunction> aggregateFunctions() {
  static const auto kList = gathered({sumAggregates(), extremeAggregates(), argExtremeAggregates(), spreadAggregates(),
                                      quantileAggregates(), distinctAggregates()});
  return kList;
}

std::span<const SpecialFunction> specialFunctions() { return kSpecials; }

std::span<const ScalarFunction> operatorList() {
  static const auto kList = gathered({operatorFunctions(), comparisonFunctions(), jsonOperators()});
  return kList;
}

const ScalarFunction* findScalar(std::string_view name) {
  static const auto kIndex = indexOf(scalarFunctions());
  return lookUp(kIndex, name);
}

const AggregateFunction* findAggregate(std::string_view name) {
  static const auto kIndex = indexOf(aggregateFunctions());
  return lookUp(kIndex, name);
}

const SpecialFunction* findSpecial(std::string_view name) {
  static const auto kIndex = indexOf(specialFunctions());
  return lookUp(kIndex, name);
}

const ScalarFunction* findOperator(std::string_view symbol) {
  for (const ScalarFunction& function : operatorList())
    if (function.name == symbol) return &function;
  return nullptr;
}

const std::vector<std::string>& functionNames() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const ScalarFunction& f : scalarFunctions()) names.emplace_back(f.name);
    for (const AggregateFunction& f : aggregateFunctions()) names.emplace_back(f.name);
    for (const SpecialFunction& f : kSpecials) names.emplace_back(f.name);
    return names;
  }();
  return kNames;
}

}  // namespace weir
