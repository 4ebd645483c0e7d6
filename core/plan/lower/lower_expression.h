// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exec/physical_plan.h"
#include "core/plan/lower/column_slots.h"

namespace weir {

/// Makes expressions ready to run over the rows of a FROM: slots for names, kernels for functions. Aggregates, LAG and
/// items stand only where `ResultLowering` gives them slots.
class ExpressionLowering {
public:
  explicit ExpressionLowering(const ColumnSlots& slots) : m_slots(slots) {}
  virtual ~ExpressionLowering() = default;
  ExpressionLowering(const ExpressionLowering&) = delete;
  ExpressionLowering& operator=(const ExpressionLowering&) = delete;

  physical::ExpressionPtr lower(const logical::Expression& expr);
  std::vector<physical::ExpressionPtr> lower(const std::vector<logical::Expression>& list);
  /// Of nothing nothing.
  physical::ExpressionPtr lower(const Box<logical::Expression>& expr) { return expr ? lower(*expr) : nullptr; }

protected:
  /// What stands for a whole expression, whatever it is made of; null when nothing does.
  virtual physical::ExpressionPtr lowerWhole(const logical::Expression& expr);
  /// The slot of an aggregate, a window function or a bound of the window.
  virtual size_t slotOf(const logical::Expression& expr);
  virtual physical::ExpressionPtr lowerItem(const logical::Expression& expr);

  const ColumnSlots& m_slots;
  bool m_isAgain = false;  ///< within a text that stands elsewhere too

private:
  physical::ExpressionPtr lowerCall(const logical::Expression& expr);
  physical::ExpressionPtr lowerAgain(const logical::Expression& expr);
};

physical::ExpressionPtr columnAt(size_t slot, Type type);
/// A call of a kernel whose issues nobody wrote.
physical::ExpressionPtr silentCall(Kernel kernel, Type type, physical::ExpressionPtr arg);
/// `expr` as `to`, which it fits without a word.
physical::ExpressionPtr widened(physical::ExpressionPtr expr, Type to);
/// The parts joined by AND, in their order; nothing when there are none.
physical::ExpressionPtr conjunction(std::vector<physical::ExpressionPtr> parts);
/// Moves the columns that an expression reads `by` places to the front.
void shift(physical::Expression& expr, size_t by);
/// Counts issues of everything below once more: the expression stands for another written one.
void addWeight(physical::Expression& expr);
void clearWeight(physical::Expression& expr);

}  // namespace weir
