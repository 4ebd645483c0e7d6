// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the one it was made on.
#pragma once

#include <QAbstractSocket>
#include <QElapsedTimer>
#include <QObject>
#include <QSslError>
#include <array>
#include <memory>
#include <optional>

#include "core/net/transport.h"
#include "core/wire/frame_reader.h"

class QTcpSocket;

namespace weir {

class SentCount;

/// Carries messages by a socket and frames of our own: what the protocol allows is taken, compressed messages too, and
/// text stays UTF-8 as it came.
class DirectTransport final : public QObject, public Transport {
public:
  explicit DirectTransport(TransportListener& listener);
  ~DirectTransport() override;

  void open(const TransportSettings& settings) override;
  bool takesMessages() const override;
  bool send(const QByteArray& payload, bool asText) override;
  void ping(const QByteArray& payload) override;
  void close() override;
  void abort() override;
  int64_t written() const override;
  int64_t gone() const override;
  int64_t waiting() const override;

private:
  void listen(bool isTls);
  void ask();
  void read();
  void readHead();
  void accept(const QByteArray& more, const QString& subprotocol);
  void readFrames();
  void take(const FrameReader::Event& event);
  void pinged(const QByteArray& payload);
  void left();
  void broke(QAbstractSocket::SocketError error);
  void ended();
  void fail(HandshakeFailure kind, const QString& cause);
  void lose(const TransportLoss& loss);
  void write(Opcode opcode, std::string_view payload);
  uint32_t nextMask();
  bool isFlushed();
  void sayGoodbye(std::optional<int> code, std::string_view reason);
  QTcpSocket* release();

  TransportListener& m_listener;
  TransportSettings m_settings;
  QTcpSocket* m_socket = nullptr;
  std::unique_ptr<SentCount> m_sent;
  bool m_isOpen = false;
  QString m_sslTrouble;
  QByteArray m_key;
  QByteArray m_head;  ///< of the answer, so far
  std::optional<FrameReader> m_reader;
  QElapsedTimer m_turn;
  int64_t m_readBuffer = 0;
  std::array<quint32, 64> m_masks{};
  size_t m_masksUsed = m_masks.size();
  /// The newest ping that could not be answered yet, and how much has been put off since anything left.
  std::optional<QByteArray> m_putOff;
  qint64 m_putOffBytes = 0;
};

}  // namespace weir
