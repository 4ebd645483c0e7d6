// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDateTime>
#include <QDockWidget>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QLabel>
#include <QMenuBar>
#include <QRegularExpression>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <set>

#include "core/bind/checker.h"
#include "core/plan/explain.h"
#include "ui/alerts_panel.h"
#include "ui/chart_deck.h"
#include "ui/connect_dialog.h"
#include "ui/dock_title.h"
#include "ui/document_tabs.h"
#include "ui/events_panel.h"
#include "ui/frames_panel.h"
#include "ui/health_card.h"
#include "ui/help_window.h"
#include "ui/history_panel.h"
#include "ui/message_bar.h"
#include "ui/plan_view.h"
#include "ui/results_panel.h"
#include "ui/sql_editor.h"
#include "ui/stream_tree.h"

namespace weir {

namespace {

constexpr int kFrameMs = 33;
constexpr int kSlowMs = 200;
constexpr int kCheckDelayMs = 120;
// A crash loses no more than this.
constexpr int kKeepDelayMs = 700;
// A layout of other docks than these is not restored.
constexpr int kLayoutVersion = 2;

// The demo's text without the port that its exchange happened to get.
QString withoutPort(QString text) {
  static const QRegularExpression kPort(QStringLiteral("(ws://127\\.0\\.0\\.1):\\d+"));
  return text.replace(kPort, QStringLiteral("\\1"));
}

}  // namespace

MainWindow::MainWindow(const Theme& theme, DemoServices demo, const QString& folder, QWidget* parent)
    : QMainWindow(parent), m_theme(&theme), m_demo(std::move(demo)), m_workspace(folder), m_views(theme) {
  setObjectName(QStringLiteral("mainWindow"));
  setWindowTitle(tr("Weir"));
  resize(1440, 900);
  setDockOptions(QMainWindow::AllowTabbedDocks | QMainWindow::AllowNestedDocks);
  setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
  setCorner(Qt::TopLeftCorner, Qt::LeftDockWidgetArea);
  setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);

  m_documents = new DocumentTabs(theme, this);
  m_messageBar = new MessageBar(theme, m_documents);
  static_cast<QVBoxLayout*>(m_documents->layout())->insertWidget(1, m_messageBar);
  setCentralWidget(m_documents);
  m_history = new HistoryPanel(this);
  m_results = new ResultsPanel(theme, this);
  m_changes = new ResultsPanel(theme, this, QStringLiteral("changes"), tr("Changes"));
  m_charts = new ChartDeck(theme, this);

  buildActions();
  buildDocks();
  buildStatus();
  m_factoryLayout = saveState();

  m_checkDelay.setSingleShot(true);
  m_checkDelay.setInterval(kCheckDelayMs);
  m_keepDelay.setSingleShot(true);
  m_keepDelay.setInterval(kKeepDelayMs);
  connect(&m_checkDelay, &QTimer::timeout, this, &MainWindow::check);
  connect(&m_keepDelay, &QTimer::timeout, this, &MainWindow::keepSession);
  connect(m_documents, &DocumentTabs::edited, this, [this] {
    m_checkDelay.start();
    // Not put off by the next letter: who types without a pause is kept too.
    if (!m_keepDelay.isActive()) m_keepDelay.start();
  });
  connect(m_documents, &DocumentTabs::currentChanged, this, &MainWindow::check);
  connect(m_documents, &DocumentTabs::message, this, &MainWindow::showMessage);
  connect(m_documents, &DocumentTabs::fileConflict, this, &MainWindow::offerReload);
  connect(m_documents, &DocumentTabs::runMarkClicked, this, [this](uint32_t offset) {
    m_documents->editor()->goTo(offset);
    runStatement();
  });
  connect(m_documents, &DocumentTabs::caretMoved, this,
          [this](int line, int index) { m_caret->setText(tr("Ln %1, Col %2").arg(line + 1).arg(index + 1)); });
  for (const ResultsPanel* panel : {m_results, m_changes}) {
    connect(panel, &ResultsPanel::message, this, &MainWindow::showMessage);
    connect(panel, &ResultsPanel::streamChosen, this, [this](const QString& name) { showStream(name.toStdString()); });
  }
  connect(m_history, &HistoryPanel::opened, this,
          [this](const QString& title, const QString& text) { openText(title, text); });
  connect(&m_engine, &Engine::started, this, [this] {
    adoptRun();
    setRunning(true);
  });
  connect(&m_engine, &Engine::stopped, this, [this] {
    setRunning(false);
    m_documents->editor()->setSourceMarks({});
  });
  connect(&m_engine, &Engine::refused, this, [this](const QString& why) { showMessage(why, true); });
  connect(&m_engine, &Engine::event, this, [this](const QString& text, bool isError) {
    m_events->add(text, isError);
    if (isError) showMessage(text.section(QLatin1Char('\n'), 0, 0), true);
  });
  m_tick.setInterval(kFrameMs);
  connect(&m_tick, &QTimer::timeout, this, &MainWindow::tick);
  m_tick.start();
  m_history->setRecords(m_workspace.history());
  setIcons();
  setRunning(false);
  // A window without a folder keeps nothing; the settings' own values come with restoreSession().
  if (folder.isEmpty()) return;
  m_session = m_workspace.load(&m_sessionProblem);
  openHistory(Settings::fromJson(m_session.settings));
}

