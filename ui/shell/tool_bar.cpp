// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/tool_bar.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

#include "ui/charts/chart_deck.h"
#include "ui/shell/commands.h"
#include "ui/widgets/icons.h"

namespace weir {

ToolBar::ToolBar(const Theme& theme, Commands& commands, ChartDeck& charts, QWidget* parent)
    : QToolBar(tr("Main"), parent), m_theme(&theme), m_commands(commands), m_commandBox(new QPushButton(this)) {
  constexpr int kHeight = 42;
  setObjectName(QStringLiteral("toolbar"));
  setMovable(false);
  setIconSize({16, 16});
  setFixedHeight(kHeight);
  setContentsMargins(4, 0, 4, 0);
  addCommand("run", tr("Run"));
  addCommand("runStatement", tr("Run statement"));
  addCommand("stop", tr("Stop"));
  addSeparator();
  addCommand("pause", tr("Pause view"));
  addCommand("live", tr("LIVE"));
  addSeparator();
  addRange(charts);
  addCommand("zone", tr("UTC"));
  addSeparator();
  addCommand("record", tr("Record"));
  auto* space = new QWidget(this);
  space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  addWidget(space);
  m_commandBox->setObjectName(QStringLiteral("commandBox"));
  m_commandBox->setAccessibleName(tr("Search commands"));
  connect(m_commandBox, &QPushButton::clicked, m_commands.at(QStringLiteral("commands")), &QAction::trigger);
  addWidget(m_commandBox);
  setTheme(theme);
  fit(parent->width());
}

void ToolBar::addCommand(const char* name, const QString& text) {
  auto* button = new QToolButton(this);
  QAction* action = m_commands.at(QLatin1String(name));
  button->setObjectName(QLatin1String(name));
  button->setText(text);
  button->setAccessibleName(text);
  const QString keys = action->shortcut().toString(QKeySequence::NativeText);
  button->setToolTip(QString(action->text()).remove(QLatin1Char('&')) +
                     (keys.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(keys)));
  button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  button->setCheckable(action->isCheckable());
  connect(button, &QToolButton::clicked, action, &QAction::trigger);
  connect(action, &QAction::changed, button, [action, button] { button->setChecked(action->isChecked()); });
  addWidget(button);
  m_tools[QLatin1String(name)] = button;
}

void ToolBar::addRange(ChartDeck& charts) {
  auto* range = new QToolButton(this);
  m_tools[QStringLiteral("range")] = range;
  const QActionGroup* choices = m_commands.at(QStringLiteral("range1"))->actionGroup();
  range->setObjectName(QStringLiteral("range"));
  range->setText(ChartDeck::rangeText(charts.range()));
  range->setAccessibleName(tr("Time range of the chart"));
  range->setToolTip(tr("Time range of the chart"));
  range->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  range->setPopupMode(QToolButton::InstantPopup);
  auto* menu = new QMenu(range);
  menu->addActions(choices->actions());
  range->setMenu(menu);
  connect(&charts, &ChartDeck::rangeChanged, range, [range](int64_t ms) { range->setText(ChartDeck::rangeText(ms)); });
  addWidget(range);
}

void ToolBar::setTheme(const Theme& theme) {
  m_theme = &theme;
  const auto set = [this](const char* tool, const char* icon, const QColor& color) {
    m_tools.at(QLatin1String(tool))->setIcon(lineIcon(QLatin1String(icon), color, m_theme->bg0));
  };
  set("run", "run", Qt::white);
  set("runStatement", "run-statement", theme.text1);
  set("stop", "stop", theme.error);
  set("pause", "pause", theme.text1);
  set("range", "clock", theme.text2);
  set("zone", "globe", theme.text2);
  set("record", "record", theme.error);
  m_commandBox->setIcon(lineIcon(QStringLiteral("search"), theme.text3, theme.bg1));
  showLive(m_state, m_hasTrouble);
}

void ToolBar::setRunning(bool running) { m_tools.at(QStringLiteral("stop"))->setEnabled(running); }

void ToolBar::setLocalTime(bool local) { m_tools.at(QStringLiteral("zone"))->setText(local ? tr("Local") : tr("UTC")); }

void ToolBar::fit(int width) {
  constexpr int kWords = 1360;
  const bool words = width >= kWords;
  for (const char* name : {"runStatement", "stop", "pause"})
    m_tools.at(QLatin1String(name))->setToolButtonStyle(words ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
  const QString keys = m_commands.at(QStringLiteral("commands"))->shortcut().toString(QKeySequence::NativeText);
  m_commandBox->setText(words && !keys.isEmpty() ? tr("Commands") + QStringLiteral("   ") + keys : tr("Commands"));
}

void ToolBar::showLive(LiveState state, bool hasTrouble) {
  m_state = state;
  m_hasTrouble = hasTrouble;
  struct Look {
    const char* state;
    const char* icon;
    QString word;
    QColor color;
  };
  const Look looks[] = {{"idle", "detached", tr("Idle"), m_theme->idle},
                        {"paused", "pause", tr("Paused"), m_theme->warn},
                        {"detached", "detached", tr("Go live"), m_theme->accent},
                        {"troubled", "live", tr("LIVE"), m_theme->warn},
                        {"live", "live", tr("LIVE"), m_theme->success}};
  const Look& look = looks[static_cast<size_t>(state)];
  QToolButton* pill = m_tools.at(QStringLiteral("live"));
  pill->setText(look.word);
  pill->setAccessibleName(look.word);
  pill->setAccessibleDescription(hasTrouble ? tr("Not every connection is well: see Health") : QString());
  pill->setIcon(lineIcon(QLatin1String(look.icon), look.color, m_theme->bg0));
  pill->setProperty("state", QLatin1String(look.state));
  pill->style()->unpolish(pill);
  pill->style()->polish(pill);
}

}  // namespace weir
