// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exec/filter_operator.h"
#include "core/exec/operator.h"
#include "core/exec/row_rules.h"

namespace weir {

/// Applies a stream's rules to the rows that queries write into it.
class RulesOperator final : public Operator {
public:
  /// `watermark` is that of the stream's own event time; null where it has none.
  RulesOperator(NodeContext& context, const logical::Stream& stream, SourceWatermark* watermark)
      : Operator(context), m_rules(stream, stream.options, m_gaps), m_watermark(watermark) {}

  void consume(const Batch& batch) override {
    Selection passed;
    std::vector<RowMeta> meta = batch.meta;
    const auto column = [&](size_t c) -> const Column& { return *batch.columns[c]; };
    for (uint32_t row = 0; row < batch.rows(); ++row) {
      // An open window's row is replaced later: it is nobody's repeat.
      if (meta[row].isProvisional || m_rules.judge(column, row, meta[row]) != RowRules::Verdict::Pass) continue;
      m_gaps.begin(meta[row].time());
      m_rules.follow(column, row, meta[row].time(), meta[row].origin);
      if (m_watermark) m_watermark->advance(meta[row].origin, meta[row].at, meta[row].arrival);
      passed.push_back(row);
    }
    Batch out = selected(batch, passed);
    for (size_t i = 0; i < passed.size(); ++i) out.meta[i] = meta[passed[i]];
    send(out);
  }

  const RowCounters& counters() const { return m_rules.counters(); }
  const GapLog& gaps() const { return m_gaps; }
  void settle() { m_gaps.settle(); }

private:
  GapLog m_gaps;
  RowRules m_rules;
  SourceWatermark* m_watermark;
};

}  // namespace weir
