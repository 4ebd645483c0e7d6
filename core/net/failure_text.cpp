// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/failure_text.h"

#include <QObject>
#include <QRegularExpression>

namespace weir {

namespace {

// Codes of RFC 6455, 7.4.
constexpr int kNotUtf8 = 1007;
constexpr int kTooLarge = 1009;

const char* const kHintThrottled = "the server is busy: it is left alone for websocket.reconnect.max.delay.ms";

const char* hintOfStatus(int code) {
  switch (code) {
    case 400: return "check the path, the query and the token of the URL";
    case 401:
    case 403: return kHintAuth;
    case 404: return "check the path of the URL";
    case 407: return "check the user and the password of websocket.proxy";
    case 429:
      return "too many connections or attempts for this server: it is left alone for "
             "websocket.reconnect.max.delay.ms";
    case 503: return kHintThrottled;
    default: break;
  }
  if (code >= 300 && code < 400) return "the server answers with another address: use that one";
  return code >= 500 ? "the server is in trouble: see its log" : kHintRefused;
}

// Codes in the registry of RFC 6455, 11.7, that tell where to look.
const char* hintOfClose(int code) {
  switch (code) {
    case 1003:
    case 1007: return "the server cannot read what it was sent: check websocket.open.message and the sink's format";
    case 1008: return "the server refuses what was asked of it: check the token and websocket.open.message";
    case 1009: return "the server takes no message of that size: it was sent one";
    case 1011: return "the server is in trouble: see its log";
    case 1012: return "the server is being restarted";
    case 1013: return kHintThrottled;
    case 1014: return "the server before the feed cannot reach it";
    default: return "";
  }
}

Failure failureOfClose(std::optional<int> code, const QString& reason) {
  if (!code) return {FailureKind::Retryable, QObject::tr("closed without a code"), {}};
  const FailureKind kind = code == 1013 ? FailureKind::Throttled : FailureKind::Retryable;
  const QString cause = QObject::tr("closed with code %1 %2").arg(*code).arg(reason).trimmed();
  return {kind, cause, QLatin1String(hintOfClose(*code))};
}

Failure failureOfOwnClose(const TransportLoss& loss, int64_t maxMessageBytes) {
  if (loss.code == kTooLarge)
    return {FailureKind::Retryable, QObject::tr("message larger than %1 bytes (1009)").arg(maxMessageBytes),
            QObject::tr("raise websocket.max.message.bytes")};
  const QString cause = QObject::tr("closed by Weir with code %1: %2").arg(loss.code.value_or(0)).arg(loss.reason);
  if (loss.mayBeLimit)
    return {FailureKind::Retryable, cause,
            QObject::tr(
                "the server sent text that is not UTF-8, or text that is cut inside a character between two fragments, "
                "which the protocol allows and Qt's WebSocket refuses: \"websocket.transport\" = 'direct' takes that")};
  if (loss.code == kNotUtf8)
    return {FailureKind::Retryable, cause,
            QObject::tr("the server sent text that is not UTF-8: write to whoever runs it")};
  return {FailureKind::Retryable, cause, {}};
}

}  // namespace

std::optional<Failure> failureOfStatus(const QByteArray& statusLine) {
  static const QRegularExpression kStatus(QStringLiteral("^HTTP/\\d\\.\\d +(\\d{3})(?: +(.*))?$"));
  const auto found = kStatus.match(QString::fromUtf8(statusLine.trimmed()));
  const int code = found.captured(1).toInt();
  if (!found.hasMatch() || code == 101) return std::nullopt;
  const FailureKind kind = code == 401 || code == 403   ? FailureKind::Refused
                           : code == 429 || code == 503 ? FailureKind::Throttled
                                                        : FailureKind::Retryable;
  const QString cause = QStringLiteral("%1 %2").arg(found.captured(1), found.captured(2)).trimmed();
  return Failure{kind, cause, QLatin1String(hintOfStatus(code))};
}

Failure failureOfHandshake(HandshakeFailure kind, const QString& cause, const QString& offered) {
  switch (kind) {
    case HandshakeFailure::Status:
      if (const auto failure = failureOfStatus(cause.toUtf8())) return *failure;
      break;
    case HandshakeFailure::Certificate:
      return {FailureKind::Refused, QObject::tr("certificate verify failed (%1)").arg(cause),
              QLatin1String(kHintCertificate)};
    case HandshakeFailure::Tls:
      return {FailureKind::Retryable, QObject::tr("TLS handshake failed (%1)").arg(cause), QLatin1String(kHintTls)};
    case HandshakeFailure::Subprotocol:
      if (offered.isEmpty())
        return {FailureKind::Refused, QObject::tr("subprotocol not supported (none was offered, server chose one)"),
                QLatin1String(kHintNoSubprotocol)};
      return {FailureKind::Refused,
              QObject::tr("subprotocol not supported (offered '%1', server chose another)").arg(offered),
              QLatin1String(kHintSubprotocol)};
    case HandshakeFailure::Timeout: return {FailureKind::Retryable, cause, QLatin1String(kHintTimeout)};
    case HandshakeFailure::Limit:
      return {
          FailureKind::Retryable, cause,
          QObject::tr("Qt's WebSocket takes the header Connection only as the one word Upgrade, where the protocol "
                      "allows more: \"websocket.transport\" = 'direct' takes that; or have the server, or the proxy "
                      "before it, answer Connection: Upgrade")};
    case HandshakeFailure::Network:
    case HandshakeFailure::Answer: break;
  }
  return {FailureKind::Retryable, cause.isEmpty() ? QObject::tr("connection closed") : cause,
          QLatin1String(kHintRefused)};
}

Failure failureOfNoSubprotocol(const QString& offered) {
  return {FailureKind::Refused, QObject::tr("subprotocol not supported (offered '%1', server chose none)").arg(offered),
          QLatin1String(kHintSubprotocol)};
}

Failure failureOfLoss(const TransportLoss& loss, int64_t maxMessageBytes) {
  switch (loss.by) {
    case TransportLoss::By::Server: return failureOfClose(loss.code, loss.reason);
    case TransportLoss::By::Weir: return failureOfOwnClose(loss, maxMessageBytes);
    case TransportLoss::By::Flood:
      return {FailureKind::Retryable, QObject::tr("the server sends pings and does not read the answers"),
              QObject::tr("see what the server does, or write to whoever runs it")};
    case TransportLoss::By::Nobody: break;
  }
  return {FailureKind::Retryable, QObject::tr("connection lost"), {}};
}

}  // namespace weir
