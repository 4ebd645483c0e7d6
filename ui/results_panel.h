// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>
#include <QWidget>

#include "ui/results_model.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace weir {

/// The rows of a result stream with what one does with them: choose the stream, filter, sort, hide columns, copy,
/// export. It follows the newest row until one scrolls away, and then says how many have come since.
class ResultsPanel final : public QWidget {
  Q_OBJECT
 public:
  explicit ResultsPanel(const Theme& theme, QWidget* parent = nullptr);
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
  void message(const QString& text, bool isError);

 private:
  void buildMenu(const QPoint& at);
  std::vector<int> rowsSeen(bool selectedOnly) const;
  std::vector<int> columnsSeen() const;

  ResultsModel* m_nothing;
  ResultsModel* m_model;
  QSortFilterProxyModel* m_proxy;
  QTableView* m_table;
  QComboBox* m_stream;
  QLineEdit* m_filter;
  QLabel* m_info;
  QPushButton* m_goLive;
  int m_rowsWhenLeft = 0;
  bool m_following = true;
};

}  // namespace weir
