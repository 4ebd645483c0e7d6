// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QPointer>
#include <functional>

#include "core/net/close_frame.h"
#include "core/net/sent_count.h"

class QSslSocket;
class QTcpSocket;
class QWebSocket;

namespace weir {

/// Watches the socket below a QWebSocket, which knows more than QWebSocket 6.4 tells: how the handshake was answered,
/// with which code the server closed, and how much of what was written has left this process. Changes nothing that
/// QWebSocket reads or writes.
class WireWatch final : public QObject {
public:
  /// For a socket that has been told to open.
  explicit WireWatch(QWebSocket& socket);
  ~WireWatch() override;

  /// More of QWebSocket's own answers to pings lie unsent than a peer that reads would let lie.
  std::function<void()> onFlood;
  /// Some of what was written has left.
  std::function<void()> onGone;
  /// QWebSocket has read what was there, but for so many bytes: part of a frame.
  std::function<void(qint64 unread)> onRead;

  /// The first line of the answer to the handshake, such as `HTTP/1.1 400 Bad Request`; empty until it is there.
  QByteArray statusLine();
  /// The close frame that the server sent, when that is what ended the connection.
  std::optional<CloseFrame> closeFrame();

  /// Bytes that QWebSocket has written, before TLS; and how many of these have left for the operating system: under
  /// TLS, may have left, by the few bytes that it adds.
  qint64 written() const { return m_sent.written(); }
  qint64 gone() const { return m_sent.gone(); }
  /// Bytes in this process's memory that have been written and have not left.
  qint64 waiting() const { return m_sent.waiting(); }
  /// Says of a stretch of what was written that it was no answer to a ping.
  void countOwn(qint64 bytes) { m_own += bytes; }
  /// Nothing leaves any more: what has not gone by now never will.
  void stopWriting();

private:
  void watchReads();
  void take();
  void checkFlood();

  QPointer<QWebSocket> m_socket;
  QPointer<QTcpSocket> m_tcp;
  QPointer<QSslSocket> m_tls;
  QByteArray m_statusLine;
  QByteArray m_end;  ///< of what QWebSocket has read

  SentCount m_sent;
  qint64 m_own = 0;
  /// Answers that were written before a point of the stream, and before one that has left already.
  qint64 m_point = 0;
  qint64 m_answersAtPoint = 0;
  qint64 m_answersGone = 0;
};

}  // namespace weir
