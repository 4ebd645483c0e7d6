// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/connector.h"
#include "core/net/connection.h"
#include "core/options/options.h"

namespace weir {

/// Makes a connection's settings of a stream's options, whose secrets are resolved. `written` are the options as they
/// stand in the text: what is shown to people comes from there.
ConnectionSettings connectionSettings(const QString& name, const Options& resolved, const Options& written);

/// Says what is wrong with the files of the `websocket.tls.*.file` options: that one cannot be read, or does not hold
/// what it should.
Diagnostics tlsFileTrouble(const Options& resolved, const Options& written);

/// A watch on frames as a connection calls it.
std::function<void(const QByteArray&, bool, bool)> frameWatch(FrameWatch watch);

}  // namespace weir
