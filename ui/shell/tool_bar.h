// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolBar>
#include <map>

#include "ui/widgets/theme.h"

class QPushButton;
class QToolButton;

namespace weir {

class ChartDeck;
class Commands;

/// Whether what one sees is the present.
enum class LiveState { Idle, Paused, Detached, Troubled, Live };

/// The buttons above it all: run, pause, time, record, and the way to all commands.
class ToolBar final : public QToolBar {
  Q_OBJECT
public:
  ToolBar(const Theme& theme, Commands& commands, ChartDeck& charts, QWidget* parent);
  void setTheme(const Theme& theme);
  void setRunning(bool running);
  /// In a word, a mark and a colour.
  void showLive(LiveState state, bool hasTrouble);
  void setLocalTime(bool local);
  /// Words go first where there is little width.
  void fit(int width);

private:
  void addCommand(const char* name, const QString& text);
  void addRange(ChartDeck& charts);

  const Theme* m_theme;
  Commands& m_commands;
  std::map<QString, QToolButton*> m_tools;
  QPushButton* m_commandBox;
  LiveState m_state = LiveState::Idle;
  bool m_hasTrouble = false;
};

}  // namespace weir
