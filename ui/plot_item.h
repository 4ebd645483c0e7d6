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
  int64_t m_wantedRange = 5 * 60 * 1000;
  int64_t m_range = 60 * 1000;  ///< shown: the wanted one, or less while there is less to see
  int64_t m_end = 0;
  int64_t m_now = 0;
  bool m_following = true;
  int m_focus = 0;
  std::optional<QPointF> m_cursor;
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
  };
  QRectF volumeRect() const;
  Scale scale() const;
  double y(const Scale& scale, double value, double base) const;
  double baseOf(const ChartSeries& series) const;
  void paintGrid(QPainter& p, const Scale& s) const;
  void paintVolume(QPainter& p) const;
  void paintSeries(QPainter& p, const Scale& s) const;
  void paintGaps(QPainter& p) const;
  void paintTags(QPainter& p, const Scale& s) const;
  void paintCrosshair(QPainter& p, const Scale& s) const;
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
