// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: publish() is the engine's, take() the GUI's.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/data/batch.h"

namespace weir {

/// Hands results from the engine thread to the GUI. Never blocks for long, never grows: past capacity the oldest batch
/// goes, and `dropped` says so. The last value of a burst always arrives.
class ResultFeed {
public:
  struct Item {
    std::string stream;
    BatchPtr batch;
  };
  struct Taken {
    std::vector<Item> closed;
    /// The open windows of each stream, as they are now: only the newest picture counts.
    std::map<std::string, std::vector<BatchPtr>> open;
    uint64_t droppedRows = 0;
    uint64_t publishedRows = 0;
  };

  explicit ResultFeed(size_t capacityRows) : m_capacity(capacityRows) {}

  void publish(const std::string& stream, BatchPtr batch) {
    const std::lock_guard lock(m_mutex);
    m_published += batch->rows();
    m_rows += batch->rows();
    m_items.push_back({stream, std::move(batch)});
    while (m_rows > m_capacity && m_items.size() > 1) {
      m_rows -= m_items.front().batch->rows();
      m_dropped += m_items.front().batch->rows();
      m_items.pop_front();
    }
  }
  void publishOpen(const std::string& stream, std::vector<BatchPtr> rows) {
    const std::lock_guard lock(m_mutex);
    m_open[stream] = std::move(rows);
  }
  Taken take() {
    const std::lock_guard lock(m_mutex);
    Taken taken;
    taken.closed.assign(m_items.begin(), m_items.end());
    taken.open = std::exchange(m_open, {});
    taken.droppedRows = m_dropped;
    taken.publishedRows = m_published;
    m_items.clear();
    m_rows = 0;
    return taken;
  }

private:
  std::mutex m_mutex;
  size_t m_capacity;
  size_t m_rows = 0;
  uint64_t m_dropped = 0;
  uint64_t m_published = 0;
  std::deque<Item> m_items;
  std::map<std::string, std::vector<BatchPtr>> m_open;
};

}  // namespace weir
