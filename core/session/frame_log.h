// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: add() is the engine's, take() the GUI's.
#pragma once

#include <QByteArray>
#include <QString>
#include <deque>
#include <mutex>
#include <vector>

#include "core/base/clock.h"

namespace weir {

/// One message as it went over a connection.
struct Frame {
  Micros at = 0;
  QString connection;
  bool isOutgoing = false;
  bool isText = true;
  qsizetype size = 0;
  QByteArray payload;  ///< its first bytes
};

/// Hands raw messages to whoever looks at them, and forgets the oldest when nobody takes them fast enough.
class FrameLog {
public:
  static constexpr qsizetype kBytesKept = 16384;
  static constexpr size_t kMostWaiting = 2000;

  void add(Frame frame) {
    frame.size = frame.payload.size();
    if (frame.payload.size() > kBytesKept) frame.payload.truncate(kBytesKept);
    const std::lock_guard lock(m_mutex);
    m_waiting.push_back(std::move(frame));
    if (m_waiting.size() > kMostWaiting) {
      m_waiting.pop_front();
      ++m_skipped;
    }
  }
  /// Moves what waits; `skipped` counts those that went by unseen.
  std::vector<Frame> take(uint64_t* skipped) {
    const std::lock_guard lock(m_mutex);
    std::vector<Frame> out(std::make_move_iterator(m_waiting.begin()), std::make_move_iterator(m_waiting.end()));
    m_waiting.clear();
    *skipped = m_skipped;
    return out;
  }

private:
  std::mutex m_mutex;
  std::deque<Frame> m_waiting;
  uint64_t m_skipped = 0;
};

}  // namespace weir
