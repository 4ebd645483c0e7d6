// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/gap_book.h"

#include <algorithm>

namespace weir {

namespace {

constexpr size_t kMostGaps = 1000;

}  // namespace

void GapBook::beginRun(const std::map<std::string, uint64_t>& identities, const std::set<std::string>& goingOn,
                       int64_t nowMs) {
  m_identities = identities;
  std::erase_if(m_sources, [&](const auto& entry) {
    const auto found = identities.find(entry.first);
    return found == identities.end() || found->second != entry.second.identity;
  });
  for (auto& [name, source] : m_sources) {
    if (goingOn.contains(name)) continue;
    source.lostSoFar = 0;
    for (auto& [from, gap] : source.gaps)
      if (!gap.to) gap.to = std::max(from, nowMs);
  }
}

void GapBook::take(const RunSnapshot& snapshot) {
  for (const auto& [name, gaps] : snapshot.gaps) {
    const auto identity = m_identities.find(name);
    if (identity == m_identities.end()) continue;
    Source& source = m_sources[name];
    source.identity = identity->second;
    // From the newest back to the first that is as it was: there may be thousands, and this is asked at each frame.
    for (auto gap = gaps.rbegin(); gap != gaps.rend(); ++gap) {
      const auto [known, isNew] = source.gaps.try_emplace(gap->from, *gap);
      if (!isNew && known->second.to && known->second.to == gap->to) break;
      known->second = *gap;
      if (source.gaps.size() > kMostGaps && known == source.gaps.begin()) break;
    }
    while (source.gaps.size() > kMostGaps) {
      source.lost.erase(source.gaps.begin()->first);
      source.gaps.erase(source.gaps.begin());
    }
  }
  // What a source estimates grows once a loss is over: it belongs to its newest gap.
  for (const ConnectionHealth& h : snapshot.connections) {
    for (const QString& name : h.sources()) {
      const auto found = m_sources.find(name.toStdString());
      if (found == m_sources.end() || found->second.gaps.empty()) continue;
      Source& source = found->second;
      if (h.lost > source.lostSoFar) source.lost[source.gaps.rbegin()->first] += h.lost - source.lostSoFar;
      source.lostSoFar = h.lost;
    }
  }
}

std::vector<Gap> GapBook::gapsOf(const std::set<std::string>& sources) const {
  std::vector<Gap> out;
  for (const auto& [name, source] : m_sources)
    if (sources.contains(name))
      for (const auto& [from, gap] : source.gaps) out.push_back(gap);
  std::stable_sort(out.begin(), out.end(), [](const Gap& a, const Gap& b) { return a.from < b.from; });
  return out;
}

std::map<int64_t, uint64_t> GapBook::lostOf(const std::set<std::string>& sources) const {
  std::map<int64_t, uint64_t> out;
  for (const auto& [name, source] : m_sources)
    if (sources.contains(name))
      for (const auto& [from, lost] : source.lost) out[from] += lost;
  return out;
}

}  // namespace weir
