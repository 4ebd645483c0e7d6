// SPDX-License-Identifier: GPL-3.0-or-later
// What stands around the editor.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QHeaderView>
#include <QLabel>
#include <QMenuBar>
#include <QScrollArea>
#include <QShortcut>
#include <QStackedWidget>
#include <QTabBar>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/charts/chart_deck.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/sql_editor.h"
#include "ui/health/events_panel.h"
#include "ui/health/frames_panel.h"
#include "ui/health/stream_tree.h"
#include "ui/results/alerts_panel.h"
#include "ui/results/results_panel.h"
#include "ui/run/history_panel.h"
#include "ui/run/plan_view.h"
#include "ui/shell/dock_title.h"
#include "ui/shell/main_window.h"
#include "ui/shell/welcome_card.h"
#include "ui/widgets/empty_hint.h"
#include "ui/widgets/table_rows.h"

namespace weir {

void MainWindow::buildDocks() {
  m_streams = new StreamTree(*m_theme, this);
  addDock(QStringLiteral("streamsDock"), tr("Streams"), m_streams, Qt::LeftDockWidgetArea);
  connect(m_streams, &StreamTree::definitionWanted, this, [this](const QString& name) {
    const LanguageService language(m_documents->editor()->text().toStdString());
    if (const auto found = language.definitionOf(name.toStdString())) m_documents->editor()->goTo(found->begin);
  });
  connect(m_streams, &StreamTree::streamChosen, this, [this](const QString& name) {
    const auto found = m_script.streams.find(name.toStdString());
    if (m_running && found != m_script.streams.end() && found->second.kind != StreamKind::Source) {
      showStream(name.toStdString());
    }
  });
  connect(m_streams, &StreamTree::chartWanted, this, [this](const QString& name, bool on) {
    showChart(name, on);
    m_chartsChosen = true;
    m_keepDelay.start();
  });
  connect(m_streams, &StreamTree::alertWanted, this, &MainWindow::setAlert);

  m_cardsPane = new QWidget(this);
  m_cardsPane->setObjectName(QStringLiteral("cardsPane"));
  m_cardsPane->setAttribute(Qt::WA_StyledBackground);
  m_cardsLayout = new QVBoxLayout(m_cardsPane);
  m_cardsLayout->setContentsMargins(8, 8, 8, 8);
  m_cardsLayout->setSpacing(6);
  m_cardsLayout->addStretch(1);
  auto* scroll = new QScrollArea(this);
  scroll->setAccessibleName(tr("Health"));
  scroll->setWidget(m_cardsPane);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  const auto title = [](QDockWidget* dock) { return static_cast<DockTitle*>(dock->titleBarWidget()); };
  m_healthSubtitle =
      &title(addDock(QStringLiteral("healthDock"), tr("Health"), scroll, Qt::LeftDockWidgetArea))->subtitle();

  auto* welcome = new WelcomeCard(this);
  connect(welcome, &WelcomeCard::demo, this, &MainWindow::runDemo);
  connect(welcome, &WelcomeCard::connectToUrl, this, &MainWindow::connectToUrl);
  connect(welcome, &WelcomeCard::openFile, m_actions.at(QStringLiteral("open")), &QAction::trigger);
  m_chartStack = new QStackedWidget(this);
  m_chartStack->addWidget(welcome);
  m_chartStack->addWidget(m_charts);
  DockTitle* chartTitle =
      title(addDock(QStringLiteral("chartDock"), tr("Chart"), m_chartStack, Qt::RightDockWidgetArea));
  m_chartTitle = &chartTitle->name();
  m_chartSubtitle = &chartTitle->subtitle();
  connect(m_charts, &ChartDeck::pauseWanted, m_actions.at(QStringLiteral("pause")), &QAction::trigger);
  connect(m_charts, &ChartDeck::runRequested, m_actions.at(QStringLiteral("run")), &QAction::trigger);
  connect(m_charts, &ChartDeck::message, this, &MainWindow::showMessage);
  connect(m_charts, &ChartDeck::settingsChanged, &m_keepDelay, qOverload<>(&QTimer::start));
  connect(m_charts, &ChartDeck::olderWanted, this, [this](const QString& stream) { loadOlder(stream.toStdString()); });
  connect(m_charts, &ChartDeck::streamsChanged, this, [this] {
    titleCharts();
    watchShown();
    m_charts->forEach([this](ChartPane& pane) { pane.chart().setAlerts(m_alertMarks); });
    m_streams->setCharts(m_charts->streams());
  });
  connect(m_charts, &ChartDeck::followingChanged, this, &MainWindow::showLive);

  setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
  buildBottom();
  layOutDocks();
}

QDockWidget* MainWindow::addDock(const QString& name, const QString& title, QWidget* widget, Qt::DockWidgetArea area) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(name);
  dock->setWidget(widget);
  dock->setTitleBarWidget(new DockTitle(*m_theme, dock));
  addDockWidget(area, dock);
  menuBar()
      ->findChild<QMenu*>(area == Qt::BottomDockWidgetArea ? QStringLiteral("panelsMenu") : QStringLiteral("viewMenu"))
      ->addAction(dock->toggleViewAction());
  // The window's layout is done with the dock only after the signal.
  connect(dock, &QDockWidget::visibilityChanged, this, &MainWindow::dressDocks, Qt::QueuedConnection);
  connect(dock, &QDockWidget::topLevelChanged, this, &MainWindow::dressDocks, Qt::QueuedConnection);
  connect(dock, &QDockWidget::dockLocationChanged, this, &MainWindow::dressDocks, Qt::QueuedConnection);
  return dock;
}

