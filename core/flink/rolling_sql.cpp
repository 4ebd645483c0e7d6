// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/aggregate_sql.h"
#include "core/flink/sql_text.h"
#include "core/flink/translation.h"

namespace weir::flink {

using logical::Query;
using logical::WindowKind;

namespace {

constexpr const char* kFrame = "w";
constexpr const char* kKeep = "__keep";

/// A row for each row, over those before it: OVER in the order of arrival, or of time where the window is one of time.
class Rolling {
public:
  Rolling(Translation& translation, const Query& query, const Relation& input)
      : m_translation(translation),
        m_query(query),
        m_rows(over(translation, input)),
        m_items(translation.complaints, [this](const Expression& part) { return known(part); }) {}

  std::string frame() {
    const logical::Window& window = m_query.window;
    std::vector<std::string> keys;
    for (const logical::Key& key : m_query.keys) keys.push_back(m_rows(key.expression));
    if (window.kind == WindowKind::Length && !keys.empty())
      m_translation.complaints.refuse(
          window.span, "WINDOW LENGTH with GROUP BY has no translation into Flink SQL: Weir counts all groups together",
          "leave GROUP BY out, or take a window of time: WINDOW TUMBLING(1 sec)");
    if (keys.empty())
      m_translation.complaints.warn(window.kind == WindowKind::None ? Span(m_query.span) : Span(window.span),
                                    "without GROUP BY this query runs on one machine, whatever the parallelism", "");
    std::string out = keys.empty() ? "" : "PARTITION BY " + list(keys) + " ";
    if (window.kind != WindowKind::Time) {
      const std::string from = window.kind == WindowKind::Length ? std::to_string(window.count - 1) : "UNBOUNDED";
      return out + "ORDER BY " + name(kClock) + " ROWS BETWEEN " + from + " PRECEDING AND CURRENT ROW";
    }
    m_translation.complaints.warn(
        window.span, "WINDOW TIME counts the rows of one millisecond together in Flink, and leaves late ones out", "");
    return out + "ORDER BY " + name(kTime) + " RANGE BETWEEN " + interval(window.sizeMs - 1) +
           " PRECEDING AND CURRENT ROW";
  }
  const ExpressionSql& rows() const { return m_rows; }
  const ExpressionSql& items() const { return m_items; }

private:
  std::optional<std::string> known(const Expression& part) const {
    if (part.kind == Expression::Kind::Item) return m_items(m_query.items[part.item].expression);
    if (part.kind == Expression::Kind::Call && part.name == "WINDOW_FINAL") return "TRUE";
    if (part.kind != Expression::Kind::Aggregate) return m_rows.known(part);
    const WindowKind window = m_query.window.kind;
    if (window != WindowKind::None && (part.name == "SUM" || part.name == "AVG" || part.name == "VWAP") &&
        isReal(part.type))
      m_translation.complaints.warn(part.span,
                                    part.name +
                                        " over a window that rolls takes away in Flink what leaves it: rounding adds "
                                        "up, and what a very large value blotted out stays lost",
                                    "give the query a window that closes where that matters");
    if (roadOf(part) == AggregateRoad::Plain && !part.distinct && part.name != "DISTINCTCOUNT" &&
        part.name != "MEDIAN" && part.name != "PERCENTILE")
      return plainAggregate(part, m_rows, std::string(" OVER ") + kFrame);
    return m_translation.complaints.refuse(
        part.span, part.name + (part.distinct ? " of DISTINCT" : "") + " that rolls has no translation into Flink SQL",
        "give the query a window that closes: WINDOW TUMBLING(1 sec)");
  }

  Translation& m_translation;
  const Query& m_query;
  ExpressionSql m_rows;
  ExpressionSql m_items;
};

}  // namespace

void writeRolling(Translation& translation, const Query& query, const Relation& input, const std::string& view) {
  Rolling rolling(translation, query, input);
  const std::string frame = rolling.frame();
  std::vector<std::string> columns = itemList(translation, query, rolling.items());
  const std::vector<std::string> hidden = hiddenColumns(input);
  columns.insert(columns.end(), hidden.begin(), hidden.end());
  if (query.having) columns.push_back(as(rolling.items()(*query.having), kKeep));
  std::string sql = select(columns, name(input.view), query.where ? rolling.rows()(*query.where) : "");
  if (!query.aggregates().empty()) sql += "\nWINDOW " + std::string(kFrame) + " AS (" + frame + ")";
  if (query.having) {
    std::vector<std::string> kept = targetNames(translation, query);
    kept.insert(kept.end(), hidden.begin(), hidden.end());
    sql = select(kept, "(\n" + sql + ")", name(kKeep));
  }
  translation.addView(view, sql, query.span);
}

}  // namespace weir::flink
