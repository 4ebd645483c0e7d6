// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/rate_limit_operator.h"

#include "core/exec/filter_operator.h"

namespace weir {

using Kind = logical::Output::Kind;

RateLimitOperator::RateLimitOperator(NodeContext& context, const logical::Output& output,
                                     std::vector<size_t> groupColumns)
    : Operator(context), m_output(output), m_groupColumns(std::move(groupColumns)) {
  if (output.everyMs > 0)
    m_ticks.emplace(context, output.everyMs, [this] {
      m_passed.clear();
      const bool isSnapshot = m_output.kind == Kind::Snapshot;
      release(isSnapshot);
      // A snapshot comes at every tick, news or not, as the open windows' does.
      if (isSnapshot) m_ticks->start(m_context.clock.now());
    });
}

std::string RateLimitOperator::groupOf(const Batch& batch, uint32_t row) const {
  std::string key;
  for (const size_t column : m_groupColumns) appendKey(key, {&batch.columns[column], 1}, row);
  return key;
}

void RateLimitOperator::consume(const Batch& batch) {
  if (m_context.peeking) return send(batch);
  for (uint32_t row = 0; row < batch.rows(); ++row) add(batch, row);
}

void RateLimitOperator::add(const Batch& batch, uint32_t row) {
  if (m_ticks) m_ticks->start(batch.meta[row].arrival);
  ++m_count;
  if (m_output.kind == Kind::First) {
    if (m_passed.insert(groupOf(batch, row)).second) send(selected(batch, {row}));
  } else if (m_output.kind == Kind::All) {
    m_held.push_back(selected(batch, {row}));
  } else {
    const auto [at, fresh] = m_heldOf.emplace(groupOf(batch, row), m_held.size());
    if (fresh)
      m_held.push_back(selected(batch, {row}));
    else
      m_held[at->second] = selected(batch, {row});
  }
  if (m_output.events > 0 && m_count == m_output.events) {
    const uint32_t origin = batch.meta[row].origin;
    for (Batch& held : m_held)
      for (RowMeta& meta : held.meta) meta.origin = origin;
    m_passed.clear();
    release(false);
    m_count = 0;
  }
}

void RateLimitOperator::release(bool keep) {
  std::vector<Batch> out = m_held;
  if (!keep) {
    m_held.clear();
    m_heldOf.clear();
  }
  for (Batch& batch : out) {
    if (m_output.events == 0)
      for (RowMeta& meta : batch.meta) meta.origin = 0;
    send(batch);
  }
}

}  // namespace weir
