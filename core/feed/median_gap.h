// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>

#include "core/base/clock.h"

namespace weir {

/// Knows the usual time between messages: the median of the newest ones, which a single pause does not move.
class MedianGap {
public:
  void add(Micros gap) {
    m_gaps[m_next] = gap;
    m_next = (m_next + 1) % m_gaps.size();
    m_count = std::min(m_count + 1, m_gaps.size());
  }
  /// In ms; 0 as long as nothing is known.
  double ms() const {
    if (m_count == 0) return 0;
    auto sorted = m_gaps;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(m_count / 2);
    std::nth_element(sorted.begin(), middle, sorted.begin() + static_cast<std::ptrdiff_t>(m_count));
    return static_cast<double>(*middle) / 1000;
  }

private:
  std::array<Micros, 63> m_gaps{};
  size_t m_next = 0;
  size_t m_count = 0;
};

}  // namespace weir
