// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeView>

namespace weir {

class ProblemsModel;

/// Lists the problems of the text that is shown; a click leads there.
class ProblemsPanel final : public QTreeView {
  Q_OBJECT
public:
  explicit ProblemsPanel(ProblemsModel& problems, QWidget* parent = nullptr);

signals:
  void chosen(uint32_t offset);

private:
  void copySelected() const;
};

}  // namespace weir
