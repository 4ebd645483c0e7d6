// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/span_layer.h"

namespace weir {

void SpanLayer::add(const QRect& area, const QRect& clip, const QRect& span, QRgb opaque) {
  if (m_isEmpty) {
    m_area = area;
    if (m_image.size() != area.size()) m_image = QImage(area.size(), QImage::Format_ARGB32_Premultiplied);
    m_image.fill(Qt::transparent);
    m_isEmpty = false;
  }
  const QRect seen = span.intersected(clip).intersected(m_area);
  if (seen.isEmpty()) return;
  const auto stride = m_image.bytesPerLine() / static_cast<qsizetype>(sizeof(QRgb));
  auto* pixel =
      reinterpret_cast<QRgb*>(m_image.bits()) + (seen.top() - m_area.top()) * stride + (seen.left() - m_area.left());
  for (int row = 0; row < seen.height(); ++row, pixel += stride) *pixel = opaque;
}

void SpanLayer::paint(QPainter& p) {
  if (m_isEmpty) return;
  p.drawImage(m_area.topLeft(), m_image);
  m_isEmpty = true;
}

}  // namespace weir
