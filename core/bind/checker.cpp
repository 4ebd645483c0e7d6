// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/checker.h"

#include <algorithm>
#include <map>

#include "core/functions/function_list.h"
#include "core/options/connector_options.h"
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

void warnOfIdleConnections(const logical::Plan& script, Diagnostics& out) {
  for (const auto& [name, connection] : script.connections) {
    const auto isOver = [&over = name](const auto& entry) { return entry.second.connection() == over; };
    if (std::none_of(script.streams.begin(), script.streams.end(), isOver))
      out.push_back({Severity::Warning, Code::Graph, connection.span,
                     "no stream goes over the connection '" + name + "'",
                     "give a stream connection = '" + name + "', or leave the connection out"});
  }
}

/// Streams that open the same connection each for itself, which an exchange may count as one too many.
void warnOfSecondSockets(const logical::Plan& script, Diagnostics& out) {
  std::map<std::map<std::string, std::string>, const logical::Stream*> seen;
  for (const std::string& name : script.order) {
    const logical::Stream& stream = script.stream(name);
    const ConnectorOptions* connector = findConnector(stream.options.text("extension"));
    if (stream.kind == StreamKind::Internal || !stream.connection().empty() || !connector || !connector->sharesSockets)
      continue;
    const auto [first, isNew] = seen.emplace(stream.options.ofConnection().values(), &stream);
    if (isNew) continue;
    const std::string address = shownAddress(stream.options);
    out.push_back({Severity::Warning, Code::Graph, stream.options.valueSpan(connector->address),
                   "'" + first->second->name + "' and '" + name + "' open two sockets to " + address,
                   "for one socket write CREATE CONNECTION Feed WITH (extension = '" + std::string(connector->name) +
                       "', \"" + std::string(connector->address) + "\" = '" + address +
                       "'), with what else concerns the connection, and connection = 'Feed' in both streams"});
  }
}

}  // namespace

BoundResult checkScript(std::string_view text, const std::map<std::string, SchemaPtr>& inferred) {
  BoundResult result = bindScript(text, inferred);
  for (const logical::Stage& stage : stagesOf(result.script))
    if (const auto* query = stage.as<logical::Query>()) warnOfGrowth(*query, result.diagnostics);
  // Who goes over what is not known of streams that could not be read.
  if (!hasError(result.diagnostics)) {
    warnOfIdleConnections(result.script, result.diagnostics);
    warnOfSecondSockets(result.script, result.diagnostics);
  }
  return result;
}

}  // namespace weir
