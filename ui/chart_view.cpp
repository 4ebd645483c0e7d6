// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart_view.h"

#include <QChart>
#include <QDateTime>
#include <QGraphicsLayout>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QWheelEvent>
#include <algorithm>


namespace weir {

ChartView::ChartView(const Theme& theme, QWidget* parent) : QChartView(new QChart, parent), m_plot(new PlotItem(&theme)) {
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
  setToolTip(tr("Drag or arrow keys to look back, wheel or + - to zoom, End to go live, Space to pause, A and B to mark two times"));
  setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
  setMinimumSize(240, 160);
  setTheme(theme);
}

void ChartView::setTheme(const Theme& theme) {
  m_plot->m_theme = &theme;
  setBackgroundBrush(theme.bg1);
  viewport()->update();
}

void ChartView::setStore(const SeriesStore* store) {
  m_plot->m_store = store;
  viewport()->update();
}

void ChartView::setGaps(std::vector<Gap> gaps) { m_plot->m_gaps = std::move(gaps); }

void ChartView::setLost(std::map<int64_t, uint64_t> lost) { m_plot->m_lost = std::move(lost); }

void ChartView::setRange(int64_t ms) {
  m_plot->m_wantedRange = std::clamp<int64_t>(ms, 10'000, 7LL * 86'400'000);
  m_plot->fitRange();
  viewport()->update();
}

bool ChartView::isFollowing() const { return m_plot->m_following; }

void ChartView::setFollowing(bool following) {
  if (m_plot->m_following == following) return;
  m_plot->m_following = following;
  if (following) followNow();
  emit followingChanged(following);
  viewport()->update();
}

void ChartView::setFocusSeries(int index) {
  m_plot->m_focus = index;
  viewport()->update();
}

void ChartView::setHiddenSeries(const std::set<int>& hidden) {
  m_plot->m_hidden = hidden;
  viewport()->update();
}

void ChartView::setLocalTime(bool local) {
  m_plot->m_localTime = local;
  viewport()->update();
}

void ChartView::setAxisMode(AxisMode mode) {
  m_plot->m_mode = mode;
  viewport()->update();
}

void ChartView::setAlerts(std::vector<ChartAlert> alerts) { m_plot->m_alerts = std::move(alerts); }

void ChartView::setTimeView(int64_t endMs, int64_t rangeMs) {
  if (!m_plot->m_following) m_plot->m_end = endMs;
  setRange(rangeMs);
}

void ChartView::setCursorTime(std::optional<int64_t> time) {
  m_plot->m_cursorTime = time;
  viewport()->update();
}

int64_t ChartView::firstTime() const {
  int64_t first = INT64_MAX;
  if (m_plot->m_store)
    for (const ChartSeries& series : m_plot->m_store->series())
      if (!series.points.empty()) first = std::min(first, series.points.front().at);
  return first;
}

void ChartView::zoomTo(int64_t rangeMs) {
  setRange(rangeMs);
  emit viewMoved(m_plot->m_end, m_plot->m_wantedRange);
}

void ChartView::moveTo(int64_t endMs) {
  setFollowing(false);
  m_plot->m_end = endMs;
  viewport()->update();
  emit viewMoved(m_plot->m_end, m_plot->m_wantedRange);
}

QString ChartView::asCsv() const {
  QString out = QStringLiteral("time,series,value,volume,state\r\n");
  if (!m_plot->m_store) return out;
  const auto line = [&](const ChartSeries& series, const ChartPoint& point, const char* state) {
    QString name = series.name;
    if (name.contains(QLatin1Char(',')) || name.contains(QLatin1Char('"'))) name = QLatin1Char('"') + name.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
    out += QStringLiteral("%1,%2,%3,%4,%5\r\n").arg(QDateTime::fromMSecsSinceEpoch(point.at, Qt::UTC).toString(Qt::ISODateWithMs), name, QString::number(point.value, 'g', 17), QString::number(point.volume, 'g', 17), QLatin1String(state));
  };
  for (const ChartSeries& series : m_plot->m_store->series()) {
    for (const ChartPoint& point : series.points)
      if (point.at >= m_plot->m_end - m_plot->m_range && point.at <= m_plot->m_end) line(series, point, point.incomplete ? "incomplete" : "closed");
    if (series.open) line(series, *series.open, "open");
  }
  return out;
}

QString ChartView::exportTo(const QString& path) const {
  auto* self = const_cast<ChartView*>(this);
  if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
    QSvgGenerator svg;
    svg.setFileName(path);
    svg.setSize(viewport()->size());
    svg.setViewBox(QRect(QPoint(0, 0), viewport()->size()));
    QPainter p;
    if (!p.begin(&svg)) return tr("Cannot write %1").arg(path);
    p.fillRect(svg.viewBox(), m_plot->m_theme->bg1);
    m_plot->paint(&p, nullptr, nullptr);
    return {};
  }
  QSaveFile out(path);
  if (!out.open(QIODevice::WriteOnly)) return tr("Cannot write %1: %2").arg(path, out.errorString());
  const bool csv = path.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive);
  const bool written = csv ? out.write(asCsv().toUtf8()) >= 0 : self->grab().save(&out, "PNG");
  return written && out.commit() ? QString() : tr("Cannot write %1: %2").arg(path, out.errorString());
}

