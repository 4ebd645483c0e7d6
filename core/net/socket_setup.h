// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QNetworkProxy>
#include <QSslConfiguration>
#include <QSslError>
#include <QUrl>
#include <optional>

#include "core/net/transport.h"

namespace weir {

/// The proxy on the way to `url`, which is without user and password; nothing when the system decides. Loopback has
/// none.
std::optional<QNetworkProxy> proxyFor(const QUrl& url, const TransportSettings& settings);

/// What TLS goes by: the authorities that are trusted, the client's certificate, whether anything is verified.
QSslConfiguration tlsOf(const TransportSettings& settings);

/// What is wrong with a certificate, as error texts say it.
QString certificateTrouble(const QSslError& error);

}  // namespace weir
