// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/mark_layer.h"

#include <QObject>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/plot_style.h"

namespace weir {

void MarkLayer::paint(QPainter& p, const PlotFrame& frame) {
  const PlotView& view = frame.view();
  const QRectF r = view.priceRect();
  const QRectF v = view.volumeRect();
  const auto mark = [&](const std::optional<int64_t>& at, const QString& name) {
    if (!at) return;
    const double x = view.timeToX(static_cast<double>(*at));
    if (x < r.left() || x > r.right()) return;
    p.setPen(plotPen(view.theme().accent, 1.2));
    p.drawLine(QPointF(x, r.top()), QPointF(x, v.bottom()));
    const QRectF flag(x + 1, r.top(), 18, 16);
    p.fillRect(flag, view.theme().accent);
    p.setPen(view.theme().bg1);
    p.setFont(uiFont(11, QFont::DemiBold));
    p.drawText(flag, Qt::AlignCenter, name);
  };
  mark(m_a, QStringLiteral("A"));
  mark(m_b, QStringLiteral("B"));
}

void MarkLayer::paintBoxes(QPainter& p, PlotFrame& frame) {
  const PlotView& view = frame.view();
  if (!m_a || !m_b || view.focus() < 0 || view.focus() >= static_cast<int>(view.store().series().size())) return;
  const ChartSeries& series = view.store().series()[static_cast<size_t>(view.focus())];
  const ChartPoint* a = view.pointAt(series, *m_a);
  const ChartPoint* b = view.pointAt(series, *m_b);
  QString text = QObject::tr("B − A: %1 s").arg(static_cast<double>(*m_b - *m_a) / 1000, 0, 'f', 1);
  if (a && b && a->value != 0)
    text += QStringLiteral("   %1   %2")
                .arg(withThousands(b->value - a->value, priceDecimals(b->value)),
                     percentText((b->value / a->value - 1) * 100));
  p.setFont(uiFont(11, QFont::DemiBold));
  const QRectF r = view.priceRect();
  const QRectF v = view.volumeRect();
  const QSizeF size(QFontMetricsF(p.font()).horizontalAdvance(text) + 20, 24);
  const double left = r.left() + 6;
  const double right = r.right() - 6 - size.width();
  const double low = r.bottom() - 6 - size.height();
  const double high = r.top() + 6;
  // Among the bars as a last resort: there it hides no line.
  const QRectF box = frame.freest({QRectF({left, low}, size), QRectF({right, low}, size), QRectF({left, high}, size),
                                   QRectF({right, high}, size), QRectF({left, v.bottom() - size.height()}, size),
                                   QRectF({right, v.bottom() - size.height()}, size)});
  frame.addBox(p, box, view.theme().accent);
  p.setPen(view.theme().text1);
  p.drawText(box, Qt::AlignCenter, text);
}

}  // namespace weir
