// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"

#include <algorithm>

namespace weir {

TimerId VirtualClock::callAt(Micros at, std::function<void()> call, uint32_t rank) {
  const TimerId id{++m_lastId};
  const Key key{at, rank, id};
  m_calls.emplace(key, std::move(call));
  m_keys.emplace(id, key);
  return id;
}

void VirtualClock::cancel(TimerId id) {
  const auto found = m_keys.find(id);
  if (found == m_keys.end()) return;
  m_calls.erase(found->second);
  m_keys.erase(found);
}

void VirtualClock::advanceTo(Micros at) {
  while (!m_calls.empty() && m_calls.begin()->first.at <= at) {
    auto due = m_calls.extract(m_calls.begin());
    m_keys.erase(due.key().id);
    m_now = std::max(m_now, due.key().at);
    due.mapped()();
  }
  m_now = std::max(m_now, at);
}

void VirtualClock::rerank(const std::map<uint32_t, uint32_t>& to) {
  std::map<Key, std::function<void()>> calls;
  m_keys.clear();
  for (auto& [key, call] : m_calls) {
    const auto found = to.find(key.rank);
    if (found == to.end()) continue;
    const Key moved{key.at, found->second, key.id};
    m_keys.emplace(key.id, moved);
    calls.emplace(moved, std::move(call));
  }
  m_calls = std::move(calls);
}

}  // namespace weir