void MainWindow::openHistory(const Settings& settings) {
  if (!settings.keepResults) return;
  m_resultHistory = std::make_unique<ResultHistory>(
      m_workspace.folder() + QStringLiteral("/results.sqlite"),
      ResultHistory::Limits{settings.historyMegabytes * 1024LL * 1024, settings.historyDays});
  connect(m_resultHistory.get(), &ResultHistory::problem, this,
          [this](const QString& text) { showMessage(text, true); });
  m_engine.setHistory(m_resultHistory.get());
}

MainWindow::~MainWindow() {
  m_results->setModel(nullptr);
  m_changes->setModel(nullptr);
}

SqlEditor& MainWindow::editor() const { return *m_documents->editor(); }

bool MainWindow::refuse(const Diagnostics& found, uint32_t shift) {
  for (const Diagnostic& d : found) {
    if (d.severity != Severity::Error) continue;
    showPanel(m_problems);
    const uint32_t at = d.span.begin >= shift ? d.span.begin - shift : 0;
    showMessage(QString::fromStdString(d.message), true);
    if (d.span.end > 0) m_documents->editor()->goTo(at);
    return true;
  }
  return false;
}

void MainWindow::openText(const QString& title, const QString& text) {
  OpenDocument document;
  document.title = title;
  document.text = text;
  m_documents->open(document);
  check();
}

bool MainWindow::openFile(const QString& path) {
  if (const QString why = m_documents->openFile(path); !why.isEmpty()) {
    showMessage(why, true);
    return false;
  }
  m_isDemo = false;
  noteRecent(QFileInfo(path).absoluteFilePath());
  check();
  return true;
}

bool MainWindow::restoreSession() {
  const Workspace::Session& session = m_session;
  QStringList problems;
  if (!m_sessionProblem.isEmpty()) problems << m_sessionProblem;
  m_recent = session.recentFiles;
  if (!session.geometry.isEmpty()) restoreGeometry(session.geometry);
  if (!session.layout.isEmpty()) m_hasLayout = restoreState(session.layout, kLayoutVersion);
  m_fileSettings = session.settings[QLatin1String("files")].toObject();
  if (!session.settings.isEmpty()) setSettings(Settings::fromJson(session.settings));
  m_documents->setClosed(session.closed);
  int current = 0;
  bool any = false;
  for (size_t i = 0; i < session.documents.size(); ++i) {
    const OpenDocument& document = session.documents[i];
    if (!document.path.isEmpty() && !document.isModified && !QFile::exists(document.path)) {
      problems << tr("%1 is no longer there.").arg(document.path);
      continue;
    }
    if (document.text.isEmpty() && document.path.isEmpty() && session.documents.size() > 1) continue;
    // Two windows may have left the same text, but for the port that each demo had.
    const bool isThere =
        document.path.isEmpty() && m_documents->showScratch([&](const QString& title, const QString& text) {
          return title == document.title && withoutPort(text) == withoutPort(document.text);
        });
    if (!isThere) {
      const QString why = m_documents->open(document);
      if (!why.isEmpty()) problems << why;
      if (!why.isEmpty() && document.text.isEmpty()) continue;
    }
    if (static_cast<int>(i) == session.current) current = m_documents->current();
    any = any || !m_documents->editor()->text().isEmpty();
  }
  if (any) m_documents->setCurrent(current);
  if (!problems.isEmpty()) showMessage(problems.join(QLatin1Char('\n')), true);
  m_documents->lookAtDisk();
  check();
  return any;
}

