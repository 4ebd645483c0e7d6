// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/connection.h"
#include "core/options/options.h"

namespace weir {

/// Makes a connection's settings of a stream's options, whose secrets are resolved. `written` are the options as they
/// stand in the text: what is shown to people comes from there.
ConnectionSettings connectionSettings(const QString& name, const Options& resolved, const Options& written);

/// Says what is wrong with the file of a `websocket.tls.*.file` option, or nothing: that it cannot be read, or does not
/// hold what it should.
QString tlsFileTrouble(std::string_view key, const Options& resolved);

}  // namespace weir
