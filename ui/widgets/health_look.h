// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

class QPainter;
class QRectF;

namespace weir {

/// How a connection is shown: the word, the colour and the shape of its mark. Never colour alone.
struct HealthLook {
  QString word;
  QColor color;
  enum class Mark { Ring, HalfRing, Disc, Triangle, Diamond, Square, SlashedRing } mark;
};
void paintMark(QPainter& painter, const QRectF& box, const HealthLook& look);
QIcon markIcon(const HealthLook& look);

}  // namespace weir