void MainWindow::offerReload(const QString& path) {
  m_messageBar->show(tr("%1 changed on disk.").arg(QFileInfo(path).fileName()), true,
                     {{tr("Reload"), [this, path] { m_documents->reload(path); }},
                      {tr("Keep mine"), [this, path] { m_documents->keepMine(path); }}});
}

void MainWindow::keepSession() {
  Workspace::Session session;
  session.documents = m_documents->documents();
  session.closed = m_documents->closed();
  session.current = m_documents->current();
  session.geometry = saveGeometry();
  session.layout = saveState(kLayoutVersion);
  session.recentFiles = m_recent;
  keepFileSettings();
  session.settings = m_settings.toJson();
  session.settings[QStringLiteral("files")] = m_fileSettings;
  if (const QString why = m_workspace.save(session); !why.isEmpty()) showMessage(why, true);
}

void MainWindow::setTheme(const Theme& theme) {
  m_theme = &theme;
  applyTheme(*qApp, theme);
  m_documents->setTheme(theme);
  m_messageBar->setTheme(theme);
  m_charts->setTheme(theme);
  m_views.setTheme(theme);
  m_alerts->setTheme(theme);
  if (m_help) m_help->setTheme(theme);
  m_results->setTheme(theme);
  m_changes->setTheme(theme);
  for (auto* title : findChildren<DockTitle*>()) title->setTheme(theme);
  m_plan->setTheme(theme);
  m_streams->setTheme(theme);
  for (const auto& [name, card] : m_cards) card->setTheme(theme);
  setIcons();
  check();
}

void MainWindow::runDemo() {
  if (!m_demo.start) return;
  const QString text = m_demo.start();
  if (text.isEmpty()) return showMessage(tr("The demo exchange could not be started."), true);
  // A demo that stands there as it came only learns its exchange's address.
  const bool isThere = m_documents->showScratch([&](const QString& title, const QString& old) {
    return title == tr("demo-vwap.sql") && withoutPort(old) == withoutPort(text);
  });
  if (!isThere) openText(tr("demo-vwap.sql"), text);
  m_documents->editor()->setText(text);
  m_documents->editor()->setModified(false);
  m_isDemo = true;
  run();
}

void MainWindow::connectToUrl() {
  auto* dialog = new ConnectDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &ConnectDialog::created, this,
          [this](const QString& title, const QString& sql) { openText(title, sql); });
  dialog->open();
}

void MainWindow::check() {
  const QByteArray text = m_documents->editor()->text().toUtf8();
  const std::string_view view(text.constData(), static_cast<size_t>(text.size()));
  const BoundResult result = checkScript(view);
  m_documents->editor()->setDiagnostics(result.diagnostics);
  m_problems->clear();
  const PlaceIndex places(view);
  for (const Diagnostic& d : result.diagnostics) {
    const Place place = places.placeOf(d.span.begin);
    auto* item = new QTreeWidgetItem(m_problems, {QStringLiteral("%1:%2").arg(place.line).arg(place.column),
                                                  QString::fromStdString(d.message), QString::fromStdString(d.hint)});
    item->setData(0, Qt::UserRole, d.span.begin);
    item->setForeground(1, d.severity == Severity::Error ? m_theme->error : m_theme->warn);
  }
  const auto problems = static_cast<int>(result.diagnostics.size());
  m_problemCount->setText(problems == 1 ? tr("1 problem") : tr("%n problems", nullptr, problems));
  m_problemCount->setVisible(problems > 0);
  titlePanel(m_problems, tr("Problems"), problems);
  std::set<uint32_t> errors;
  for (const Diagnostic& d : result.diagnostics)
    if (d.severity == Severity::Error) errors.insert(d.span.begin);
  std::map<int, QColor> marks;
  const LanguageService language{std::string(view)};
  m_documents->editor()->setFolds(language.statements());
  for (const Span& statement : language.statements()) {
    const std::string_view body = textOf(view, statement);
    if (body.starts_with("CREATE") || body.starts_with("create") || body.starts_with("DEFINE")) continue;
    const auto error = errors.lower_bound(statement.begin);
    const bool broken = error != errors.end() && *error <= statement.end;
    marks[static_cast<int>(places.placeOf(statement.begin).line) - 1] = broken ? m_theme->idle : m_theme->success;
  }
  m_documents->editor()->setRunMarks(marks);
  m_chipLines.clear();
  for (const logical::Query& query : result.script.queries)
    m_chipLines[query.target] = static_cast<int>(places.placeOf(query.span.begin).line) - 1;
  for (const auto& [name, stream] : result.script.streams)
    if (stream.kind == StreamKind::Source)
      m_chipLines[name] = static_cast<int>(places.placeOf(stream.span.begin).line) - 1;
  if (!m_running || problems > 0) m_documents->editor()->setChips({});
  if (!m_running) {
    m_documents->editor()->setSourceMarks({});
    m_streams->setScript(result.script);
    m_plan->setScript(result.script);
  }
}

