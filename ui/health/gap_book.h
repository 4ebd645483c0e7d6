// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/session/engine.h"

namespace weir {

/// When each source was lost, and what at least was missed then, over the runs of a window: a chart marks the gaps of
/// the sources that its rows are made of. Bounded: of very many gaps the oldest are forgotten.
class GapBook {
public:
  /// A run begins. What sources had that are not what they were is forgotten; a gap that was open ends now, unless the
  /// source goes on.
  void beginRun(const std::map<std::string, uint64_t>& identities, const std::set<std::string>& goingOn, int64_t nowMs);
  void take(const RunSnapshot& snapshot);

  /// In order of time.
  std::vector<Gap> gapsOf(const std::set<std::string>& sources) const;
  /// By the beginnings of the gaps.
  std::map<int64_t, uint64_t> lostOf(const std::set<std::string>& sources) const;

private:
  struct Source {
    uint64_t identity = 0;
    std::map<int64_t, Gap> gaps;  ///< by their beginning
    std::map<int64_t, uint64_t> lost;
    uint64_t lostSoFar = 0;  ///< of this run
  };
  std::map<std::string, Source> m_sources;
  std::map<std::string, uint64_t> m_identities;
};

}  // namespace weir
