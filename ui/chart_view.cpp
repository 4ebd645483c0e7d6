// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart_view.h"

#include <QChart>
#include <QGraphicsLayout>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>

#include "ui/plot_item.h"

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

void ChartView::setRange(int64_t ms) {
  m_plot->m_wantedRange = std::clamp<int64_t>(ms, 10'000, 7LL * 86'400'000);
  m_plot->fitRange();
  viewport()->update();
}

bool ChartView::isFollowing() const { return m_plot->m_following; }

void ChartView::setFollowing(bool following) {
  if (m_plot->m_following == following) return;
  m_plot->m_following = following;
  emit followingChanged(following);
  viewport()->update();
}

void ChartView::setFocusSeries(int index) {
  m_plot->m_focus = index;
  viewport()->update();
}

void ChartView::refresh(int64_t nowMs) {
  m_plot->m_now = nowMs;
  // Steps of a second keep labels and lines from shimmering.
  if (m_plot->m_following) m_plot->m_end = (nowMs / 1000 + 2) * 1000;
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
    parts << tr("%1 %2, from %3 to %4").arg(series.name).arg(series.points.back().value, 0, 'f', 2).arg(series.min, 0, 'f', 2).arg(series.max, 0, 'f', 2);
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
    m_plot->m_end += static_cast<int64_t>(m_dragFrom - time);
    setFollowing(false);
  }
  m_plot->m_cursor = event->position();
  viewport()->update();
}

void ChartView::leaveEvent(QEvent* event) {
  m_plot->m_cursor.reset();
  viewport()->update();
  QChartView::leaveEvent(event);
}

void ChartView::wheelEvent(QWheelEvent* event) {
  setRange(static_cast<int64_t>(static_cast<double>(m_plot->m_range) * (event->angleDelta().y() > 0 ? 0.8 : 1.25)));
  event->accept();
}

void ChartView::mousePressEvent(QMouseEvent* event) {
  m_dragging = event->button() == Qt::LeftButton;
  m_dragFrom = m_plot->xToTime(event->position().x());
}

void ChartView::mouseReleaseEvent(QMouseEvent*) { m_dragging = false; }

}  // namespace weir
