// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "core/session/workspace.h"

class QLineEdit;
class QPlainTextEdit;
class QTreeWidget;

namespace weir {

/// What was run, newest first, with a search over the texts. A double click opens one as a scratch.
class HistoryPanel final : public QWidget {
  Q_OBJECT
public:
  explicit HistoryPanel(QWidget* parent = nullptr);
  void setRecords(std::vector<RunRecord> records);
  void focusSearch();
  void setLocalTime(bool local);

signals:
  void opened(const QString& title, const QString& text);

private:
  void filter();
  bool m_localTime = false;
  std::vector<RunRecord> m_records;
  QLineEdit* m_search;
  QTreeWidget* m_list;
  QPlainTextEdit* m_text;
};

}  // namespace weir
