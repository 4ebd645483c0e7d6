// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/tag_layer.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/plot_style.h"

namespace weir {

namespace {

constexpr double kTagHeight = 18;

}  // namespace

std::vector<PlotTag> TagLayer::tagsOf(const PlotView& view, const PlotScales& scales) {
  const QRectF r = view.priceRect();
  std::vector<PlotTag> tags;
  // As many as the legend has rows: more would be a wall of colours without an axis.
  constexpr size_t kMostTags = 8;
  const auto focus = static_cast<size_t>(std::max(view.focus(), 0));
  for (size_t i = 0; i < view.store().series().size(); ++i) {
    const ChartSeries& series = view.store().series()[i];
    if (view.isHidden(i) || (!series.open && series.points.empty())) continue;
    if (tags.size() + (focus > i ? 1 : 0) >= kMostTags && i != focus) continue;
    const double last = series.open ? series.open->value : series.points.back().value;
    tags.push_back(
        {std::clamp(scales[i].y(last, view.baseOf(series)), r.top() + 9, r.bottom() - 9), shortSymbol(series.name),
         fittedNumber(last, priceDecimals(last), view.axisWidth() - 50, QFontMetricsF(uiFont(11, QFont::DemiBold))),
         view.theme().series[i % view.theme().series.size()]});
  }
  std::sort(tags.begin(), tags.end(), [](const PlotTag& a, const PlotTag& b) { return a.y < b.y; });
  for (size_t i = 1; i < tags.size(); ++i) tags[i].y = std::max(tags[i].y, tags[i - 1].y + 20);
  for (size_t i = tags.size(); i-- > 0;) {
    const double limit = i + 1 < tags.size() ? tags[i + 1].y - 20 : r.bottom() - 9;
    tags[i].y = std::min(tags[i].y, limit);
  }
  return tags;
}

void TagLayer::paint(QPainter& p, const PlotFrame& frame) {
  const PlotView& view = frame.view();
  const QRectF r = view.priceRect();
  p.setFont(uiFont(11, QFont::DemiBold));
  for (const PlotTag& tag : frame.tags()) {
    const QRectF box(r.right() + 3, tag.y - kTagHeight / 2, view.axisWidth() - 8, kTagHeight);
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

}  // namespace weir
