// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_record_path.h"

#include <algorithm>

namespace weir {

JsonRecordPath::JsonRecordPath(std::string_view written) {
  if (written.empty()) return;
  JsonPath path;
  // The checker has seen that it is one.
  parseJsonPath(written, path);
  m_levels.emplace_back();
  bool isOpen = true;
  for (JsonStep& step : path.steps) {
    if (!isOpen) m_levels.emplace_back();
    isOpen = step.each == JsonStep::Each::None;
    if (isOpen)
      m_levels.back().steps.push_back(std::move(step));
    else
      m_levels.back().isOfMembers = step.each == JsonStep::Each::Member;
  }
  for (size_t level = 0; level < m_levels.size(); ++level) {
    const std::vector<JsonStep>& steps = m_levels[level].steps;
    for (size_t count = 0; count <= steps.size(); ++count) {
      const bool isArray = count == steps.size() && !m_levels[level].isOfMembers;
      if (isArray && (level > 0 || count > 0)) continue;
      m_above.push_back({level, {steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(count)}});
    }
  }
}

std::optional<std::string> JsonRecordPath::complaint(const JsonPath& path) const {
  const auto isOfMembers = [](const Level& level) { return level.isOfMembers; };
  if (path.from == JsonPath::From::Name && std::none_of(m_levels.begin(), m_levels.end(), isOfMembers))
    return "$key is the name that .* stands for, and json.records has no .*";
  if (path.from != JsonPath::From::Above || path.up <= m_above.size()) return std::nullopt;
  if (m_levels.empty()) return "without json.records nothing is above the record";
  return "the record lies " + std::to_string(m_above.size()) + (m_above.size() == 1 ? " level" : " levels") +
         " below the message, not " + std::to_string(path.up);
}

std::optional<JsonRecordPath::Place> JsonRecordPath::place(const JsonPath& path) const {
  if (complaint(path)) return std::nullopt;
  switch (path.from) {
    case JsonPath::From::Record: return Place{eventLevel(), path.steps};
    case JsonPath::From::Message: return Place{0, path.steps};
    case JsonPath::From::Above: {
      Place place = m_above[m_above.size() - path.up];
      place.steps.insert(place.steps.end(), path.steps.begin(), path.steps.end());
      return place;
    }
    case JsonPath::From::Name: break;
  }
  size_t level = m_levels.size();
  while (!m_levels[level - 1].isOfMembers) --level;
  return Place{level, {}, true};
}

}  // namespace weir
