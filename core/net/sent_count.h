// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the socket's.
#pragma once

#include <QObject>
#include <QPointer>
#include <functional>

class QSslSocket;
class QTcpSocket;

namespace weir {

/// Counts what is written to a socket and how much of it has left this process, under TLS too. The counts stay when the
/// socket is gone.
class SentCount final : public QObject {
public:
  explicit SentCount(QTcpSocket& socket);

  /// Some of what was written has left.
  std::function<void()> onGone;

  /// Bytes that have been written, before TLS; and how many of these have left for the operating system: under TLS, may
  /// have left, by the few bytes that it adds.
  qint64 written() const;
  qint64 gone() const;
  /// Bytes in this process's memory that have been written and have not left.
  qint64 waiting() const;

private:
  void encryptedLeft(qint64 bytes);

  QPointer<QTcpSocket> m_tcp;
  QPointer<QSslSocket> m_tls;
  bool m_isTls;
  qint64 m_left = 0;  ///< bytes written that went down to TLS, or out where there is none
  qint64 m_encryptedLeft = 0;
  /// Both, when last nothing waited in encrypted form.
  qint64 m_leftAtRest = 0;
  qint64 m_encryptedLeftAtRest = 0;
};

/// Nothing leaves any more, though the socket is not closed yet: what has not gone by now never will.
void stopWriting(const QTcpSocket& socket);

}  // namespace weir
