// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/connector.h"
#include "core/net/connection.h"
#include "core/options/options.h"

namespace weir {

/// Makes a connection's settings of a stream's options, whose secrets are resolved. `written` are the options as they
/// stand in the text: what is shown to people comes from there.
/// `symbols` are those of `websocket.each` that come over this connection.
ConnectionSettings connectionSettings(const QString& name, const Options& resolved, const Options& written,
                                      const std::vector<std::string>& symbols = {});

/// The symbols of each of a source's connections; one group, which may be empty, where there is one connection.
std::vector<std::vector<std::string>> symbolGroups(const Options& resolved);

/// Says what is wrong with the files that options name: that one cannot be read, or does not hold what it should.
Diagnostics fileTrouble(const Options& resolved, const Options& written);

/// A watch on frames as a connection calls it.
std::function<void(const QByteArray&, bool, bool)> frameWatch(FrameWatch watch);

}  // namespace weir
