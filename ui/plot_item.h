// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGraphicsItem>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/exec/gap_log.h"
#include "ui/series_store.h"
#include "ui/theme.h"

namespace weir {

/// How series share the price axis. Tags, legend and readout always show prices.
enum class AxisMode {
  Automatic,  ///< per cent when prices are more than threefold apart, else price
  Percent,    ///< from the first point that is seen
  Price,
  Panes,      ///< a lane and an axis for each series
};

/// A row of a stream that is an alert, on the chart of another or the same stream.
struct ChartAlert {
  int64_t at = 0;
  QString text;
};

/// Paints grid, volume bars, lines, gaps, points, tags and the crosshair of one chart.
class PlotItem final : public QGraphicsItem {
 public:
  explicit PlotItem(const Theme* theme) : m_theme(theme) {}

  QRectF boundingRect() const override { return m_area; }
  void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override;

  void setArea(const QRectF& area);
  void fitRange();
  const Theme* m_theme;
  const SeriesStore* m_store = nullptr;
  std::vector<Gap> m_gaps;
  std::map<int64_t, uint64_t> m_lost;
  int64_t m_wantedRange = 300'000;
  int64_t m_range = 60'000;  ///< shown: the wanted one, or less while there is less to see
  int64_t m_end = 0;
  int64_t m_now = 0;
  int64_t m_first = INT64_MAX;  ///< oldest point of the charts that share the axis
  bool m_following = true;
  int m_focus = 0;
  std::optional<QPointF> m_cursor;
  std::optional<int64_t> m_cursorTime;  ///< of the mouse over another chart
  AxisMode m_mode = AxisMode::Automatic;
  std::vector<ChartAlert> m_alerts;
  std::set<int> m_hidden;
  bool m_localTime = false;
  std::optional<int64_t> m_markA, m_markB;

  double timeToX(double t) const;
  double xToTime(double x) const;
  QRectF priceRect() const;
  size_t visiblePoints() const;

 private:
  struct Scale {
    double low = 0;
    double high = 1;
    bool percent = false;
    QRectF rect;  ///< where its series are painted
  };
  using Scales = std::vector<Scale>;  ///< one for each series
  QRectF volumeRect() const;
  /// A window that is still open ends in the future; its point moves with the clock.
  double openX(const ChartPoint& point) const;
  AxisMode shownMode() const;
  Scales scales() const;
  void widen(Scale& scale, size_t series) const;
  static void settle(Scale& scale);
  static double y(const Scale& scale, double value, double base);
  double baseOf(const ChartSeries& series) const;
  struct Tag {
    double y;
    QString name;
    QString value;
    QColor color;
  };
  std::vector<Tag> tags(const Scales& scales) const;
  void paintGrid(QPainter& p, const Scales& scales, const std::vector<Tag>& tags) const;
  void paintVolume(QPainter& p) const;
  void paintSeries(QPainter& p, const Scales& scales) const;
  void paintAlerts(QPainter& p) const;
  void paintGaps(QPainter& p) const;
  void paintTags(QPainter& p, const std::vector<Tag>& tags) const;
  void paintCrosshair(QPainter& p, const Scales& scales) const;
  void paintMarkers(QPainter& p) const;
  void paintBand(QPainter& p, const Scale& s, const ChartSeries& series, const QColor& color) const;
  /// More points than columns of pixels have room for.
  bool isDense(size_t points) const;
  template <class Each>
  void forEachColumn(const ChartSeries& series, const Each& each) const;
  void paintSpans(QPainter& p, const Scale& s, const ChartSeries& series, const QColor& color, double width) const;
  void paintCandles(QPainter& p, const Scale& s, const ChartSeries& series) const;
  bool isHidden(size_t index) const { return m_hidden.contains(static_cast<int>(index)); }
  QString clockText(int64_t ms, bool seconds) const;
  int decimals(double value) const { return value >= 1000 ? 2 : value >= 1 ? 3 : 5; }

  QRectF m_area;
  double m_axisWidth = 128;
};

}  // namespace weir
