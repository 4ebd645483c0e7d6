// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <compare>
#include <limits>
#include <memory>
#include <vector>

#include "core/base/clock.h"
#include "core/data/column.h"
#include "core/data/schema.h"

namespace weir {

constexpr int64_t kNoWatermark = std::numeric_limits<int64_t>::min();

/// A moment of data: ms since 1970 UTC and the ns (0 to 999,999) that are left. Windows count in ms; order, ties and
/// distances go by all of it.
struct EventInstant {
  int64_t ms = 0;
  uint32_t nanos = 0;
  auto operator<=>(const EventInstant&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy reads its own 0

  /// Whether two moments are at most `most` ms apart. Their difference may not fit a signed number.
  static bool areWithin(const EventInstant& a, const EventInstant& b, int64_t most) {
    const auto& [early, late] = std::minmax(a, b);
    const uint64_t apart = static_cast<uint64_t>(late.ms) - static_cast<uint64_t>(early.ms);
    return apart < static_cast<uint64_t>(most) || (apart == static_cast<uint64_t>(most) && late.nanos <= early.nanos);
  }
};

/// What a query needs to know of a row besides its columns.
struct RowMeta {
  /// Event time in ms: of a window's row the window's end.
  int64_t at = 0;
  /// The clock when the row, or the message that caused it, arrived.
  Micros arrival = 0;
  /// Position, within the input that is being processed, of the row that caused this one. Where roads meet again,
  /// rows are merged by it, so that the size of a batch is never visible.
  uint32_t origin = 0;
  /// What event time has beyond its ms, 0 to 999,999.
  uint32_t nanos = 0;
  /// Counts the messages of a feed: rows of one have one number. Of the rows that are pushed only.
  uint32_t message = 0;
  /// `at` is a window's exclusive end: downstream windows count the row as `at - 1`.
  bool isWindowEnd = false;
  /// Of a window that is still open: replaced by a later row.
  bool isProvisional = false;
  /// The window overlaps a gap of its source.
  bool hasGap = false;

  int64_t time() const { return isWindowEnd ? at - 1 : at; }
  EventInstant instant() const { return {time(), nanos}; }
};

/// The watermark of a stream after the row(s) of `origin` were read from the source.
struct WatermarkStep {
  uint32_t origin;
  int64_t watermark;
};

/// Rows on their way through the pipeline: columns of equal length, one RowMeta each, ascending in `origin`.
struct Batch {
  SchemaPtr schema;
  std::vector<ColumnPtr> columns;
  std::vector<RowMeta> meta;
  /// Of an event-time stream only.
  std::vector<WatermarkStep> steps;

  size_t rows() const { return meta.size(); }
};

using BatchPtr = std::shared_ptr<const Batch>;

/// Gathers rows into a Batch. A message that turns out bad halfway is taken back with `truncate`.
class BatchBuilder {
public:
  explicit BatchBuilder(SchemaPtr schema);

  const SchemaPtr& schema() const { return m_schema; }
  size_t rows() const { return m_meta.size(); }
  Column& column(size_t index) { return *m_columns[index]; }
  void finishRow(const RowMeta& meta) { m_meta.push_back(meta); }
  RowMeta& meta(size_t row) { return m_meta[row]; }
  void truncate(size_t rows);
  /// Hands the rows over and starts anew.
  std::shared_ptr<Batch> take();

private:
  SchemaPtr m_schema;
  std::vector<std::shared_ptr<Column>> m_columns;
  std::vector<RowMeta> m_meta;
};

}  // namespace weir
