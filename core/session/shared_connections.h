// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

#include "core/connectors/connector.h"

namespace weir {

/// Options by the name of a stream or a connection, with secrets in their places.
using OptionsByName = std::map<std::string, Options>;

/// The name under which a source's messages come: of the connection that it shares, or its own.
std::string feedOf(const logical::Stream& stream);
/// The options of the connections that the streams in `resolved` share.
OptionsByName sharedConnections(const logical::Plan& script, const OptionsByName& resolved);
/// Makes one of them.
std::shared_ptr<Source> makeConnection(const logical::Connection& connection, const Options& resolved, Clock& clock);

}  // namespace weir
