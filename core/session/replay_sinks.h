// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the one it was made on.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/diagnostic.h"
#include "core/base/log.h"
#include "core/connectors/websocket_sink.h"
#include "core/exec/pipeline.h"
#include "core/net/qt_clock.h"

namespace weir {

/// The sinks of a replay: the pipeline's clock is virtual, theirs is the real one.
class ReplaySinks {
public:
  /// `tell` hears of rows that failed and of queues that are full.
  explicit ReplaySinks(std::function<void(const LogEntry&)> tell) : m_tell(std::move(tell)) {}
  /// Connects every sink of the pipeline. Fails when a secret is not set.
  Diagnostics start(Pipeline& pipeline);
  /// Lets rows go out; waits while a queue is half full, so that a fast replay does not drop what a sink could take.
  void breathe();
  /// Sends what is queued, for at most 5 s, and closes.
  void drain();
  std::map<std::string, uint64_t> metrics() const;
  uint64_t rowsFailed() const;

private:
  std::function<void(const LogEntry&)> m_tell;
  QtClock m_clock;
  std::map<std::string, std::unique_ptr<WebSocketSink>> m_sinks;
  bool m_drained = false;
};

}  // namespace weir
