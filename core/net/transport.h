// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the one it was made on.
#pragma once

#include <QByteArray>
#include <QList>
#include <QPair>
#include <QString>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace weir {

/// What carries messages: Qt's QWebSocket, or a WebSocket of our own.
enum class TransportKind { Qt, Direct };

/// Where to connect and how; all secrets are already in place.
struct TransportSettings {
  TransportKind transport = TransportKind::Qt;
  QString url;
  QList<QPair<QByteArray, QByteArray>> headers;
  QString subprotocol;
  QString caFile, certFile, keyFile;
  bool insecure = false;
  QString proxy;
  int64_t maxMessageBytes = 1 << 20;
};

/// Why no connection came about.
enum class HandshakeFailure {
  Network,      ///< refused, reset, host not found: the cause is in the system's words
  Timeout,      ///< by the system; the cause is in its words
  Tls,          ///< the cause is in the library's words
  Certificate,  ///< the cause is in the library's words, but for `self-signed certificate`
  Status,       ///< the cause is the answer's first line
  Subprotocol,  ///< the server chose one that was not offered
  Answer,       ///< the cause says what is no answer to a WebSocket handshake
  Limit,        ///< the cause says which answer the protocol allows and this transport does not take
};

/// How an open connection came to its end.
struct TransportLoss {
  enum class By {
    Server,  ///< with a close frame
    Weir,    ///< because of what the server sent
    Flood,   ///< by Weir, because the server sends pings and does not read the answers
    Nobody,  ///< the connection broke
  } by = By::Nobody;
  /// Of the close frame, where one was sent and had a code.
  std::optional<int> code;
  QString reason;
  /// By Weir, for what the protocol may allow and this transport does not take.
  bool mayBeLimit = false;
};

/// Hears what happens on a transport, on its thread, and in the course of its calls too.
class TransportListener {
public:
  /// The handshake is done; the server has chosen a subprotocol or none.
  virtual void opened(const QString& subprotocol) = 0;
  /// The payload is borrowed: it lives until the call returns.
  virtual void received(const QByteArray& payload, bool isText) = 0;
  virtual void answered(const QByteArray& ping) = 0;
  /// The event loop has turned since the last `received`: what comes now has come later.
  virtual void turned() = 0;
  /// Some of what was sent has left for the operating system.
  virtual void written() = 0;
  /// There will be no `opened`, nor anything else.
  virtual void failed(HandshakeFailure kind, const QString& cause) = 0;
  /// Nothing else comes after it.
  virtual void lost(const TransportLoss& loss) = 0;

protected:
  ~TransportListener() = default;
};

/// Carries messages to one server and back, over one connection: opened once. Decides nothing: no retry, no deadline.
/// What it holds of what comes is bounded, and where messages take long, others on the thread have their turns.
class Transport {
public:
  virtual ~Transport() = default;

  /// May fail from inside the call.
  virtual void open(const TransportSettings& settings) = 0;
  /// Whether a message would be taken now.
  virtual bool takesMessages() const = 0;
  /// Returns false when it is not taken.
  virtual bool send(const QByteArray& payload, bool asText) = 0;
  virtual void ping(const QByteArray& payload) = 0;
  /// Says goodbye with code 1000 when all that was sent has left, and aborts otherwise. The listener hears nothing
  /// more.
  virtual void close() = 0;
  /// Nothing leaves any more, and the listener hears nothing more.
  virtual void abort() = 0;

  /// Bytes that were written, before TLS, and how many of these have left for the operating system; both stay as they
  /// are after the end. What had not left by then never will.
  virtual int64_t written() const = 0;
  virtual int64_t gone() const = 0;
  /// Bytes that were written and have not left, encrypted or not.
  virtual int64_t waiting() const = 0;
};

using TransportFactory =
    std::function<std::unique_ptr<Transport>(const TransportSettings& settings, TransportListener& listener)>;

/// The transport that the settings name.
std::unique_ptr<Transport> makeTransport(const TransportSettings& settings, TransportListener& listener);

}  // namespace weir
