// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/exec/evaluator.h"
#include "core/exec/partial_match.h"
#include "core/exec/physical_plan.h"

namespace weir {

/// Which column of a pattern's output a match keeps, and where. What neither a condition nor the query reads is not
/// kept.
class PatternSlots {
public:
  PatternSlots(const physical::Pattern& pattern, size_t columns);

  static constexpr size_t kNone = SIZE_MAX;
  size_t size() const { return m_size; }
  size_t of(size_t column) const { return m_slots[column]; }
  /// Copies the event's values into the match, as the latest of the term and, when there was none, as its first.
  void capture(PartialMatch& match, const physical::PatternTerm& term, size_t index, const Batch& batch,
               uint32_t row) const;

private:
  std::vector<size_t> m_slots;
  size_t m_size = 0;
};

/// What rows of one input are worth by themselves: which terms they fit, and the keys under which matches wait for
/// them.
class PreparedRows {
public:
  struct Term {
    size_t index = 0;             ///< among all terms
    bool all = true;              ///< every row fits; else
    std::vector<uint32_t> place;  ///< of each row its number among those that fit
    std::vector<ColumnPtr> keys;  ///< of the rows that fit
  };
  static constexpr uint32_t kUnfit = UINT32_MAX;

  bool fits(const Term& term, uint32_t row) const { return term.all || term.place[row - m_first] != kUnfit; }
  /// Writes the row's key; false where it holds NULL, which equals nothing.
  bool key(const Term& term, uint32_t row, std::string& out) const;
  const std::vector<Term>& terms() const { return m_terms; }

private:
  friend class PatternConditions;
  uint32_t m_first = 0;
  std::vector<Term> m_terms;  ///< of the rows' port
};

/// Asks the conditions of a pattern: of events by themselves, and of an event with the matches that wait for it.
class PatternConditions {
public:
  PatternConditions(const physical::Pattern& pattern, Evaluator& evaluator, SchemaPtr schema,
                    const PatternSlots& slots);

  /// Looks at consecutive rows of an input.
  PreparedRows prepare(size_t port, const Batch& batch, uint32_t first, uint32_t count);
  /// The key under which a match waits for events of a term; false when none can fit yet.
  bool key(const PartialMatch& match, size_t term, std::string& out);
  /// Leaves in `matches` those with which the event meets the rest of the term's condition.
  void keepFitting(size_t term, const Batch& batch, uint32_t row, std::vector<PartialMatch*>& matches);

private:
  /// Columns of the output with the values that the matches have kept, a row for each.
  Batch& scratchOf(const std::vector<size_t>& columns, std::span<const PartialMatch* const> matches,
                   const RowMeta& meta);

  const PatternSlots& m_slots;
  Evaluator& m_evaluator;
  std::vector<const physical::PatternTerm*> m_terms;
  std::vector<std::vector<size_t>> m_termsOfPort;
  /// Columns of the output that each term reads: the rest of its condition its own and others, its keys others.
  std::vector<std::vector<size_t>> m_restOwn;
  std::vector<std::vector<size_t>> m_restEarlier;
  std::vector<std::vector<size_t>> m_keyEarlier;
  Batch m_scratch;
};

}  // namespace weir
