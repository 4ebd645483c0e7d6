// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <random>

#include "core/data/batch.h"
#include "core/exec/physical_plan.h"

namespace weir {

/// Makes version 4 UUIDs from a seed, so that a replay makes the same ones again.
class UuidSource {
public:
  explicit UuidSource(uint64_t seed) : m_random(seed) {}
  std::string next();

private:
  std::mt19937_64 m_random;
};

/// Runs bound expressions a column at a time over the selected rows of a batch.
class Evaluator {
public:
  Evaluator(Issues& issues, UuidSource& uuids) : m_issues(&issues), m_uuids(uuids) {}

  /// Returns a column with one value for each row of `rows`, in that order.
  ColumnPtr evaluate(const physical::Expression& expr, const Batch& batch, const Selection& rows);
  ColumnPtr evaluate(const physical::Expression& expr, const Batch& batch);
  /// The rows among `rows` for which a condition is TRUE.
  Selection select(const physical::Expression& condition, const Batch& batch, const Selection& rows);

  /// Counts issues elsewhere, for results that are only looked at.
  void countIn(Issues& issues) { m_issues = &issues; }
  Issues& issues() { return *m_issues; }

private:
  ColumnPtr evaluateLogic(const physical::Expression& expr, const Batch& batch, const Selection& rows);
  ColumnPtr evaluateCase(const physical::Expression& expr, const Batch& batch, const Selection& rows);
  ColumnPtr evaluateCoalesce(const physical::Expression& expr, const Batch& batch, const Selection& rows);
  ColumnPtr evaluateIn(const physical::Expression& expr, const Batch& batch, const Selection& rows);

  Issues* m_issues;
  UuidSource& m_uuids;
};

Selection allRows(const Batch& batch);

}  // namespace weir
