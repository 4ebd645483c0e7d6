// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/options/connector_options.h"

#include <algorithm>

namespace weir {

std::span<const ConnectorOptions* const> connectorOptions() {
  static const ConnectorOptions* const kAll[] = {
#define WEIR_CONNECTOR(name) &name##Options,
#include "core/connectors/connector_list.def"
#undef WEIR_CONNECTOR
  };
  return kAll;
}

const ConnectorOptions* findConnector(std::string_view name) {
  const auto all = connectorOptions();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto* each) { return each->name == name; });
  return found == all.end() ? nullptr : *found;
}

const ConnectorOptions* connectorOf(std::string_view key) {
  const size_t dot = key.find('.');
  return dot == std::string_view::npos ? nullptr : findConnector(key.substr(0, dot));
}

bool isOfConnection(std::string_view key) {
  const OptionSpec* spec = connectorOf(key) ? findOption(key) : nullptr;
  return spec && !spec->ofStream;
}

bool hasConnections(const ConnectorOptions& connector) {
  return std::any_of(connector.options.begin(), connector.options.end(),
                     [](const OptionSpec& spec) { return !spec.ofStream; });
}

std::optional<std::map<std::string, std::string>> sourceOfAddress(const std::string& address) {
  for (const ConnectorOptions* connector : connectorOptions()) {
    if (!connector->owns || !connector->owns(address)) continue;
    std::map<std::string, std::string> out{{"type", "source"}, {"extension", std::string(connector->name)}};
    if (connector->sourceAt) {
      out.merge(connector->sourceAt(address));
    } else {
      out.emplace(connector->address, address);
    }
    return out;
  }
  return std::nullopt;
}

std::string shownAddress(const Options& written) {
  const ConnectorOptions* connector = findConnector(written.text("extension"));
  if (!connector || connector->address.empty()) return {};
  if (connector->shown) return connector->shown(written);
  const std::string address = written.written(connector->address);
  return connector->masked ? connector->masked(address) : address;
}

}  // namespace weir
