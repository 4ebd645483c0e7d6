// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/commands.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <QMenuBar>

#include "ui/shell/command_palette.h"

namespace weir {

Commands::Commands(QWidget& window, QMenuBar& bar) : QObject(&window), m_window(window) {
  constexpr int kMenuHeight = 28;
  bar.setFixedHeight(kMenuHeight);
  const std::pair<MenuId, QString> titles[] = {{MenuId::File, tr("&File")},   {MenuId::Edit, tr("&Edit")},
                                               {MenuId::Query, tr("&Query")}, {MenuId::Chart, tr("&Chart")},
                                               {MenuId::View, tr("&View")},   {MenuId::Help, tr("&Help")}};
  for (const auto& [id, title] : titles) m_menus[id] = bar.addMenu(title);
}

void Commands::add(const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    QMenu* menu = command.menu == MenuId::None ? nullptr : m_menus.at(command.menu);
    if (command.name.empty()) {
      menu->addSeparator();
      continue;
    }
    if (command.fill) {
      QMenu* inner = menu->addMenu(command.text);
      connect(inner, &QMenu::aboutToShow, this, [inner, fill = command.fill] {
        inner->clear();
        fill(*inner);
      });
      continue;
    }
    auto* action = new QAction(command.text, &m_window);
    action->setObjectName(QString::fromStdString(command.name));
    action->setShortcut(command.keys);
    action->setCheckable(command.isCheckable);
    action->setChecked(command.isChecked);
    if (!command.isOneOf.empty()) {
      QActionGroup*& group = m_groups[command.isOneOf];
      if (!group) group = new QActionGroup(&m_window);
      group->addAction(action);
    }
    connect(action, &QAction::triggered, this, [call = command.call] { call(); });
    m_window.addAction(action);
    if (menu) menu->addAction(action);
    add({action});
  }
}

void Commands::add(const QList<QAction*>& actions) {
  for (QAction* action : actions) {
    m_actions[action->objectName()] = action;
    m_usualKeys[action->objectName()] = action->shortcut().toString();
  }
}

void Commands::setKeys(const std::map<QString, QString>& changed) {
  for (const auto& [name, action] : m_actions) {
    const auto found = changed.find(name);
    const QKeySequence keys(found == changed.end() ? m_usualKeys[name] : found->second);
    // Setting what is there already would take away a standard key's other forms.
    if (action->shortcut() != keys) action->setShortcut(keys);
  }
}

void Commands::showPalette() {
  QList<QAction*> all;
  for (const auto& [name, action] : m_actions)
    if (name != QLatin1String("commands")) all << action;
  for (QAction* action : menu(MenuId::View).actions())
    if (!all.contains(action)) all << action;
  auto* palette = new CommandPalette(all, &m_window);
  palette->setAttribute(Qt::WA_DeleteOnClose);
  palette->open();
}

}  // namespace weir
