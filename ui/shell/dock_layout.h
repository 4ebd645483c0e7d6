// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <vector>

#include "ui/shell/commands.h"
#include "ui/shell/panel.h"

class QDockWidget;
class QMainWindow;

namespace weir {

class DockTitle;

/// Docks the panels of a window: each in its area, under a title, with an entry in the View menu. Those beneath the
/// editor stand behind one another. Passes on to the panels what they have ears for.
class DockLayout final : public QObject {
  Q_OBJECT
public:
  DockLayout(QMainWindow& window, const Theme& theme, std::vector<Panel> panels, QMenu& viewMenu);
  /// One for each panel beneath the editor, which brings it to the front.
  std::vector<Command> commands();

  void setTheme(const Theme& theme);
  void setLocalTime(bool local);
  void setScript(const logical::Plan& script);
  void setRunning(bool running);
  /// What stands at the left says how things are, even while the view is paused.
  void showRun(const RunSnapshot& snapshot, bool isPaused);

  QDockWidget& dockOf(const QWidget* panel) const;
  DockTitle& titleOf(const QWidget* panel) const;
  /// Whether some of a widget is on the screen: a dock behind another one is moved away, not hidden.
  static bool isSeen(const QWidget* widget);
  void show(const QWidget* panel);
  /// The panel beneath the editor that is in front.
  QWidget* front() const;
  /// Says beside the title how many things there are, unless there are none.
  void setCount(const QWidget* panel, int count);

  /// Shares the room as the window's size suggests.
  void layOut();
  /// The window has another size: where it is low, what stands at the left stands behind one another.
  void fit();
  /// All docks as they came; what they are now is that.
  void reset();
  void rememberAsUsual();

private:
  QDockWidget* addDock(const Panel& panel, const Theme& theme);
  /// Titles and tab bars, which come and go with where the docks are.
  void dress();
  std::vector<QDockWidget*> docksIn(Qt::DockWidgetArea area) const;

  QMainWindow& m_window;
  std::vector<Panel> m_panels;
  QByteArray m_usual;
  bool m_isLow = false;
};

/// Gives the focus to a pane, or to what in it holds its content; a dock comes to the front with it.
void focusPane(QWidget* pane);
/// Gives it to the next pane that is seen behind the one that has it, or before it.
void stepPane(const std::vector<QWidget*>& panes, int by);

}  // namespace weir
