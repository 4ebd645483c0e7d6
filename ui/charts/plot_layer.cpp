// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/plot_layer.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/plot_style.h"
#include "ui/charts/tag_layer.h"

namespace weir {

PlotFrame::PlotFrame(const PlotView& view, const PlotLayers& layers)
    : m_view(view), m_layers(layers), m_scales(view.scales()), m_tags(TagLayer::tagsOf(view, m_scales)) {}

std::vector<PlotNote> PlotFrame::notesAt(double x) const {
  std::vector<PlotNote> notes;
  for (const auto& layer : m_layers)
    if (const auto note = layer->noteAt(m_view, x)) notes.push_back(*note);
  return notes;
}

bool PlotFrame::meetsBox(const QRectF& box) const {
  return std::any_of(m_boxes.begin(), m_boxes.end(), [&](const QRectF& other) { return other.intersects(box); });
}

double PlotFrame::covered(const QRectF& box) const {
  constexpr double kAround = 4;
  const auto from = static_cast<int64_t>(m_view.xToTime(box.left() - kAround));
  const auto to = static_cast<int64_t>(m_view.xToTime(box.right() + kAround));
  double sum = 0;
  for (size_t i = 0; i < m_scales.size(); ++i) {
    if (m_view.isHidden(i)) continue;
    const ChartSeries& series = m_view.store().series()[i];
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
      if (const auto value = m_view.lineAt(series, edge)) take(*value);
    if (m_view.isOpenSeen(series) && m_view.openTime(*series.open) >= from && m_view.openTime(*series.open) <= to)
      take(series.open->value);
    if (!(low <= high)) continue;
    const double base = m_view.baseOf(series);
    const double a = m_scales[i].y(low, base);
    const double b = m_scales[i].y(high, base);
    sum +=
        std::max(0.0, std::min(box.bottom(), std::max(a, b) + kAround) - std::max(box.top(), std::min(a, b) - kAround));
  }
  return sum;
}

QRectF PlotFrame::freest(const std::vector<QRectF>& places) const {
  constexpr double kOtherBox = 1e6;
  QRectF best;
  double least = INFINITY;
  for (const QRectF& place : places) {
    const double cost = covered(place) + (meetsBox(place) ? kOtherBox : 0);
    if (cost >= least) continue;
    least = cost;
    best = place;
  }
  return best;
}

void PlotFrame::addBox(QPainter& p, const QRectF& box, const QColor& edge) {
  m_boxes.push_back(box);
  p.setPen(plotPen(edge, 1));
  p.setBrush(m_view.theme().bg2);
  p.drawRoundedRect(box, 5, 5);
}

}  // namespace weir
