// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/dock_layout.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QLabel>
#include <QMainWindow>
#include <QMenu>
#include <QTabBar>
#include <algorithm>

#include "ui/charts/chart_deck.h"
#include "ui/shell/dock_title.h"

namespace weir {

DockLayout::DockLayout(QMainWindow& window, const Theme& theme, std::vector<Panel> panels, QMenu& viewMenu)
    : QObject(&window), m_window(window), m_panels(std::move(panels)) {
  viewMenu.setObjectName(QStringLiteral("viewMenu"));
  QMenu* beneath = viewMenu.addMenu(tr("&Panels"));
  beneath->setObjectName(QStringLiteral("panelsMenu"));
  m_window.setDockOptions(QMainWindow::AllowTabbedDocks | QMainWindow::AllowNestedDocks);
  m_window.setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
  m_window.setCorner(Qt::TopLeftCorner, Qt::LeftDockWidgetArea);
  m_window.setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
  m_window.setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
  QDockWidget* before = nullptr;
  for (const Panel& panel : m_panels) {
    QDockWidget* dock = addDock(panel, theme);
    const bool isBeneath = panel.area == Qt::BottomDockWidgetArea;
    (isBeneath ? beneath : &viewMenu)->addAction(dock->toggleViewAction());
    if (!isBeneath) continue;
    if (before) m_window.tabifyDockWidget(before, dock);
    before = dock;
  }
  if (QWidget* first = front()) dockOf(first).raise();
  layOut();
}

QDockWidget* DockLayout::addDock(const Panel& panel, const Theme& theme) {
  auto* dock = new QDockWidget(panel.title, &m_window);
  dock->setObjectName(panel.id + QStringLiteral("Dock"));
  dock->setWidget(panel.widget);
  dock->setTitleBarWidget(new DockTitle(theme, dock));
  m_window.addDockWidget(panel.area, dock);
  // The window's layout is done with the dock only after the signal.
  connect(dock, &QDockWidget::visibilityChanged, this, &DockLayout::dress, Qt::QueuedConnection);
  connect(dock, &QDockWidget::topLevelChanged, this, &DockLayout::dress, Qt::QueuedConnection);
  connect(dock, &QDockWidget::dockLocationChanged, this, &DockLayout::dress, Qt::QueuedConnection);
  return dock;
}

std::vector<Command> DockLayout::commands() {
  std::vector<Command> out;
  for (const Panel& panel : m_panels)
    if (panel.area == Qt::BottomDockWidgetArea)
      out.push_back({.name = panel.id.toStdString() + "Panel",
                     .text = tr("Show %1").arg(panel.title.toLower()),
                     .call = [this, widget = panel.widget] { show(widget); }});
  return out;
}

void DockLayout::setTheme(const Theme& theme) {
  for (const Panel& panel : m_panels) {
    if (panel.setTheme) panel.setTheme(theme);
    titleOf(panel.widget).setTheme(theme);
  }
}

void DockLayout::setLocalTime(bool local) {
  for (const Panel& panel : m_panels)
    if (panel.setLocalTime) panel.setLocalTime(local);
}

void DockLayout::setScript(const logical::Plan& script) {
  for (const Panel& panel : m_panels)
    if (panel.setScript) panel.setScript(script);
}

void DockLayout::setRunning(bool running) {
  for (const Panel& panel : m_panels)
    if (panel.setRunning) panel.setRunning(running);
}

void DockLayout::showRun(const RunSnapshot& snapshot, bool isPaused) {
  for (const Panel& panel : m_panels)
    if (panel.showRun && (!isPaused || panel.area == Qt::LeftDockWidgetArea)) panel.showRun(snapshot);
}

QDockWidget& DockLayout::dockOf(const QWidget* panel) const {
  return *qobject_cast<QDockWidget*>(panel->parentWidget());
}

DockTitle& DockLayout::titleOf(const QWidget* panel) const {
  return *static_cast<DockTitle*>(dockOf(panel).titleBarWidget());
}

// A dock behind another's tab counts as visible, but lies outside the window.
bool DockLayout::isSeen(const QWidget* widget) {
  return widget->isVisible() &&
         widget->window()->rect().intersects({widget->mapTo(widget->window(), QPoint()), widget->size()});
}

void DockLayout::show(const QWidget* panel) {
  dockOf(panel).show();
  dockOf(panel).raise();
}

QWidget* DockLayout::front() const {
  QWidget* first = nullptr;
  for (const Panel& panel : m_panels) {
    if (panel.area != Qt::BottomDockWidgetArea) continue;
    if (isSeen(panel.widget)) return panel.widget;
    if (!first) first = panel.widget;
  }
  return first;
}

void DockLayout::setCount(const QWidget* panel, int count) {
  const auto found =
      std::find_if(m_panels.begin(), m_panels.end(), [panel](const Panel& each) { return each.widget == panel; });
  const QString text = count > 0 ? found->title + QStringLiteral("  ") + QString::number(count) : found->title;
  QDockWidget& dock = dockOf(panel);
  if (dock.windowTitle() == text) return;
  dock.setWindowTitle(text);
  dock.toggleViewAction()->setText(found->title);
  titleOf(panel).name().setText(text);
}

void DockLayout::dress() {
  for (const Panel& panel : m_panels) {
    QDockWidget& dock = dockOf(panel.widget);
    const QList<QDockWidget*> beside = m_window.tabifiedDockWidgets(&dock);
    const bool hasTab = !dock.isFloating() && std::any_of(beside.begin(), beside.end(),
                                                          [](const QDockWidget* other) { return !other->isHidden(); });
    titleOf(panel.widget).setFolded(hasTab);
  }
  for (auto* bar : m_window.findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
    if (bar->objectName() == QLatin1String("dockTabs")) continue;
    bar->setObjectName(QStringLiteral("dockTabs"));
    bar->setAccessibleName(tr("Panels"));
    bar->setDrawBase(false);
    bar->setElideMode(Qt::ElideNone);
    bar->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(bar, &QWidget::customContextMenuRequested, this, [this, bar](const QPoint& at) {
      const QString title = bar->tabText(bar->tabAt(at));
      for (const Panel& panel : m_panels) {
        QDockWidget* dock = &dockOf(panel.widget);
        if (dock->windowTitle() != title) continue;
        QMenu menu;
        menu.addAction(tr("Detach"), dock, [dock] { dock->setFloating(true); });
        menu.addAction(tr("Close"), dock, &QDockWidget::close);
        menu.exec(bar->mapToGlobal(at));
        return;
      }
    });
  }
}

std::vector<QDockWidget*> DockLayout::docksIn(Qt::DockWidgetArea area) const {
  std::vector<QDockWidget*> out;
  for (const Panel& panel : m_panels)
    if (panel.area == area) out.push_back(&dockOf(panel.widget));
  return out;
}

void DockLayout::layOut() {
  const std::vector<QDockWidget*> left = docksIn(Qt::LeftDockWidgetArea);
  const std::vector<QDockWidget*> right = docksIn(Qt::RightDockWidgetArea);
  const std::vector<QDockWidget*> bottom = docksIn(Qt::BottomDockWidgetArea);
  const int width = m_window.width();
  const int height = m_window.height();
  const int leftWidth = width < 1360 ? 244 : width < 1800 ? 264 : 300;
  const int rightWidth = static_cast<int>(width * (width < 1800 ? 0.43 : 0.44));
  const int bottomHeight = width < 1360   ? static_cast<int>(height * 0.29)
                           : width < 1800 ? static_cast<int>(height * 0.27)
                                          : 330;
  m_window.resizeDocks({left.front(), right.front()}, {leftWidth, rightWidth}, Qt::Horizontal);
  m_window.resizeDocks({bottom.front()}, {bottomHeight}, Qt::Vertical);
  // The first one is a list, the others want more.
  QList<int> heights(static_cast<qsizetype>(left.size()), 520);
  heights.front() = 260;
  m_window.resizeDocks({left.begin(), left.end()}, heights, Qt::Vertical);
}

void DockLayout::fit() {
  constexpr int kBoth = 680;
  if ((m_window.height() < kBoth) == m_isLow) return;
  m_isLow = m_window.height() < kBoth;
  const std::vector<QDockWidget*> left = docksIn(Qt::LeftDockWidgetArea);
  if (std::any_of(left.begin(), left.end(), [](const QDockWidget* dock) { return dock->isFloating(); })) return;
  for (size_t i = 1; i < left.size(); ++i) {
    if (m_isLow)
      m_window.tabifyDockWidget(left[i - 1], left[i]);
    else
      m_window.splitDockWidget(left[i - 1], left[i], Qt::Vertical);
  }
  if (m_isLow)
    left.front()->raise();
  else
    layOut();
}

void DockLayout::rememberAsUsual() { m_usual = m_window.saveState(); }

void DockLayout::reset() {
  m_window.restoreState(m_usual);
  layOut();
  show(docksIn(Qt::BottomDockWidgetArea).front()->widget());
}

void focusPane(QWidget* pane) {
  if (!pane) return;
  // A pane that was hidden, or is behind another one, comes to the front.
  for (QWidget* above = pane; above; above = above->parentWidget())
    if (auto* dock = qobject_cast<QDockWidget*>(above)) {
      dock->show();
      dock->raise();
    }
  if (auto* charts = qobject_cast<ChartDeck*>(pane); charts && charts->currentPane())
    return charts->current().setFocus(Qt::TabFocusReason);
  const auto takesFocus = [](const QWidget* widget) {
    return widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus) == Qt::TabFocus;
  };
  if (takesFocus(pane)) return pane->setFocus(Qt::TabFocusReason);
  // What holds the pane's content before the controls around it.
  QWidget* first = nullptr;
  for (auto* child : pane->findChildren<QWidget*>()) {
    if (!takesFocus(child) || !child->isVisibleTo(pane)) continue;
    if (qobject_cast<QAbstractItemView*>(child)) return child->setFocus(Qt::TabFocusReason);
    if (!first) first = child;
  }
  if (first) first->setFocus(Qt::TabFocusReason);
}

void stepPane(const std::vector<QWidget*>& panes, int by) {
  std::vector<QWidget*> seen;
  std::copy_if(panes.begin(), panes.end(), std::back_inserter(seen),
               [](const QWidget* pane) { return pane->isVisible(); });
  const QWidget* focus = QApplication::focusWidget();
  const auto here = std::find_if(seen.begin(), seen.end(),
                                 [focus](const QWidget* pane) { return pane == focus || pane->isAncestorOf(focus); });
  if (seen.empty()) return;
  const auto count = static_cast<int>(seen.size());
  const int at = here == seen.end() ? (by > 0 ? -1 : 0) : static_cast<int>(here - seen.begin());
  focusPane(seen[static_cast<size_t>((at + by + count) % count)]);
}

}  // namespace weir
