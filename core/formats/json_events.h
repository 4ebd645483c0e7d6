// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/formats/json_reach.h"
#include "core/formats/json_record_path.h"

namespace weir {

/// The events of one message as it is written, where the decoder finds them. The message must outlive it.
class JsonEvents {
public:
  struct Event {
    std::string_view json;
    std::vector<std::string_view> around;  ///< the element of each level above, from the message inwards
    std::string name;                      ///< what `$key` is, as JSON

    /// What a path finds, as JSON; it lives as long as the event and `reach`.
    std::optional<std::string_view> at(const JsonRecordPath::Place& place, JsonReach& reach) const;
  };

  /// `rootIsList`: each element of a root array is a message.
  JsonEvents(std::string_view message, const JsonRecordPath& way, JsonFraming framing, bool rootIsList);

  const std::vector<Event>& all() const { return m_events; }

private:
  void walk(std::string_view json, const JsonRecordPath& way);

  JsonReach m_reach;
  std::vector<Event> m_events;
  Event m_at;
};

}  // namespace weir
