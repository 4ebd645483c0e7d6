// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/sql_text.h"
#include "core/flink/translation.h"
#include "core/plan/window_list.h"

namespace weir::flink {

using logical::Output;
using logical::Query;
using logical::WindowKind;

namespace {

bool isOverTime(WindowKind kind) {
  return kind == WindowKind::Tumbling || kind == WindowKind::Hopping || kind == WindowKind::Cumulate ||
         kind == WindowKind::Session;
}

bool isRolling(const Query& query) {
  const WindowKind kind = query.window.kind;
  return kind == WindowKind::Length || kind == WindowKind::Time || (kind == WindowKind::None && query.isAggregated());
}

void refuseOutput(Translation& translation, const Output& output) {
  if (output.kind == Output::Kind::None) return;
  const bool isEmit = output.kind == Output::Kind::Changes || output.kind == Output::Kind::Snapshot;
  translation.complaints.refuse(
      output.span,
      output.kind == Output::Kind::Changes ? "EMIT CHANGES has no translation into Flink SQL: rows of a topic are final"
      : output.kind == Output::Kind::Snapshot
          ? "EMIT PERIODIC and OUTPUT SNAPSHOT have no translation into Flink SQL: rows of a topic are final"
          : "OUTPUT has no translation into Flink SQL",
      isEmit ? "leave it out: a row comes when its window closes"
             : "leave it out, and limit the rate where the topic is read: `weir run` knows OUTPUT");
}

// What none of the ways of writing a query can say.
void refuseClauses(Translation& translation, const Query& query) {
  Complaints& complaints = translation.complaints;
  refuseOutput(translation, query.output);
  if (query.distinct)
    complaints.refuse(query.span, "DISTINCT has no translation into Flink SQL", "GROUP BY the columns");
  const bool isOrdered = !query.order.empty() || query.limit || query.offset > 0;
  const Span order = query.order.empty() ? Span(query.span) : Span(query.order[0].expression.span);
  if (isOrdered && !isOverTime(query.window.kind))
    complaints.refuse(order, "ORDER BY and LIMIT have a translation into Flink SQL only over a window that closes",
                      "leave them out: without such a window rows come one by one");
  if (query.offset > 0)
    complaints.refuse(order, "OFFSET has no translation into Flink SQL",
                      "leave it out, and skip rows where the topic is read");
  if (query.window.time)
    complaints.refuse(
        query.window.span, "a window over the times in a column has no translation into Flink SQL",
        "make the column the event time of its source: \"event.time.field\" = '" + query.window.time->name + "'");
}

void refuseWindow(Translation& translation, const Query& query) {
  const logical::Window& window = query.window;
  const std::string what = "WINDOW " + std::string(windowName(window.kind)) + " has no translation into Flink SQL";
  switch (window.kind) {
    case WindowKind::Book:
      translation.complaints.refuse(window.span, what,
                                    "keep the book at the edge: run this query by `weir run` into a Kafka sink");
      return;
    case WindowKind::LengthBatch:
      translation.complaints.refuse(window.span, what, "count by time: WINDOW TUMBLING(1 sec)");
      return;
    default:
      translation.complaints.refuse(window.span, what, "run this query by `weir run`, from and to a Kafka topic");
  }
}

}  // namespace

Relation writeQuery(Translation& translation, const Query& query, const std::string& view) {
  refuseClauses(translation, query);
  Relation input = writeFrom(translation, query, view);
  const bool isJoined = !input.hasTime;
  Relation out{view, targetColumns(translation, query, {}), input.hasTime, input.hasOffset};
  if (isOverTime(query.window.kind)) {
    writeWindowed(translation, query, std::move(input), view);
    out.hasOffset = false;
    out.isOfSessions = query.window.kind == WindowKind::Session;
  } else if (isRolling(query)) {
    writeRolling(translation, query, input, view);
  } else if (query.window.kind == WindowKind::None) {
    writeRows(translation, query, input, view);
  } else {
    refuseWindow(translation, query);
  }
  if (isJoined && query.window.kind != WindowKind::None && query.window.kind != WindowKind::Length)
    translation.complaints.refuse(
        query.window.span, "a window over a join WITHIN has no translation into Flink SQL: its rows have two times",
        "window each stream before it is joined, or join ASOF");
  return out;
}

}  // namespace weir::flink
