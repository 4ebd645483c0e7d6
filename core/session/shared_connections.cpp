// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/shared_connections.h"

namespace weir {

std::string feedOf(const logical::Stream& stream) { return isShared(stream) ? stream.connection() : stream.name; }

OptionsByName sharedConnections(const logical::Plan& script, const OptionsByName& resolved) {
  OptionsByName out;
  for (const auto& [name, options] : resolved) {
    const logical::Stream& stream = script.stream(name);
    if (!isShared(stream)) continue;
    // Any of its streams has them, and all have the same.
    const StreamKind kind = script.connections.at(stream.connection()).options.kind();
    out.emplace(stream.connection(), options.ofConnection().ofKind(kind));
  }
  return out;
}

std::shared_ptr<Source> makeConnection(const logical::Connection& connection, const Options& resolved, Clock& clock) {
  return connectorFor(resolved).makeConnection(
      {QString::fromStdString(connection.name), resolved, connection.options, clock});
}

}  // namespace weir
