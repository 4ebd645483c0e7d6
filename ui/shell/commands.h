// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QList>
#include <QObject>
#include <functional>
#include <map>
#include <string>
#include <vector>

class QAction;
class QActionGroup;
class QMenu;
class QMenuBar;
class QWidget;

namespace weir {

/// The menus, in their order; what is in none is in the palette alone.
enum class MenuId { File, Edit, Query, Chart, View, Help, None };

/// What one can do. A line in the list makes its action, its keys, its place in a menu and in the palette.
struct Command {
  MenuId menu = MenuId::None;
  std::string name = {};  ///< empty: a line between those of the menu
  QString text = {};
  QKeySequence keys = {};
  std::function<void()> call = {};
  bool isCheckable = false;
  bool isChecked = false;
  std::string isOneOf = {};               ///< of the commands with this word one is checked
  std::function<void(QMenu&)> fill = {};  ///< of a menu in the menu, whenever it is about to show
};

/// All commands of the window by name: one action each, which menus, toolbar, keys and palette share.
class Commands final : public QObject {
  Q_OBJECT
public:
  /// The menus come into the bar.
  Commands(QWidget& window, QMenuBar& bar);
  void add(const std::vector<Command>& commands);
  /// Actions that somebody else has made, under their object names.
  void add(const QList<QAction*>& actions);

  QAction* at(const QString& name) const { return m_actions.at(name); }
  const std::map<QString, QAction*>& all() const { return m_actions; }
  QMenu& menu(MenuId id) const { return *m_menus.at(id); }
  /// The keys that the actions come with, by name.
  const std::map<QString, QString>& usualKeys() const { return m_usualKeys; }
  /// `changed` are those that differ from the usual ones.
  void setKeys(const std::map<QString, QString>& changed);
  void showPalette();

private:
  QWidget& m_window;
  std::map<QString, QAction*> m_actions;
  std::map<MenuId, QMenu*> m_menus;
  std::map<std::string, QActionGroup*> m_groups;
  std::map<QString, QString> m_usualKeys;
};

}  // namespace weir
