// SPDX-License-Identifier: GPL-3.0-or-later
#include <string_view>
#include <utility>

#include "core/connectors/connector.h"

namespace weir {

const Connector& connectorFor(const Options& options) {
  static const std::pair<std::string_view, const Connector*> kAll[] = {
#define WEIR_CONNECTOR(name) {#name, &name##Connector},
#include "core/connectors/connector_list.def"
#undef WEIR_CONNECTOR
  };
  const std::string wanted = options.text("extension");
  for (const auto& [name, connector] : kAll)
    if (name == wanted) return *connector;
  return *kAll[0].second;
}

bool isShared(const logical::Stream& stream) {
  return !stream.connection().empty() && connectorFor(stream.options).makeConnection;
}

}  // namespace weir
