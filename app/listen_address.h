// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHostAddress>
#include <optional>
#include <string>

namespace weir {

/// Where to wait for clients; port 0 takes a free one.
struct ListenAddress {
  QHostAddress address;
  quint16 port = 0;
};

/// Reads ADDRESS:PORT: an IPv4 address, an IPv6 address in brackets, or localhost. Nothing when it is none of these.
std::optional<ListenAddress> listenAddress(const std::string& text);

}  // namespace weir
