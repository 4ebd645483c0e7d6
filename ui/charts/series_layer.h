// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/plot_layer.h"
#include "ui/charts/span_layer.h"

namespace weir {

/// The lines of the series, with the band or the candles of the one that has the focus.
class SeriesLayer final : public PlotLayer {
public:
  void paint(QPainter& p, const PlotFrame& frame) override;

private:
  void paintLine(QPainter& p, const PlotFrame& frame, size_t index);
  void paintSpans(QPainter& p, const PlotFrame& frame, const PlotScale& s, const ChartSeries& series, double width,
                  const QColor& color);

  SpanLayer m_spans;  ///< of the frame that is being painted
};

}  // namespace weir
