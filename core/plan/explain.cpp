// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/explain.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/plan/window_list.h"

namespace weir {

namespace {

using logical::Join;

std::string contents(const Join& join, const std::vector<std::string>& inputs) {
  static const char* const kKinds[] = {"", "left ", "right ", "full "};
  const bool isAsof = join.match == Join::Match::Asof;
  const bool isTable = join.match == Join::Match::Table;
  std::string out = std::string("the ") + kKinds[static_cast<size_t>(join.kind)] + (isAsof ? "ASOF " : "");
  out += "join of " + inputs[0] + " and " + (isTable ? "the table " : "") + inputs[1];
  if (join.withinMs >= 0 && !isTable)
    out += (isAsof ? ", tolerance " : " within ") + std::to_string(join.withinMs) + " ms";
  return out;
}

// What a stream that a stage made up holds: `the left join of Trades and Quotes within 1000 ms`.
std::string contents(const logical::Stage& stage) {
  if (const auto* join = stage.as<Join>()) return contents(*join, stage.inputs);
  if (stage.as<logical::Unnest>()) return stage.inputs[0] + " with the elements of an array, each in a row";
  if (const auto* pattern = stage.as<logical::Pattern>()) {
    const std::string kind = pattern->strict ? "sequence" : "pattern";
    return "the matches of a " + kind + " over " + joined(stage.inputs, ", ", " and ");
  }
  return "a query in FROM";
}

std::string explainFeed(const logical::Stream& stream) {
  const std::string over = stream.connection().empty() ? "" : " over " + stream.connection();
  std::string out = "feed " + stream.name + over + " (" + std::to_string(stream.schema->fields.size()) + " columns, ";
  if (!stream.eventTime) return out + "event time is arrival)\n";
  return out + "event time from " + stream.schema->fields[stream.eventTime->column].name + ", lateness " +
         std::to_string(stream.eventTime->latenessMs) + " ms)\n";
}

std::string explainQuery(const logical::Query& query, const std::string& target, const std::string& input) {
  std::string out = "query " + target + " <- " + input + "\n";
  if (query.where) out += "  filter\n";
  out += "  " + std::string(windowName(query.window.kind));
  if (query.window.sizeMs > 0) out += " " + std::to_string(query.window.sizeMs) + " ms";
  if (query.window.slideMs > 0) out += " each " + std::to_string(query.window.slideMs) + " ms";
  if (query.window.count > 0) out += " " + std::to_string(query.window.count) + " events";
  out += ", " + std::to_string(query.keys.size()) + " group keys, " + std::to_string(query.aggregates().size()) +
         " aggregates\n";
  if (query.having) out += "  having\n";
  return out + "  project " + std::to_string(query.items.size()) + " columns\n";
}

}  // namespace

std::string explain(const logical::Plan& plan) {
  std::string out;
  for (const std::string& name : plan.feeds()) out += explainFeed(plan.stream(name));
  const std::vector<logical::Stage> stages = stagesOf(plan);
  for (const logical::Stage& stage : stages) {
    const auto isRuled = [&](const logical::Stage& other) {
      return other.as<logical::Stream>() && other.inputs.front() == stage.target;
    };
    if (stage.as<logical::Stream>())
      out += stage.target + " is " + stage.inputs.front() + " by the rules of its options\n";
    else if (stage.target.starts_with('#') && std::none_of(stages.begin(), stages.end(), isRuled))
      out += stage.target + " is " + contents(stage) + "\n";
    if (const auto* query = stage.as<logical::Query>()) out += explainQuery(*query, stage.target, stage.inputs.front());
  }
  return out;
}

Diagnostics missingSources(const logical::Plan& plan) {
  Diagnostics out;
  for (const std::string& name : plan.feeds()) {
    const logical::Stream& stream = plan.stream(name);
    if (stream.kind == StreamKind::Source || !plan.isRead(name)) continue;
    out.push_back(
        {Severity::Error, Code::NoInput, stream.span, "no source feeds " + name,
         "give it WITH (type = 'source', ...), write it by a query, or feed it from a capture with weir replay"});
  }
  return out;
}

}  // namespace weir
