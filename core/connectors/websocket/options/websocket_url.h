// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Hides what a URL's query and user part may hold: `wss://host/path?token=***`.
std::string maskedUrl(std::string_view url);
/// It begins with ws:// or wss://, in any case (RFC 3986, 3.1).
bool isWebSocketUrl(std::string_view url);
/// Says what is wrong with the URL of a WebSocket server, nothing when it can be connected to; `shown` stands for it.
std::optional<std::string> urlComplaint(std::string_view url, const std::string& shown);
/// It is http://HOST:PORT, socks5://HOST:PORT or none.
bool isProxy(std::string_view value);

}  // namespace weir
