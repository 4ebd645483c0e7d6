// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/options/options.h"

namespace weir {

/// What the streams of one connector may say in WITH. Lives in the connector's folder, in a file that needs no Qt.
struct ConnectorOptions {
  std::string_view name;                ///< what `extension` says, and what its keys begin with
  std::span<const OptionSpec> options;  ///< on top of the common ones
  std::string_view address;             ///< the key that says where to connect to
  /// The address without what may be secret in it, fit to be shown.
  std::string (*masked)(std::string_view address) = nullptr;
  /// Where a stream connects to, for a connector whose `address` alone does not say it. May be nullptr.
  std::string (*shown)(const Options& written) = nullptr;
  /// Whether an address is one of this connector's, for commands that are given nothing else. May be nullptr.
  bool (*owns)(std::string_view address) = nullptr;
  /// What an address that it owns says of a source, right or not, beside `type` and `extension`. nullptr where it is
  /// the value of `address`.
  std::map<std::string, std::string> (*sourceAt)(const std::string& address) = nullptr;
  /// The key that names the column by which rows of a source belong together. May be empty.
  std::string_view group = {};
  /// Streams may go over one connection together, in a socket of which some servers allow few.
  bool sharesSockets = false;
  /// What options say together that cannot be, once each of them is right by itself.
  void (*check)(const Options& options, Diagnostics& found) = nullptr;
  /// The same of a table's; nullptr where no table can be loaded from.
  void (*checkTable)(const Options& options, Diagnostics& found) = nullptr;
};

#define WEIR_CONNECTOR(name) extern const ConnectorOptions name##Options;
#include "core/connectors/connector_list.def"
#undef WEIR_CONNECTOR

/// Those of all connectors, in the order of connector_list.def.
std::span<const ConnectorOptions* const> connectorOptions();
/// Returns the entry of that name, or nullptr.
const ConnectorOptions* findConnector(std::string_view name);
/// The connector that a key belongs to, or nullptr for one that all share.
const ConnectorOptions* connectorOf(std::string_view key);
/// Whether an option is written in CREATE CONNECTION where a stream goes over one. `extension` may stand in both.
bool isOfConnection(std::string_view key);
/// Whether streams of a connector can go over a connection of their own name.
bool hasConnections(const ConnectorOptions& connector);
/// The options of a source at an address, `type`, `extension` and the address itself; nothing when it is no
/// connector's.
std::optional<std::map<std::string, std::string>> sourceOfAddress(const std::string& address);
/// Where a stream connects to, as it was written and without secrets; empty for a stream that connects to nothing.
std::string shownAddress(const Options& written);

}  // namespace weir
