// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/table_rows.h"

#include <QHeaderView>
#include <QPainter>
#include <QTableView>
#include <QTreeView>

namespace weir {

namespace {

constexpr int kMark = 12;
constexpr int kMarkGap = 6;

}  // namespace

void TableRows::dressHeader(QHeaderView& header) {
  header.setHighlightSections(false);
  header.setStretchLastSection(true);
  header.setFixedHeight(kHeader);
  header.setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  header.setMinimumSectionSize(2 * kPadding + 16);
}

void TableRows::dress(QTableView& table) {
  table.setItemDelegate(new TableRows(&table));
  table.setFrameShape(QFrame::NoFrame);
  table.setShowGrid(false);
  table.setSelectionBehavior(QAbstractItemView::SelectRows);
  table.verticalHeader()->hide();
  table.verticalHeader()->setMinimumSectionSize(kRow);
  table.verticalHeader()->setDefaultSectionSize(kRow);
  dressHeader(*table.horizontalHeader());
}

void TableRows::dress(QTreeView& list) {
  list.setItemDelegate(new TableRows(&list));
  list.setFrameShape(QFrame::NoFrame);
  list.setRootIsDecorated(false);
  list.setUniformRowHeights(true);
  list.setAllColumnsShowFocus(true);
  dressHeader(*list.header());
}

void TableRows::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  QStyleOptionViewItem cell = option;
  initStyleOption(&cell, index);
  const QPalette& colors = cell.palette;
  const bool isSelected = (cell.state & QStyle::State_Selected) != 0;
  painter->save();
  if (isSelected) painter->fillRect(cell.rect, colors.color(QPalette::Highlight));
  painter->fillRect(QRect(cell.rect.left(), cell.rect.bottom(), cell.rect.width(), 1), colors.color(QPalette::Mid));
  QRect inside = cell.rect.adjusted(kPadding, 0, -kPadding, -1);
  if (!cell.icon.isNull()) {
    cell.icon.paint(painter, QRect(inside.left(), inside.center().y() - kMark / 2 + 1, kMark, kMark));
    inside.setLeft(inside.left() + kMark + kMarkGap);
  }
  painter->setFont(cell.font);
  painter->setPen(colors.color(isSelected && !index.data(Qt::ForegroundRole).isValid() ? QPalette::HighlightedText
                                                                                       : QPalette::Text));
  painter->drawText(inside, static_cast<int>(cell.displayAlignment | Qt::AlignVCenter) | Qt::TextSingleLine,
                    cell.fontMetrics.elidedText(cell.text, cell.textElideMode, inside.width()));
  painter->restore();
}

QSize TableRows::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
  QStyleOptionViewItem cell = option;
  initStyleOption(&cell, index);
  const int mark = cell.icon.isNull() ? 0 : kMark + kMarkGap;
  return {cell.fontMetrics.horizontalAdvance(cell.text) + mark + 2 * kPadding + 1, kRow};
}

}  // namespace weir
