// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/flink/aggregate_sql.h"
#include "core/flink/sql_text.h"
#include "core/flink/translation.h"
#include "core/plan/logical_text.h"

namespace weir::flink {

using logical::Query;
using logical::WindowKind;

namespace {

// Windows are joined on these, and grouped by them.
constexpr std::array<const char*, 3> kBounds{"window_start", "window_end", "window_time"};
constexpr int64_t kWeekMs = 604'800'000;
// 1970-01-05 was a Monday.
constexpr int64_t kMonday = 345'600'000;

std::string keyName(size_t index) { return "__k" + std::to_string(index); }

/// A window that closes, with one row for each group. Aggregates that Flink has are computed in one SELECT. The first
/// row of an order is a window's Top-1, and what is measured from the mean takes a second pass; both are joined to the
/// groups on the window and its keys.
class Windowed {
public:
  Windowed(Translation& translation, const Query& query, Relation input, const std::string& view)
      : m_translation(translation),
        m_query(query),
        m_input(std::move(input)),
        m_view(view),
        m_rows(over(translation, m_input)),
        m_items(translation.complaints, [this](const Expression& part) { return known(part); }) {}

  void write() {
    refuseWindow();
    prepareInput();
    const auto aggregates = m_query.aggregates();
    const bool isPlain =
        !asksForGaps() && std::all_of(aggregates.begin(), aggregates.end(), [](const Expression* each) {
          const AggregateRoad road = roadOf(*each);
          return road == AggregateRoad::Plain || road == AggregateRoad::None;
        });
    if (!isPlain) writePieces(aggregates);
    if (asksForGaps()) writeGaps();
    std::string sql = isPlain ? grouped() : joinedPieces();
    if (m_query.limit) sql = ranked(sql);
    m_translation.addView(m_view, sql, m_query.span);
    if (!m_query.order.empty() && !m_query.limit)
      m_translation.complaints.warn(m_query.order[0].expression.span,
                                    "the rows of one window come in no order from Flink",
                                    "order them where the topic is read");
  }

private:
  // Flink's windows are whole slices, and its sessions have no first rows.
  void refuseWindow() {
    const logical::Window& window = m_query.window;
    if (m_query.limit && m_query.order.empty())
      m_translation.complaints.refuse(
          m_query.span, "LIMIT without ORDER BY has no translation into Flink SQL: it would take any rows",
          "say by ORDER BY which rows come first");
    if (m_input.isOfSessions)
      m_translation.complaints.refuse(
          window.span, "a window over sessions has no translation into Flink SQL: their rows have another time there",
          "window the stream itself, or run this query by `weir run`");
    if (isSession() && m_query.limit)
      m_translation.complaints.refuse(window.span, "LIMIT over sessions has no translation into Flink SQL",
                                      "take a window of fixed length, or cut where the topic is read");
    if (window.slideMs <= 0 || window.sizeMs % window.slideMs == 0) return;
    m_translation.complaints.refuse(
        window.span, "a window whose length is no multiple of its slide has no translation into Flink SQL",
        "take a length that is one, as WINDOW HOP(60 sec, 20 sec)");
  }

  bool isSession() const { return m_query.window.kind == WindowKind::Session; }

  // WHERE, keys that are computed, and columns that the window's own would hide, make a view in front.
  void prepareInput() {
    const bool hides = std::any_of(m_input.columns.begin(), m_input.columns.end(), [](const RelationColumn& column) {
      return std::find(kBounds.begin(), kBounds.end(), column.flink) != kBounds.end();
    });
    const bool isComputed = std::any_of(m_query.keys.begin(), m_query.keys.end(), [](const logical::Key& key) {
      return key.expression.kind != Expression::Kind::Column;
    });
    if (!m_query.where && !hides && !isComputed) {
      for (const logical::Key& key : m_query.keys)
        m_keys.push_back(name(m_input.nameOf(key.expression.of, key.expression.name)));
      return;
    }
    std::vector<std::string> columns;
    Relation prepared = m_input;
    for (RelationColumn& column : prepared.columns) {
      if (std::find(kBounds.begin(), kBounds.end(), column.flink) != kBounds.end()) column.flink.insert(0, "__");
      columns.push_back(as(name(m_input.nameOf(column.of, column.plan)), column.flink));
    }
    for (size_t i = 0; i < m_query.keys.size(); ++i) {
      const Expression& key = m_query.keys[i].expression;
      m_keys.push_back(name(keyName(i)));
      columns.push_back(as(key.type == Type::Object ? objectKey(key) : m_rows(key), keyName(i)));
    }
    for (std::string& hidden : hiddenColumns(m_input)) columns.push_back(std::move(hidden));
    prepared.view = m_translation.fresh(m_view + "__in");
    m_translation.addView(
        prepared.view, select(columns, name(m_input.view), m_query.where ? m_rows(*m_query.where) : ""), m_query.span);
    m_input = std::move(prepared);
  }

