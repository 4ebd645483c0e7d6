// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QWidget>

#include "core/telemetry/log.h"

class QLineEdit;
class QTreeWidget;
class QTreeWidgetItem;

namespace weir {

/// What happened to the connections and the run, newest first, with a search. What repeats is one line that counts.
/// Keeps the last 1,000.
class EventsPanel final : public QWidget {
  Q_OBJECT
public:
  explicit EventsPanel(QWidget* parent = nullptr);
  void add(const QString& text, LogLevel level, const QDateTime& at = QDateTime::currentDateTimeUtc());
  void setLocalTime(bool local);
  /// The events that are selected, or all that are seen: a line each, as TSV.
  QString asTsv() const;

private:
  void write(QTreeWidgetItem& item) const;
  void filter();
  bool fits(const QTreeWidgetItem& item) const;
  QLineEdit* m_filter;
  QTreeWidget* m_list;
  bool m_localTime = false;
};

}  // namespace weir
