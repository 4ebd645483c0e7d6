// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json_path.h"

namespace weir {

/// The way from a message to its events that `json.records` names. Each `[*]` and each `.*` on it begins a level, whose
/// elements are walked one after the other; the message is level 0, and the last level is that of the events.
class JsonRecordPath {
public:
  /// From an element of the level above to what holds the elements of this one.
  struct Level {
    std::vector<JsonStep> steps;
    bool isOfMembers = false;  ///< `.*`: they are the members of an object
  };
  /// Where a column is found: so many steps below the element of a level, or the name that this element has.
  struct Place {
    size_t level = 0;
    std::vector<JsonStep> steps;
    bool isName = false;
  };

  /// Nothing written: the message is the event. A path that does not end with `[*]` or `.*` leads to an array of events
  /// or to one event.
  explicit JsonRecordPath(std::string_view written);

  const std::vector<Level>& levels() const { return m_levels; }
  size_t eventLevel() const { return m_levels.size(); }

  /// Nothing where `complaint` has something to say.
  std::optional<Place> place(const JsonPath& path) const;
  /// Why a path leads nowhere from these events. `$^` is what holds the event, not counting arrays of `[*]`, and so
  /// on up to the message; `$key` is the name of the innermost `.*`.
  std::optional<std::string> complaint(const JsonPath& path) const;

private:
  std::vector<Level> m_levels;
  std::vector<Place> m_above;  ///< what lies around an event, from the message inwards
};

}  // namespace weir