  std::string objectKey(const Expression& key) {
    return m_translation.complaints.refuse(key.span, "an OBJECT cannot be a key in Flink SQL", "CAST what is in it");
  }

  std::string table() const { return tableOver(m_input.view); }

  std::string tableOver(const std::string& view) const {
    const logical::Window& window = m_query.window;
    const std::string of = "TABLE " + name(view);
    const std::string at = ", DESCRIPTOR(" + name(kTime) + "), ";
    const std::string size = interval(window.sizeMs);
    const std::string offset = window.sizeMs % kWeekMs == 0 ? ", " + interval(kMonday) : "";
    switch (window.kind) {
      case WindowKind::Hopping: return "TABLE(HOP(" + of + at + interval(window.slideMs) + ", " + size + offset + "))";
      case WindowKind::Cumulate:
        return "TABLE(CUMULATE(" + of + at + interval(window.slideMs) + ", " + size + offset + "))";
      case WindowKind::Session: {
        // Flink takes sessions together that touch.
        const std::string keys = m_keys.empty() ? "" : " PARTITION BY " + list(m_keys);
        return "TABLE(SESSION(" + of + keys + at + interval(window.sizeMs - 1) + "))";
      }
      default: return "TABLE(TUMBLE(" + of + at + size + offset + "))";
    }
  }

  std::vector<std::string> groupColumns(const std::string& alias = {}) const {
    std::vector<std::string> out;
    for (const std::string& key : m_keys) out.push_back(alias.empty() ? key : name(alias) + "." + key);
    for (const char* bound : kBounds) out.push_back(name(alias, bound));
    return out;
  }

  std::string end(const std::string& alias) const {
    const std::string ms = millisOf(name(alias, "window_end"));
    return isSession() ? "(" + ms + " + 1)" : ms;
  }

  std::vector<std::string> resultColumns() {
    std::vector<std::string> columns = itemList(m_translation, m_query, m_items);
    columns.push_back(as(end(m_alias), kAt));
    columns.push_back(as(name(m_alias, "window_time"), kTime));
    columns.push_back(as("PROCTIME()", kClock));
    if (!m_query.limit) return columns;
    columns.push_back(as(name(m_alias, "window_start"), "__start"));
    columns.push_back(as(name(m_alias, "window_end"), "__end"));
    for (size_t i = 0; i < m_query.order.size(); ++i)
      columns.push_back(as(m_items(m_query.order[i].expression), "__o" + std::to_string(i)));
    return columns;
  }

  std::string byGroup(const std::vector<std::string>& columns) const {
    return select(columns, table()) + "\nGROUP BY " + list(groupColumns());
  }

  std::string grouped() {
    return byGroup(resultColumns()) + (m_query.having ? "\nHAVING " + m_items(*m_query.having) : "");
  }

  // A view of the groups, and one of each aggregate that takes another road.
  void writePieces(const std::vector<const Expression*>& aggregates) {
    if (isSession())
      for (const Expression* aggregate : aggregates)
        if (roadOf(*aggregate) != AggregateRoad::Plain)
          m_translation.complaints.refuse(aggregate->span,
                                          aggregate->name + " over sessions has no translation into Flink SQL",
                                          "take a window of fixed length, or run this query by `weir run`");
    m_alias = "g";
    std::vector<std::string> columns = groupColumns();
    for (const Expression* aggregate : aggregates) {
      const std::string text = logical::text(*aggregate);
      if (roadOf(*aggregate) != AggregateRoad::Plain) continue;
      const std::string column = "__a" + std::to_string(m_columns.size());
      columns.push_back(as(plainAggregate(*aggregate, m_rows, ""), column));
      m_columns[text] = name(m_alias, column);
    }
    m_groups = m_translation.fresh(m_view + "__groups");
    m_translation.addView(m_groups, byGroup(columns), m_query.span);
    for (const Expression* aggregate : aggregates) {
      const AggregateRoad road = roadOf(*aggregate);
      if (road != AggregateRoad::Ranked && road != AggregateRoad::TwoPass) continue;
      const std::string alias = "p" + std::to_string(m_pieces.size() + 1);
      const std::string piece = m_translation.fresh(m_view + "__" + alias);
      m_pieces.push_back(piece);
      m_columns[logical::text(*aggregate)] = name(alias, "__value");
      if (road == AggregateRoad::Ranked)
        writeRanked(*aggregate, piece);
      else
        writeDeviation(*aggregate, piece);
    }
  }

