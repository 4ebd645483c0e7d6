// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/checker.h"

#include "core/functions/function_list.h"
#include "core/plan/stages.h"

namespace weir {

namespace {

/// An aggregate that remembers single values grows for as long as its groups live.
void warnOfGrowth(const logical::Query& query, Diagnostics& out) {
  if (query.window.kind != logical::WindowKind::None) return;
  for (const logical::Expression* aggregate : query.aggregates()) {
    if (!aggregate->distinct && !findAggregate(aggregate->name)->keepsValues) continue;
    const std::string name = (aggregate->distinct ? "DISTINCT in " : "") + aggregate->name;
    out.push_back({Severity::Warning, Code::Window, query.span, name + " without a window keeps every value for ever",
                   "add WINDOW TUMBLING(1 min), or take APPROX_COUNT_DISTINCT"});
    return;
  }
}

}  // namespace

BoundResult checkScript(std::string_view text, const std::map<std::string, SchemaPtr>& inferred) {
  BoundResult result = bindScript(text, inferred);
  for (const logical::Stage& stage : stagesOf(result.script))
    if (const auto* query = stage.as<logical::Query>()) warnOfGrowth(*query, result.diagnostics);
  return result;
}

}  // namespace weir
