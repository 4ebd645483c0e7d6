// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/partial_store.h"

#include <algorithm>

namespace weir {

namespace {

bool isOlder(const PartialMatch* match, uint64_t number) { return match->number < number; }

}  // namespace

PartialMatch& PartialStore::add(PartialMatch match) {
  match.number = ++m_number;
  m_matches.push_back(std::move(match));
  m_matches.back().place = std::prev(m_matches.end());
  return m_matches.back();
}

void PartialStore::remove(PartialMatch& match) {
  unwatch(match);
  setExpiry(match, std::nullopt);
  setDeadline(match, std::nullopt);
  m_matches.erase(match.place);
}

void PartialStore::clear() {
  m_byExpiry.clear();
  m_byDeadline.clear();
  for (auto& buckets : m_watchers) buckets.clear();
  m_matches.clear();
}

void PartialStore::watch(PartialMatch& match, size_t term, std::string key) {
  Bucket& bucket = m_watchers[term][key];
  if (bucket.empty() || bucket.back()->number < match.number)
    bucket.push_back(&match);
  else
    bucket.insert(std::lower_bound(bucket.begin(), bucket.end(), match.number, isOlder), &match);
  match.watches.push_back({term, std::move(key)});
}

void PartialStore::unwatch(PartialMatch& match) {
  for (const PartialMatch::Watch& watch : match.watches) {
    auto& buckets = m_watchers[watch.term];
    const auto found = buckets.find(watch.key);
    Bucket& bucket = found->second;
    bucket.erase(std::lower_bound(bucket.begin(), bucket.end(), match.number, isOlder));
    if (bucket.empty()) buckets.erase(found);
  }
  match.watches.clear();
}

const std::vector<PartialMatch*>& PartialStore::watching(size_t term, const std::string& key) const {
  static const Bucket kNobody;
  const auto found = m_watchers[term].find(key);
  return found == m_watchers[term].end() ? kNobody : found->second;
}

void PartialStore::place(Ordered& order, PartialMatch& match, std::optional<int64_t>& at, std::optional<int64_t> to) {
  if (at == to) return;
  if (at) order.erase({*at, match.number});
  if (to) order.emplace_hint(order.end(), std::pair{*to, match.number}, &match);
  at = to;
}

void PartialStore::setExpiry(PartialMatch& match, std::optional<int64_t> earliest) {
  place(m_byExpiry, match, match.expiry, earliest);
}
void PartialStore::setDeadline(PartialMatch& match, std::optional<int64_t> deadline) {
  place(m_byDeadline, match, match.deadline, deadline);
}

}  // namespace weir
