// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_message.h"

#include <algorithm>

namespace weir {

std::optional<JsonKind> notedKind(std::span<const JsonNote> notes, size_t at, size_t size) {
  auto note =
      std::lower_bound(notes.begin(), notes.end(), at, [](const JsonNote& n, size_t place) { return n.at < place; });
  for (; note != notes.end() && note->at < at + size; ++note)
    if (note->at == at || note->kind == JsonKind::Foreign) return note->kind;
  return std::nullopt;
}

}  // namespace weir
