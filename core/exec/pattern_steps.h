// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "core/exec/pattern_conditions.h"
#include "core/exec/physical_plan.h"

namespace weir {

/// The rules of a pattern: which events a match waits for, and what becomes of it when one of them comes or a wait
/// ends. Knows nothing of streams, clocks or other matches.
class PatternSteps {
public:
  enum class Outcome {
    Ignored,  ///< the event changed nothing
    Failed,   ///< an alternative of OR has failed, others are left
    Advanced,
    Killed,
    Complete,
  };

  PatternSteps(const physical::Pattern& pattern, const PatternSlots& slots);

  size_t terms() const { return m_terms.size(); }
  const physical::PatternTerm& term(size_t index) const { return *m_terms[index]; }
  size_t firstTermOf(size_t step) const { return m_firstTerm[step]; }
  /// A match before its first event, which is expected at `step`.
  PartialMatch fresh(size_t step) const;
  /// The terms of which an event may move or end the match.
  void watched(const PartialMatch& match, std::vector<size_t>& terms) const;
  /// When the next of its waits ends.
  std::optional<int64_t> deadline(const PartialMatch& match) const;
  /// An event that fits these of the watched terms, ascending, has come.
  Outcome offer(PartialMatch& match, std::span<const size_t> fitting, const Batch& batch, uint32_t row) const;
  /// The waits that end at `time` have ended.
  Outcome endWaits(PartialMatch& match, int64_t time) const;

private:
  /// The later steps that an event may already belong to, nearest first.
  void reachable(const PartialMatch& match, std::vector<size_t>& steps) const;
  bool takes(size_t step, std::span<const size_t> fitting) const;
  void enter(PartialMatch& match, size_t step, int64_t time) const;
  Outcome next(PartialMatch& match, int64_t time) const;
  Outcome fillGroup(PartialMatch& match, std::span<const size_t> fitting, const Batch& batch, uint32_t row) const;
  Outcome leaveFilled(PartialMatch& match, int64_t time) const;
  void capture(PartialMatch& match, size_t term, const Batch& batch, uint32_t row) const;

  const physical::Pattern& m_pattern;
  const PatternSlots& m_slots;
  std::vector<const physical::PatternTerm*> m_terms;
  std::vector<size_t> m_firstTerm;  ///< of each step
};

}  // namespace weir
