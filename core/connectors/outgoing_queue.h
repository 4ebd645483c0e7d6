// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <utility>

#include "core/base/bounded_queue.h"

namespace weir {

/// Messages that wait to be sent, never more of them than a number and never more of their bytes than another; what has
/// to give way is counted. One thread only.
template <class Message>
class OutgoingQueue {
public:
  OutgoingQueue(size_t mostMessages, int64_t mostBytes, WhenFull whenFull)
      : m_most(mostMessages), m_mostBytes(mostBytes), m_whenFull(whenFull) {}

  /// Takes a message; `bytesAhead` have been popped and are in memory still. Returns false when it or others had to
  /// give way.
  bool push(Message message, int64_t bytesAhead) {
    const uint64_t before = m_dropped;
    const int64_t besides = bytesAhead + message.size();
    const auto fits = [&] { return m_messages.size() < m_most && m_bytes + besides <= m_mostBytes; };
    // One that has no room even in an empty queue drives nobody out.
    if (m_whenFull == WhenFull::DropOldest && besides <= m_mostBytes)
      while (!fits() && !m_messages.empty()) {
        pop();
        ++m_dropped;
      }
    if (!fits()) {
      ++m_dropped;
      return false;
    }
    m_bytes += message.size();
    m_messages.push_back(std::move(message));
    return m_dropped == before;
  }
  Message pop() {
    Message message = std::move(m_messages.front());
    m_messages.pop_front();
    m_bytes -= message.size();
    return message;
  }
  bool empty() const { return m_messages.empty(); }
  size_t size() const { return m_messages.size(); }
  int64_t bytes() const { return m_bytes; }
  size_t most() const { return m_most; }
  int64_t mostBytes() const { return m_mostBytes; }
  uint64_t dropped() const { return m_dropped; }
  void clear() {
    m_messages.clear();
    m_bytes = 0;
  }

private:
  size_t m_most;
  int64_t m_mostBytes;
  WhenFull m_whenFull;
  int64_t m_bytes = 0;
  uint64_t m_dropped = 0;
  std::deque<Message> m_messages;
};

}  // namespace weir
