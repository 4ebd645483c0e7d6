// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <optional>

#include "core/net/connection_machine.h"
#include "core/net/transport.h"

namespace weir {

// What to look at first, by the kind of trouble.
inline constexpr const char* kHintRefused = "check the URL and that the server runs";
inline constexpr const char* kHintTimeout = "check the network and the firewall";
inline constexpr const char* kHintAuth = "check the header values and the token";
inline constexpr const char* kHintCertificate =
    "check the certificate, its expiry and the system's certificate authorities; use ws:// for development only";
inline constexpr const char* kHintTls = "check that the port speaks TLS: ws:// where it does not";
inline constexpr const char* kHintSubprotocol =
    "check the subprotocols that the server offers, or leave websocket.subprotocol out";
inline constexpr const char* kHintNoSubprotocol =
    "write the subprotocol that the server speaks into websocket.subprotocol";

/// Why a connection came to nothing or ended: what to do about it, the cause in words, and what to look at first.
struct Failure {
  FailureKind kind = FailureKind::Retryable;
  QString cause;
  QString hint;
};

/// Of a handshake that was answered with another status than 101; nothing when `statusLine` is none.
std::optional<Failure> failureOfStatus(const QByteArray& statusLine);

/// Of a connection that did not come about; `offered` is the subprotocol that was, if any.
Failure failureOfHandshake(HandshakeFailure kind, const QString& cause, const QString& offered);

/// Of a server that chose no subprotocol where one was offered.
Failure failureOfNoSubprotocol(const QString& offered);

/// Of an open connection's end.
Failure failureOfLoss(const TransportLoss& loss, int64_t maxMessageBytes);

}  // namespace weir
