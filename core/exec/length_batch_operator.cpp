// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/length_batch_operator.h"

#include <numeric>

namespace weir {

LengthBatchOperator::LengthBatchOperator(NodeContext& context, const physical::Select& select)
    : Operator(context),
      m_select(select),
      m_forever(AggregateSet::needsForever(select) ? std::optional<AggregateSet>(std::in_place, select) : std::nullopt),
      m_groups(select, m_forever ? &*m_forever : nullptr) {
  if (select.output.kind == logical::Output::Kind::Snapshot)
    m_ticks.emplace(context, select.output.everyMs, [this] { tick(); });
}

void LengthBatchOperator::consume(const Batch& batch) {
  const PreparedInput input = prepare(m_select, m_context.evaluator, batch);
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    if (m_count == 0) m_first = batch.meta[row];
    m_last = batch.meta[row];
    if (m_forever) m_forever->add(input, {&row, 1}, m_found);
    m_groups.add(input, {&row, 1}, m_found);
    if (m_ticks) m_ticks->start(m_last.arrival);
    if (++m_count == m_select.window.count) {
      emitAll(false);
      m_groups.clear();
      m_count = 0;
    } else if (m_select.output.kind == logical::Output::Kind::Changes) {
      emitGroups(m_found, true);
    }
  }
}

void LengthBatchOperator::emitGroups(std::span<const uint32_t> which, bool provisional) {
  auto columns = layoutColumns(m_select);
  m_groups.finish(which, columns, m_context.evaluator.issues());
  for (size_t i = 0; i < which.size(); ++i) {
    columns[columns.size() - 2]->appendInteger(m_first.time());
    columns.back()->appendInteger(m_last.time());
  }
  Batch batch;
  batch.schema = m_select.layout;
  batch.columns.assign(columns.begin(), columns.end());
  RowMeta meta = m_last;
  meta.isProvisional = provisional;
  meta.hasGap = m_context.hasGap(m_first.time(), m_last.time() + 1);
  batch.meta.assign(which.size(), meta);
  send(batch);
}

void LengthBatchOperator::emitAll(bool provisional) {
  std::vector<uint32_t> all(m_groups.groups());
  std::iota(all.begin(), all.end(), 0U);
  if (!all.empty()) emitGroups(all, provisional);
}

void LengthBatchOperator::tick() {
  m_last.origin = 0;
  emitAll(true);
  if (m_count > 0) m_ticks->start(m_context.clock.now());
}

void LengthBatchOperator::emitOpen() { emitAll(true); }

void LengthBatchOperator::flush() {
  m_last.origin = 0;
  emitAll(true);
}

}  // namespace weir
