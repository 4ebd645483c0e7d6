// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/health_look.h"

#include <QPainter>
#include <QPixmap>

namespace weir {

void paintMark(QPainter& p, const QRectF& box, const HealthLook& look) {
  using Mark = HealthLook::Mark;
  const QRectF r = box.adjusted(1.5, 1.5, -1.5, -1.5);
  QPen outline(look.color, 1.6);
  p.setPen(outline);
  p.setBrush(Qt::NoBrush);
  switch (look.mark) {
    case Mark::Ring: p.drawEllipse(r); break;
    case Mark::HalfRing:
      p.drawEllipse(r);
      p.setPen(Qt::NoPen);
      p.setBrush(look.color);
      p.drawPie(r, 90 * 16, 180 * 16);
      break;
    case Mark::Disc:
      p.setPen(Qt::NoPen);
      p.setBrush(look.color);
      p.drawEllipse(r);
      break;
    case Mark::Triangle:
      p.setPen(Qt::NoPen);
      p.setBrush(look.color);
      p.drawPolygon(QPolygonF({QPointF(box.center().x(), box.top() + 1), QPointF(box.right() - 0.5, box.bottom() - 1.5),
                               QPointF(box.left() + 0.5, box.bottom() - 1.5)}));
      break;
    case Mark::Diamond:
      p.drawPolygon(QPolygonF({QPointF(box.center().x(), r.top()), QPointF(r.right(), box.center().y()),
                               QPointF(box.center().x(), r.bottom()), QPointF(r.left(), box.center().y())}));
      break;
    case Mark::Square: p.fillRect(r, look.color); break;
    case Mark::SlashedRing:
      p.drawEllipse(r);
      p.drawLine(r.bottomLeft() + QPointF(1.3, -1.3), r.topRight() + QPointF(-1.3, 1.3));
      break;
  }
}

QIcon markIcon(const HealthLook& look) {
  QPixmap pixmap(24, 24);
  pixmap.setDevicePixelRatio(2);
  pixmap.fill(Qt::transparent);
  QPainter p(&pixmap);
  p.setRenderHint(QPainter::Antialiasing);
  paintMark(p, QRectF(0, 0, 12, 12), look);
  return pixmap;
}

}  // namespace weir
