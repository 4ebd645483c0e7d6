// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGraphicsView>
#include <map>
#include <string>
#include <vector>

#include "core/plan/logical.h"
#include "core/session/engine.h"
#include "ui/health/stream_rates.h"
#include "ui/widgets/theme.h"

namespace weir {

/// The pipeline as a graph, from the sources at the left to the sinks at the right: live rates on its edges, errors in
/// its boxes. Its accessible description says the same in words.
class PlanView final : public QGraphicsView {
  Q_OBJECT
public:
  explicit PlanView(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void setScript(const logical::Plan& script);
  /// Rates follow from the calls before; a second lies between two of them.
  void showRun(const RunSnapshot& snapshot);
  /// The graph in words, a line for each box.
  QString text() const;

protected:
  void drawForeground(QPainter* painter, const QRectF& rect) override;

private:
  struct Edge {
    std::string from;    ///< a box
    std::string stream;  ///< whose rows go there
    QGraphicsSimpleTextItem* rate = nullptr;
  };
  struct Box {
    QString title;
    QString detail;
    QString kind;
    QString errors;
    int column = 0;
    int row = 0;
    std::vector<Edge> inputs;
    QGraphicsSimpleTextItem* errorText = nullptr;
  };
  void draw();
  void write();
  QString rateText(const std::string& stream) const;
  const Theme* m_theme;
  std::map<std::string, Box> m_boxes;
  StreamRates m_rates;
};

}  // namespace weir
