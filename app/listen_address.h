// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHostAddress>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/net/http_listener.h"
#include "core/telemetry/log.h"

namespace weir {

/// Where to wait for clients; port 0 takes a free one.
struct ListenAddress {
  QHostAddress address;
  quint16 port = 0;
};

/// Reads ADDRESS:PORT: an IPv4 address, an IPv6 address in brackets, or localhost. Nothing when it is none of these.
std::optional<ListenAddress> listenAddress(const std::string& text);

/// Host names as the servers take them.
QStringList names(const std::vector<std::string>& hosts);

/// Lets a server's user know, on standard error, whom it drops, and that others than this machine reach it.
void tellOfStrangers(HttpListener& listener, const QString& url, const std::function<void(const LogEntry&)>& tell);

}  // namespace weir
