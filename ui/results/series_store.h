// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/data/batch.h"
#include "core/plan/logical.h"
#include "ui/results/result_block.h"

namespace weir {

/// One window of one group on the chart.
struct ChartPoint {
  int64_t at = 0;
  double value = 0;
  double volume = 0;
  double sigma = 0;                                ///< of the window, where the stream tells it
  double first = 0, high = 0, low = 0, close = 0;  ///< of a candle
  uint32_t count = 0;                              ///< rows in it, where the stream tells it
  bool incomplete = false;
};

/// What a chart shows of one group: its closed windows, bounded, and the open one. Least and greatest of each block of
/// points are kept beside them, so that a million points cost a frame no more than a thousand.
class ChartSeries {
public:
  struct Extent {
    double low = 0, high = 0, volume = 0;
    bool incomplete = false;
    double sum = 0;
    int64_t at = 0;   ///< of its first point
    double last = 0;  ///< value of its last point
    explicit Extent(const ChartPoint& point)
        : low(point.value),
          high(point.value),
          volume(point.volume),
          incomplete(point.incomplete),
          sum(point.value),
          at(point.at),
          last(point.value) {}
    void take(const ChartPoint& point);
    void take(const Extent& other);
  };
  /// Puts a point at the end: it must not be older than the last one.
  void add(const ChartPoint& point);
  /// Puts points of any times where they belong, behind those of the same time.
  void insert(std::vector<ChartPoint> late);
  /// Forgets as many of the oldest points, all but the last one at most.
  void dropOldest(size_t count);
  /// Puts older points in front of those that are there; they must be in order and end before the first of them.
  void prepend(const std::vector<ChartPoint>& older);
  /// Of the points `from` up to before `to`, which must not be empty.
  Extent extent(size_t from, size_t to) const;
  /// Calls `each` with the extents of whole blocks of points, in order, from the block of the point `from` up to before
  /// that of `to`: coarse at both ends by a block, and much cheaper than `extent` for many points.
  template <class Each>
  void forEachBlock(size_t from, size_t to, const Each& each) const {
    const size_t first = (m_dropped + from) / kBlock - m_dropped / kBlock;
    const size_t last = (m_dropped + to + kBlock - 1) / kBlock - m_dropped / kBlock;
    for (auto block = m_blocks.begin() + static_cast<std::ptrdiff_t>(first);
         block != m_blocks.begin() + static_cast<std::ptrdiff_t>(std::min(last, m_blocks.size())); ++block)
      each(*block);
  }
  static constexpr size_t kBlock = 16;
  /// The first point at or after a time.
  size_t lowerBound(int64_t at) const;

  QString name;
  std::deque<ChartPoint> points;
  std::optional<ChartPoint> open;

private:
  void addToBlocks(const ChartPoint& point, size_t number);
  std::deque<Extent> m_blocks;  ///< the first one holds the point `m_dropped`
  size_t m_dropped = 0;
};

/// Turns a result stream's rows into series: one for each group, over one numeric column, in order of time whatever the
/// order of the rows. Keeps the first 500 series and two million points of all of them: past that the longest series
/// loses its oldest points.
class SeriesStore {
public:
  static constexpr size_t kMostSeries = 500;
  static constexpr size_t kMostPoints = 2'000'000;
  SeriesStore() = default;
  explicit SeriesStore(const logical::Stream& stream, size_t mostPoints = kMostPoints);

  bool isEmpty() const { return m_series.empty(); }
  void addClosed(const ResultBlock& block);
  void setOpen(const ResultBlock& block);
  /// Rows from before those that are there; what overlaps them is passed over.
  void addOlder(const ResultBlock& block);
  const std::vector<ChartSeries>& series() const { return m_series; }
  /// How many groups there were beyond those that have a series; counted up to `kMostCounted`.
  size_t undrawn() const { return m_undrawn.size(); }
  static constexpr size_t kMostCounted = 100'000;
  QString valueName() const { return m_valueName; }
  QString volumeName() const { return m_volumeName; }
  /// Of the column that counts; empty where there is none, or the bars show it.
  QString countName() const { return m_countName; }
  /// What the names of the series are values of: "symbol".
  QString groupName() const { return m_groupName; }
  bool hasSigma() const { return m_sigma.has_value(); }
  bool hasCandles() const { return m_first && m_high && m_low; }
  /// The value is not the candles' close: its line goes over them.
  bool hasLineOverCandles() const { return hasCandles() && m_value != m_close; }
  int64_t windowMs() const { return m_windowMs; }
  int64_t latest() const { return m_latest; }

private:
  /// Nothing for a group beyond those that are kept.
  ChartSeries* seriesOf(const ResultRow& row);
  void bound();
  double number(const ResultRow& row, std::optional<size_t> column, double otherwise) const;
  std::optional<ChartPoint> pointOf(const ResultRow& row) const;

  size_t m_mostPoints = kMostPoints;
  size_t m_points = 0;                   ///< of all series
  std::unordered_set<size_t> m_undrawn;  ///< hashes of keys
  SchemaPtr m_schema;
  std::vector<size_t> m_groups;
  std::optional<size_t> m_value;
  std::optional<size_t> m_volume, m_count, m_sigma, m_first, m_high, m_low, m_close;
  QString m_valueName;
  QString m_volumeName;
  QString m_countName;
  QString m_groupName;
  int64_t m_windowMs = 0;
  int64_t m_latest = 0;
  std::vector<ChartSeries> m_series;
  std::unordered_map<std::string, size_t> m_index;  ///< by the keys of the groups
};

}  // namespace weir
