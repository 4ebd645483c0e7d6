// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QChartView>
#include <QWidget>
#include <map>
#include <set>
#include <vector>

#include "core/exec/gap_log.h"
#include "ui/series_store.h"
#include "ui/theme.h"

namespace weir {

class PlotItem;

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
  /// PNG, SVG or CSV of what is seen, by the file's ending. Returns an empty text, or why not.
  QString exportTo(const QString& path) const;
  QString asCsv() const;
  /// The data has changed; `nowMs` is the engine's clock.
  void refresh(int64_t nowMs);
  /// In words, for those who cannot see it.
  QString summary() const;
  size_t visiblePoints() const;

 signals:
  void followingChanged(bool following);
  void pauseWanted();

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  PlotItem* m_plot;
  bool m_dragging = false;
  double m_dragFrom = 0;
};

}  // namespace weir
