// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QRectF>
#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "ui/charts/plot_view.h"

class QPainter;

namespace weir {

/// A last value beside the axis.
struct PlotTag {
  double y;
  QString name;
  QString value;
  QColor color;
};

/// What a layer has to say of a place, in the readout of the crosshair.
struct PlotNote {
  QString text;
  QColor color;
};

class PlotLayer;
using PlotLayers = std::vector<std::unique_ptr<PlotLayer>>;

/// One frame of a chart: what is seen, on which scales, and where boxes stand already.
class PlotFrame {
public:
  PlotFrame(const PlotView& view, const PlotLayers& layers);
  const PlotView& view() const { return m_view; }
  const PlotScales& scales() const { return m_scales; }
  const std::vector<PlotTag>& tags() const { return m_tags; }
  const std::vector<QRectF>& boxes() const { return m_boxes; }
  std::vector<PlotNote> notesAt(double x) const;
  bool meetsBox(const QRectF& box) const;
  /// How much of the lines a box would cover, in pixels of height.
  double covered(const QRectF& box) const;
  /// Of several places the one that hides least of the lines, and no other box.
  QRectF freest(const std::vector<QRectF>& places) const;
  /// Paints a box that boxes after it keep clear of.
  void addBox(QPainter& p, const QRectF& box, const QColor& edge);

private:
  const PlotView& m_view;
  const PlotLayers& m_layers;
  PlotScales m_scales;
  std::vector<PlotTag> m_tags;
  std::vector<QRectF> m_boxes;
};

/// A part of the picture with a state of its own. Layers are painted in the order of the list in `plot_layers.cpp`,
/// then their boxes: those of the last layer, which lies on top, have the first choice of places.
class PlotLayer {
public:
  PlotLayer() = default;
  PlotLayer(const PlotLayer&) = delete;
  PlotLayer& operator=(const PlotLayer&) = delete;
  virtual ~PlotLayer() = default;
  virtual void paint(QPainter& p, const PlotFrame& frame) = 0;
  virtual void paintBoxes(QPainter&, PlotFrame&) {}
  virtual std::optional<PlotNote> noteAt(const PlotView&, double) const { return std::nullopt; }
};

}  // namespace weir
