// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeWidget>
#include <map>
#include <set>

#include "core/plan/logical.h"
#include "core/telemetry/health.h"
#include "ui/health/health_card.h"
#include "ui/health/stream_rates.h"
#include "ui/widgets/theme.h"

namespace weir {

/// Sources, queries and sinks of the script, each with its state, what it does in a second, and its columns beneath.
class StreamTree final : public QTreeWidget {
  Q_OBJECT
public:
  explicit StreamTree(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void setScript(const logical::Plan& script);
  /// Takes states and rates from a run.
  void showRun(const RunSnapshot& snapshot);
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
  void showStream(const StreamHealth& stream, const ConnectionHealth& connection, Micros now);
  void setState(QTreeWidgetItem& item, const HealthLook& look, const QString& text, const QColor& color);
  QString connectionText(const ConnectionHealth& health, Micros now) const;
  void paint();
  const Theme* m_theme;
  std::map<QString, QTreeWidgetItem*> m_items;
  std::map<QString, bool> m_isConnection;
  std::map<QString, bool> m_isResult;
  QTreeWidgetItem* m_sources = nullptr;
  QTreeWidgetItem* m_queries = nullptr;
  StreamRates m_rates;
  bool m_running = false;
  QStringList m_charts;
  std::set<QString> m_alerts;
};

}  // namespace weir
