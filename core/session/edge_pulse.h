// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: that of its run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/session/edge_plan.h"
#include "core/session/run.h"

namespace weir {

/// Says in the topics of an edge what rows cannot say: heartbeats, `{"__at":W,"__hb":true}`, up to where event time has
/// come, by the rules that windows close by here; and marks, `{"__gap_from":F,"__gap_to":T}`, where rows may be
/// missing. A mark stands before the rows that end the gap, and no heartbeat stands before a row that is not late.
/// A long gap is several marks, so that each window that overlaps it holds where one begins.
class EdgePulse {
public:
  /// At least as often a heartbeat is due.
  static constexpr Micros kEvery = 500'000;

  EdgePulse(Run& run, const std::vector<EdgeTopic>& topics);
  /// Marks and heartbeats of all topics, as of now. Those of a feed that has ended are its last.
  void beat();

private:
  struct Topic {
    EdgeTopic names;
    GapLog* gaps = nullptr;
    ProofOfLife* life = nullptr;
    bool hasBegun = false;
    uint64_t told = 0;  ///< gaps that are over and marked
    std::optional<int64_t> openFrom;
    int64_t markedTo = 0;  ///< of the gap that lasts
    std::optional<int64_t> beaten;
  };
  void mark(Topic& topic);
  void announceMarks(const Topic& topic, int64_t from, int64_t to);
  std::optional<int64_t> watermark(const Topic& topic) const;
  bool isProofDue(const Topic& topic) const;

  Run& m_run;
  std::vector<Topic> m_topics;
};

}  // namespace weir
