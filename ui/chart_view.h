// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QChartView>
#include <QWidget>
#include <map>
#include <set>
#include <vector>

#include "core/exec/gap_log.h"
#include "ui/plot_item.h"
#include "ui/series_store.h"
#include "ui/theme.h"

namespace weir {

/// The chart of one result stream: Qt Charts holds scene and theme, the data is painted by one item in its plot area.
class ChartView final : public QChartView {
  Q_OBJECT
 public:
  explicit ChartView(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void setStore(const SeriesStore* store);
  void setGaps(std::vector<Gap> gaps);
  /// How many trades at least were lost, by the begin of the gap.
  void setLost(std::map<int64_t, uint64_t> lost);
  /// Milliseconds of time shown.
  void setRange(int64_t ms);
  void setFollowing(bool following);
  bool isFollowing() const;
  void setFocusSeries(int index);
  void setHiddenSeries(const std::set<int>& hidden);
  void setLocalTime(bool local);
  void setAxisMode(AxisMode mode);
  AxisMode axisMode() const { return m_plot->m_mode; }
  void setAlerts(std::vector<ChartAlert> alerts);
  /// Shows the time that another chart shows, without telling of it.
  void setTimeView(int64_t endMs, int64_t rangeMs);
  /// Where the mouse is over another chart; nothing when it is over none.
  void setCursorTime(std::optional<int64_t> time);
  int64_t shownFrom() const { return m_plot->m_end - m_plot->m_range; }
  int64_t shownTo() const { return m_plot->m_end; }
  /// Time of the oldest point in memory.
  int64_t firstTime() const;
  /// PNG, SVG or CSV of what is seen, by the file's ending. Returns an empty text, or why not.
  QString exportTo(const QString& path) const;
  QString asCsv() const;
  /// The data has changed; `nowMs` is the engine's clock, `firstMs` the oldest point of the charts that share the axis.
  void refresh(int64_t nowMs, int64_t firstMs = INT64_MAX);
  /// In words, for those who cannot see it.
  QString summary() const;
  size_t visiblePoints() const;

 signals:
  void followingChanged(bool following);
  void pauseWanted();
  /// By mouse, wheel or keys.
  void viewMoved(int64_t endMs, int64_t rangeMs);
  void cursorMoved(std::optional<int64_t> time);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  void zoomTo(int64_t rangeMs);
  void moveTo(int64_t endMs);
  void followNow();

  PlotItem* m_plot;
  bool m_dragging = false;
  double m_dragFrom = 0;
};

}  // namespace weir
