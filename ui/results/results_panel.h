// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>
#include <QWidget>
#include <set>

#include "core/telemetry/log.h"
#include "ui/results/results_model.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QMenu;
class QTableView;
class QToolButton;

namespace weir {

class EmptyHint;

/// The rows of a result stream with what one does with them: choose the stream, filter, sort, hide columns, copy,
/// export. It follows the newest row until one scrolls away; then the rows under the eye stay where they are, and it
/// says how many have come since.
class ResultsPanel final : public QWidget {
  Q_OBJECT
public:
  /// `name` and `title` are the table's, which tell one panel from another.
  explicit ResultsPanel(const Theme& theme, QWidget* parent = nullptr, const QString& name = QStringLiteral("results"),
                        const QString& title = tr("Results"));
  ResultsModel& model() { return *m_model; }
  /// Shows these rows; nothing: none.
  void setModel(ResultsModel* model);
  QTableView& table() { return *m_table; }
  void setTheme(const Theme& theme);
  void setStreams(const QStringList& names, const QString& shown);
  /// Chooses one of the streams, as the user would.
  void choose(const QString& stream);
  void refreshInfo();
  /// The rows that are seen, in their order, columns that are hidden left out.
  QString asTsv(bool selectedOnly) const;
  QString asJsonLines(bool selectedOnly) const;
  QString asSql(bool selectedOnly) const;
  QString asCsv() const;

public slots:
  void exportRows();

signals:
  void streamChosen(const QString& name);
  void message(const QString& text, LogLevel level);

private:
  void fillCopyMenu(QMenu& menu);
  void fillColumnMenu(QMenu& menu);
  void showMenu(const QPoint& globalAt);
  void hold(int first, int rows);
  /// Widens columns to what is in them; those that were sized by hand stay.
  void fitColumns();
  void spreadColumns();
  std::vector<int> rowsSeen(bool selectedOnly) const;
  std::vector<int> columnsSeen() const;

  ResultsModel* m_nothing;
  ResultsModel* m_model;
  QSortFilterProxyModel* m_proxy;
  EmptyHint* m_empty;
  QTableView* m_table;
  QComboBox* m_stream;
  QLineEdit* m_filter;
  QLabel* m_info;
  QPushButton* m_goLive;
  QToolButton* m_columns;
  QToolButton* m_copy;
  QToolButton* m_export;
  std::set<int> m_sizedByHand;
  uint64_t m_rowsWhenLeft = 0;
  bool m_following = true;
  bool m_isHolding = false;  ///< the scroll bar moves with the rows
  bool m_isFitting = false;  ///< the widths change by themselves
  bool m_isSpread = false;   ///< the room there was has been given out
};

}  // namespace weir
