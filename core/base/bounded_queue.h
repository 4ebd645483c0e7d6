// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace weir {

enum class WhenFull { DropOldest, DropNewest };

/// A queue that never grows past its capacity and counts what it had to drop. One thread only.
template <class T>
class BoundedQueue {
public:
  BoundedQueue(size_t capacity, WhenFull whenFull) : m_capacity(capacity), m_whenFull(whenFull) {}

  /// Returns false when an item (this one or the oldest) was dropped.
  bool push(T item) {
    if (m_items.size() < m_capacity) {
      m_items.push_back(std::move(item));
      return true;
    }
    ++m_dropped;
    if (m_whenFull == WhenFull::DropOldest && m_capacity > 0) {
      m_items.pop_front();
      m_items.push_back(std::move(item));
    }
    return false;
  }
  T pop() {
    T item = std::move(m_items.front());
    m_items.pop_front();
    return item;
  }
  const T& front() const { return m_items.front(); }
  bool empty() const { return m_items.empty(); }
  size_t size() const { return m_items.size(); }
  size_t capacity() const { return m_capacity; }
  uint64_t dropped() const { return m_dropped; }
  void clear() { m_items.clear(); }

private:
  size_t m_capacity;
  WhenFull m_whenFull;
  uint64_t m_dropped = 0;
  std::deque<T> m_items;
};

}  // namespace weir
