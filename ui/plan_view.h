// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGraphicsView>
#include <map>

#include "core/bind/bound_script.h"
#include "ui/theme.h"

namespace weir {

/// The pipeline as a graph, from the sources at the left to the sinks at the right, with live rates on its boxes.
class PlanView final : public QGraphicsView {
  Q_OBJECT
 public:
  explicit PlanView(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void setScript(const BoundScript& script);
  /// Rows that each stream has had at an instant; the rate follows from the call before.
  void setRows(const std::map<std::string, uint64_t>& rows, Micros now);

 private:
  struct Box {
    QString title;
    QString detail;
    QString kind;
    int column = 0;
    int row = 0;
    std::vector<std::string> inputs;
    QGraphicsSimpleTextItem* rate = nullptr;
  };
  void draw();
  const Theme* m_theme;
  std::map<std::string, Box> m_boxes;
  std::map<std::string, uint64_t> m_before;
  Micros m_at = 0;
};

}  // namespace weir
