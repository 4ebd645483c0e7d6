// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGraphicsItem>
#include <QStringList>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/exec/gap_log.h"
#include "ui/charts/span_layer.h"
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

/// A row of a stream that is an alert, on the chart of another or the same stream.
struct ChartAlert {
  int64_t at = 0;
  QString text;
};

/// Whether what is seen moves, as the chart itself says.
enum class ChartState { Running, Paused, Stopped };

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
  std::optional<int64_t> m_cursorTime;  ///< of the mouse over this or another chart
  std::optional<double> m_cursorY;      ///< of the mouse over this chart
  ChartState m_state = ChartState::Running;
  bool m_candles = true;  ///< wanted, where the stream has them
  bool m_band = true;     ///< the same for one standard deviation
  AxisMode m_mode = AxisMode::Automatic;
  std::vector<ChartAlert> m_alerts;
  std::set<int> m_hidden;
  bool m_localTime = false;
  std::optional<int64_t> m_markA, m_markB;

  double timeToX(double t) const;
  double xToTime(double x) const;
  QRectF priceRect() const;
  QRectF volumeRect() const;
  size_t visiblePoints() const;
  /// The last known point at a time, the open one too; nothing of the future.
  const ChartPoint* pointAt(const ChartSeries& series, int64_t time) const;
  /// What the axis says at its steps, from the lowest; a label that would stand too near to a tag is left out.
  QStringList axisLabels() const;
  /// Boxes beside gaps, the readout and the difference of the marks, where they were painted last.
  const std::vector<QRectF>& boxes() const { return m_boxes; }
  /// How much of the lines a box would cover, in pixels of height.
  double covered(const QRectF& box) const { return covered(box, scales()); }
  /// The open window is within what is seen.
  bool isOpenSeen(const ChartSeries& series) const;
  bool showsCandles(size_t index) const;
  bool showsBand(size_t index) const;
  bool isHidden(size_t index) const { return m_hidden.contains(static_cast<int>(index)); }

private:
  struct Scale {
    double low = 0;
    double high = 1;
    bool percent = false;
    QRectF rect;  ///< where its series are painted
  };
  using Scales = std::vector<Scale>;  ///< one for each series
  /// A window that is still open ends in the future; its point moves with the clock.
  int64_t openTime(const ChartPoint& point) const;
  /// Where a line crosses a time at which it has no point; nothing where there is none on both sides, or a hole.
  std::optional<double> lineAt(const ChartSeries& series, int64_t time) const;
  /// Windows are missing in between: a gap in the line, not a straight stretch over it.
  bool isHole(int64_t from, int64_t to) const;
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
  struct Label {
    double y;
    QString text;
    bool hasRoom;
  };
  std::vector<Tag> tags(const Scales& scales) const;
  std::vector<Label> labels(const Scale& scale, const std::vector<Tag>& tags) const;
  double mostVolume() const;
  void paintGrid(QPainter& p, const Scales& scales, const std::vector<Tag>& tags) const;
  void paintVolume(QPainter& p) const;
  void paintVolumeAxis(QPainter& p, double most) const;
  void paintSeries(QPainter& p, const Scales& scales) const;
  void paintLine(QPainter& p, const Scale& scale, size_t index) const;
  void paintPoints(QPainter& p, const Scales& scales) const;
  void paintAlerts(QPainter& p) const;
  void paintGaps(QPainter& p) const;
  void paintTags(QPainter& p, const std::vector<Tag>& tags) const;
  std::optional<double> cursorX() const;
  void paintCrosshair(QPainter& p, const Scales& scales) const;
  void paintAxisTag(QPainter& p, const QRectF& box, const QString& text) const;
  void paintMarkers(QPainter& p) const;
  void paintState(QPainter& p) const;
  void paintBand(QPainter& p, const Scale& s, const ChartSeries& series, const QColor& color) const;
  double covered(const QRectF& box, const Scales& scales) const;
  /// Of several places the one that hides least of the lines, and no other box.
  QRectF freest(const std::vector<QRectF>& places, const Scales& scales) const;
  void paintBox(QPainter& p, const QRectF& box, const QColor& edge) const;
  void paintReadout(QPainter& p, const Scales& scales);
  void paintDifference(QPainter& p, const Scales& scales);
  void paintGapBoxes(QPainter& p, const Scales& scales);
  /// More points than columns of pixels have room for.
  bool isDense(const ChartSeries& series) const;
  template <class Each>
  void forEachColumn(const ChartSeries& series, const Each& each) const;
  void paintSpans(QPainter& p, const Scale& s, const ChartSeries& series, const QColor& color, double width) const;
  void paintCandles(QPainter& p, const Scale& s, const ChartSeries& series) const;
  /// A clock's time, as exact as the step between two of them asks for.
  QString clockText(int64_t ms, int64_t step) const;

  QRectF m_area;
  double m_axisWidth = 128;
  std::vector<QRectF> m_boxes;
  /// Of the frame that is being painted.
  mutable SpanLayer m_spans;
};

}  // namespace weir
