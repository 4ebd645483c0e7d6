// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/feed/tables_first.h"

#include <utility>

namespace weir {

TablesFirst::TablesFirst(std::unique_ptr<Past> past, std::set<std::string> tables, Load load)
    : m_past(std::move(past)), m_all(std::move(tables)), m_missing(m_all), m_load(std::move(load)) {}

Result<std::optional<FeedEvent>> TablesFirst::next() {
  if (!m_held) {
    auto event = m_past->next();
    if (!event || !*event || m_missing.empty()) return event;
    if (m_all.contains((*event)->stream)) m_missing.erase((*event)->stream);
    if ((*event)->kind != FeedEvent::Kind::Message || m_missing.empty() || m_all.contains((*event)->stream))
      return event;
    m_held = std::move(*event);
  }
  if (!m_table.empty()) return loadNext();
  if (m_missing.empty()) return std::exchange(m_held, std::nullopt);
  m_table = *m_missing.begin();
  m_missing.erase(m_table);
  auto records = m_load(m_table);
  if (!records) return records.diagnostics();
  m_records = std::move(*records);
  m_nextRecord = 0;
  return std::optional(FeedEvent{m_held->at, m_table, FeedEvent::Kind::Open});
}

std::optional<FeedEvent> TablesFirst::loadNext() {
  if (m_nextRecord < m_records.size())
    return FeedEvent{m_held->at, m_table, FeedEvent::Kind::Message, std::move(m_records[m_nextRecord++]), 0, true};
  m_records.clear();
  return FeedEvent{m_held->at, std::exchange(m_table, {}), FeedEvent::Kind::End};
}

}  // namespace weir
