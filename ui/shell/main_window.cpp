// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QMenuBar>
#include <QStackedWidget>
#include <QStatusBar>
#include <QVBoxLayout>
#include <utility>

#include "ui/charts/chart_deck.h"
#include "ui/cluster/jobs_panel.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/problems_model.h"
#include "ui/editor/problems_panel.h"
#include "ui/editor/sql_editor.h"
#include "ui/editor/text_checker.h"
#include "ui/health/health_panel.h"
#include "ui/health/stream_tree.h"
#include "ui/results/alerts_controller.h"
#include "ui/results/results_panel.h"
#include "ui/run/history_panel.h"
#include "ui/run/run_controller.h"
#include "ui/shell/command_list.h"
#include "ui/shell/connect_dialog.h"
#include "ui/shell/dock_layout.h"
#include "ui/shell/files.h"
#include "ui/shell/help_window.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/panels.h"
#include "ui/shell/run_view.h"
#include "ui/shell/session_keeper.h"
#include "ui/shell/settings_dialog.h"
#include "ui/shell/shown_results.h"
#include "ui/shell/status_line.h"
#include "ui/shell/text_runner.h"
#include "ui/shell/tool_bar.h"
#include "ui/shell/welcome_card.h"

namespace weir {

namespace {

// A layout of other docks than these is not restored.
constexpr int kLayoutVersion = 2;

}  // namespace

MainWindow::MainWindow(const Theme& theme, DemoServices demo, const QString& folder, QWidget* parent)
    : QMainWindow(parent),
      m_theme(&theme),
      m_demo(std::move(demo)),
      m_documents(new DocumentTabs(theme, this)),
      m_messageBar(new MessageBar(theme, m_documents)),
      m_problems(new ProblemsModel(theme, this)),
      m_checker(new TextChecker(theme, *m_documents, *m_problems, this)),
      m_files(new Files(*m_documents, *m_messageBar, *this)),
      m_keeper(new SessionKeeper(folder, this)),
      m_run(new RunController(theme, this)),
      m_runner(new TextRunner(*m_documents, *m_checker, *m_problems, m_demo, *m_run, this)),
      m_panels(std::make_unique<Panels>(theme, *m_problems, *this)),
      m_commands(new Commands(*this, *menuBar())) {
  setObjectName(QStringLiteral("mainWindow"));
  setWindowTitle(tr("Weir"));
  resize(1440, 900);
  static_cast<QVBoxLayout*>(m_documents->layout())->insertWidget(1, m_messageBar);
  setCentralWidget(m_documents);
  m_commands->add(commandList(*this));
  m_commands->add(m_panels->charts->commands());
  m_toolBar = new ToolBar(theme, *m_commands, *m_panels->charts, this);
  addToolBar(m_toolBar);
  m_docks = new DockLayout(*this, theme, m_panels->all, m_commands->menu(MenuId::View));
  m_commands->add(m_docks->commands());
  m_status = new StatusLine(theme, *statusBar());
  m_docks->rememberAsUsual();
  m_view = new RunView(
      theme,
      {*m_documents, *m_checker, *m_problems, *m_run, m_demo, *m_panels, *m_docks, *m_commands, *m_toolBar, *m_status},
      this);
  connectEditing();
  connectRun();
  m_panels->history->setRecords(m_keeper->history());
  // The settings' own values come with restoreSession().
  const Settings kept = Settings::fromJson(m_keeper->before().settings);
  if (!folder.isEmpty() && kept.keepResults)
    m_run->keepResults(m_keeper->folder() + QStringLiteral("/results.sqlite"),
                       {kept.historyMegabytes * 1024LL * 1024, kept.historyDays});
}

MainWindow::~MainWindow() {
  // What shows rows goes before the rows.
  m_panels->results->setModel(nullptr);
  m_panels->changes->setModel(nullptr);
}

void MainWindow::connectEditing() {
  const auto say = [this](const QString& text, LogLevel level) { showMessage(text, level); };
  for (const Panel& panel : m_panels->all)
    if (panel.listen) panel.listen(*this, say);
  connect(m_files, &Files::message, this, say);
  connect(m_keeper, &SessionKeeper::message, this, say);
  connect(m_documents, &DocumentTabs::edited, m_keeper, &SessionKeeper::keepSoon);
  connect(m_documents, &DocumentTabs::caretMoved, m_status, &StatusLine::setCaret);
  connect(m_documents, &DocumentTabs::runMarkClicked, this, [this](uint32_t offset) {
    editor().goTo(offset);
    runStatement();
  });
  connect(m_files, &Files::opened, m_checker, &TextChecker::check);
  connect(m_files, &Files::fileOpened, this, [this] { m_demo.leave(); });
  connect(m_keeper, &SessionKeeper::gathering, this, &MainWindow::gather);
  connect(m_keeper, &SessionKeeper::historyChanged, this,
          [this] { m_panels->history->setRecords(m_keeper->history()); });
  connect(m_panels->history, &HistoryPanel::opened, m_files, &Files::openText);
  connect(m_panels->problems, &ProblemsPanel::chosen, this, [this](uint32_t offset) { editor().goTo(offset); });
  connect(m_status, &StatusLine::problemsWanted, this, [this] { m_docks->show(m_panels->problems); });
  connect(m_problems, &ProblemsModel::modelReset, this, [this] {
    m_status->setProblems(m_problems->rowCount());
    m_docks->setCount(m_panels->problems, m_problems->rowCount());
  });
  connect(m_panels->welcome, &WelcomeCard::demo, this, &MainWindow::runDemo);
  connect(m_panels->welcome, &WelcomeCard::connectToUrl, this, &MainWindow::connectToUrl);
  connect(m_panels->welcome, &WelcomeCard::openFile, m_files, &Files::askToOpen);
}

void MainWindow::connectRun() {
  connect(m_runner, &TextRunner::message, this, &MainWindow::showMessage);
  connect(m_runner, &TextRunner::refused, this, [this] { m_docks->show(m_panels->problems); });
  connect(m_runner, &TextRunner::deployed, this, [this](const ClusterChoice& choice) {
    Settings changed = m_settings;
    changed.cluster = choice;
    setSettings(changed);
    m_docks->show(m_panels->jobs);
  });
  connect(m_panels->jobs, &JobsPanel::opened, this, [this](const QString& title, const QString& sql) {
    openText(title, sql);
    run();
  });
  connect(m_runner, &TextRunner::ran, m_keeper, &SessionKeeper::remember);
  connect(m_run, &RunController::starting, m_messageBar, &QWidget::hide);
  connect(m_run, &RunController::runningChanged, this,
          [this] { setWindowTitle(m_demo.isShown() ? tr("Weir · DEMO DATA") : tr("Weir")); });
  connect(m_view, &RunView::message, this, &MainWindow::showMessage);
  connect(m_view, &RunView::settingsChanged, m_keeper, &SessionKeeper::keepSoon);
  connect(m_view, &RunView::feedTrouble, this, &MainWindow::feedTrouble);
  connect(&m_view->alerts(), &AlertsController::alerted, this, &MainWindow::alerted);
  connect(m_view, &RunView::demoOver, this, [this] {
    m_messageBar->show(tr("Now point it at your own URL."), LogLevel::Info, tr("Connect to a URL"),
                       [this] { connectToUrl(); });
  });
}

Engine& MainWindow::engine() { return m_run->engine(); }
ChartDeck& MainWindow::charts() { return *m_panels->charts; }
ChartView& MainWindow::chart() { return charts().current(); }
SqlEditor& MainWindow::editor() const { return *m_documents->editor(); }
HealthCard* MainWindow::card(const QString& connection) const { return m_panels->health->card(connection); }
const SeriesStore& MainWindow::series() const { return m_view->shown().series(); }

std::vector<QWidget*> MainWindow::panes() const {
  return {m_panels->streams, m_documents->editor(), m_panels->chartStack->currentWidget(), m_docks->front()};
}

void MainWindow::openText(const QString& title, const QString& text) { m_files->openText(title, text); }
bool MainWindow::openFile(const QString& path) { return m_files->open(path); }
void MainWindow::setAlert(const QString& stream, bool on) { m_view->alerts().setAlert(stream, on); }
void MainWindow::run() { m_runner->run(); }
void MainWindow::runStatement() { m_runner->preview(); }
void MainWindow::runDemo() { m_runner->runDemo(); }
void MainWindow::stop() { m_run->stop(); }
void MainWindow::deploy() { m_runner->deploy(m_settings.cluster); }
void MainWindow::goLive() { m_view->goLive(); }
void MainWindow::showLive() { m_view->showLive(); }
void MainWindow::showCommands() { m_commands->showPalette(); }
void MainWindow::showMessage(const QString& text, LogLevel level) { m_messageBar->show(text, level); }

bool MainWindow::restoreSession() {
  const Workspace::Session& session = m_keeper->before();
  QStringList problems;
  if (!m_keeper->problem().isEmpty()) problems << m_keeper->problem();
  if (!session.geometry.isEmpty()) restoreGeometry(session.geometry);
  if (!session.layout.isEmpty()) m_hasLayout = restoreState(session.layout, kLayoutVersion);
  m_view->setFileSettings(session.settings[QLatin1String("files")].toObject());
  if (!session.settings.isEmpty()) setSettings(Settings::fromJson(session.settings));
  const bool any = m_files->restore(session, problems);
  if (!problems.isEmpty()) showMessage(problems.join(QLatin1Char('\n')), LogLevel::Error);
  m_checker->check();
  return any;
}

void MainWindow::gather(Workspace::Session& session) {
  session.documents = m_documents->documents();
  session.closed = m_documents->closed();
  session.current = m_documents->current();
  session.geometry = saveGeometry();
  session.layout = saveState(kLayoutVersion);
  session.recentFiles = m_files->recent();
  session.settings = m_settings.toJson();
  session.settings[QStringLiteral("files")] = m_view->fileSettings();
}

void MainWindow::setTheme(const Theme& theme) {
  m_theme = &theme;
  applyTheme(*qApp, theme);
  m_documents->setTheme(theme);
  m_messageBar->setTheme(theme);
  m_view->setTheme(theme);
  if (m_help) m_help->setTheme(theme);
  m_checker->setTheme(theme);
}

void MainWindow::setSettings(const Settings& settings) {
  m_settings = settings;
  if (&settings.theme() != m_theme) setTheme(settings.theme());
  m_view->setLocalTime(settings.localTime);
  m_panels->jobs->setChoice(settings.cluster);
  m_commands->at(QStringLiteral("notify"))->setChecked(settings.notifyFeeds);
  m_commands->setKeys(settings.keys);
  m_keeper->keepSoon();
}

void MainWindow::connectToUrl() {
  auto* dialog = new ConnectDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &ConnectDialog::created, m_files, &Files::openText);
  dialog->open();
}

void MainWindow::showHelp(const QString& word) {
  if (!m_help) m_help = new HelpWindow(*m_theme, this);
  m_help->open(word);
}

void MainWindow::showSettings() {
  auto* dialog = new SettingsDialog(m_settings, m_commands->all(), m_commands->usualKeys(), this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QDialog::accepted, this, [this, dialog] { setSettings(dialog->settings()); });
  dialog->open();
}

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  if (!m_docks) return;
  m_toolBar->fit(width());
  m_docks->fit();
}

// The size that the window comes in decides how its panels share it, unless they stand as they stood before.
void MainWindow::showEvent(QShowEvent* event) {
  QMainWindow::showEvent(event);
  if (!event->spontaneous() && !std::exchange(m_hasLayout, true)) m_docks->layOut();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  m_view->end();
  m_keeper->keepNow();
  event->accept();
}

}  // namespace weir
