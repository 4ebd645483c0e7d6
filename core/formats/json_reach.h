// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/json_path.h"
#include "core/formats/json_framing.h"

namespace weir {

/// Follows paths through JSON as it is written. Where a path goes on below a text, the text is read as JSON; what was
/// read so lives as long as this does. Checks no more syntax than it needs to find its way.
class JsonReach {
public:
  explicit JsonReach(JsonFraming framing) : m_framing(framing) {}

  /// The value at the end of the steps as it is written; the last one of members that are there twice.
  std::optional<std::string_view> at(std::string_view json, std::span<const JsonStep> steps);
  /// A value below which a path goes on: itself, or the object or array that a text holds.
  std::optional<std::string_view> opened(std::string_view json);

private:
  JsonFraming m_framing;
  std::deque<std::string> m_texts;
};

}  // namespace weir
