// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/data/schema.h"
#include "core/flink/topic_columns.h"
#include "core/plan/logical.h"

namespace weir::flink {

/// Columns that every view has beside its own and `kAt`.
inline constexpr const char* kTime = "__ts";        ///< the same as the time attribute that windows go by
inline constexpr const char* kClock = "__pt";       ///< processing time, which orders by arrival
inline constexpr const char* kOffset = "__offset";  ///< in the log: of two rows of one millisecond the later has more

/// A column of a relation: what the plan calls it, and what it is called in Flink.
struct RelationColumn {
  std::string of;
  std::string plan;
  std::string flink;
  Type type = Type::Null;
};

/// A table or view that a query reads.
struct Relation {
  std::string view;
  std::vector<RelationColumn> columns;
  bool hasTime = true;     ///< `__ts` is a time attribute; behind some joins there is none
  bool hasOffset = false;  ///< the view has `__offset`
  bool isOfSessions = false;

  /// What Flink calls a column; empty where there is none such.
  std::string nameOf(const std::string& of, const std::string& column) const;
};

/// The hidden columns of a relation, as they are passed on.
std::vector<std::string> hiddenColumns(const Relation& relation, const std::string& alias = {});

}  // namespace weir::flink
