// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

class QHeaderView;
class QTableView;
class QTreeView;

namespace weir {

/// Paints the rows of tables: flat selection, a hairline beneath, text as far from the edges as the header's, so that
/// the two stand under one another.
class TableRows final : public QStyledItemDelegate {
  Q_OBJECT
public:
  static constexpr int kRow = 24;
  static constexpr int kHeader = 26;
  static constexpr int kPadding = 8;

  /// Dresses a table or a list with columns: heights, no grid, no frame, the last column stretched.
  static void dress(QTableView& table);
  static void dress(QTreeView& list);

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
  using QStyledItemDelegate::QStyledItemDelegate;
  static void dressHeader(QHeaderView& header);
};

}  // namespace weir