QString MainWindow::textToRun() {
  SqlEditor& shown = editor();
  if (m_isDemo ||
      (m_demo.start && m_documents->path().isEmpty() && shown.text().contains(QLatin1String("ws://127.0.0.1:41733")))) {
    // The exchange may have had to take another port than the one in the text.
    static const QRegularExpression kBase(QStringLiteral("ws://127\\.0\\.0\\.1:\\d+"));
    const QString base = kBase.match(m_demo.start()).captured();
    const QString moved = shown.text().replace(QStringLiteral("ws://127.0.0.1:41733"), base);
    if (!base.isEmpty() && moved != shown.text()) {
      const uint32_t caret = shown.caretOffset();
      shown.setText(moved);
      shown.goTo(caret);
    }
    m_isDemo = !base.isEmpty() && moved.contains(base);
  }
  return shown.text();
}

void MainWindow::remember(const QString& title, const QString& text) {
  if (const QString why = m_workspace.addToHistory({QDateTime::currentDateTimeUtc(), title, text}); !why.isEmpty())
    showMessage(why, true);
  m_history->setRecords(m_workspace.history());
}

void MainWindow::run() {
  const QString text = textToRun();
  const BoundResult result = checkScript(text.toStdString());
  Diagnostics found = result.diagnostics;
  if (!hasError(found)) {
    const Diagnostics missing = missingSources(result.script);
    found.insert(found.end(), missing.begin(), missing.end());
  }
  if (refuse(found, 0)) return;
  remember(m_documents->title(), text);
  m_previewed.clear();
  start(text, result.script, true);
}

void MainWindow::runStatement() {
  const QString whole = textToRun();
  const std::string text = whole.toStdString();
  const SqlEditor& shown = editor();
  std::optional<Span> chosen = shown.currentStatement();
  if (shown.hasSelectedText())
    chosen = Span{static_cast<uint32_t>(shown.SendScintilla(QsciScintillaBase::SCI_GETSELECTIONSTART)),
                  static_cast<uint32_t>(shown.SendScintilla(QsciScintillaBase::SCI_GETSELECTIONEND))};
  if (!chosen) return showMessage(tr("Put the caret into a SELECT to run it alone."), true);
  const BoundResult all = checkScript(text);
  if (refuse(all.diagnostics, 0)) return;
  QStringList targets;
  for (const logical::Query& query : all.script.queries) {
    const QString target = QString::fromStdString(query.target);
    if (query.span.begin < chosen->end && query.span.end > chosen->begin && !all.script.stream(query.target).isTable &&
        !targets.contains(target))
      targets << target;
  }
  if (targets.isEmpty())
    return showMessage(tr("There is no SELECT here whose rows could be shown; put the caret into one."), true);
  if (refuse(missingSources(all.script), 0)) return;
  remember(tr("%1, preview of %2").arg(m_documents->title(), targets.join(QStringLiteral(", "))), whole);
  m_previewed = targets;
  start(whole, all.script, false);
}

void MainWindow::start(const QString& text, const logical::Plan& script, bool sinks) {
  m_messageBar->hide();
  m_script = logical::Plan();
  m_script.streams = script.streams;
  m_script.order = script.order;
  m_streams->setScript(script);
  m_plan->setScript(script);
  m_chartStack->setCurrentIndex(1);
  // One who has closed the results does not want them back at each run.
  if (!dockOf(m_results)->isHidden()) showPanel(m_results);
  keepFileSettings();
  m_runEditor = m_documents->editor();
  m_runFile = m_documents->path().isEmpty() ? m_documents->title() : m_documents->path();
  m_chartsChosen = !fileSettings()[QLatin1String("shown")].toArray().isEmpty();
  RunOptions options;
  options.sinks = sinks;
  options.recordFile = std::exchange(m_recordFile, {});
  m_actions[QStringLiteral("record")]->setChecked(false);
  m_engine.run(text, options);
}

