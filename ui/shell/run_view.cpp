// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/run_view.h"

#include <QAction>
#include <QDateTime>
#include <QDockWidget>
#include <QJsonArray>
#include <QLabel>
#include <QMainWindow>
#include <QStackedWidget>
#include <algorithm>

#include "ui/charts/alert_layer.h"
#include "ui/charts/chart_deck.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/problems_model.h"
#include "ui/editor/sql_editor.h"
#include "ui/editor/text_checker.h"
#include "ui/health/events_panel.h"
#include "ui/health/frames_panel.h"
#include "ui/health/health_panel.h"
#include "ui/health/stream_tree.h"
#include "ui/results/alerts_controller.h"
#include "ui/results/results_panel.h"
#include "ui/run/run_controller.h"
#include "ui/shell/commands.h"
#include "ui/shell/demo_script.h"
#include "ui/shell/dock_layout.h"
#include "ui/shell/dock_title.h"
#include "ui/shell/panels.h"
#include "ui/shell/run_marks.h"
#include "ui/shell/shown_results.h"
#include "ui/shell/status_line.h"
#include "ui/shell/tool_bar.h"

namespace weir {

namespace {

constexpr int kFrameMs = 33;
constexpr int kSlowMs = 200;

}  // namespace

RunView::RunView(const Theme& theme, const Parts& parts, QObject* parent)
    : QObject(parent),
      m_parts(parts),
      m_alerts(new AlertsController(*parts.panels.alerts, this)),
      m_shown(new ShownResults(parts.run, parts.panels, this)),
      m_marks(new RunMarks(theme, parts.documents, parts.checker, this)) {
  connectRun();
  connectPanels();
  setRunning(false);
  m_tick.setInterval(kFrameMs);
  connect(&m_tick, &QTimer::timeout, this, &RunView::tick);
  m_tick.start();
}

void RunView::connectRun() {
  RunController& run = m_parts.run;
  connect(&run, &RunController::starting, this, &RunView::prepare);
  connect(&run, &RunController::began, this, &RunView::begin);
  connect(&run, &RunController::runningChanged, this, &RunView::setRunning);
  connect(&run, &RunController::closedRows, m_alerts, &AlertsController::note);
  connect(&run, &RunController::message, this, &RunView::message);
  connect(&run.engine(), &Engine::event, m_parts.panels.events,
          [this](const QString& text, LogLevel level) { m_parts.panels.events->add(text, level); });
  connect(&m_parts.checker, &TextChecker::checked, this, [this] {
    const bool isRunning = m_parts.run.isRunning();
    m_marks->clear(isRunning, m_parts.problems.rowCount() > 0);
    if (!isRunning) m_parts.docks.setScript(m_parts.checker.script());
  });
}

void RunView::connectPanels() {
  const Panels& panels = m_parts.panels;
  const DockLayout& docks = m_parts.docks;
  const auto trigger = [this](const char* command) { return m_parts.commands.at(QLatin1String(command)); };
  connect(panels.charts, &ChartDeck::pauseWanted, trigger("pause"), &QAction::trigger);
  connect(panels.charts, &ChartDeck::runRequested, trigger("run"), &QAction::trigger);
  connect(panels.charts, &ChartDeck::message, this, &RunView::message);
  connect(panels.charts, &ChartDeck::followingChanged, this, &RunView::showLive);
  connect(panels.charts, &ChartDeck::streamsChanged, this, &RunView::showAlertMarks);
  connect(panels.streams, &StreamTree::alertWanted, m_alerts, &AlertsController::setAlert);
  connect(panels.streams, &StreamTree::definitionWanted, this, [this](const QString& name) {
    const LanguageService language(m_parts.documents.editor()->text().toStdString());
    if (const auto found = language.definitionOf(name.toStdString())) m_parts.documents.editor()->goTo(found->begin);
  });
  connect(panels.health, &HealthPanel::reconnectWanted, &m_parts.run.engine(), &Engine::reconnect);
  connect(panels.health, &HealthPanel::disconnectWanted, &m_parts.run.engine(), &Engine::disconnectFrom);
  connect(panels.health, &HealthPanel::troubled, this, &RunView::feedTrouble);
  connect(panels.health, &HealthPanel::troubleChanged, this, &RunView::showLive);
  connect(panels.health, &HealthPanel::summaryChanged, &docks.titleOf(panels.health).subtitle(), &QLabel::setText);
  // Messages are taken only while they are seen.
  connect(&docks.dockOf(panels.frames), &QDockWidget::visibilityChanged, &m_parts.run.engine(), &Engine::watchFrames);
  connect(&docks.dockOf(panels.alerts), &QDockWidget::visibilityChanged, m_alerts, &AlertsController::setSeen);
  connect(m_alerts, &AlertsController::marksChanged, this, &RunView::showAlertMarks);
  connect(m_alerts, &AlertsController::message, this, &RunView::message);
  connect(m_alerts, &AlertsController::unseenChanged, this,
          [this](int count) { m_parts.docks.setCount(m_parts.panels.alerts, count); });
  connect(m_alerts, &AlertsController::streamsChanged, this, [this] {
    m_parts.panels.streams->setAlerts(m_alerts->streams());
    emit settingsChanged();
  });
  connect(m_shown, &ShownResults::settingsChanged, this, &RunView::settingsChanged);
  connect(m_shown, &ShownResults::titled, this, [this](const QString& title, const QString& subtitle) {
    DockTitle& dock = m_parts.docks.titleOf(m_parts.panels.chartStack);
    dock.name().setText(title);
    dock.subtitle().setText(subtitle);
  });
}

void RunView::setTheme(const Theme& theme) {
  m_marks->setTheme(theme);
  m_parts.run.views().setTheme(theme);
  m_parts.panels.charts->setTheme(theme);
  m_parts.docks.setTheme(theme);
  m_parts.status.setTheme(theme);
  m_parts.toolBar.setTheme(theme);
}

void RunView::setLocalTime(bool local) {
  m_localTime = local;
  m_parts.run.views().setLocalTime(local);
  m_parts.panels.charts->setLocalTime(local);
  m_parts.docks.setLocalTime(local);
  m_parts.toolBar.setLocalTime(local);
}

void RunView::prepare() {
  m_parts.docks.setScript(m_parts.checker.script());
  m_parts.panels.chartStack->setCurrentWidget(m_parts.panels.charts);
  // One who has closed the results does not want them back at each run.
  if (!m_parts.docks.dockOf(m_parts.panels.results).isHidden()) m_parts.docks.show(m_parts.panels.results);
  m_parts.commands.at(QStringLiteral("record"))->setChecked(false);
  fileSettings();
  const DocumentTabs& documents = m_parts.documents;
  m_files.choose(documents.path().isEmpty() ? documents.title() : documents.path());
  m_shown->beginFile(m_files.current());
  m_marks->begin();
}

QJsonObject RunView::fileSettings() {
  if (m_parts.run.hasRun()) {
    QJsonObject settings = m_shown->settings();
    QJsonArray alerts;
    for (const QString& name : m_alerts->streams()) alerts.append(name);
    settings[QStringLiteral("alerts")] = alerts;
    m_files.keepCurrent(settings);
  }
  return m_files.all();
}

void RunView::begin(bool goesOn) {
  const RunController& run = m_parts.run;
  const RunInfo& info = run.info();
  m_parts.panels.streams->setScript(run.script());
  m_parts.panels.streams->setRunning(true);
  m_parts.panels.health->beginRun(goesOn ? info.keptConnections : QStringList());
  if (!goesOn) {
    m_alerts->forgetMarks();
    m_parts.demo.beginRun();
  }
  std::set<QString> alerts;
  for (const auto name : m_files.current()[QLatin1String("alerts")].toArray()) alerts.insert(name.toString());
  m_alerts->setStreams(std::move(alerts));
  const bool sinkGoesOn =
      goesOn && std::any_of(info.keptConnections.begin(), info.keptConnections.end(), [&](const QString& name) {
        const auto& streams = run.script().streams;
        const auto stream = streams.find(name.toStdString());
        return stream != streams.end() && stream->second.kind == StreamKind::Sink;
      });
  if (!sinkGoesOn) m_parts.demo.beginCount();
  m_parts.status.beginRun();
  m_parts.status.setPreview(!run.previewed().isEmpty());
  m_marks->beginRun();
}

void RunView::setRunning(bool running) {
  m_parts.toolBar.setRunning(running);
  showLive();
  // How it ended, and its data, stay when it has ended.
  if (!running) m_parts.docks.showRun(m_parts.run.engine().snapshot(), isPaused());
  m_parts.status.setDemo(m_parts.demo.isShown());
  m_parts.docks.setRunning(running);
  if (running) return;
  m_parts.status.endRun();
  m_marks->endRun(m_parts.problems.rowCount() > 0);
}

bool RunView::isPaused() const { return m_parts.commands.at(QStringLiteral("pause"))->isChecked(); }

void RunView::goLive() {
  m_parts.commands.at(QStringLiteral("pause"))->setChecked(false);
  m_parts.panels.charts->setFollowing(true);
  showLive();
}

void RunView::showLive() {
  const bool isRunning = m_parts.run.isRunning();
  const bool hasTrouble = m_parts.panels.health->hasTrouble();
  ChartDeck& charts = *m_parts.panels.charts;
  charts.setState(!isRunning ? ChartState::Stopped : isPaused() ? ChartState::Paused : ChartState::Running);
  m_parts.toolBar.showLive(!isRunning              ? LiveState::Idle
                           : isPaused()            ? LiveState::Paused
                           : !charts.isFollowing() ? LiveState::Detached
                           : hasTrouble            ? LiveState::Troubled
                                                   : LiveState::Live,
                           hasTrouble);
}

void RunView::showAlertMarks() {
  std::vector<ChartAlert> marks;
  for (const AlertsPanel::Alert& alert : m_alerts->marks())
    marks.push_back({alert.at, alert.stream + QStringLiteral(": ") + alert.text});
  m_parts.panels.charts->forEach([&](ChartPane& pane) { pane.chart().layer<AlertLayer>().setAlerts(marks); });
}

void RunView::tick() {
  const qint64 now = QDateTime::currentMSecsSinceEpoch();
  const bool slow = now / kSlowMs != m_slowTick;
  m_slowTick = now / kSlowMs;
  if (slow) m_parts.status.showClock(m_localTime);
  m_alerts->tell();
  const bool isRunning = m_parts.run.isRunning();
  uint64_t skipped = 0;
  if (std::vector<Frame> frames = m_parts.run.engine().frames().take(&skipped); !frames.empty())
    m_parts.panels.frames->add(std::move(frames), skipped);
  // The last rows of a run that has ended meanwhile are rows, too: one over files may be over within a frame.
  const bool hasRows = m_parts.run.takeRows();
  m_alerts->show();
  if (!hasRows && !(slow && isRunning)) return;
  const RunSnapshot snapshot = m_parts.run.engine().snapshot();
  if (!snapshot.running && !hasRows) return;
  m_parts.run.note(snapshot);
  if (slow && snapshot.running) showWords(snapshot);
  if (!isPaused()) m_shown->refresh(snapshot, hasRows);
}

void RunView::showWords(const RunSnapshot& snapshot) {
  m_parts.docks.showRun(snapshot, isPaused());
  m_marks->showRun(snapshot, m_parts.problems.rowCount() > 0);
  StatusLine::Figures figures{m_parts.run.resultCount(), m_parts.run.unseenRows(), {}};
  if (m_parts.run.previewed().isEmpty()) figures.dashboard = m_parts.demo.received();
  m_parts.status.showRun(snapshot, figures);
  if (m_parts.demo.isOver(snapshot.now)) emit demoOver();
  for (ResultsPanel* panel : {m_parts.panels.results, m_parts.panels.changes}) panel->refreshInfo();
}

}  // namespace weir
