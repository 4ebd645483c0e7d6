// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/gap_layer.h"

#include <QObject>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/plot_style.h"

namespace weir {

void GapLayer::paint(QPainter& p, const PlotFrame& frame) {
  const PlotView& view = frame.view();
  const QRectF r = view.priceRect();
  const QRectF v = view.volumeRect();
  for (const Gap& gap : m_gaps) {
    const int64_t to = gap.to.value_or(view.now());
    if (to < view.from() || gap.from > view.end()) continue;
    const double x0 = std::max(r.left(), view.timeToX(static_cast<double>(gap.from)));
    const double x1 = std::min(r.right(), view.timeToX(static_cast<double>(to)));
    if (x1 <= x0) continue;
    const QRectF band(x0, r.top(), x1 - x0, v.bottom() - r.top());
    QColor tint = view.theme().warn;
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
    p.setPen(plotPen(view.theme().warn, 1, Qt::DashLine));
    p.drawLine(band.topLeft(), band.bottomLeft());
    p.drawLine(band.topRight(), band.bottomRight());
  }
}

// Beside the band, low at its right if nothing is there, inside the plot.
void GapLayer::paintBoxes(QPainter& p, PlotFrame& frame) {
  const PlotView& view = frame.view();
  const QRectF r = view.priceRect();
  for (auto gap = m_gaps.rbegin(); gap != m_gaps.rend(); ++gap) {
    const int64_t to = gap->to.value_or(view.now());
    if (to < view.from() || gap->from > view.end()) continue;
    const double x0 = std::max(r.left(), view.timeToX(static_cast<double>(gap->from)));
    const double x1 = std::min(r.right(), view.timeToX(static_cast<double>(to)));
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
    const QRectF box = frame.freest(places);
    // The band tells of it, too; where gaps are many, the newest have their words.
    if (frame.meetsBox(box)) continue;
    frame.addBox(p, box, view.theme().warn);
    p.setFont(uiFont(11, QFont::DemiBold));
    p.setPen(view.theme().warn);
    p.drawText(second.isEmpty() ? box : box.adjusted(0, 4, 0, -20), Qt::AlignCenter, text);
    if (second.isEmpty()) continue;
    p.setFont(uiFont(11));
    p.setPen(view.theme().text2);
    p.drawText(box.adjusted(0, 20, 0, -4), Qt::AlignCenter, second);
  }
}

}  // namespace weir
