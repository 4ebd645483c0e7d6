// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "core/data/batch.h"

namespace weir {

/// A match of a pattern that has begun: where it stands, since when, and what it has kept of its events. The values of
/// an event are copied out, so that no batch is held by one of its rows.
struct PartialMatch {
  enum class Term : uint8_t { Open, Done, Failed };
  struct Watch {
    size_t term;
    std::string key;
  };

  uint64_t number = 0;  ///< in the order in which they began
  size_t step = 0;
  int64_t count = 0;        ///< events of this step, when it is a repeated one
  int64_t since = 0;        ///< event time at which the step began
  std::vector<Term> terms;  ///< of this step
  int64_t earliest = 0;     ///< event time at which the match began
  RowMeta latest;           ///< of its latest event
  bool hasEvent = false;
  bool hasGap = false;         ///< one of its events has
  std::vector<Value> values;   ///< by slot
  std::vector<bool> captured;  ///< terms that have had an event
  uint64_t movedAt = 0;        ///< number of the event that moved it last

  // What the store keeps of it.
  std::vector<Watch> watches;
  std::optional<int64_t> expiry;
  std::optional<int64_t> deadline;
  std::list<PartialMatch>::iterator place;

  /// Of its events, this one included, whether they are at most `within` apart; -1 is no bound.
  bool reaches(int64_t time, int64_t within) const {
    if (within < 0) return true;
    const int64_t last = hasEvent && latest.time() > time ? latest.time() : time;
    return last - (earliest < time ? earliest : time) <= within;
  }
};

}  // namespace weir
