// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/failure_text.h"

#include <QObject>
#include <QRegularExpression>
#include <QWebSocketProtocol>

namespace weir {

namespace {

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

Failure failureOfHandshake(const QString& words) {
  QString cause = words;
  cause.remove(QLatin1String("QWebSocketPrivate::processHandshake: "));
  // It compares the whole header, where the protocol asks for a word in it (RFC 6455, 4.1).
  const bool isUpgrade = cause.contains(QLatin1String("upgrade: websocket"), Qt::CaseInsensitive);
  if (cause.startsWith(QLatin1String("Invalid parameter(s)")) && isUpgrade)
    return {FailureKind::Retryable, cause,
            QObject::tr("Qt's WebSocket takes the header Connection only as the one word Upgrade, where the protocol "
                        "allows more: have the server, or the proxy before it, answer Connection: Upgrade")};
  return {FailureKind::Retryable, cause, QLatin1String(kHintRefused)};
}

Failure failureOfClose(const CloseFrame& frame) {
  if (!frame.code) return {FailureKind::Retryable, QObject::tr("closed without a code"), {}};
  const FailureKind kind = frame.code == 1013 ? FailureKind::Throttled : FailureKind::Retryable;
  const QString cause = QObject::tr("closed with code %1 %2").arg(*frame.code).arg(frame.reason).trimmed();
  return {kind, cause, QLatin1String(hintOfClose(*frame.code))};
}

Failure failureOfOwnClose(int code, const QString& reason, int64_t maxMessageBytes) {
  if (code == QWebSocketProtocol::CloseCodeTooMuchData)
    return {FailureKind::Retryable, QObject::tr("message larger than %1 bytes (1009)").arg(maxMessageBytes),
            QObject::tr("raise websocket.max.message.bytes")};
  const QString cause = QObject::tr("closed by Weir with code %1: %2").arg(code).arg(reason);
  if (code == QWebSocketProtocol::CloseCodeWrongDatatype)
    return {FailureKind::Retryable, cause,
            QObject::tr("the server sent text that is not UTF-8; Qt's WebSocket also refuses text that is cut inside a "
                        "character between two fragments, which the protocol allows")};
  return {FailureKind::Retryable, cause, {}};
}

}  // namespace weir
