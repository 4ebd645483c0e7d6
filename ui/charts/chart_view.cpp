// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_view.h"

#include <QChart>
#include <QDateTime>
#include <QGraphicsLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <utility>

#include "core/data/csv_text.h"
#include "ui/charts/plot_style.h"

namespace weir {

ChartView::ChartView(const Theme& theme, QWidget* parent)
    : QChartView(new QChart, parent), m_plot(new PlotItem(theme)) {
  setObjectName(QStringLiteral("chart"));
  chart()->setMargins({0, 0, 0, 0});
  chart()->layout()->setContentsMargins(0, 0, 0, 0);
  chart()->setBackgroundVisible(false);
  chart()->legend()->hide();
  m_plot->setParentItem(chart());
  m_plot->setZValue(4);
  setFrameShape(QFrame::NoFrame);
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
  setMinimumSize(240, 90);
  setTheme(theme);
}

void ChartView::setTheme(const Theme& theme) {
  view().setTheme(theme);
  setBackgroundBrush(theme.bg1);
  viewport()->update();
}

void ChartView::setStore(const SeriesStore* store) {
  view().setStore(store);
  viewport()->update();
}

void ChartView::setRange(int64_t ms) {
  view().setWantedRange(std::clamp<int64_t>(ms, 10'000, 7LL * 86'400'000));
  view().fitRange();
  viewport()->update();
}

void ChartView::setFollowing(bool following) {
  if (m_following == following) return;
  m_following = following;
  if (following) followNow();
  emit followingChanged(following);
  viewport()->update();
}

void ChartView::setFocusSeries(int index) {
  view().setFocus(index);
  viewport()->update();
}

void ChartView::setHiddenSeries(const std::set<int>& hidden) {
  view().setHidden(hidden);
  viewport()->update();
}

void ChartView::setLocalTime(bool local) {
  view().setLocalTime(local);
  viewport()->update();
}

void ChartView::setAxisMode(AxisMode mode) {
  view().setMode(mode);
  viewport()->update();
}

void ChartView::setCandles(bool on) {
  view().setCandles(on);
  viewport()->update();
}

void ChartView::setBand(bool on) {
  view().setBand(on);
  viewport()->update();
}

void ChartView::setState(ChartState state) {
  layer<StateLayer>().setState(state);
  setAccessibleDescription(summary());
  viewport()->update();
}

void ChartView::setMarks(std::optional<int64_t> a, std::optional<int64_t> b) {
  layer<MarkLayer>().setMarks(a, b);
  viewport()->update();
}

void ChartView::setTimeView(int64_t endMs, int64_t rangeMs) {
  if (!m_following) view().setEnd(endMs);
  setRange(rangeMs);
}

void ChartView::setCursorTime(std::optional<int64_t> time) {
  layer<CrosshairLayer>().setTime(time);
  viewport()->update();
}

int64_t ChartView::firstTime() const {
  int64_t first = INT64_MAX;
  if (view().hasStore())
    for (const ChartSeries& series : view().store().series())
      if (!series.points.empty()) first = std::min(first, series.points.front().at);
  return first;
}

void ChartView::zoomTo(int64_t rangeMs, std::optional<int64_t> around) {
  const auto before = static_cast<double>(view().range());
  setRange(rangeMs);
  if (around) {
    const double share = static_cast<double>(view().range()) / before;
    const int64_t end = *around + static_cast<int64_t>(static_cast<double>(view().end() - *around) * share);
    // What keeps the newest in view goes on following it.
    if (end < view().now()) setFollowing(false);
    if (!isFollowing()) view().setEnd(std::min(end, std::max(view().end(), newestEnd())));
  }
  emit viewMoved(view().end(), view().wantedRange());
}

// With keys the newest stays while it is followed, else the middle.
void ChartView::zoomBy(double factor) {
  zoomTo(static_cast<int64_t>(static_cast<double>(view().range()) * factor),
         isFollowing() ? std::nullopt : std::optional(view().end() - view().range() / 2));
}

void ChartView::resetZoom() {
  constexpr int64_t kUsual = 300'000;
  zoomTo(kUsual, isFollowing() ? std::nullopt : std::optional(view().end() - view().range() / 2));
}

void ChartView::moveBy(int tenths) { moveTo(view().end() + tenths * view().range() / 10); }

void ChartView::mark(bool isB) {
  if (!cursorTime()) return;
  setMarks(isB ? markA() : cursorTime(), isB ? cursorTime() : markB());
  emit marksMoved(markA(), markB());
}

void ChartView::clearMarks() {
  setMarks(std::nullopt, std::nullopt);
  emit marksMoved(std::nullopt, std::nullopt);
}

void ChartView::moveTo(int64_t endMs) {
  setFollowing(false);
  view().setEnd(view().now() > 0 ? std::min(endMs, newestEnd()) : endMs);
  viewport()->update();
  emit viewMoved(view().end(), view().wantedRange());
}

QString ChartView::asCsv() const {
  const SeriesStore* store = view().hasStore() ? &view().store() : nullptr;
  const bool candles = store && this->candles() && store->hasCandles();
  const bool sigma = store && band() && store->hasSigma();
  QStringList head{QStringLiteral("time"), QStringLiteral("series"), QStringLiteral("value"), QStringLiteral("volume")};
  if (candles)
    head << QStringLiteral("open") << QStringLiteral("high") << QStringLiteral("low") << QStringLiteral("close");
  if (sigma) head << QStringLiteral("sigma");
  QString out = (head << QStringLiteral("state")).join(QLatin1Char(',')) + QStringLiteral("\r\n");
  if (!store) return out;
  const auto number = [](double value) { return QString::number(value, 'g', QLocale::FloatingPointShortest); };
  const auto line = [&](const ChartSeries& series, const ChartPoint& point, const char* state) {
    std::string name;
    appendCsvField(name, series.name.toStdString(), false);
    QStringList cells{QDateTime::fromMSecsSinceEpoch(point.at, Qt::UTC).toString(Qt::ISODateWithMs),
                      QString::fromStdString(name), number(point.value), number(point.volume)};
    if (candles) cells << number(point.first) << number(point.high) << number(point.low) << number(point.close);
    if (sigma) cells << number(point.sigma);
    out += (cells << QLatin1String(state)).join(QLatin1Char(',')) + QStringLiteral("\r\n");
  };
  for (size_t i = 0; i < store->series().size(); ++i) {
    if (view().isHidden(i)) continue;
    const ChartSeries& series = store->series()[i];
    const size_t last = series.lowerBound(shownTo() + 1);
    for (size_t k = series.lowerBound(shownFrom()); k < last; ++k)
      line(series, series.points[k], series.points[k].incomplete ? "incomplete" : "closed");
    if (view().isOpenSeen(series)) line(series, *series.open, "open");
  }
  return out;
}

// The crosshair is the mouse's, not the picture's: its box would hide what was to be shown.
void ChartView::paintTo(QPainter& painter) const {
  const std::optional<int64_t> time = cursorTime();
  layer<CrosshairLayer>().setTime(std::nullopt);
  m_plot->paint(&painter, nullptr, nullptr);
  layer<CrosshairLayer>().setTime(time);
}

void ChartView::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left: moveBy(-1); break;
    case Qt::Key_Right: moveBy(1); break;
    case Qt::Key_Escape: clearMarks(); break;
    default: QChartView::keyPressEvent(event);
  }
}

// Steps of a second keep labels and lines from shimmering.
int64_t ChartView::newestEnd() const { return (view().now() / 1000 + 2) * 1000; }

void ChartView::followNow() {
  if (view().now() > 0) view().setEnd(newestEnd());
}

void ChartView::refresh(int64_t nowMs, int64_t firstMs) {
  const bool isFirst = view().now() == 0;
  view().setNow(nowMs, firstMs);
  if (m_following) followNow();
  // While one looks back, nothing but zooming zooms.
  if (m_following || isFirst) view().fitRange();
  if (const QString words = summary(); words != accessibleDescription()) setAccessibleDescription(words);
  viewport()->update();
}

size_t ChartView::visiblePoints() const { return view().visiblePoints(); }

QString ChartView::summary() const {
  if (view().isEmpty()) return tr("No rows yet.");
  QStringList parts;
  for (size_t i = 0; i < view().store().series().size(); ++i) {
    const ChartSeries& series = view().store().series()[i];
    const ChartPoint* newest = view().pointAt(series, shownTo());
    if (view().isHidden(i) || !newest) continue;
    const size_t first = series.lowerBound(shownFrom());
    const size_t last = series.lowerBound(shownTo() + 1);
    double low = newest->value;
    double high = newest->value;
    if (first < last) {
      const ChartSeries::Extent extent = series.extent(first, last);
      low = std::min(low, extent.low);
      high = std::max(high, extent.high);
    }
    const int decimals = priceDecimals(newest->value);
    parts << tr("%1 %2, from %3 to %4")
                 .arg(series.name)
                 .arg(newest->value, 0, 'f', decimals)
                 .arg(low, 0, 'f', decimals)
                 .arg(high, 0, 'f', decimals);
  }
  if (layer<StateLayer>().state() == ChartState::Paused) parts << tr("paused");
  if (layer<StateLayer>().state() == ChartState::Stopped) parts << tr("stopped");
  return parts.join(QStringLiteral("; "));
}

void ChartView::resizeEvent(QResizeEvent* event) {
  QChartView::resizeEvent(event);
  m_plot->setArea(QRectF(QPointF(0, 0), QSizeF(viewport()->size())));
}

void ChartView::mouseMoveEvent(QMouseEvent* event) {
  if (m_dragging) {
    const double time = view().xToTime(event->position().x());
    moveTo(view().end() + static_cast<int64_t>(m_dragFrom - time));
  }
  layer<CrosshairLayer>().setY(event->position().y());
  setCursorTime(static_cast<int64_t>(view().xToTime(event->position().x())));
  emit cursorMoved(cursorTime());
}

void ChartView::clearCursor() {
  layer<CrosshairLayer>().setY(std::nullopt);
  setCursorTime(std::nullopt);
  emit cursorMoved(std::nullopt);
}

void ChartView::leaveEvent(QEvent* event) {
  clearCursor();
  QChartView::leaveEvent(event);
}

void ChartView::wheelEvent(QWheelEvent* event) {
  const QRectF r = view().priceRect();
  const double x = std::clamp(event->position().x(), r.left(), r.right());
  const double factor = event->angleDelta().y() > 0 ? 0.8 : 1.25;
  if (event->angleDelta().y() != 0)
    zoomTo(static_cast<int64_t>(static_cast<double>(view().range()) * factor), static_cast<int64_t>(view().xToTime(x)));
  event->accept();
}

void ChartView::mousePressEvent(QMouseEvent* event) {
  m_dragging = event->button() == Qt::LeftButton;
  m_dragFrom = view().xToTime(event->position().x());
}

void ChartView::mouseReleaseEvent(QMouseEvent*) { m_dragging = false; }

}  // namespace weir