  void writeRanked(const Expression& aggregate, const std::string& piece) {
    const Ranking ranking = rankingOf(aggregate, m_rows, m_input.hasOffset);
    std::vector<std::string> columns = groupColumns();
    columns.push_back(as(ranking.value, "__value"));
    std::vector<std::string> partition{name("window_start"), name("window_end")};
    partition.insert(partition.end(), m_keys.begin(), m_keys.end());
    columns.push_back("ROW_NUMBER() OVER (PARTITION BY " + list(partition) + " ORDER BY " + ranking.order + ") AS " +
                      name("__rank"));
    std::vector<std::string> kept = groupColumns();
    kept.push_back(name("__value"));
    m_translation.addView(
        piece, select(kept, "(\n" + select(columns, table(), ranking.condition) + ")", name("__rank") + " = 1"),
        aggregate.span);
  }

  void writeDeviation(const Expression& aggregate, const std::string& piece) {
    const Deviation deviation = deviationOf(aggregate, m_rows);
    std::vector<std::string> columns = groupColumns();
    columns.push_back(as(deviation.value, "__value"));
    columns.push_back(as(deviation.weight, "__weight"));
    const std::string rows = "(\n" + select(columns, table(), deviation.condition) + ")";
    std::vector<std::string> means = groupColumns();
    means.push_back(as(deviation.mean, "__mean"));
    const std::string mean = "(\n" + select(means, rows) + "\nGROUP BY " + list(groupColumns()) + ")";
    std::vector<std::string> both = groupColumns("r");
    both.push_back(name("r", "__value"));
    both.push_back(name("r", "__weight"));
    both.push_back(name("m", "__mean"));
    const std::string distances =
        "(\n" + select(both, rows + " AS `r`\nJOIN " + mean + " AS `m`\n  ON " + sameGroup("r", "m")) + ")";
    std::vector<std::string> results = groupColumns();
    results.push_back(as(deviation.result, "__value"));
    m_translation.addView(piece, select(results, distances) + "\nGROUP BY " + list(groupColumns()), aggregate.span);
  }

  static std::vector<std::string> sameWindow(const std::string& a, const std::string& b) {
    std::vector<std::string> conditions;
    for (const char* bound : {"window_start", "window_end"})
      conditions.push_back(name(a, bound) + " = " + name(b, bound));
    return conditions;
  }

  std::string sameGroup(const std::string& a, const std::string& b) const {
    std::vector<std::string> conditions = sameWindow(a, b);
    for (const std::string& key : m_keys)
      conditions.push_back(name(a) + "." + key + " IS NOT DISTINCT FROM " + name(b) + "." + key);
    return both(conditions);
  }

  bool asksForGaps() const {
    bool asks = false;
    const auto look = [&](const Expression& whole) {
      walk(whole, [&](const Expression& part) { asks = asks || part.name == "WINDOW_HAS_GAP"; });
    };
    for (const logical::Item& item : m_query.items) look(item.expression);
    if (m_query.having) look(*m_query.having);
    for (const logical::Order& key : m_query.order) look(key.expression);
    return asks;
  }

  // The windows that hold a mark of any feed that the rows come from.
  void writeGaps() {
    std::set<std::string> feeds;
    for (const std::string& stream : m_query.reads()) feeds.merge(m_translation.plan.feedsOf(stream));
    std::string marks;
    for (const std::string& feed : feeds)
      if (const auto topic = m_translation.marks.find(feed); topic != m_translation.marks.end())
        marks += (marks.empty() ? "" : "\nUNION ALL\n") +
                 select({name(kTime)}, name(topic->second), "`__gap_from` IS NOT NULL");
    const std::string view = m_translation.fresh(m_view + "__marks");
    m_translation.addView(view, marks, m_query.span);
    m_gaps = m_translation.fresh(m_view + "__gaps");
    std::vector<std::string> bounds;
    for (const char* bound : kBounds) bounds.push_back(name(bound));
    std::vector<std::string> columns = bounds;
    // Without an aggregate Flink would not know any more that these are windows.
    columns.push_back("COUNT(*) AS `marks`");
    m_translation.addView(m_gaps, select(columns, tableOver(view)) + "\nGROUP BY " + list(bounds), m_query.span);
  }

