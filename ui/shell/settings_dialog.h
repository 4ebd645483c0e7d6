// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QDialog>
#include <map>

#include "ui/shell/settings.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QSpinBox;
class QTreeWidget;
class QTreeWidgetItem;

namespace weir {

/// Look, notices, history, and the keys of every command.
class SettingsDialog final : public QDialog {
  Q_OBJECT
public:
  /// `usual` are the keys that the actions come with, by name.
  SettingsDialog(const Settings& settings, const std::map<QString, QAction*>& actions,
                 const std::map<QString, QString>& usual, QWidget* parent = nullptr);
  Settings settings() const;

private:
  QWidget* lookPage();
  QWidget* historyPage();
  QWidget* keysPage();
  void change(QTreeWidgetItem* item, const QString& keys);
  void showClashes();

  Settings m_settings;
  const std::map<QString, QAction*>& m_actions;
  const std::map<QString, QString>& m_usual;
  QComboBox* m_look;
  QCheckBox* m_colourBlind;
  QCheckBox* m_localTime;
  QCheckBox* m_notifyFeeds;
  QCheckBox* m_notifyAlerts;
  QCheckBox* m_keepResults;
  QSpinBox* m_megabytes;
  QSpinBox* m_days;
  QTreeWidget* m_keys;
  QLabel* m_clash;
};

}  // namespace weir