void MainWindow::stop() { m_engine.stop(); }

void MainWindow::setRunning(bool running) {
  m_running = running;
  m_tools.at(QStringLiteral("stop"))->setEnabled(running);
  showLive();
  // Its data stays on the charts when it has ended.
  m_demoBadge->setVisible(m_isDemo);
  setWindowTitle(m_isDemo ? tr("Weir · DEMO DATA") : tr("Weir"));
  m_streams->setRunning(running);
  if (running) return;
  m_previewBadge->hide();
  m_status->setText(tr("not running"));
  m_statusFaults->clear();
  m_healthSubtitle->clear();
  if (m_runEditor && m_problems->topLevelItemCount() == 0) m_runEditor->setChips({});
  for (const auto& [name, card] : m_cards) card->endRun();
}

void MainWindow::showMessage(const QString& text, bool isError) { m_messageBar->show(text, isError); }

void MainWindow::tick() {
  // Words and cards a few times a second, the chart when something is new: an idle feed costs next to nothing.
  const qint64 now = QDateTime::currentMSecsSinceEpoch();
  const bool slow = now / kSlowMs != m_slowTick;
  m_slowTick = now / kSlowMs;
  if (slow) {
    const QDateTime time = QDateTime::currentDateTimeUtc();
    m_clock->setText((m_settings.localTime ? tr("Local %1") : tr("UTC %1"))
                         .arg((m_settings.localTime ? time.toLocalTime() : time).toString(QStringLiteral("HH:mm:ss"))));
  }
  tellAlerts();
  if (!m_running) return;
  uint64_t skipped = 0;
  if (std::vector<Frame> frames = m_engine.frames().take(&skipped); !frames.empty())
    m_frames->add(std::move(frames), skipped);
  takeRows();
  const bool changed = std::exchange(m_rowsChanged, false);
  if (!changed && !slow) return;
  const RunSnapshot snapshot = m_engine.snapshot();
  if (!snapshot.running) return;
  if (slow) {
    showHealth(snapshot);
    markSources(snapshot);
    updateStatus(snapshot);
    m_results->refreshInfo();
    m_changes->refreshInfo();
  }
  if (isPaused()) return;
  showGaps(snapshot);
  const int64_t first = m_charts->firstTime();
  m_charts->forEach([&](ChartPane& pane) {
    pane.chart().refresh(toMillis(snapshot.now), first);
    if (changed) pane.refreshLegend();
  });
  if (isSeen(m_plan)) m_plan->showRun(snapshot);
}

// The marks in the margin of the text that runs.
void MainWindow::markSources(const RunSnapshot& snapshot) {
  const QString shown = m_documents->path().isEmpty() ? m_documents->title() : m_documents->path();
  std::map<int, SourceMark> marks;
  for (const ConnectionHealth& h : snapshot.connections) {
    const auto line = m_chipLines.find(h.name.toStdString());
    if (shown == m_runFile && line != m_chipLines.end() && !h.isSink)
      marks[line->second] = {healthLook(h, *m_theme),
                             h.bad > 0 ? tr("%n bad", nullptr, static_cast<int>(h.bad)) : QString()};
  }
  m_documents->editor()->setSourceMarks(std::move(marks));
}

HealthCard* MainWindow::card(const QString& connection) const {
  const auto found = m_cards.find(connection);
  return found == m_cards.end() ? nullptr : found->second;
}

// Health goes behind Streams where there is no height for both.
void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  fitToolbar();
  constexpr int kBoth = 680;
  if ((height() < kBoth) == m_isLow) return;
  m_isLow = height() < kBoth;
  auto* streams = findChild<QDockWidget*>(QStringLiteral("streamsDock"));
  auto* health = findChild<QDockWidget*>(QStringLiteral("healthDock"));
  if (!streams || !health || streams->isFloating() || health->isFloating()) return;
  if (m_isLow) {
    tabifyDockWidget(streams, health);
    streams->raise();
  } else {
    splitDockWidget(streams, health, Qt::Vertical);
    layOutDocks();
  }
}

// The size that the window comes in decides how its panels share it, unless they stand as they stood before.
void MainWindow::showEvent(QShowEvent* event) {
  QMainWindow::showEvent(event);
  if (!event->spontaneous() && !std::exchange(m_hasLayout, true)) layOutDocks();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  m_tick.stop();
  keepSession();
  event->accept();
}

}  // namespace weir
