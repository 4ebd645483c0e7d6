// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/feed/past.h"

namespace weir {

/// Several pasts as one, by time; of one instant, in the order in which they were given. A stream ends when the last
/// past that holds its messages has.
class MergedPast final : public Past {
public:
  explicit MergedPast(std::vector<std::unique_ptr<Past>> parts);
  /// When the first event happens; nothing where there is none.
  Result<std::optional<Micros>> begin();
  Result<std::optional<FeedEvent>> next() override;
  std::string place() const override { return m_newest ? m_newest->place() : std::string(); }

private:
  struct Part {
    std::unique_ptr<Past> past;
    std::optional<FeedEvent> next;
  };
  Result<bool> read(Part& part);
  Part* earliest();

  std::vector<Part> m_parts;
  std::map<std::string, size_t> m_open;  ///< by stream, how many parts have not come to their end
  bool m_isBegun = false;
  const Past* m_newest = nullptr;
};

}  // namespace weir
