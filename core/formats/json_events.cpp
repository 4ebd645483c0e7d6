// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_events.h"

#include "core/base/text.h"
#include "core/data/json_text.h"

namespace weir {

std::optional<std::string_view> JsonEvents::Event::at(const JsonRecordPath::Place& place, JsonReach& reach) const {
  if (place.isName) return std::string_view(name);
  return reach.at(place.level < around.size() ? around[place.level] : json, place.steps);
}

JsonEvents::JsonEvents(std::string_view message, const JsonRecordPath& way, JsonFraming framing, bool rootIsList)
    : m_reach(framing) {
  const auto root = m_reach.opened(message);
  if (!root) return;
  if (rootIsList && root->starts_with('['))
    forEachJsonElement(*root, [&](std::string_view element) { walk(element, way); });
  else
    walk(*root, way);
}

void JsonEvents::walk(std::string_view json, const JsonRecordPath& way) {
  const auto element = m_reach.opened(json);
  if (!element) return;
  if (m_at.around.size() == way.eventLevel()) {
    m_at.json = *element;
    m_events.push_back(m_at);
    return;
  }
  const JsonRecordPath::Level& next = way.levels()[m_at.around.size()];
  auto holder = m_reach.at(*element, next.steps);
  if (holder) holder = m_reach.opened(*holder);
  if (!holder) return;
  m_at.around.push_back(*element);
  if (next.isOfMembers) {
    forEachJsonMember(*holder, [&](const std::string& name, std::string_view value) {
      m_at.name.clear();
      appendJsonString(m_at.name, name);
      walk(value, way);
    });
  } else if (holder->starts_with('[')) {
    forEachJsonElement(*holder, [&](std::string_view value) { walk(value, way); });
  } else {
    walk(*holder, way);
  }
  m_at.around.pop_back();
}

}  // namespace weir
