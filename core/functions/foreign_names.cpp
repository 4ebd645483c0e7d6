// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/functions/foreign_names.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/base/text.h"

namespace weir {

namespace {

struct Foreign {
  std::string_view names;  ///< `|` between them
  std::string_view instead;
};

constexpr std::string_view kTop = "the first rows of a window: WINDOW TUMBLING(1 min) ... ORDER BY price DESC LIMIT 3";
constexpr std::string_view kTumbling = "write the window behind the stream: FROM Trades WINDOW TUMBLING(1 min)";

constexpr auto kFunctions = std::to_array<Foreign>({
    {"ROW_NUMBER|RANK|DENSE_RANK|PERCENT_RANK|NTILE|TOPK|TOPKDISTINCT", kTop},
    {"LEAD", "LAG looks back, a pattern ahead: FROM PATTERN (a=Trades -> b=Trades) WITHIN 1 min"},
    {"EARLIEST_BY_OFFSET|ANY_VALUE", "write FIRST(x)"},
    {"LATEST_BY_OFFSET", "write LAST(x)"},
    {"MIN_BY|ARGMIN", "write ARG_MIN(x, by)"},
    {"MAX_BY|ARGMAX", "write ARG_MAX(x, by)"},
    {"ARRAY_AGG|COLLECT_LIST|COLLECT_SET|STRING_AGG|LISTAGG|GROUP_CONCAT",
     "aggregates give one value; a query without GROUP BY passes all rows on"},
    {"PERCENTILE_CONT|PERCENTILE_DISC|QUANTILE|APPROX_PERCENTILE|APPROX_QUANTILE", "write PERCENTILE(x, 0.95)"},
    {"UNNEST|EXPLODE|FLATTEN", "write it behind the stream: FROM Messages CROSS JOIN UNNEST(data) AS u"},
    {"TUMBLE|DATE_BIN|TIME_BUCKET", kTumbling},
    {"TUMBLE_START|HOP_START|SESSION_START|WINDOWSTART", "write window_start()"},
    {"TUMBLE_END|HOP_END|SESSION_END|WINDOWEND", "write window_end()"},
    {"ROWTIME|TUMBLE_ROWTIME|HOP_ROWTIME", "write event_timestamp()"},
    {"PROCTIME|GETDATE|SYSDATE|UNIX_TIMESTAMP|CURRENT_DATE|LOCALTIMESTAMP", "write NOW(): milliseconds since 1970"},
    {"TO_CHAR|STRFTIME|TIMESTAMPTOSTRING|FROM_UNIXTIME|FORMAT_TIMESTAMP",
     "write FORMAT_DATE(ts, 'yyyy-MM-dd HH:mm:ss')"},
    {"STRINGTOTIMESTAMP|PARSE_TIMESTAMP|STRPTIME|STR_TO_DATE|TO_DATE|DATE_PARSE",
     "write TO_TIMESTAMP('2024-01-31T12:00:00Z')"},
    {"DATEADD|DATE_ADD|TIMESTAMPADD", "write ts + INTERVAL '1' HOUR"},
    {"DATEDIFF|DATE_DIFF|TIMESTAMPDIFF", "times are milliseconds: subtract them"},
    {"JSON_VALUE|JSON_QUERY|JSON_EXTRACT|JSON_EXTRACT_SCALAR|GET_JSON_OBJECT|EXTRACTJSONFIELD", "write data->>'p'"},
    {"STRLEN", "write LENGTH(s)"},
    {"STRPOS|CHARINDEX", "write POSITION(part, s)"},
});

constexpr auto kColumns = std::to_array<Foreign>({
    {"WINDOWSTART|WINDOW_START", "write window_start()"},
    {"WINDOWEND|WINDOW_END", "write window_end()"},
    {"ROWTIME|EVENT_TIMESTAMP", "write event_timestamp()"},
    {"CURRENT_TIMESTAMP|CURRENT_DATE|LOCALTIMESTAMP|SYSDATE|NOW", "write NOW(): milliseconds since 1970"},
});

std::string_view find(std::span<const Foreign> list, std::string_view name) {
  for (const Foreign& foreign : list)
    for (std::string_view rest = foreign.names; !rest.empty();) {
      const size_t bar = std::min(rest.find('|'), rest.size());
      if (equalsIgnoringCase(rest.substr(0, bar), name)) return foreign.instead;
      rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
  return {};
}

}  // namespace

std::string_view insteadOfFunction(std::string_view name) { return find(kFunctions, name); }
std::string_view insteadOfColumn(std::string_view name) { return find(kColumns, name); }

}  // namespace weir
