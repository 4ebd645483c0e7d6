// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/connectors/websocket/websocket_source.h"

namespace weir {

/// One source over several connections, each of which brings some of its symbols (`websocket.each.per.connection`). It
/// is open when all of them are, and lost when one is: a gap of one is a gap of the source.
class ShardedSource final : public Source {
public:
  /// `groups` are the symbols of each connection.
  ShardedSource(const EndpointSetup& setup, const std::vector<std::vector<std::string>>& groups);
  ~ShardedSource() override;

  void start() override;
  void stop() override;
  void fail(const QString& why, const QString& hint) override;
  void reconnect() override;
  void ask() override;
  void decoded() override;
  void rowPassed(bool isWhole) override;
  bool hasPassedRow() const override;
  ConnectionState state() const override { return worst().state(); }
  Micros since() const override { return worst().since(); }
  ConnectionHealth health() const override;
  QString shown(const QString& said) const override { return worst().shown(said); }
  void watchFrames(FrameWatch watch) override;
  /// The one that sinks write over.
  WebSocketSource& first();

private:
  class Shard;
  const WebSocketSource& worst() const;
  bool areAllOpen() const;
  void opened();
  void lost();
  void alive();
  void stateChanged();

  std::vector<std::unique_ptr<Shard>> m_shards;
  Shard* m_speaking = nullptr;  ///< whose message is being read
  bool m_isOpen = false;
  bool m_isEnding = false;
  Micros m_proven = 0;
};

/// What a sink writes over when it shares `connection`; nullptr for none.
std::shared_ptr<WebSocketSource> writable(const std::shared_ptr<Source>& connection);

}  // namespace weir
