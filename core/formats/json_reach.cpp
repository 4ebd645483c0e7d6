// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_reach.h"

#include "core/data/json_text.h"

namespace weir {

std::optional<std::string_view> JsonReach::opened(std::string_view json) {
  if (!json.starts_with('"')) return json;
  m_texts.push_back(jsonPlainText(json));
  const auto inside = jsonInText(m_texts.back(), m_framing);
  if (!inside) m_texts.pop_back();
  return inside;
}

std::optional<std::string_view> JsonReach::at(std::string_view json, std::span<const JsonStep> steps) {
  std::optional<std::string_view> found = json;
  for (const JsonStep& step : steps) {
    found = opened(*found);
    if (found) found = step.index ? jsonElement(*found, *step.index) : jsonMember(*found, step.member);
    if (!found) break;
  }
  return found;
}

}  // namespace weir
