// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/relation.h"

#include <algorithm>

#include "core/flink/sql_text.h"

namespace weir::flink {

std::string Relation::nameOf(const std::string& of, const std::string& column) const {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const RelationColumn& candidate) {
    return candidate.of == of && candidate.plan == column;
  });
  return found == columns.end() ? std::string() : found->flink;
}

std::vector<std::string> hiddenColumns(const Relation& relation, const std::string& alias) {
  std::vector<std::string> out{name(alias, kAt)};
  if (relation.hasOffset) out.push_back(name(alias, kOffset));
  out.push_back(name(alias, kTime));
  out.push_back(name(alias, kClock));
  return out;
}

}  // namespace weir::flink
