// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/sql_text.h"
#include "core/flink/translation.h"

namespace weir::flink {

using logical::Join;

Relation writeSource(Translation& translation, const logical::Source& source, const std::string& view, Span span) {
  if (source.query) {
    Relation out = writeQuery(translation, *source.query, translation.fresh(view + "__sub"));
    for (RelationColumn& column : out.columns) column.of = source.alias;
    return out;
  }
  const auto found = translation.streams.find(source.stream);
  if (found == translation.streams.end()) {
    translation.complaints.refuse(span, "the rows of '" + source.stream + "' are not in Kafka",
                                  "dead letters and tables stay with `weir run`");
    return {source.stream, {}, true, false};
  }
  Relation out = found->second;
  for (RelationColumn& column : out.columns) column.of = source.alias;
  return out;
}

Relation writeFrom(Translation& translation, const logical::Query& query, const std::string& view) {
  if (const auto* pattern = std::get_if<logical::Pattern>(&query.from))
    return writePattern(translation, *pattern, view);
  const auto& from = std::get<logical::From>(query.from);
  Relation left = writeSource(translation, from.source, view, query.span);
  for (const auto& step : from.joins) {
    if (const auto* unnest = std::get_if<logical::Unnest>(&step)) {
      translation.complaints.refuse(unnest->span, "UNNEST has no translation into Flink SQL",
                                    "take the list apart at the edge: \"json.records\" = '$.list[*]'");
      continue;
    }
    const auto& join = std::get<Join>(step);
    if (join.match == Join::Match::Table) {
      translation.complaints.refuse(
          join.span, "a join with the table '" + join.right.stream + "' has no translation into Flink SQL",
          "join where the result's topic is read: `weir run` knows tables");
      continue;
    }
    const Relation right = writeSource(translation, join.right, view, join.span);
    const std::string joined = translation.fresh(view + "__join");
    left = join.match == Join::Match::Asof ? writeAsof(translation, left, join, right, joined)
                                           : writeInterval(translation, left, join, right, joined);
  }
  return left;
}

}  // namespace weir::flink
