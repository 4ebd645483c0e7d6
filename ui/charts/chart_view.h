// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QChartView>
#include <QWidget>
#include <set>

#include "ui/charts/crosshair_layer.h"
#include "ui/charts/mark_layer.h"
#include "ui/charts/plot_item.h"
#include "ui/charts/state_layer.h"
#include "ui/results/series_store.h"
#include "ui/widgets/theme.h"

namespace weir {

/// The chart of one result stream: Qt Charts holds scene and theme, the data is painted by one item in its plot area.
class ChartView final : public QChartView {
  Q_OBJECT
public:
  explicit ChartView(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void setStore(const SeriesStore* store);
  /// A layer of the plot, with its state.
  template <class Layer>
  Layer& layer() const {
    return m_plot->layer<Layer>();
  }
  /// Milliseconds of time shown.
  void setRange(int64_t ms);
  void setFollowing(bool following);
  bool isFollowing() const { return m_following; }
  void setFocusSeries(int index);
  void setHiddenSeries(const std::set<int>& hidden);
  void setLocalTime(bool local);
  void setAxisMode(AxisMode mode);
  AxisMode axisMode() const { return view().mode(); }
  /// Of the focus series, where the stream has them.
  void setCandles(bool on);
  bool candles() const { return view().candles(); }
  void setBand(bool on);
  bool band() const { return view().band(); }
  void setState(ChartState state);
  /// Shows the time that another chart shows, without telling of it.
  void setTimeView(int64_t endMs, int64_t rangeMs);
  /// Where the mouse is over another chart; nothing when it is over none.
  void setCursorTime(std::optional<int64_t> time);
  /// As if the mouse had left.
  void clearCursor();
  std::optional<int64_t> cursorTime() const { return layer<CrosshairLayer>().time(); }
  /// The marks of another chart, without telling of it.
  void setMarks(std::optional<int64_t> a, std::optional<int64_t> b);
  std::optional<int64_t> markA() const { return layer<MarkLayer>().a(); }
  std::optional<int64_t> markB() const { return layer<MarkLayer>().b(); }
  int64_t shownFrom() const { return view().from(); }
  int64_t shownTo() const { return view().end(); }
  /// Time of the oldest point in memory.
  int64_t firstTime() const;
  /// What is seen, with the columns that are seen.
  QString asCsv() const;
  void paintTo(QPainter& painter) const;
  const PlotItem& plot() const { return *m_plot; }
  /// The data has changed; `nowMs` is the engine's clock, `firstMs` the oldest point of the charts that share the axis.
  void refresh(int64_t nowMs, int64_t firstMs = INT64_MAX);
  /// In words, for those who cannot see it.
  QString summary() const;
  size_t visiblePoints() const;

  /// What its keys do.
  void zoomBy(double factor);
  void resetZoom();
  /// By tenths of what is seen.
  void moveBy(int tenths);
  /// Marks the time that is under the mouse.
  void mark(bool isB);
  void clearMarks();

signals:
  void followingChanged(bool following);
  /// By mouse, wheel or keys.
  void viewMoved(int64_t endMs, int64_t rangeMs);
  void cursorMoved(std::optional<int64_t> time);
  void marksMoved(std::optional<int64_t> a, std::optional<int64_t> b);

protected:
  void resizeEvent(QResizeEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

private:
  /// The time `around` stays where it is; without one the newest does.
  void zoomTo(int64_t rangeMs, std::optional<int64_t> around);
  void moveTo(int64_t endMs);
  void followNow();
  /// Where what is seen ends while the newest is followed.
  int64_t newestEnd() const;

  PlotView& view() { return m_plot->view(); }
  const PlotView& view() const { return plot().view(); }

  PlotItem* m_plot;
  bool m_following = true;
  bool m_dragging = false;
  double m_dragFrom = 0;
};

}  // namespace weir