  std::string joinedPieces() {
    std::string from = name(m_groups) + " AS " + name(m_alias);
    for (size_t i = 0; i < m_pieces.size(); ++i) {
      const std::string alias = "p" + std::to_string(i + 1);
      from += "\nLEFT JOIN " + name(m_pieces[i]) + " AS " + name(alias) + "\n  ON " + sameGroup(m_alias, alias);
    }
    if (!m_gaps.empty()) from += "\nLEFT JOIN " + name(m_gaps) + " AS `gap`\n  ON " + both(sameWindow(m_alias, "gap"));
    return select(resultColumns(), from, m_query.having ? m_items(*m_query.having) : "");
  }

  // The first rows of each window.
  std::string ranked(const std::string& sql) {
    std::vector<std::string> order;
    for (size_t i = 0; i < m_query.order.size(); ++i) {
      const logical::Order& key = m_query.order[i];
      const std::string column = name("__o" + std::to_string(i));
      // Flink cannot be told where NULL goes.
      order.push_back("CASE WHEN " + column + " IS NULL THEN 1 ELSE 0 END" + (key.nullsFirst ? " DESC" : " ASC"));
      order.push_back(column + (key.descending ? " DESC" : " ASC"));
    }
    const Span where = m_query.order.empty() ? Span(m_query.span) : Span(m_query.order[0].expression.span);
    m_translation.complaints.warn(where,
                                  "the rows of one window come in no order from Flink, though they are the first " +
                                      std::to_string(*m_query.limit),
                                  "order them where the topic is read");
    std::vector<std::string> kept = targetNames(m_translation, m_query);
    for (const char* hidden : {kAt, kTime, kClock}) kept.push_back(name(hidden));
    const std::string rank =
        "ROW_NUMBER() OVER (PARTITION BY `__start`, `__end` ORDER BY " + list(order) + ") AS `__rank`";
    return select(kept, "(\nSELECT *, " + rank + "\nFROM (\n" + sql + "))",
                  "`__rank` <= " + std::to_string(*m_query.limit));
  }

  std::optional<std::string> known(const Expression& part) {
    for (size_t i = 0; i < m_query.keys.size(); ++i)
      if (part == m_query.keys[i].expression) return m_alias.empty() ? m_keys[i] : name(m_alias) + "." + m_keys[i];
    if (part.kind == Expression::Kind::Item) return m_items(m_query.items[part.item].expression);
    if (part.kind == Expression::Kind::Aggregate) return aggregate(part);
    if (part.kind == Expression::Kind::Call) return bound(part);
    return std::nullopt;
  }

  std::string aggregate(const Expression& part) {
    if (const auto piece = m_columns.find(logical::text(part)); piece != m_columns.end()) return piece->second;
    if (roadOf(part) == AggregateRoad::Plain) return plainAggregate(part, m_rows, "");
    return m_translation.complaints.refuse(part.span, part.name + " has no translation into Flink SQL",
                                           part.name == "APPROX_COUNT_DISTINCT"
                                               ? "COUNT(DISTINCT x) is exact"
                                               : "run this query by `weir run`, from and to a Kafka topic");
  }

  std::optional<std::string> bound(const Expression& part) const {
    if (part.name == "WINDOW_START") return millisOf(name(m_alias, "window_start"));
    if (part.name == "WINDOW_END" || part.name == "EVENT_TIMESTAMP") return end(m_alias);
    if (part.name == "WINDOW_FINAL") return "TRUE";
    if (part.name != "WINDOW_HAS_GAP") return std::nullopt;
    if (!isSession()) return "(COALESCE(`gap`.`marks`, 0) > 0)";
    return m_translation.complaints.refuse(part.span, "window_has_gap() of a session has no translation into Flink SQL",
                                           "take a window of fixed length, or run this query by `weir run`");
  }

  Translation& m_translation;
  const Query& m_query;
  Relation m_input;
  std::string m_view;
  ExpressionSql m_rows;
  ExpressionSql m_items;
  std::vector<std::string> m_keys;
  std::string m_alias;  ///< of the groups, once there are pieces beside them
  std::string m_groups;
  std::vector<std::string> m_pieces;
  std::string m_gaps;                            ///< the view of windows with gaps, where they are asked for
  std::map<std::string, std::string> m_columns;  ///< by an aggregate's text
};

}  // namespace

void writeWindowed(Translation& translation, const Query& query, Relation input, const std::string& view) {
  Windowed(translation, query, std::move(input), view).write();
}

}  // namespace weir::flink
