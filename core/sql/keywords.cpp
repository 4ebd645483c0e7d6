// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sql/keywords.h"

#include <array>
#include <unordered_map>

#include "core/base/text.h"

namespace weir {

namespace {

constexpr auto kKeywords = std::to_array<Keyword>({
    {"ALL"},
    {"AND", true, true},
    {"AS", true, true},
    {"ASC", false, true},
    {"ASOF", false, true},
    {"BETWEEN", true, true},
    {"BOOK"},
    {"BY", false, true},
    {"CASE", true, true},
    {"CAST"},
    {"CHANGES"},
    {"CLOSE"},
    {"CONNECTION"},
    {"CREATE", false, true},
    {"CROSS", false, true},
    {"CUMULATE"},
    {"DEFINE", false, true},
    {"DELAY"},
    {"DESC", false, true},
    {"DISTINCT", true, true},
    {"ELSE", true, true},
    {"EMIT", false, true},
    {"END", true, true},
    {"EVENTS"},
    {"EVERY"},
    {"EXISTS"},
    {"EXTERNALTIME"},
    {"EXTERNALTIMEBATCH"},
    {"FALSE", true, true},
    {"FILTER"},
    {"FINAL"},
    {"FIRST"},
    {"FIRSTUNIQUE"},
    {"FOR", false, true},
    {"FROM", true, true},
    {"FULL", false, true},
    {"GROUP", false, true},
    {"HAVING", true, true},
    {"HOP"},
    {"IF"},
    {"IN", true, true},
    {"INNER", false, true},
    {"INSERT", false, true},
    {"INTERVAL"},
    {"INTO", true, true},
    {"IS", true, true},
    {"JOIN", false, true},
    {"LAST"},
    {"LEFT", false, true},
    {"LENGTH"},
    {"LENGTHBATCH"},
    {"LIKE", true, true},
    {"LIMIT", false, true},
    {"NAME"},
    {"NOT", true, true},
    {"NULL", true, true},
    {"NULLS", false, true},
    {"OFFSET", false, true},
    {"ON", false, true},
    {"OR", true, true},
    {"ORDER", false, true},
    {"OUTER", false, true},
    {"OUTPUT", false, true},
    {"OVER"},
    {"PARTITION"},
    {"PATTERN"},
    {"PERIODIC"},
    {"RIGHT", false, true},
    {"SELECT", true, true},
    {"SEQUENCE"},
    {"SESSION"},
    {"SLIDING"},
    {"SNAPSHOT"},
    {"STREAM"},
    {"TABLE"},
    {"THEN", true, true},
    {"TIME"},
    {"TIMEBATCH"},
    {"TOLERANCE", false, true},
    {"TRUE", true, true},
    {"TRY_CAST"},
    {"TUMBLING"},
    {"UNIQUE"},
    {"UNNEST"},
    {"WATERMARK"},
    {"WHEN", true, true},
    {"WHERE", true, true},
    {"WINDOW", false, true},
    {"WITH", false, true},
    {"WITHIN", false, true},
});

}  // namespace

const Keyword* findKeyword(std::string_view word) {
  static const std::unordered_map<std::string_view, const Keyword*> kByWord = [] {
    std::unordered_map<std::string_view, const Keyword*> map;
    for (const Keyword& keyword : kKeywords) map.emplace(keyword.word, &keyword);
    return map;
  }();
  if (word.size() > 20) return nullptr;
  const auto found = kByWord.find(uppered(word));
  return found == kByWord.end() ? nullptr : found->second;
}

}  // namespace weir
