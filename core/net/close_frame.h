// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <optional>

namespace weir {

/// What a peer says as it closes (RFC 6455, 7.4).
struct CloseFrame {
  std::optional<int> code;
  QString reason;
};

/// A close frame's most bytes: two of header, 125 of payload.
constexpr qsizetype kLongestCloseFrame = 127;

/// Finds the close frame with which `bytes` end, when it is the one that made QWebSocket 6.4 end with `code` and
/// `reason`: it puts 1002 in the place of every code that it does not know. Nothing when it was QWebSocket that closed.
std::optional<CloseFrame> closeFrameAtEnd(QByteArrayView bytes, int code, const QString& reason);

/// Finds a close frame in bytes that begin with a frame and have not been read.
std::optional<CloseFrame> closeFrameAhead(QByteArrayView bytes);

}  // namespace weir
