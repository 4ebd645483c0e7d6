// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/checker.h"

#include <algorithm>

#include "core/base/text.h"

namespace weir {

namespace {

// What a stream that a query made for itself holds: `left join of Trades and Quotes within 1000 ms`.
std::string contents(const BoundNode& node) {
  if (const auto* join = std::get_if<BoundJoin>(&node.body)) {
    static const char* const kKinds[] = {"", "left ", "right ", "full "};
    const bool isAsof = join->match == BoundJoin::Match::Asof;
    const bool isTable = join->match == BoundJoin::Match::Table;
    std::string out = std::string("the ") + kKinds[static_cast<size_t>(join->kind)] + (isAsof ? "ASOF " : "");
    out += "join of " + join->left + " and " + (isTable ? "the table " : "") + join->right;
    if (join->withinMs >= 0 && !isTable)
      out += (isAsof ? ", tolerance " : " within ") + std::to_string(join->withinMs) + " ms";
    return out;
  }
  if (const auto* unnest = std::get_if<BoundUnnest>(&node.body))
    return unnest->input + " with the elements of an array, each in a row";
  if (const auto* pattern = std::get_if<BoundPattern>(&node.body)) {
    const std::string kind = pattern->strict ? "sequence" : "pattern";
    return "the matches of a " + kind + " over " + joined(pattern->inputs, ", ", " and ");
  }
  return "a query in FROM";
}

/// An aggregate that remembers single values grows for as long as its groups live.
void warnOfGrowth(const BoundNode& node, const BoundSelect& select, Diagnostics& out) {
  if (select.window.kind != BoundWindow::Kind::None) return;
  for (const BoundAggregate& aggregate : select.aggregates) {
    if (!aggregate.distinct && !aggregate.function->keepsValues) continue;
    const std::string name = (aggregate.distinct ? "DISTINCT in " : "") + std::string(aggregate.function->name);
    out.push_back({Severity::Warning, Code::Window, node.span, name + " without a window keeps every value for ever",
                   "add WINDOW TUMBLING(1 min), or take APPROX_COUNT_DISTINCT"});
    return;
  }
}

}  // namespace

BoundResult checkScript(std::string_view text, const std::map<std::string, SchemaPtr>& inferred) {
  BoundResult result = bindScript(text, inferred);
  for (const BoundNode& node : result.script.nodes)
    if (const auto* select = std::get_if<BoundSelect>(&node.body)) warnOfGrowth(node, *select, result.diagnostics);
  return result;
}

Diagnostics missingSources(const BoundScript& script) {
  Diagnostics out;
  for (const std::string& name : script.feeds()) {
    const BoundStream& stream = script.stream(name);
    if (stream.kind == StreamKind::Source || !script.isRead(name)) continue;
    out.push_back(
        {Severity::Error, Code::NoInput, stream.span, "no source feeds " + name,
         "give it WITH (type = 'source', ...), write it by a query, or feed it from a capture with weir replay"});
  }
  return out;
}

std::string explain(const BoundScript& script) {
  static const char* const kWindows[] = {"no window", "TUMBLING", "HOP",    "CUMULATE",    "SESSION", "LENGTHBATCH",
                                         "TIME",      "LENGTH",   "UNIQUE", "FIRSTUNIQUE", "DELAY"};
  std::string out;
  for (const std::string& name : script.feeds()) {
    const BoundStream& stream = script.stream(name);
    out += "feed " + name + " (" + std::to_string(stream.schema->fields.size()) + " columns, ";
    out += stream.eventTime ? "event time from " + stream.schema->fields[stream.eventTime->column].name +
                                  ", lateness " + std::to_string(stream.eventTime->latenessMs) + " ms)"
                            : "event time is arrival)";
    out += "\n";
  }
  for (const BoundNode& node : script.nodes) {
    const auto isRuled = [&](const BoundNode& other) {
      return std::holds_alternative<BoundRules>(other.body) && other.inputs.front() == node.target;
    };
    if (std::holds_alternative<BoundRules>(node.body))
      out += node.target + " is " + node.inputs.front() + " by the rules of its options\n";
    else if (node.target.starts_with('#') && std::none_of(script.nodes.begin(), script.nodes.end(), isRuled))
      out += node.target + " is " + contents(node) + "\n";
    const auto* select = std::get_if<BoundSelect>(&node.body);
    if (!select) continue;
    out += "query " + node.target + " <- " + select->input + "\n";
    if (select->where) out += "  filter\n";
    out += "  " + std::string(kWindows[static_cast<size_t>(select->window.kind)]);
    if (select->window.sizeMs > 0) out += " " + std::to_string(select->window.sizeMs) + " ms";
    if (select->window.count > 0) out += " " + std::to_string(select->window.count) + " events";
    out += ", " + std::to_string(select->keys.size()) + " group keys, " + std::to_string(select->aggregates.size()) +
           " aggregates\n";
    if (select->having) out += "  having\n";
    out += "  project " + std::to_string(select->items.size()) + " columns\n";
  }
  return out;
}

}  // namespace weir
