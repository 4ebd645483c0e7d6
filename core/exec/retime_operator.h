// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exec/filter_operator.h"
#include "core/exec/operator.h"

namespace weir {

/// Sets event time from a column, for EXTERNALTIME and EXTERNALTIMEBATCH. A row without a usable time is late.
class RetimeOperator final : public Operator {
public:
  RetimeOperator(NodeContext& context, size_t column, SourceWatermark& watermark)
      : Operator(context), m_column(column), m_watermark(watermark) {}

  void consume(const Batch& batch) override {
    Selection rows;
    for (uint32_t row = 0; row < batch.rows(); ++row)
      if (isUsable(*batch.columns[m_column], row)) rows.push_back(row);
    m_context.late += batch.rows() - rows.size();
    Batch out = selected(batch, rows);
    for (uint32_t row = 0; row < out.rows(); ++row) {
      RowMeta& meta = out.meta[row];
      meta.at = out.columns[m_column]->integer(row);
      meta.nanos = 0;
      meta.isWindowEnd = false;
      m_watermark.advance(meta.origin, meta.at, meta.arrival);
    }
    send(out);
  }

private:
  static bool isUsable(const Column& column, uint32_t row) {
    return !column.isNull(row) && column.integer(row) > -kFarthestMs && column.integer(row) < kFarthestMs;
  }

  size_t m_column;
  SourceWatermark& m_watermark;
};

}  // namespace weir
