// SPDX-License-Identifier: GPL-3.0-or-later
// What lies over the lines: bands of gaps, tags, markers and the crosshair.
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/plot_item.h"
#include "ui/charts/plot_style.h"

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
    tint.setAlphaF(0.35F);
    p.setPen(plotPen(tint, 1));
    // Ends where the band ends, without a clip: what is exported as SVG has none.
    constexpr double kApart = 7;
    const int lines = static_cast<int>(std::ceil((band.width() + band.height()) / kApart));
    for (int i = 0; i < lines; ++i) {
      const double x = band.left() - band.height() + i * kApart;
      const double begin = std::max(x, band.left());
      const double end = std::min(x + band.height(), band.right());
      p.drawLine(QPointF(begin, band.bottom() - (begin - x)), QPointF(end, band.bottom() - (end - x)));
    }
    p.setPen(plotPen(m_theme->warn, 1, Qt::DashLine));
    p.drawLine(band.topLeft(), band.bottomLeft());
    p.drawLine(band.topRight(), band.bottomRight());
  }
}

// Last values in the order in which they stand, pushed apart where they would cover one another.
std::vector<PlotItem::Tag> PlotItem::tags(const Scales& scales) const {
  const QRectF r = priceRect();
  std::vector<Tag> tags;
  // As many as the legend has rows: more would be a wall of colours without an axis.
  constexpr size_t kMostTags = 8;
  const auto focus = static_cast<size_t>(std::max(m_focus, 0));
  for (size_t i = 0; i < m_store->series().size(); ++i) {
    const ChartSeries& series = m_store->series()[i];
    if (isHidden(i) || (!series.open && series.points.empty())) continue;
    if (tags.size() + (focus > i ? 1 : 0) >= kMostTags && i != focus) continue;
    const double last = series.open ? series.open->value : series.points.back().value;
    tags.push_back(
        {std::clamp(y(scales[i], last, baseOf(series)), r.top() + 9, r.bottom() - 9), shortSymbol(series.name),
         fittedNumber(last, priceDecimals(last), m_axisWidth - 50, QFontMetricsF(uiFont(11, QFont::DemiBold))),
         m_theme->series[i % m_theme->series.size()]});
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
    p.drawText(inner, Qt::AlignVCenter | Qt::AlignLeft,
               QFontMetricsF(p.font()).elidedText(tag.name, Qt::ElideRight, inner.width() - valueWidth));
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

// Beside the volume's name, where nothing else is.
void PlotItem::paintState(QPainter& p) const {
  if (m_state == ChartState::Running) return;
  const QString text = m_state == ChartState::Paused ? QObject::tr("Paused") : QObject::tr("Stopped");
  const QRectF v = volumeRect();
  p.setFont(uiFont(11, QFont::DemiBold));
  const double width = QFontMetricsF(p.font()).horizontalAdvance(text) + 12;
  const QRectF box(v.right() - width - 2, v.top() - 16, width, 15);
  p.setPen(Qt::NoPen);
  p.setBrush(m_theme->bg1);
  p.drawRoundedRect(box, 3, 3);
  p.setPen(m_state == ChartState::Paused ? m_theme->warn : m_theme->text3);
  p.drawText(box, Qt::AlignCenter, text);
}

std::optional<double> PlotItem::cursorX() const {
  const QRectF r = priceRect();
  if (!m_cursorTime) return std::nullopt;
  const double x = timeToX(static_cast<double>(*m_cursorTime));
  // Half a pixel, because a time is whole milliseconds.
  return x < r.left() - 0.5 || x > r.right() + 0.5 ? std::nullopt : std::optional(x);
}

void PlotItem::paintAxisTag(QPainter& p, const QRectF& box, const QString& text) const {
  p.setPen(Qt::NoPen);
  p.setBrush(m_theme->line2);
  p.drawRoundedRect(box, 3, 3);
  p.setFont(uiFont(11, QFont::DemiBold));
  p.setPen(m_theme->text1);
  p.drawText(box, Qt::AlignCenter, text);
}

// Its time is over all charts, its value over the one that has the mouse.
void PlotItem::paintCrosshair(QPainter& p, const Scales& scales) const {
  const std::optional<double> x = cursorX();
  if (!x) return;
  const QRectF r = priceRect();
  const QRectF v = volumeRect();
  constexpr double kPadding = 14;
  const auto widthOf = [](const QString& text) {
    return QFontMetricsF(uiFont(11, QFont::DemiBold)).horizontalAdvance(text) + kPadding;
  };
  p.setPen(plotPen(m_theme->text3, 1, Qt::DashLine));
  p.drawLine(QPointF(*x, r.top()), QPointF(*x, v.bottom()));
  for (size_t i = 0; i < scales.size(); ++i) {
    const ChartSeries& series = m_store->series()[i];
    const ChartPoint* point = isHidden(i) ? nullptr : pointAt(series, *m_cursorTime);
    if (!point) continue;
    const int64_t time = series.open && point == &*series.open ? openTime(*point) : point->at;
    const QPointF at(timeToX(static_cast<double>(time)), y(scales[i], point->value, baseOf(series)));
    if (!r.adjusted(-4, -4, 4, 4).contains(at)) continue;
    p.setPen(plotPen(m_theme->bg1, 1.5));
    p.setBrush(m_theme->series[i % m_theme->series.size()]);
    p.drawEllipse(at, 4, 4);
  }
  const QString clock = clockText(*m_cursorTime, 1000);
  QRectF timeTag(0, v.bottom() + 4, widthOf(clock), kTagHeight);
  timeTag.moveLeft(
      std::clamp(*x - timeTag.width() / 2, m_area.left(), std::max(m_area.left(), m_area.right() - timeTag.width())));
  paintAxisTag(p, timeTag, clock);
  if (!m_cursorY) return;
  QString value;
  for (size_t i = 0; i < scales.size() && value.isEmpty(); ++i) {
    const Scale& s = scales[i];
    if (isHidden(i) || *m_cursorY < s.rect.top() || *m_cursorY > s.rect.bottom()) continue;
    const double at = s.low + (s.rect.bottom() - *m_cursorY) / s.rect.height() * (s.high - s.low);
    const int decimals = stepDecimals(niceStep(s.high - s.low, static_cast<int>(std::max(2.0, s.rect.height()))));
    value = s.percent ? percentText(at, std::max(2, decimals)) : withThousands(at, decimals);
  }
  if (const double most = mostVolume(); most > 0 && *m_cursorY >= v.top() && *m_cursorY <= v.bottom())
    value = withThousands((v.bottom() - *m_cursorY) / v.height() * most,
                          stepDecimals(niceStep(most, static_cast<int>(std::max(2.0, v.height())))));
  if (value.isEmpty()) return;
  p.setPen(plotPen(m_theme->text3, 1, Qt::DashLine));
  p.drawLine(QPointF(r.left(), *m_cursorY), QPointF(r.right(), *m_cursorY));
  paintAxisTag(p, QRectF(r.right() + 3, *m_cursorY - kTagHeight / 2, widthOf(value), kTagHeight), value);
}

}  // namespace weir
