// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/flink/complaints.h"
#include "core/flink/deployment.h"
#include "core/flink/expression_sql.h"
#include "core/flink/relation.h"

namespace weir::flink {

/// What the parts of a translation share: the plan, the views that there are, and what was found wrong.
struct Translation {
  const logical::Plan& plan;
  const Cluster& cluster;
  Complaints complaints;
  std::vector<Statement> statements;
  std::map<std::string, Relation> streams;   ///< those that can be read by now
  std::map<std::string, std::string> marks;  ///< of a feed, the table that holds its marks of gaps
  std::set<std::string> taken;               ///< names of tables and views

  /// A name that nothing has yet.
  std::string fresh(const std::string& wanted) {
    std::string out = wanted;
    while (!taken.insert(out).second) out += "_";
    return out;
  }
  void add(std::string sql, Span span) { statements.push_back({std::move(sql), span}); }
  void addView(const std::string& view, const std::string& select, Span span);
};

/// Writes the views of a query, the last of them called `view`, whose columns are those of the query's target, or its
/// items where it has none.
Relation writeQuery(Translation& translation, const logical::Query& query, const std::string& view);

/// The relation that a query reads, joins and patterns done.
Relation writeFrom(Translation& translation, const logical::Query& query, const std::string& view);
Relation writeSource(Translation& translation, const logical::Source& source, const std::string& view, Span span);
Relation writeAsof(Translation& translation, const Relation& left, const logical::Join& join, const Relation& right,
                   const std::string& view);
Relation writeInterval(Translation& translation, const Relation& left, const logical::Join& join, const Relation& right,
                       const std::string& view);
Relation writePattern(Translation& translation, const logical::Pattern& pattern, const std::string& view);

/// SELECT lists of the kinds of queries.
void writeRows(Translation& translation, const logical::Query& query, const Relation& input, const std::string& view);
void writeRolling(Translation& translation, const logical::Query& query, const Relation& input,
                  const std::string& view);
void writeWindowed(Translation& translation, const logical::Query& query, Relation input, const std::string& view);

/// The table over a feed's topic, and the view of its rows without heartbeats and marks.
Relation writeSourceTopic(Translation& translation, const logical::Stream& stream);
/// The table over a result's topic; returns the INSERT into it.
std::string writeResultTopic(Translation& translation, const logical::Stream& stream, const Relation& rows);

/// Expressions over a relation, its columns behind `alias`.
ExpressionSql over(Translation& translation, const Relation& relation, const std::string& alias = {});
/// The items of a query in the order of its target's columns, each `sql AS name`; NULL where nothing writes one.
std::vector<std::string> itemList(Translation& translation, const logical::Query& query, const ExpressionSql& items);
/// The same columns by name.
std::vector<std::string> targetNames(const Translation& translation, const logical::Query& query);
/// The columns that a query makes, as they are read.
std::vector<RelationColumn> targetColumns(const Translation& translation, const logical::Query& query,
                                          const std::string& alias);

/// `SELECT ... FROM ...`, with WHERE where there is a condition.
std::string select(const std::vector<std::string>& columns, const std::string& from, const std::string& where = {});
/// `sql AS name`.
std::string as(const std::string& sql, const std::string& alias);

}  // namespace weir::flink
