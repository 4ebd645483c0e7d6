// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>
#include <QString>
#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "ui/results/series_store.h"
#include "ui/widgets/theme.h"

namespace weir {

/// How series share the price axis. Tags, legend and readout always show prices.
enum class AxisMode {
  Automatic,  ///< per cent when prices are more than threefold apart, else price
  Percent,    ///< from the first point that is seen
  Price,
  Panes,  ///< a lane and an axis for each series
};

/// From values to the screen, for one series or those that share an axis.
struct PlotScale {
  double low = 0;
  double high = 1;
  bool percent = false;
  QRectF rect;  ///< where its series are painted
  /// `base` is what per cent are of.
  double y(double value, double base) const;
};
using PlotScales = std::vector<PlotScale>;  ///< one for each series

/// What of a store's series is seen, and where: the span of time, the series that are chosen, and what follows from
/// them. Times are in ms, places in pixels of the plot's item.
class PlotView {
public:
  explicit PlotView(const Theme& theme) : m_theme(&theme) {}
  void setTheme(const Theme& theme) { m_theme = &theme; }
  void setStore(const SeriesStore* store) { m_store = store; }
  void setArea(const QRectF& area) { m_area = area; }
  void setEnd(int64_t end) { m_end = end; }
  void setWantedRange(int64_t range) { m_wantedRange = range; }
  /// `first` is the oldest point of the charts that share the axis.
  void setNow(int64_t now, int64_t first) {
    m_now = now;
    m_first = first;
  }
  /// Shows as much time as is wanted, or less while there is less to see.
  void fitRange();
  void setFocus(int series) { m_focus = series; }
  void setHidden(std::set<int> series) { m_hidden = std::move(series); }
  void setMode(AxisMode mode) { m_mode = mode; }
  void setCandles(bool on) { m_candles = on; }
  void setBand(bool on) { m_band = on; }
  void setLocalTime(bool local) { m_localTime = local; }

  const Theme& theme() const { return *m_theme; }
  /// Only where there is one.
  const SeriesStore& store() const { return *m_store; }
  bool isEmpty() const { return !m_store || m_store->isEmpty(); }
  bool hasStore() const { return m_store != nullptr; }
  QRectF area() const { return m_area; }
  double axisWidth() const { return m_axisWidth; }
  int64_t from() const { return m_end - m_range; }
  int64_t end() const { return m_end; }
  int64_t range() const { return m_range; }
  int64_t wantedRange() const { return m_wantedRange; }
  int64_t now() const { return m_now; }
  int focus() const { return m_focus; }
  AxisMode mode() const { return m_mode; }
  /// Wanted, where the stream has them.
  bool candles() const { return m_candles; }
  /// The same of one standard deviation.
  bool band() const { return m_band; }

  double timeToX(double t) const;
  double xToTime(double x) const;
  QRectF priceRect() const;
  QRectF volumeRect() const;
  PlotScales scales() const;
  size_t visiblePoints() const;
  /// The last known point at a time, the open one too; nothing of the future.
  const ChartPoint* pointAt(const ChartSeries& series, int64_t time) const;
  /// Where a line crosses a time at which it has no point; nothing where there is none on both sides, or a hole.
  std::optional<double> lineAt(const ChartSeries& series, int64_t time) const;
  /// Windows are missing in between: a gap in the line, not a straight stretch over it.
  bool isHole(int64_t from, int64_t to) const;
  /// A window that is still open ends in the future; its point moves with the clock.
  int64_t openTime(const ChartPoint& point) const;
  /// The open window is within what is seen.
  bool isOpenSeen(const ChartSeries& series) const;
  /// What per cent of a series are of.
  double baseOf(const ChartSeries& series) const;
  bool showsCandles(size_t index) const;
  bool showsBand(size_t index) const;
  bool isHidden(size_t index) const { return m_hidden.contains(static_cast<int>(index)); }
  /// More points than columns of pixels have room for.
  bool isDense(const ChartSeries& series) const;
  /// Of the focus series; 0 where there are no bars.
  double mostVolume() const;
  /// A clock's time, as exact as the step between two of them asks for.
  QString clockText(int64_t ms, int64_t step) const;
  /// Calls `each` with the left edge of a column of pixels and the extent of the points in it.
  template <class Each>
  void forEachColumn(const ChartSeries& series, const Each& each) const;

private:
  AxisMode shownMode() const;
  void widen(PlotScale& scale, size_t series) const;
  static void settle(PlotScale& scale);

  const Theme* m_theme;
  const SeriesStore* m_store = nullptr;
  QRectF m_area;
  double m_axisWidth = 128;
  int64_t m_wantedRange = 300'000;
  int64_t m_range = 60'000;  ///< shown
  int64_t m_end = 0;
  int64_t m_now = 0;
  int64_t m_first = INT64_MAX;
  int m_focus = 0;
  std::set<int> m_hidden;
  AxisMode m_mode = AxisMode::Automatic;
  bool m_candles = true;
  bool m_band = true;
  bool m_localTime = false;
};

template <class Each>
void PlotView::forEachColumn(const ChartSeries& series, const Each& each) const {
  const QRectF r = priceRect();
  const size_t first = series.lowerBound(m_end - m_range);
  const size_t count = series.points.size() - first;
  if (static_cast<double>(count) > 2 * static_cast<double>(ChartSeries::kBlock) * r.width()) {
    // Several blocks to a column: each goes whole to the column in which it begins.
    double x = std::floor(r.left());
    auto until = static_cast<int64_t>(xToTime(x + 1));
    std::optional<ChartSeries::Extent> column;
    series.forEachBlock(first, series.points.size(), [&](const ChartSeries::Extent& block) {
      if (x >= r.right()) return;
      if (block.at >= until) {
        if (column) each(x, *column);
        column.reset();
        x = std::max(x + 1, std::floor(timeToX(static_cast<double>(block.at))));
        until = static_cast<int64_t>(xToTime(x + 1));
      }
      if (column)
        column->take(block);
      else
        column = block;
    });
    if (column && x < r.right()) each(x, *column);
    return;
  }
  size_t begin = first;
  for (double x = std::floor(r.left()); x < r.right() && begin < series.points.size(); ++x) {
    const auto until = static_cast<int64_t>(xToTime(x + 1));
    if (series.points[begin].at >= until) continue;
    size_t end = begin + 1;
    while (end < series.points.size() && series.points[end].at < until) ++end;
    each(x, series.extent(begin, end));
    begin = end;
  }
}

}  // namespace weir
