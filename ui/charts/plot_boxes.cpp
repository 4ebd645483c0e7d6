// SPDX-License-Identifier: GPL-3.0-or-later
// Boxes with words, over all else: the readout of the crosshair, the difference of two marks, what a gap has cost.
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/plot_item.h"
#include "ui/charts/plot_style.h"

namespace weir {

double PlotItem::covered(const QRectF& box, const Scales& scales) const {
  constexpr double kAround = 4;
  const auto from = static_cast<int64_t>(xToTime(box.left() - kAround));
  const auto to = static_cast<int64_t>(xToTime(box.right() + kAround));
  double sum = 0;
  for (size_t i = 0; i < scales.size(); ++i) {
    if (isHidden(i)) continue;
    const ChartSeries& series = m_store->series()[i];
    double low = INFINITY;
    double high = -INFINITY;
    const auto take = [&](double value) {
      low = std::min(low, value);
      high = std::max(high, value);
    };
    const size_t first = series.lowerBound(from);
    const size_t last = series.lowerBound(to + 1);
    if (first < last) {
      const ChartSeries::Extent extent = series.extent(first, last);
      take(extent.low);
      take(extent.high);
    }
    for (const int64_t edge : {from, to})
      if (const auto value = lineAt(series, edge)) take(*value);
    if (isOpenSeen(series) && openTime(*series.open) >= from && openTime(*series.open) <= to) take(series.open->value);
    if (!(low <= high)) continue;
    const double base = baseOf(series);
    const double a = y(scales[i], low, base);
    const double b = y(scales[i], high, base);
    sum +=
        std::max(0.0, std::min(box.bottom(), std::max(a, b) + kAround) - std::max(box.top(), std::min(a, b) - kAround));
  }
  return sum;
}

QRectF PlotItem::freest(const std::vector<QRectF>& places, const Scales& scales) const {
  constexpr double kOtherBox = 1e6;
  QRectF best;
  double least = INFINITY;
  for (const QRectF& place : places) {
    const bool meetsAnother =
        std::any_of(m_boxes.begin(), m_boxes.end(), [&](const QRectF& box) { return box.intersects(place); });
    const double cost = covered(place, scales) + (meetsAnother ? kOtherBox : 0);
    if (cost >= least) continue;
    least = cost;
    best = place;
  }
  return best;
}

void PlotItem::paintBox(QPainter& p, const QRectF& box, const QColor& edge) const {
  p.setPen(plotPen(edge, 1));
  p.setBrush(m_theme->bg2);
  p.drawRoundedRect(box, 5, 5);
}

// In the roomier upper corner, and never under the mouse.
void PlotItem::paintReadout(QPainter& p, const Scales& scales) {
  const std::optional<double> x = cursorX();
  if (!x) return;
  const QRectF r = priceRect();
  const auto& all = m_store->series();
  const int64_t time = *m_cursorTime;
  QString alertText;
  for (const ChartAlert& alert : m_alerts)
    if (std::fabs(timeToX(static_cast<double>(alert.at)) - *x) < 6) alertText = alert.text;
  constexpr size_t kMostRows = 12;
  std::vector<size_t> rows;
  for (size_t i = 0; i < all.size() && rows.size() < kMostRows; ++i)
    if (!isHidden(i)) rows.push_back(i);
  const bool hasFocus =
      m_focus >= 0 && m_focus < static_cast<int>(all.size()) && !isHidden(static_cast<size_t>(m_focus));
  const ChartSeries* focus = hasFocus ? &all[static_cast<size_t>(m_focus)] : nullptr;
  const ChartPoint* point = focus ? pointAt(*focus, time) : nullptr;
  const bool candles = point && showsCandles(static_cast<size_t>(m_focus));
  const bool volume = point && !m_store->volumeName().isEmpty();

  constexpr double kWidth = 222;
  constexpr double kRow = 18;
  constexpr double kHead = 28;
  constexpr double kLine = 6;
  const auto shown = static_cast<size_t>(std::count_if(
      all.begin(), all.end(), [&](const ChartSeries& s) { return !isHidden(static_cast<size_t>(&s - all.data())); }));
  const size_t unread = shown - rows.size();
  double height = kHead + kRow * static_cast<double>(rows.size()) + 4;
  if (unread > 0) height += kRow;
  if (candles) height += kRow;
  if (volume) height += kRow + kLine;
  if (!alertText.isEmpty()) height += kRow;
  const QRectF left(r.left() + 6, r.top() + 4, kWidth, height);
  const QRectF right(r.right() - 6 - kWidth, r.top() + 4, kWidth, height);
  const auto isUnderMouse = [&](const QRectF& box) { return *x > box.left() - 8 && *x < box.right() + 8; };
  std::vector<QRectF> places;
  for (const QRectF& place : {left, right})
    if (!isUnderMouse(place)) places.push_back(place);
  if (places.empty()) places.push_back(*x < r.center().x() ? right : left);
  const QRectF box = freest(places, scales);
  m_boxes.push_back(box);
  paintBox(p, box, m_theme->line2);

  const QRectF inner = box.adjusted(10, 0, -10, 0);
  double top = box.top() + 6;
  const auto text = [&](double from, double to, Qt::Alignment side, const QString& words, const QColor& color,
                        QFont::Weight weight = QFont::Normal) {
    p.setFont(uiFont(11, weight));
    p.setPen(color);
    const QRectF cell(inner.left() + from, top, to - from, 16);
    p.drawText(cell, Qt::AlignVCenter | side,
               QFontMetricsF(p.font()).elidedText(words, Qt::ElideRight, cell.width() + 1));
  };
  const int64_t window = m_store->windowMs();
  const int64_t step = window % 1000 == 0 ? 1000 : 1;
  QString head = clockText(point ? point->at : time, step);
  if (point && window > 0) head = QObject::tr("%1 – %2").arg(clockText(point->at - window, step), head);
  text(0, 150, Qt::AlignLeft, head, m_theme->text1, QFont::DemiBold);
  if (point) {
    const bool isOpen = focus->open && point == &*focus->open;
    const QString state = isOpen              ? QObject::tr("open")
                          : point->incomplete ? QObject::tr("incomplete")
                                              : QObject::tr("closed");
    text(130, inner.width(), Qt::AlignRight, state,
         isOpen              ? m_theme->accent
         : point->incomplete ? m_theme->warn
                             : m_theme->text3);
  }
  top = box.top() + kHead - 2;
  constexpr double kValueEnd = 140;
  for (const size_t i : rows) {
    const ChartSeries& series = all[i];
    p.setPen(plotPen(m_theme->series[i % m_theme->series.size()], 2));
    p.drawLine(QPointF(inner.left(), top + 8), QPointF(inner.left() + 12, top + 8));
    const ChartPoint* at = pointAt(series, time);
    constexpr double kNameAtLeast = 60;
    const QString value = at ? fittedNumber(at->value, priceDecimals(at->value), kValueEnd - kNameAtLeast,
                                            QFontMetricsF(uiFont(11, QFont::DemiBold)))
                             : QString();
    const double width = QFontMetricsF(uiFont(11, QFont::DemiBold)).horizontalAdvance(value) + 2;
    text(18, kValueEnd - width - 4, Qt::AlignLeft, series.name, m_theme->text2);
    if (at) {
      text(kValueEnd - width, kValueEnd, Qt::AlignRight, value, m_theme->text1, QFont::DemiBold);
      text(kValueEnd + 4, inner.width(), Qt::AlignRight, percentText((at->value / baseOf(series) - 1) * 100),
           m_theme->text2);
    }
    top += kRow;
  }
  if (unread > 0) {
    text(18, inner.width(), Qt::AlignLeft, QObject::tr("and %n more", nullptr, static_cast<int>(unread)),
         m_theme->text3);
    top += kRow;
  }
  if (candles) {
    const int decimals = priceDecimals(point->value);
    const double third = inner.width() / 3;
    text(0, third, Qt::AlignLeft, QObject::tr("O %1").arg(withThousands(point->first, decimals)), m_theme->text2);
    text(third, 2 * third, Qt::AlignHCenter, QObject::tr("H %1").arg(withThousands(point->high, decimals)),
         m_theme->text2);
    text(2 * third, inner.width(), Qt::AlignRight, QObject::tr("L %1").arg(withThousands(point->low, decimals)),
         m_theme->text2);
    top += kRow;
  }
  if (volume) {
    p.setPen(plotPen(m_theme->line, 1));
    p.drawLine(QPointF(inner.left(), top + 2), QPointF(inner.right(), top + 2));
    top += kLine;
    QString values = withThousands(point->volume, priceDecimals(point->volume));
    if (!m_store->countName().isEmpty())
      values += QStringLiteral("   %1 %2").arg(withThousands(point->count, 0), m_store->countName());
    const double width = QFontMetricsF(uiFont(11, QFont::DemiBold)).horizontalAdvance(values) + 2;
    text(0, inner.width() - width - 4, Qt::AlignLeft, QObject::tr("%1 %2").arg(m_store->volumeName(), focus->name),
         m_theme->text2);
    text(inner.width() - width, inner.width(), Qt::AlignRight, values, m_theme->text1, QFont::DemiBold);
    top += kRow;
  }
  if (!alertText.isEmpty()) text(0, inner.width(), Qt::AlignLeft, alertText, m_theme->error);
}

void PlotItem::paintDifference(QPainter& p, const Scales& scales) {
  if (!m_markA || !m_markB || m_focus < 0 || m_focus >= static_cast<int>(m_store->series().size())) return;
  const ChartSeries& series = m_store->series()[static_cast<size_t>(m_focus)];
  const ChartPoint* a = pointAt(series, *m_markA);
  const ChartPoint* b = pointAt(series, *m_markB);
  QString text = QObject::tr("B − A: %1 s").arg(static_cast<double>(*m_markB - *m_markA) / 1000, 0, 'f', 1);
  if (a && b && a->value != 0)
    text += QStringLiteral("   %1   %2")
                .arg(withThousands(b->value - a->value, priceDecimals(b->value)),
                     percentText((b->value / a->value - 1) * 100));
  p.setFont(uiFont(11, QFont::DemiBold));
  const QRectF r = priceRect();
  const QRectF v = volumeRect();
  const QSizeF size(QFontMetricsF(p.font()).horizontalAdvance(text) + 20, 24);
  const double left = r.left() + 6;
  const double right = r.right() - 6 - size.width();
  const double low = r.bottom() - 6 - size.height();
  const double high = r.top() + 6;
  // Among the bars as a last resort: there it hides no line.
  const QRectF box = freest(
      {QRectF({left, low}, size), QRectF({right, low}, size), QRectF({left, high}, size), QRectF({right, high}, size),
       QRectF({left, v.bottom() - size.height()}, size), QRectF({right, v.bottom() - size.height()}, size)},
      scales);
  m_boxes.push_back(box);
  paintBox(p, box, m_theme->accent);
  p.setPen(m_theme->text1);
  p.drawText(box, Qt::AlignCenter, text);
}

// Beside the band, low at its right if nothing is there, inside the plot.
void PlotItem::paintGapBoxes(QPainter& p, const Scales& scales) {
  const QRectF r = priceRect();
  for (auto gap = m_gaps.rbegin(); gap != m_gaps.rend(); ++gap) {
    const int64_t to = gap->to.value_or(m_now);
    if (to < m_end - m_range || gap->from > m_end) continue;
    const double x0 = std::max(r.left(), timeToX(static_cast<double>(gap->from)));
    const double x1 = std::min(r.right(), timeToX(static_cast<double>(to)));
    if (x1 <= x0) continue;
    const QString text =
        gap->to ? QObject::tr("Disconnected %1 s").arg(static_cast<double>(to - gap->from) / 1000, 0, 'f', 1)
                : QObject::tr("Disconnected for %1 s").arg(static_cast<double>(to - gap->from) / 1000, 0, 'f', 0);
    const auto lost = m_lost.find(gap->from);
    const QString second = lost == m_lost.end()
                               ? QString()
                               : QObject::tr("at least %n trades lost", nullptr, static_cast<int>(lost->second));
    const QFontMetricsF metrics(uiFont(11, QFont::DemiBold));
    const QSizeF size(std::max(metrics.horizontalAdvance(text), metrics.horizontalAdvance(second)) + 18,
                      second.isEmpty() ? 24 : 40);
    constexpr double kBeside = 6;
    constexpr int kHeights = 5;
    std::vector<QRectF> places;
    for (const double left : {x1 + kBeside, x0 - kBeside - size.width()})
      for (int i = 0; i < kHeights; ++i) {
        const double top =
            r.bottom() - kBeside - size.height() - i * (r.height() - 2 * kBeside - size.height()) / (kHeights - 1);
        if (left >= r.left() && left + size.width() <= r.right()) places.emplace_back(QPointF(left, top), size);
      }
    // A band that fills the plot has its box within.
    if (places.empty())
      places.emplace_back(QPointF(std::clamp(x0 + kBeside, r.left(), std::max(r.left(), r.right() - size.width())),
                                  r.bottom() - kBeside - size.height()),
                          size);
    const QRectF box = freest(places, scales);
    // The band tells of it, too; where gaps are many, the newest have their words.
    if (std::any_of(m_boxes.begin(), m_boxes.end(), [&](const QRectF& other) { return other.intersects(box); }))
      continue;
    m_boxes.push_back(box);
    paintBox(p, box, m_theme->warn);
    p.setFont(uiFont(11, QFont::DemiBold));
    p.setPen(m_theme->warn);
    p.drawText(second.isEmpty() ? box : box.adjusted(0, 4, 0, -20), Qt::AlignCenter, text);
    if (second.isEmpty()) continue;
    p.setFont(uiFont(11));
    p.setPen(m_theme->text2);
    p.drawText(box.adjusted(0, 20, 0, -4), Qt::AlignCenter, second);
  }
}

}  // namespace weir
