// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <memory>
#include <utility>

#include "core/net/transport.h"

namespace weir {

/// Stands in for the network: a server that does what a test says, at once, without sockets or an event loop. What is
/// sent leaves at once too, unless `isStuck`.
class ScriptedNetwork final {
public:
  enum class Fate { None, Opening, Open, Closed, Aborted, Broken };

  ScriptedNetwork() = default;
  ScriptedNetwork(const ScriptedNetwork&) = delete;
  ScriptedNetwork& operator=(const ScriptedNetwork&) = delete;

  TransportFactory factory() {
    return [this](const TransportSettings&, TransportListener& listener) {
      fate = Fate::None;
      m_listener = &listener;
      return std::make_unique<Scripted>(*this, ++attempts);
    };
  }

  // What happens on the newest connection.
  void opens(const QString& subprotocol = {}) {
    fate = Fate::Open;
    m_listener->opened(subprotocol);
  }
  void says(const QByteArray& text) {
    if (fate == Fate::Open) m_listener->received(text, true);
  }
  /// What it says from now on comes later than what it has said.
  void turns() {
    if (fate == Fate::Open) m_listener->turned();
  }
  void answers(const QByteArray& ping) {
    if (fate == Fate::Open) m_listener->answered(ping);
  }
  void fails(HandshakeFailure kind, const QString& cause) {
    fate = Fate::Broken;
    m_listener->failed(kind, cause);
  }
  void closes(std::optional<int> code, const QString& reason = {}) { loses({TransportLoss::By::Server, code, reason}); }
  void breaks() { loses({}); }
  void loses(const TransportLoss& loss) {
    fate = Fate::Broken;
    m_listener->lost(loss);
  }
  /// What was stuck leaves.
  void takes() {
    m_gone = m_written;
    m_listener->written();
  }

  int attempts = 0;
  Fate fate = Fate::None;  ///< of the newest connection
  bool isStuck = false;
  bool isBroken = false;   ///< it breaks by the next message that is sent
  QList<QByteArray> sent;  ///< over all connections
  QList<QByteArray> pings;
  TransportSettings settings;

private:
  class Scripted final : public Transport {
  public:
    Scripted(ScriptedNetwork& network, int number) : m_network(network), m_number(number) {}
    void open(const TransportSettings& settings) override {
      m_network.settings = settings;
      m_network.fate = Fate::Opening;
      m_network.m_written = m_network.m_gone = 0;
    }
    bool takesMessages() const override { return m_network.fate == Fate::Open; }
    bool send(const QByteArray& payload, bool) override {
      if (std::exchange(m_network.isBroken, false)) {
        m_network.breaks();
        return false;
      }
      m_network.sent << payload;
      m_network.m_written += payload.size();
      if (!m_network.isStuck) m_network.takes();
      return true;
    }
    void ping(const QByteArray& payload) override { m_network.pings << payload; }
    void close() override { end(m_network.m_written == m_network.m_gone ? Fate::Closed : Fate::Aborted); }
    void abort() override { end(Fate::Aborted); }
    int64_t written() const override { return m_network.m_written; }
    int64_t gone() const override { return m_network.m_gone; }
    int64_t waiting() const override { return m_network.m_written - m_network.m_gone; }

  private:
    void end(Fate fate) {
      const bool isNewest = m_number == m_network.attempts;
      if (isNewest && (m_network.fate == Fate::Opening || m_network.fate == Fate::Open)) m_network.fate = fate;
    }
    ScriptedNetwork& m_network;
    const int m_number;
  };

  TransportListener* m_listener = nullptr;
  int64_t m_written = 0;
  int64_t m_gone = 0;
};

}  // namespace weir
