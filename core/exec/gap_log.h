// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace weir {

/// A stretch of a source's time in which rows may be missing: `[from, to)`, open-ended while it lasts.
struct Gap {
  int64_t from = 0;
  std::optional<int64_t> to;
};

/// Remembers when a source could not be heard, in the time that its windows are made of. Bounded: of very many gaps
/// the oldest are forgotten.
class GapLog {
public:
  /// The first row there ever was: before it nothing is known.
  void begin(int64_t time) {
    if (!m_first) m_first = time;
  }
  bool begun() const { return m_first.has_value(); }
  void open(int64_t from) {
    m_gaps.push_back({from, std::nullopt});
    if (m_gaps.size() > kMost) m_gaps.pop_front();
    ++m_count;
  }
  void close(int64_t to) {
    if (!m_gaps.empty() && !m_gaps.back().to) m_gaps.back().to = to;
  }
  /// A gap that is known only once it is over, as a jump of a sequence is.
  void add(int64_t from, int64_t to) {
    const bool isOpen = !m_gaps.empty() && !m_gaps.back().to;
    m_gaps.insert(isOpen ? std::prev(m_gaps.end()) : m_gaps.end(), {from, to});
    if (m_gaps.size() > kMost) m_gaps.pop_front();
    ++m_count;
  }
  bool isOpen() const { return !m_gaps.empty() && !m_gaps.back().to; }
  bool overlaps(int64_t start, int64_t end) const {
    if (!m_first || start < *m_first) return true;
    for (auto gap = m_gaps.rbegin(); gap != m_gaps.rend(); ++gap)
      if (gap->from < end && (!gap->to || *gap->to > start)) return true;
    return false;
  }
  /// Messages are missing before the row at `origin` of the push that is gathered or under way. A gap is a stretch of
  /// time; this is a place among the rows, and there is none where the program only read late.
  void lose(uint32_t origin = 0) {
    ++m_losses;
    if (origin > 0) m_ahead.push_back(origin);
  }
  /// How often messages were lost before the row at `origin` of the present push.
  uint64_t lossesBefore(uint32_t origin) const {
    return m_losses - static_cast<uint64_t>(m_ahead.end() - std::upper_bound(m_ahead.begin(), m_ahead.end(), origin));
  }
  /// The push is over: all that was lost lies before what comes.
  void settle() { m_ahead.clear(); }
  uint64_t count() const { return m_count; }
  const std::deque<Gap>& gaps() const { return m_gaps; }

private:
  static constexpr size_t kMost = 10'000;
  std::optional<int64_t> m_first;
  std::deque<Gap> m_gaps;
  uint64_t m_count = 0;
  uint64_t m_losses = 0;
  std::vector<uint32_t> m_ahead;  ///< where in the present push
};

}  // namespace weir
