// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"

#include <algorithm>

namespace weir {

TimerId VirtualClock::callAt(Micros at, std::function<void()> call, uint32_t rank) {
  return add(at, rank, {std::move(call), {}});
}

TimerId VirtualClock::callOnceReady(Micros at, std::function<bool(Micros at)> ready, std::function<void()> call,
                                    uint32_t rank) {
  return add(at, rank, {std::move(call), std::move(ready)});
}

TimerId VirtualClock::add(Micros at, uint32_t rank, Call call) {
  const TimerId id{++m_lastId};
  const Key key{at, rank, id};
  m_calls.emplace(key, std::move(call));
  m_keys.emplace(id, key);
  return id;
}

void VirtualClock::cancel(TimerId id) {
  const auto found = m_keys.find(id);
  if (found == m_keys.end()) return;
  if (m_calls.erase(found->second) == 0) m_waiting.erase(found->second);
  m_keys.erase(found);
}

void VirtualClock::make(Calls::node_type due) {
  m_keys.erase(due.key().id);
  ++m_callsMade;
  due.mapped().call();
}

void VirtualClock::makeNext() {
  auto due = m_calls.extract(m_calls.begin());
  m_now = std::max(m_now, due.key().at);
  if (due.mapped().ready && !due.mapped().ready(due.key().at))
    m_waiting.insert(std::move(due));
  else
    make(std::move(due));
}

void VirtualClock::advanceTo(Micros at) {
  while (nextDeadline() <= at) makeNext();
  m_now = std::max(m_now, at);
}

void VirtualClock::retryWaiting() {
  const Micros reached = m_now;
  while (true) {
    const auto ready = std::find_if(m_waiting.begin(), m_waiting.end(),
                                    [](const auto& entry) { return entry.second.ready(entry.first.at); });
    // What a call asks for comes before the next that waited, if it would have then.
    const bool isAskedFor = nextDeadline() <= reached;
    if (isAskedFor && (ready == m_waiting.end() || m_calls.begin()->first < ready->first)) {
      makeNext();
    } else if (ready != m_waiting.end()) {
      m_now = ready->first.at;
      make(m_waiting.extract(ready));
    } else {
      break;
    }
  }
  m_now = reached;
}

void VirtualClock::rerank(const std::map<uint32_t, uint32_t>& to) {
  m_keys.clear();
  rerank(m_calls, to, m_keys);
  rerank(m_waiting, to, m_keys);
}

void VirtualClock::rerank(Calls& calls, const std::map<uint32_t, uint32_t>& to, std::map<TimerId, Key>& keys) {
  Calls moved;
  for (auto& [key, call] : calls) {
    const auto found = to.find(key.rank);
    if (found == to.end()) continue;
    const Key under{key.at, found->second, key.id};
    keys.emplace(key.id, under);
    moved.emplace(under, std::move(call));
  }
  calls = std::move(moved);
}

}  // namespace weir
