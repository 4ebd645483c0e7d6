// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/close_frame.h"

#include <QStringDecoder>
#include <QWebSocketProtocol>
#include <algorithm>

namespace weir {

namespace {

constexpr uchar kCloseByte = 0x88;  // the last fragment, opcode 8

// Codes that QWebSocket 6.4 passes on.
bool isKnownToQt(int code) {
  return code >= 1000 && code < 5000 && (code < 1004 || code > 1006) && (code < 1012 || code >= 3000);
}

CloseFrame read(QByteArrayView payload) {
  CloseFrame frame;
  if (payload.size() < 2) return frame;
  frame.code = static_cast<uchar>(payload[0]) << 8 | static_cast<uchar>(payload[1]);
  frame.reason = QString::fromUtf8(payload.sliced(2));
  return frame;
}

// Whether QWebSocket makes `code` and `reason` of a close frame.
bool makes(QByteArrayView payload, int code, const QString& reason) {
  if (payload.isEmpty()) return code == QWebSocketProtocol::CloseCodeNormal && reason.isEmpty();
  const CloseFrame frame = read(payload);
  if (!frame.code || !isKnownToQt(*frame.code)) return code == QWebSocketProtocol::CloseCodeProtocolError;
  QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
  const QString text = decoder(payload.sliced(2));
  return decoder.hasError() ? code == QWebSocketProtocol::CloseCodeWrongDatatype : code == frame.code && reason == text;
}

}  // namespace

std::optional<CloseFrame> closeFrameAtEnd(QByteArrayView bytes, int code, const QString& reason) {
  // The longest first: a reason may hold what looks like a frame.
  for (qsizetype length = std::min<qsizetype>(bytes.size(), kLongestCloseFrame) - 2; length >= 0; --length) {
    const QByteArrayView frame = bytes.last(length + 2);
    const bool looksSo = static_cast<uchar>(frame[0]) == kCloseByte && frame[1] == static_cast<char>(length);
    if (looksSo && makes(frame.sliced(2), code, reason)) return read(frame.sliced(2));
  }
  return std::nullopt;
}

std::optional<CloseFrame> closeFrameAhead(QByteArrayView bytes) {
  while (bytes.size() >= 2) {
    const uchar opening = static_cast<uchar>(bytes[0]);
    const int marked = static_cast<uchar>(bytes[1]);
    const qsizetype more = marked == 127 ? 8 : marked == 126 ? 2 : 0;
    // A server masks nothing: what looks so is no frame.
    if (marked > 127 || bytes.size() < 2 + more) return std::nullopt;
    quint64 length = more == 0 ? static_cast<quint64>(marked) : 0;
    for (qsizetype i = 0; i < more; ++i) length = length << 8 | static_cast<uchar>(bytes[2 + i]);
    const QByteArrayView rest = bytes.sliced(2 + more);
    if (length > static_cast<quint64>(rest.size())) return std::nullopt;
    bytes = rest.sliced(static_cast<qsizetype>(length));
    // Nothing comes after a close frame, so anything else was none.
    if (opening == kCloseByte) return bytes.isEmpty() ? std::optional(read(rest)) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace weir
