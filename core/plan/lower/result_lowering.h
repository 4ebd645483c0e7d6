// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "core/plan/lower/lower_expression.h"

namespace weir {

/// Makes what a query says of its answers ready to run over the layout of a physical::Select, and collects there the
/// aggregates and LAGs that it meets. Equal aggregates and keys are one, which counts its issues for all of them.
class ResultLowering final : public ExpressionLowering {
public:
  ResultLowering(const logical::Query& query, const ColumnSlots& slots, physical::Select& select);

  /// Items that HAVING calls by their names, which count their issues there.
  const std::vector<bool>& itemsUsed() const { return m_itemsUsed; }
  /// The columns of the layout, when all has been lowered.
  SchemaPtr layout() const;

protected:
  physical::ExpressionPtr lowerWhole(const logical::Expression& expr) override;
  size_t slotOf(const logical::Expression& expr) override;
  physical::ExpressionPtr lowerItem(const logical::Expression& expr) override;

private:
  size_t aggregateSlot(const logical::Expression& expr);
  size_t lagSlot(const logical::Expression& expr);

  const logical::Query& m_query;
  physical::Select& m_select;
  size_t m_columns;   ///< of the layout, before the aggregates
  size_t m_boundsAt;  ///< where the window's bounds stand
  bool m_closes;
  std::vector<bool> m_keyIsItem;
  std::vector<bool> m_itemsUsed;
  std::unordered_map<std::string, size_t> m_aggregates;  ///< by their text
};

}  // namespace weir
