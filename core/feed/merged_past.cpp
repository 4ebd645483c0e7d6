// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/feed/merged_past.h"

#include <algorithm>
#include <utility>

namespace weir {

MergedPast::MergedPast(std::vector<std::unique_ptr<Past>> parts) {
  for (auto& part : parts) m_parts.push_back({std::move(part), std::nullopt});
}

Result<bool> MergedPast::read(Part& part) {
  m_newest = part.past.get();
  auto event = part.past->next();
  if (!event) return event.diagnostics();
  part.next = std::move(*event);
  return part.next.has_value();
}

MergedPast::Part* MergedPast::earliest() {
  Part* first = nullptr;
  for (Part& part : m_parts)
    if (part.next && (!first || part.next->at < first->next->at)) first = &part;
  return first;
}

Result<std::optional<Micros>> MergedPast::begin() {
  if (!std::exchange(m_isBegun, true))
    for (Part& part : m_parts) {
      const auto any = read(part);
      if (!any) return any.diagnostics();
      if (*any) ++m_open[part.next->stream];
    }
  const Part* first = earliest();
  return first ? std::optional(first->next->at) : std::nullopt;
}

Result<std::optional<FeedEvent>> MergedPast::next() {
  if (const auto begun = begin(); !begun) return begun.diagnostics();
  while (true) {
    Part* first = earliest();
    if (!first) return std::optional<FeedEvent>();
    FeedEvent event = *std::exchange(first->next, std::nullopt);
    if (const auto more = read(*first); !more) return more.diagnostics();
    if (event.kind != FeedEvent::Kind::End || --m_open[event.stream] == 0) return std::optional(std::move(event));
  }
}

}  // namespace weir