QDockWidget* MainWindow::dockOf(const QWidget* panel) { return qobject_cast<QDockWidget*>(panel->parentWidget()); }

// A dock behind another's tab counts as visible, but lies outside the window.
bool MainWindow::isSeen(const QWidget* widget) {
  return widget->isVisible() &&
         widget->window()->rect().intersects({widget->mapTo(widget->window(), QPoint()), widget->size()});
}

void MainWindow::showPanel(const QWidget* panel) {
  dockOf(panel)->show();
  dockOf(panel)->raise();
}

QWidget* MainWindow::frontPanel() const {
  const auto seen = std::find_if(m_panels.begin(), m_panels.end(), isSeen);
  return seen == m_panels.end() ? m_results : *seen;
}

void MainWindow::titlePanel(const QWidget* panel, const QString& title, int count) {
  QDockWidget* dock = dockOf(panel);
  const QString text = count > 0 ? title + QStringLiteral("  ") + QString::number(count) : title;
  if (dock->windowTitle() == text) return;
  dock->setWindowTitle(text);
  dock->toggleViewAction()->setText(title);
  static_cast<DockTitle*>(dock->titleBarWidget())->name().setText(text);
}

void MainWindow::dressDocks() {
  for (auto* dock : findChildren<QDockWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
    const QList<QDockWidget*> beside = tabifiedDockWidgets(dock);
    const bool hasTab = !dock->isFloating() && std::any_of(beside.begin(), beside.end(),
                                                           [](const QDockWidget* other) { return !other->isHidden(); });
    static_cast<DockTitle*>(dock->titleBarWidget())->setFolded(hasTab);
  }
  for (auto* bar : findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
    if (bar->objectName() == QLatin1String("dockTabs")) continue;
    bar->setObjectName(QStringLiteral("dockTabs"));
    bar->setAccessibleName(tr("Panels"));
    bar->setDrawBase(false);
    bar->setElideMode(Qt::ElideNone);
    bar->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(bar, &QWidget::customContextMenuRequested, this, [this, bar](const QPoint& at) {
      const QString title = bar->tabText(bar->tabAt(at));
      for (auto* dock : findChildren<QDockWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
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

// A command for each panel that brings it to the front.
void MainWindow::buildPanelActions() {
  const std::initializer_list<std::pair<const char*, QString>> panels = {
      {"results", tr("Show results")},   {"changes", tr("Show changes")}, {"messages", tr("Show messages")},
      {"problems", tr("Show problems")}, {"alerts", tr("Show alerts")},   {"events", tr("Show events")},
      {"history", tr("Show history")},   {"plan", tr("Show plan")}};
  for (const auto& [name, text] : panels) {
    const QString dock = QLatin1String(name) + QStringLiteral("Dock");
    action(QLatin1String(name) + QStringLiteral("Panel"), text, {},
           [this, dock] { showPanel(findChild<QDockWidget*>(dock)->widget()); });
  }
}

void MainWindow::buildBottom() {
  m_frames = new FramesPanel(this);
  connect(m_frames, &FramesPanel::message, this, &MainWindow::showMessage);
  m_problems = new QTreeWidget(this);
  m_problems->setObjectName(QStringLiteral("problems"));
  m_problems->setAccessibleName(tr("Problems"));
  m_problems->setHeaderLabels({tr("Line"), tr("Problem"), tr("Hint")});
  m_problems->setSelectionMode(QAbstractItemView::ExtendedSelection);
  TableRows::dress(*m_problems);
  m_problems->header()->resizeSection(0, 70);
  m_problems->header()->resizeSection(1, 420);
  new EmptyHint(*m_problems, tr("No problems."));
  const auto go = [this](QTreeWidgetItem* item) { m_documents->editor()->goTo(item->data(0, Qt::UserRole).toUInt()); };
  connect(m_problems, &QTreeWidget::itemActivated, this, go);
  connect(m_problems, &QTreeWidget::itemClicked, this, go);
  auto* copy = new QShortcut(QKeySequence::Copy, m_problems, nullptr, nullptr, Qt::WidgetShortcut);
  connect(copy, &QShortcut::activated, this, [this] {
    QStringList lines;
    for (const QTreeWidgetItem* item : m_problems->selectedItems())
      lines << item->text(0) + QLatin1Char('\t') + item->text(1) + QLatin1Char('\t') + item->text(2);
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
  });
  m_events = new EventsPanel(this);
  m_plan = new PlanView(*m_theme, this);
  m_alerts = new AlertsPanel(*m_theme, this);
  const auto panel = [this](const QString& name, const QString& title, QWidget* widget) {
    QDockWidget* dock = addDock(name, title, widget, Qt::BottomDockWidgetArea);
    if (!m_panels.empty()) tabifyDockWidget(dockOf(m_panels.back()), dock);
    m_panels.push_back(widget);
    return dock;
  };
  panel(QStringLiteral("resultsDock"), tr("Results"), m_results);
  panel(QStringLiteral("changesDock"), tr("Changes"), m_changes);
  // Messages are taken only while they are seen.
  connect(panel(QStringLiteral("messagesDock"), tr("Messages"), m_frames), &QDockWidget::visibilityChanged, &m_engine,
          &Engine::watchFrames);
  panel(QStringLiteral("problemsDock"), tr("Problems"), m_problems);
  connect(panel(QStringLiteral("alertsDock"), tr("Alerts"), m_alerts), &QDockWidget::visibilityChanged, this,
          [this](bool seen) {
            if (!seen) return;
            m_alertsUnseen = 0;
            titlePanel(m_alerts, tr("Alerts"), 0);
          });
  panel(QStringLiteral("eventsDock"), tr("Events"), m_events);
  panel(QStringLiteral("historyDock"), tr("History"), m_history);
  panel(QStringLiteral("planDock"), tr("Plan"), m_plan);
  dockOf(m_results)->raise();
}

void MainWindow::layOutDocks() {
  const auto dock = [this](const char* name) { return findChild<QDockWidget*>(QLatin1String(name)); };
  const int left = width() < 1360 ? 244 : width() < 1800 ? 264 : 300;
  const double chart = width() < 1800 ? 0.43 : 0.44;
  const int bottom = width() < 1360   ? static_cast<int>(height() * 0.29)
                     : width() < 1800 ? static_cast<int>(height() * 0.27)
                                      : 330;
  resizeDocks({dock("streamsDock"), dock("chartDock")}, {left, static_cast<int>(width() * chart)}, Qt::Horizontal);
  resizeDocks({dock("resultsDock")}, {bottom}, Qt::Vertical);
  resizeDocks({dock("streamsDock"), dock("healthDock")}, {260, 520}, Qt::Vertical);
}

}  // namespace weir
