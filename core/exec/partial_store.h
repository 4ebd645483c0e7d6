// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <list>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/exec/partial_match.h"

namespace weir {

/// Keeps the matches that have begun, and finds those that an event may move, that are too old, and whose wait is over,
/// without looking at the others. Addresses stay the same.
class PartialStore {
public:
  explicit PartialStore(size_t terms) : m_watchers(terms) {}

  size_t size() const { return m_matches.size(); }
  bool empty() const { return m_matches.empty(); }
  PartialMatch& oldest() { return m_matches.front(); }
  PartialMatch& add(PartialMatch match);
  void remove(PartialMatch& match);
  void clear();

  /// From now on the match waits for events of `term` with this key.
  void watch(PartialMatch& match, size_t term, std::string key);
  void unwatch(PartialMatch& match);
  /// The matches that wait for such an event, in the order in which they began.
  const std::vector<PartialMatch*>& watching(size_t term, const std::string& key) const;

  void setExpiry(PartialMatch& match, std::optional<int64_t> earliest);
  void setDeadline(PartialMatch& match, std::optional<int64_t> deadline);
  /// The match that began first by event time, of those that expire; the one whose wait ends first; or nullptr.
  PartialMatch* firstToExpire() { return m_byExpiry.empty() ? nullptr : m_byExpiry.begin()->second; }
  PartialMatch* firstToEnd() { return m_byDeadline.empty() ? nullptr : m_byDeadline.begin()->second; }

  template <class Each>
  void forEach(const Each& each) {
    for (auto match = m_matches.begin(); match != m_matches.end();) each(*match++);
  }

private:
  using Ordered = std::map<std::pair<int64_t, uint64_t>, PartialMatch*>;
  using Bucket = std::vector<PartialMatch*>;
  static void place(Ordered& order, PartialMatch& match, std::optional<int64_t>& at, std::optional<int64_t> to);

  uint64_t m_number = 0;
  std::list<PartialMatch> m_matches;
  std::vector<std::unordered_map<std::string, Bucket>> m_watchers;  ///< of each term, by key
  Ordered m_byExpiry;
  Ordered m_byDeadline;
};

}  // namespace weir
