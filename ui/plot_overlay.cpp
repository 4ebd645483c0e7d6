// SPDX-License-Identifier: GPL-3.0-or-later
// What lies over the lines: gaps, tags, markers and the crosshair.
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/plot_item.h"
#include "ui/plot_style.h"

namespace weir {

namespace {

constexpr double kTagHeight = 18;

}  // namespace

void PlotItem::paintGaps(QPainter& p) const {
  const QRectF r = priceRect();
  const QRectF v = volumeRect();
  for (const Gap& gap : m_gaps) {
    const int64_t to = gap.to.value_or(m_now);
    if (to < m_end - m_range || gap.from > m_end) continue;
    const double x0 = std::max(r.left(), timeToX(static_cast<double>(gap.from)));
    const double x1 = std::min(r.right(), timeToX(static_cast<double>(to)));
    if (x1 <= x0) continue;
    const QRectF band(x0, r.top(), x1 - x0, v.bottom() - r.top());
    QColor tint = m_theme->warn;
    tint.setAlphaF(0.07F);
    p.fillRect(band, tint);
    p.save();
    p.setClipRect(band);
    tint.setAlphaF(0.35F);
    p.setPen(plotPen(tint, 1));
    for (double x = band.left() - band.height(); x < band.right(); x += 7)
      p.drawLine(QPointF(x, band.bottom()), QPointF(x + band.height(), band.top()));
    p.restore();
    p.setPen(plotPen(m_theme->warn, 1, Qt::DashLine));
    p.drawLine(band.topLeft(), band.bottomLeft());
    p.drawLine(band.topRight(), band.bottomRight());
    const QString text = gap.to ? QObject::tr("Disconnected %1 s").arg(static_cast<double>(to - gap.from) / 1000, 0, 'f', 1)
                                : QObject::tr("Disconnected for %1 s").arg(static_cast<double>(to - gap.from) / 1000, 0, 'f', 0);
    const auto lost = m_lost.find(gap.from);
    const QString second = lost == m_lost.end() ? QString() : QObject::tr("at least %n trades lost", nullptr, static_cast<int>(lost->second));
    p.setFont(uiFont(11, QFont::DemiBold));
    const QFontMetricsF metrics(p.font());
    const double width = std::max(metrics.horizontalAdvance(text), metrics.horizontalAdvance(second)) + 18;
    const double height = second.isEmpty() ? 24 : 40;
    QRectF box(x1 + 6, r.bottom() - height - 8, width, height);
    if (box.right() > r.right()) box.moveRight(x0 - 6);
    if (box.left() < r.left()) box.moveLeft(r.left() + 4);
    p.setPen(plotPen(m_theme->warn, 1));
    p.setBrush(m_theme->bg2);
    p.drawRoundedRect(box, 4, 4);
    p.setPen(m_theme->warn);
    p.drawText(second.isEmpty() ? box : box.adjusted(0, 4, 0, -20), Qt::AlignCenter, text);
    if (second.isEmpty()) continue;
    p.setFont(uiFont(11));
    p.setPen(m_theme->text2);
    p.drawText(box.adjusted(0, 20, 0, -4), Qt::AlignCenter, second);
  }
}

// Last values in the order in which they stand, pushed apart where they would cover one another.
std::vector<PlotItem::Tag> PlotItem::tags(const Scales& scales) const {
  const QRectF r = priceRect();
  std::vector<Tag> tags;
  for (size_t i = 0; i < m_store->series().size(); ++i) {
    const ChartSeries& series = m_store->series()[i];
    if (isHidden(i) || (!series.open && series.points.empty())) continue;
    const double last = series.open ? series.open->value : series.points.back().value;
    tags.push_back({std::clamp(y(scales[i], last, baseOf(series)), r.top() + 9, r.bottom() - 9), shortSymbol(series.name),
                    withThousands(last, decimals(last)), m_theme->series[i % m_theme->series.size()]});
  }
  std::sort(tags.begin(), tags.end(), [](const Tag& a, const Tag& b) { return a.y < b.y; });
  for (size_t i = 1; i < tags.size(); ++i) tags[i].y = std::max(tags[i].y, tags[i - 1].y + 20);
  for (size_t i = tags.size(); i-- > 0;) {
    const double limit = i + 1 < tags.size() ? tags[i + 1].y - 20 : r.bottom() - 9;
    tags[i].y = std::min(tags[i].y, limit);
  }
  return tags;
}

void PlotItem::paintTags(QPainter& p, const std::vector<Tag>& tags) const {
  const QRectF r = priceRect();
  p.setFont(uiFont(11, QFont::DemiBold));
  for (const Tag& tag : tags) {
    const QRectF box(r.right() + 3, tag.y - kTagHeight / 2, m_axisWidth - 8, kTagHeight);
    p.setPen(Qt::NoPen);
    p.setBrush(tag.color);
    p.drawRoundedRect(box, 3, 3);
    const QColor ink("#0D1014");
    p.setPen(Theme::contrast(tag.color, Qt::white) > Theme::contrast(tag.color, ink) ? QColor(Qt::white) : ink);
    const QRectF inner = box.adjusted(6, 0, -6, 0);
    const double valueWidth = QFontMetricsF(p.font()).horizontalAdvance(tag.value) + 6;
    p.drawText(inner, Qt::AlignVCenter | Qt::AlignLeft, QFontMetricsF(p.font()).elidedText(tag.name, Qt::ElideRight, inner.width() - valueWidth));
    p.drawText(inner, Qt::AlignVCenter | Qt::AlignRight, tag.value);
  }
}

// Two times and what lies between them.
void PlotItem::paintMarkers(QPainter& p) const {
  const QRectF r = priceRect();
  const QRectF v = volumeRect();
  const auto mark = [&](const std::optional<int64_t>& at, const QString& name) {
    if (!at) return;
    const double x = timeToX(static_cast<double>(*at));
    if (x < r.left() || x > r.right()) return;
    p.setPen(plotPen(m_theme->accent, 1.2));
    p.drawLine(QPointF(x, r.top()), QPointF(x, v.bottom()));
    const QRectF flag(x + 1, r.top(), 18, 16);
    p.fillRect(flag, m_theme->accent);
    p.setPen(m_theme->bg1);
    p.setFont(uiFont(11, QFont::DemiBold));
    p.drawText(flag, Qt::AlignCenter, name);
  };
  mark(m_markA, QStringLiteral("A"));
  mark(m_markB, QStringLiteral("B"));
  if (!m_markA || !m_markB || m_focus < 0 || m_focus >= static_cast<int>(m_store->series().size())) return;
  const ChartSeries& series = m_store->series()[static_cast<size_t>(m_focus)];
  const auto valueAt = [&](int64_t t) -> std::optional<double> {
    const auto after = std::upper_bound(series.points.begin(), series.points.end(), t, [](int64_t time, const ChartPoint& point) { return time < point.at; });
    if (after == series.points.begin()) return std::nullopt;
    return std::prev(after)->value;
  };
  const auto a = valueAt(*m_markA);
  const auto b = valueAt(*m_markB);
  QString text = QObject::tr("B − A: %1 s").arg(static_cast<double>(*m_markB - *m_markA) / 1000, 0, 'f', 1);
  if (a && b && *a != 0) text += QStringLiteral("   %1   %2").arg(withThousands(*b - *a, decimals(std::fabs(*b))), percentText((*b / *a - 1) * 100));
  p.setFont(uiFont(11, QFont::DemiBold));
  const double width = p.fontMetrics().horizontalAdvance(text) + 20;
  const QRectF box(r.left() + 6, r.bottom() - 30, width, 24);
  p.setPen(plotPen(m_theme->accent, 1));
  p.setBrush(m_theme->bg2);
  p.drawRoundedRect(box, 4, 4);
  p.setPen(m_theme->text1);
  p.drawText(box, Qt::AlignCenter, text);
}

void PlotItem::paintAlerts(QPainter& p) const {
  const QRectF r = priceRect();
  const QRectF v = volumeRect();
  for (const ChartAlert& alert : m_alerts) {
    const double x = timeToX(static_cast<double>(alert.at));
    if (x < r.left() || x > r.right()) continue;
    p.setPen(plotPen(m_theme->error, 1, Qt::DotLine));
    p.drawLine(QPointF(x, r.top() + 8), QPointF(x, v.bottom()));
    p.setPen(Qt::NoPen);
    p.setBrush(m_theme->error);
    p.drawPolygon(QPolygonF({QPointF(x - 5, r.top()), QPointF(x + 5, r.top()), QPointF(x, r.top() + 9)}));
  }
}

void PlotItem::paintCrosshair(QPainter& p, const Scales& scales) const {
  const QRectF r = priceRect();
  const QRectF v = volumeRect();
  // The mouse is here, or over another chart of the same time.
  const bool here = m_cursor && m_cursor->y() >= r.top() && m_cursor->y() <= v.bottom();
  if (!here && !m_cursorTime) return;
  const double x = here ? m_cursor->x() : timeToX(static_cast<double>(*m_cursorTime));
  if (x < r.left() || x > r.right()) return;
  p.setPen(plotPen(m_theme->text3, 1, Qt::DashLine));
  p.drawLine(QPointF(x, r.top()), QPointF(x, v.bottom()));
  if (here && m_cursor->y() <= r.bottom()) p.drawLine(QPointF(r.left(), m_cursor->y()), QPointF(r.right(), m_cursor->y()));
  const auto time = static_cast<int64_t>(xToTime(x));
  QString alertText;
  for (const ChartAlert& alert : m_alerts)
    if (std::fabs(timeToX(static_cast<double>(alert.at)) - x) < 6) alertText = alert.text;
  constexpr size_t kMostRows = 12;
  const size_t rows = std::min(m_store->series().size(), kMostRows);
  QRectF box(r.left() + 6, r.top() + 4, 222, 30 + 18.0 * static_cast<double>(rows) + (alertText.isEmpty() ? 0 : 18));
  if (x < r.center().x()) box.moveRight(r.right() - 6);
  p.setPen(plotPen(m_theme->line2, 1));
  p.setBrush(m_theme->bg2);
  p.drawRoundedRect(box, 5, 5);
  p.setFont(uiFont(11, QFont::DemiBold));
  p.setPen(m_theme->text1);
  p.drawText(box.adjusted(10, 6, -10, 0), Qt::AlignTop | Qt::AlignLeft, clockText(time, true));
  double top = box.top() + 26;
  for (size_t i = 0; i < rows; ++i, top += 18) {
    const ChartSeries& series = m_store->series()[i];
    // The last known point, not the nearest: nothing of the future.
    const auto after = std::upper_bound(series.points.begin(), series.points.end(), time,
                                        [](int64_t t, const ChartPoint& point) { return t < point.at; });
    const QColor color = m_theme->series[i % m_theme->series.size()];
    p.setPen(plotPen(color, 2));
    p.drawLine(QPointF(box.left() + 10, top + 8), QPointF(box.left() + 22, top + 8));
    p.setFont(uiFont(11));
    p.setPen(m_theme->text2);
    p.drawText(QRectF(box.left() + 28, top, 90, 16), Qt::AlignVCenter, QFontMetricsF(p.font()).elidedText(series.name, Qt::ElideRight, 84));
    if (after == series.points.begin()) continue;
    const ChartPoint& point = *std::prev(after);
    p.setPen(m_theme->text1);
    p.drawText(QRectF(box.left() + 110, top, 102, 16), Qt::AlignVCenter | Qt::AlignRight, withThousands(point.value, decimals(point.value)));
    const QPointF at(timeToX(static_cast<double>(point.at)), y(scales[i], point.value, baseOf(series)));
    if (isHidden(i) || !r.adjusted(-4, -4, 4, 4).contains(at)) continue;
    p.setPen(plotPen(m_theme->bg1, 1.5));
    p.setBrush(color);
    p.drawEllipse(at, 4, 4);
  }
  if (alertText.isEmpty()) return;
  p.setPen(m_theme->error);
  p.drawText(QRectF(box.left() + 10, top, box.width() - 20, 16), Qt::AlignVCenter, QFontMetricsF(p.font()).elidedText(alertText, Qt::ElideRight, box.width() - 20));
}

}  // namespace weir