void ChartView::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Space: emit pauseWanted(); break;
    case Qt::Key_End: setFollowing(true); break;
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoomTo(static_cast<int64_t>(static_cast<double>(m_plot->m_range) * 0.8)); break;
    case Qt::Key_Minus: zoomTo(static_cast<int64_t>(static_cast<double>(m_plot->m_range) * 1.25)); break;
    case Qt::Key_0: zoomTo(300'000); break;
    case Qt::Key_Left:
    case Qt::Key_Right:
      moveTo(m_plot->m_end + (event->key() == Qt::Key_Left ? -1 : 1) * m_plot->m_range / 10);
      break;
    case Qt::Key_A:
    case Qt::Key_B:
      if (m_plot->m_cursor) (event->key() == Qt::Key_A ? m_plot->m_markA : m_plot->m_markB) = static_cast<int64_t>(m_plot->xToTime(m_plot->m_cursor->x()));
      viewport()->update();
      break;
    case Qt::Key_Escape:
      m_plot->m_markA.reset();
      m_plot->m_markB.reset();
      viewport()->update();
      break;
    default: QChartView::keyPressEvent(event);
  }
}

// Steps of a second keep labels and lines from shimmering.
void ChartView::followNow() {
  if (m_plot->m_now > 0) m_plot->m_end = (m_plot->m_now / 1000 + 2) * 1000;
}

void ChartView::refresh(int64_t nowMs, int64_t firstMs) {
  m_plot->m_first = firstMs;
  m_plot->m_now = nowMs;
  if (m_plot->m_following) followNow();
  m_plot->fitRange();
  setAccessibleDescription(summary());
  viewport()->update();
}

size_t ChartView::visiblePoints() const { return m_plot->visiblePoints(); }

QString ChartView::summary() const {
  if (!m_plot->m_store || m_plot->m_store->isEmpty()) return tr("No rows yet.");
  QStringList parts;
  for (const ChartSeries& series : m_plot->m_store->series()) {
    if (series.points.empty()) continue;
    const size_t first = std::min(series.lowerBound(m_plot->m_end - m_plot->m_range), series.points.size() - 1);
    const ChartSeries::Extent extent = series.extent(first, series.points.size());
    parts << tr("%1 %2, from %3 to %4").arg(series.name).arg(series.points.back().value, 0, 'f', 2).arg(extent.low, 0, 'f', 2).arg(extent.high, 0, 'f', 2);
  }
  return parts.join(QStringLiteral("; "));
}

void ChartView::resizeEvent(QResizeEvent* event) {
  QChartView::resizeEvent(event);
  m_plot->setArea(QRectF(QPointF(0, 0), QSizeF(viewport()->size())));
}

void ChartView::mouseMoveEvent(QMouseEvent* event) {
  if (m_dragging) {
    const double time = m_plot->xToTime(event->position().x());
    moveTo(m_plot->m_end + static_cast<int64_t>(m_dragFrom - time));
  }
  m_plot->m_cursor = event->position();
  emit cursorMoved(static_cast<int64_t>(m_plot->xToTime(event->position().x())));
  viewport()->update();
}

void ChartView::leaveEvent(QEvent* event) {
  m_plot->m_cursor.reset();
  emit cursorMoved(std::nullopt);
  viewport()->update();
  QChartView::leaveEvent(event);
}

void ChartView::wheelEvent(QWheelEvent* event) {
  zoomTo(static_cast<int64_t>(static_cast<double>(m_plot->m_range) * (event->angleDelta().y() > 0 ? 0.8 : 1.25)));
  event->accept();
}

void ChartView::mousePressEvent(QMouseEvent* event) {
  m_dragging = event->button() == Qt::LeftButton;
  m_dragFrom = m_plot->xToTime(event->position().x());
}

void ChartView::mouseReleaseEvent(QMouseEvent*) { m_dragging = false; }

}  // namespace weir
