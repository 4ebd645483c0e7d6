// SPDX-License-Identifier: GPL-3.0-or-later
// What stands around the editor.
#include <QAction>
#include <QDockWidget>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/alerts_panel.h"
#include "ui/chart_deck.h"
#include "ui/document_tabs.h"
#include "ui/frames_panel.h"
#include "ui/history_panel.h"
#include "ui/main_window.h"
#include "ui/plan_view.h"
#include "ui/results_panel.h"
#include "ui/sql_editor.h"
#include "ui/stream_tree.h"
#include "ui/welcome_card.h"

namespace weir {

void MainWindow::buildDocks() {
  m_streams = new StreamTree(*m_theme, this);
  addDock(QStringLiteral("streamsDock"), tr("Streams"), m_streams, Qt::LeftDockWidgetArea);
  connect(m_streams, &StreamTree::definitionWanted, this, [this](const QString& name) {
    const std::string text = m_documents->editor()->text().toStdString();
    const size_t at = text.find(name.toStdString());
    if (at == text.npos) return;
    const LanguageService language(text);
    if (const auto found = language.definitionAt(at)) m_documents->editor()->goTo(found->begin);
  });
  connect(m_streams, &StreamTree::streamChosen, this, [this](const QString& name) {
    const auto found = m_script.streams.find(name.toStdString());
    if (m_running && found != m_script.streams.end() && found->second.kind != StreamKind::Source) {
      showStream(name.toStdString());
      m_results->choose(name);
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
  addDock(QStringLiteral("healthDock"), tr("Health"), scroll, Qt::LeftDockWidgetArea, &m_healthSubtitle);

  auto* welcome = new WelcomeCard(this);
  connect(welcome, &WelcomeCard::demo, this, &MainWindow::runDemo);
  connect(welcome, &WelcomeCard::connectToUrl, this, &MainWindow::connectToUrl);
  connect(welcome, &WelcomeCard::openFile, m_actions.at(QStringLiteral("open")), &QAction::trigger);
  m_chartStack = new QStackedWidget(this);
  m_chartStack->addWidget(welcome);
  m_chartStack->addWidget(m_charts);
  addDock(QStringLiteral("chartDock"), tr("Chart"), m_chartStack, Qt::RightDockWidgetArea, &m_chartSubtitle);
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

  buildBottom();
  addDock(QStringLiteral("bottomDock"), tr("Results"), m_bottom, Qt::BottomDockWidgetArea, nullptr, false);
  layOutDocks();
}

void MainWindow::buildBottom() {
  m_bottom->setObjectName(QStringLiteral("bottomTabs"));
  m_bottom->setDocumentMode(true);
  m_bottom->tabBar()->setDrawBase(false);
  m_bottom->tabBar()->setAccessibleName(tr("Results and problems"));
  auto* changes = new QTableView(m_bottom);
  m_changesTable = changes;
  changes->setObjectName(QStringLiteral("changes"));
  changes->setAccessibleName(tr("Changes"));
  changes->setFrameShape(QFrame::NoFrame);
  changes->setShowGrid(false);
  changes->setSelectionBehavior(QAbstractItemView::SelectRows);
  changes->verticalHeader()->hide();
  changes->verticalHeader()->setDefaultSectionSize(24);
  changes->horizontalHeader()->setStretchLastSection(true);
  changes->horizontalHeader()->setDefaultSectionSize(130);
  m_frames = new FramesPanel(m_bottom);
  connect(m_frames, &FramesPanel::watching, &m_engine, &Engine::watchFrames);
  connect(m_frames, &FramesPanel::message, this, &MainWindow::showMessage);
  m_problems = new QTreeWidget(m_bottom);
  m_problems->setObjectName(QStringLiteral("problems"));
  m_problems->setAccessibleName(tr("Problems"));
  m_problems->setHeaderLabels({tr("Line"), tr("Problem"), tr("Hint")});
  m_problems->setRootIsDecorated(false);
  m_problems->setFrameShape(QFrame::NoFrame);
  m_problems->header()->resizeSection(0, 70);
  m_problems->header()->resizeSection(1, 420);
  const auto go = [this](QTreeWidgetItem* item) { m_documents->editor()->goTo(item->data(0, Qt::UserRole).toUInt()); };
  connect(m_problems, &QTreeWidget::itemActivated, this, go);
  connect(m_problems, &QTreeWidget::itemClicked, this, go);
  m_events = new QListWidget(m_bottom);
  m_events->setObjectName(QStringLiteral("events"));
  m_events->setAccessibleName(tr("Connection events"));
  m_events->setFrameShape(QFrame::NoFrame);
  m_plan = new PlanView(*m_theme, m_bottom);
  m_alerts = new AlertsPanel(*m_theme, m_bottom);
  m_bottom->addTab(m_results, tr("Results"));
  m_bottom->addTab(changes, tr("Changes"));
  m_bottom->addTab(m_frames, tr("Messages"));
  m_bottom->addTab(m_problems, tr("Problems"));
  m_bottom->addTab(m_alerts, tr("Alerts"));
  m_bottom->addTab(m_events, tr("Events"));
  m_bottom->addTab(m_history, tr("History"));
  m_bottom->addTab(m_plan, tr("Plan"));
  connect(m_bottom, &QTabWidget::currentChanged, this, [this] {
    if (m_bottom->currentWidget() != m_alerts) return;
    m_alertsUnseen = 0;
    m_bottom->setTabText(m_bottom->indexOf(m_alerts), tr("Alerts"));
  });
}

void MainWindow::layOutDocks() {
  const auto dock = [this](const char* name) { return findChild<QDockWidget*>(QLatin1String(name)); };
  const int left = width() < 1360 ? 244 : width() < 1800 ? 264 : 300;
  const double chart = width() < 1800 ? 0.43 : 0.44;
  const int bottom = width() < 1360 ? static_cast<int>(height() * 0.29) : width() < 1800 ? static_cast<int>(height() * 0.27) : 330;
  resizeDocks({dock("streamsDock"), dock("chartDock")}, {left, static_cast<int>(width() * chart)}, Qt::Horizontal);
  resizeDocks({dock("bottomDock")}, {bottom}, Qt::Vertical);
  resizeDocks({dock("streamsDock"), dock("healthDock")}, {260, 520}, Qt::Vertical);
}

}  // namespace weir
