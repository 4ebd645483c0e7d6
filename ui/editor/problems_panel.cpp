// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/problems_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QShortcut>
#include <algorithm>

#include "ui/editor/problems_model.h"
#include "ui/widgets/empty_hint.h"
#include "ui/widgets/table_rows.h"

namespace weir {

ProblemsPanel::ProblemsPanel(ProblemsModel& problems, QWidget* parent) : QTreeView(parent) {
  setObjectName(QStringLiteral("problems"));
  setAccessibleName(tr("Problems"));
  setModel(&problems);
  setSelectionMode(QAbstractItemView::ExtendedSelection);
  TableRows::dress(*this);
  header()->resizeSection(ProblemsModel::kPlace, 70);
  header()->resizeSection(ProblemsModel::kProblem, 420);
  new EmptyHint(*this, tr("No problems."));
  const auto choose = [this](const QModelIndex& index) {
    emit chosen(index.data(ProblemsModel::kOffsetRole).toUInt());
  };
  connect(this, &QTreeView::activated, this, choose);
  connect(this, &QTreeView::clicked, this, choose);
  auto* copy = new QShortcut(QKeySequence::Copy, this, nullptr, nullptr, Qt::WidgetShortcut);
  connect(copy, &QShortcut::activated, this, &ProblemsPanel::copySelected);
}

void ProblemsPanel::copySelected() const {
  QModelIndexList rows = selectionModel()->selectedRows();
  std::sort(rows.begin(), rows.end());
  QStringList lines;
  for (const QModelIndex& row : rows) {
    QStringList cells;
    for (int column = 0; column < ProblemsModel::kColumns; ++column)
      cells << row.siblingAtColumn(column).data().toString();
    lines << cells.join(QLatin1Char('\t'));
  }
  QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

}  // namespace weir
