// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeWidget>
#include <map>
#include <set>

#include "core/bind/bound_script.h"
#include "core/net/connection.h"
#include "ui/health_card.h"
#include "ui/theme.h"

namespace weir {

QIcon markIcon(const HealthLook& look);

/// Sources, queries and sinks of the script, each with its state and its columns beneath.
class StreamTree final : public QTreeWidget {
  Q_OBJECT
 public:
  explicit StreamTree(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) { m_theme = &theme; }
  void setScript(const BoundScript& script);
  void setHealth(const std::vector<ConnectionHealth>& connections);
  void setRunning(bool running);
  void setCharts(const QStringList& shown);
  void setAlerts(const std::set<QString>& alerts);

 signals:
  void definitionWanted(const QString& stream);
  void streamChosen(const QString& stream);
  void chartWanted(const QString& stream, bool on);
  void alertWanted(const QString& stream, bool on);

 private:
  void showMenu(const QPoint& at);
  const Theme* m_theme;
  std::map<QString, QTreeWidgetItem*> m_items;
  std::map<QString, bool> m_isConnection;
  std::map<QString, bool> m_isResult;
  QStringList m_charts;
  std::set<QString> m_alerts;
};

}  // namespace weir
