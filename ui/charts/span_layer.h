// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>
#include <QPaintEngine>
#include <QPainter>
#include <QRect>

namespace weir {

/// Holds spans one pixel wide of the dense series of a frame, and paints them at once: as rectangles each would cost
/// the raster engine a call for every row. For painters whose pixels are the device's.
class SpanLayer {
public:
  static bool suits(const QPainter& p) {
    return p.paintEngine()->type() == QPaintEngine::Raster && p.transform().type() <= QTransform::TxTranslate &&
           qFuzzyCompare(p.device()->devicePixelRatioF(), 1.0);
  }
  /// Adds `height` pixels from (x, top) down, as far as they lie in `clip`; the first one of a frame fixes the area to
  /// it and to those that follow.
  void add(const QRect& area, const QRect& clip, const QRect& span, QRgb opaque);
  /// Paints what has gathered, and starts anew.
  void paint(QPainter& p);

private:
  QImage m_image;
  QRect m_area;
  bool m_isEmpty = true;
};

}  // namespace weir
