// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QFile>
#include <QMenuBar>
#include <QDateTime>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QRegularExpression>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "core/plan/checker.h"
#include "ui/chart_view.h"
#include "ui/connect_dialog.h"
#include "ui/document_tabs.h"
#include "ui/frames_panel.h"
#include "ui/health_card.h"
#include "ui/history_panel.h"
#include "ui/legend_table.h"
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

// A triangle to start, a square to stop: drawn, so that they take any theme's colour.
QIcon playIcon(const QColor& color, bool play) {
  QPixmap pixmap(32, 32);
  pixmap.setDevicePixelRatio(2);
  pixmap.fill(Qt::transparent);
  QPainter p(&pixmap);
  p.setRenderHint(QPainter::Antialiasing);
  if (play) {
    p.setPen(Qt::NoPen);
    p.setBrush(color);
    p.drawPolygon(QPolygonF({{4, 2.5}, {13, 8}, {4, 13.5}}));
  } else {
    p.setPen(QPen(color, 1.6));
    p.drawRoundedRect(QRectF(3.5, 3.5, 9, 9), 1.5, 1.5);
  }
  return pixmap;
}

}  // namespace

MainWindow::MainWindow(const Theme& theme, DemoServices demo, const QString& folder, QWidget* parent)
    : QMainWindow(parent), m_theme(&theme), m_demo(std::move(demo)), m_workspace(folder) {
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
  m_bottom = new QTabWidget(this);
  m_history = new HistoryPanel(m_bottom);
  m_results = new ResultsPanel(theme, m_bottom);
  m_chart = new ChartView(theme);

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
    m_keepDelay.start();
  });
  connect(m_documents, &DocumentTabs::currentChanged, this, &MainWindow::check);
  connect(m_documents, &DocumentTabs::message, this, &MainWindow::showMessage);
  connect(m_documents, &DocumentTabs::runMarkClicked, this, [this](uint32_t offset) {
    m_documents->editor()->goTo(offset);
    runStatement();
  });
  connect(m_documents, &DocumentTabs::caretMoved, this,
          [this](int line, int index) { m_caret->setText(tr("Ln %1, Col %2").arg(line + 1).arg(index + 1)); });
  connect(m_results, &ResultsPanel::message, this, &MainWindow::showMessage);
  connect(m_results, &ResultsPanel::streamChosen, this, [this](const QString& name) { showStream(name.toStdString()); });
  connect(m_history, &HistoryPanel::opened, this, [this](const QString& title, const QString& text) { openText(title, text); });
  connect(&m_engine, &Engine::started, this, [this] {
    // Columns that were learnt from the first messages are known only now.
    if (BoundScript running = m_engine.streams(); running.order != m_script.order) {
      m_script = std::move(running);
      m_streams->setScript(m_script);
      chooseResult(m_script);
    }
    setRunning(true);
  });
  connect(&m_engine, &Engine::stopped, this, [this] { setRunning(false); });
  connect(&m_engine, &Engine::kept, this, [this](const QStringList& names) {
    showMessage(names.isEmpty() ? tr("Started anew: every connection has changed.") : tr("Kept %1 connected; the queries started anew.").arg(names.join(QStringLiteral(", "))), false);
  });
  connect(&m_engine, &Engine::refused, this, [this](const QString& why) { showMessage(why, true); });
  connect(&m_engine, &Engine::event, this, [this](const QString& text, bool isError) {
    m_events->insertItem(0, QDateTime::currentDateTimeUtc().toString(QStringLiteral("HH:mm:ss  ")) + QString(text).replace(QLatin1Char('\n'), QStringLiteral(" · ")));
    while (m_events->count() > 1000) delete m_events->takeItem(m_events->count() - 1);
    if (isError) showMessage(text.section(QLatin1Char('\n'), 0, 0), true);
  });
  m_tick.setInterval(kFrameMs);
  connect(&m_tick, &QTimer::timeout, this, &MainWindow::tick);
  m_tick.start();
  m_history->setRecords(m_workspace.history());
  setRunning(false);
}

MainWindow::~MainWindow() = default;

SqlEditor& MainWindow::editor() const { return *m_documents->editor(); }

void MainWindow::buildStatus() {
  m_demoBadge = new QLabel(tr("DEMO DATA"), this);
  m_demoBadge->setObjectName(QStringLiteral("demoBadge"));
  m_demoBadge->hide();
  m_status = new QLabel(tr("not running"), this);
  m_status->setObjectName(QStringLiteral("status"));
  m_statusFaults = new QLabel(this);
  m_caret = new QLabel(this);
  m_clock = new QLabel(this);
  statusBar()->setSizeGripEnabled(false);
  statusBar()->setContentsMargins(8, 0, 8, 0);
  statusBar()->addWidget(m_demoBadge);
  statusBar()->addWidget(m_status);
  statusBar()->addWidget(m_statusFaults);
  statusBar()->addPermanentWidget(m_caret);
  statusBar()->addPermanentWidget(m_clock);
}

QDockWidget* MainWindow::addDock(const QString& name, const QString& title, QWidget* widget, Qt::DockWidgetArea area,
                                 QLabel** subtitle, bool titled) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(name);
  dock->setWidget(widget);
  auto* bar = new QWidget(dock);
  if (titled) {
    bar->setObjectName(QStringLiteral("dockTitle"));
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setFixedHeight(30);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 0, 8, 0);
    row->setSpacing(8);
    auto* label = new QLabel(title, bar);
    label->setObjectName(name + QStringLiteral("Title"));
    label->setFont(uiFont(12, QFont::DemiBold));
    // The dock takes the title's size hint, which a fixed height on the bar alone does not change.
    label->setFixedHeight(30);
    row->addWidget(label);
    auto* sub = new QLabel(bar);
    sub->setFont(uiFont(12));
    sub->setForegroundRole(QPalette::PlaceholderText);
    row->addWidget(sub, 1);
    if (subtitle) *subtitle = sub;
    if (name == QLatin1String("chartDock")) m_chartTitle = label;
  } else {
    auto* empty = new QVBoxLayout(bar);
    empty->setContentsMargins(0, 0, 0, 0);
  }
  dock->setTitleBarWidget(bar);
  addDockWidget(area, dock);
  menuBar()->findChild<QMenu*>(QStringLiteral("viewMenu"))->addAction(dock->toggleViewAction());
  return dock;
}

bool MainWindow::refuse(const Diagnostics& found, uint32_t shift) {
  for (const Diagnostic& d : found) {
    if (d.severity != Severity::Error) continue;
    m_bottom->setCurrentWidget(m_problems);
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
  const QString full = QFileInfo(path).absoluteFilePath();
  constexpr int kMostRecent = 12;
  m_recent.removeAll(full);
  m_recent.prepend(full);
  while (m_recent.size() > kMostRecent) m_recent.removeLast();
  check();
  return true;
}

bool MainWindow::restoreSession() {
  QString problem;
  const Workspace::Session session = m_workspace.load(&problem);
  if (!problem.isEmpty()) showMessage(problem, true);
  m_recent = session.recentFiles;
  if (!session.geometry.isEmpty()) restoreGeometry(session.geometry);
  if (!session.layout.isEmpty()) restoreState(session.layout);
  if (session.settings.contains(QLatin1String("dark"))) setTheme(session.settings[QLatin1String("dark")].toBool() ? darkTheme() : lightTheme());
  m_notifies = session.settings[QLatin1String("notify")].toBool(true);
  m_actions[QStringLiteral("notify")]->setChecked(m_notifies);
  int current = session.current;
  bool any = false;
  for (OpenDocument document : session.documents) {
    if (!document.path.isEmpty() && !document.isModified) {
      QFile in(document.path);
      if (!in.open(QIODevice::ReadOnly)) {
        showMessage(tr("%1 is no longer there.").arg(document.path), true);
        --current;
        continue;
      }
      document.text = QString::fromUtf8(in.readAll());
    }
    if (document.text.isEmpty() && session.documents.size() > 1) continue;
    m_documents->open(document);
    any = any || !document.text.isEmpty();
  }
  if (any) m_documents->setCurrent(current);
  check();
  return any;
}

void MainWindow::keepSession() {
  Workspace::Session session;
  session.documents = m_documents->documents();
  session.current = m_documents->current();
  session.geometry = saveGeometry();
  session.layout = saveState();
  session.recentFiles = m_recent;
  session.settings[QStringLiteral("dark")] = m_theme->isDark;
  session.settings[QStringLiteral("notify")] = m_notifies;
  if (const QString why = m_workspace.save(session); !why.isEmpty()) showMessage(why, true);
}

void MainWindow::setTheme(const Theme& theme) {
  m_theme = &theme;
  applyTheme(*qApp, theme);
  m_documents->setTheme(theme);
  m_messageBar->setTheme(theme);
  m_chart->setTheme(theme);
  m_legend->setTheme(theme);
  m_results->setTheme(theme);
  m_changes->setTheme(theme);
  m_plan->setTheme(theme);
  m_streams->setTheme(theme);
  for (const auto& [name, card] : m_cards) card->setTheme(theme);
  setRunning(m_running);
  check();
}

void MainWindow::runDemo() {
  if (!m_demo.start) return;
  const QString text = m_demo.start();
  if (text.isEmpty()) return showMessage(tr("The demo exchange could not be started."), true);
  // The demo that stands there untouched only learns its exchange's address.
  const bool untouched = m_documents->title() == tr("demo-vwap.sql") && !m_documents->editor()->isModified();
  if (untouched) {
    m_documents->editor()->setText(text);
    m_documents->editor()->setModified(false);
  } else if (m_documents->editor()->text() != text) {
    openText(tr("demo-vwap.sql"), text);
  }
  m_isDemo = true;
  run();
}

void MainWindow::connectToUrl() {
  auto* dialog = new ConnectDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &ConnectDialog::created, this, [this](const QString& title, const QString& sql) { openText(title, sql); });
  dialog->open();
}

void MainWindow::check() {
  const QByteArray text = m_documents->editor()->text().toUtf8();
  const std::string_view view(text.constData(), static_cast<size_t>(text.size()));
  const BoundResult result = checkScript(view);
  m_documents->editor()->setDiagnostics(result.diagnostics);
  m_problems->clear();
  std::map<int, LineChip> chips;
  for (const Diagnostic& d : result.diagnostics) {
    const Place place = placeOf(view, d.span.begin);
    auto* item = new QTreeWidgetItem(m_problems, {QStringLiteral("%1:%2").arg(place.line).arg(place.column),
                                                  QString::fromStdString(d.message), QString::fromStdString(d.hint)});
    item->setData(0, Qt::UserRole, d.span.begin);
    const QColor color = d.severity == Severity::Error ? m_theme->error : m_theme->warn;
    item->setForeground(1, color);
    chips.emplace(static_cast<int>(place.line) - 1, LineChip{QString::fromStdString(d.message), color});
  }
  const auto problems = static_cast<int>(result.diagnostics.size());
  m_bottom->setTabText(m_bottom->indexOf(m_problems), problems > 0 ? tr("Problems  %1").arg(problems) : tr("Problems"));
  std::map<int, QColor> marks;
  const LanguageService language{std::string(view)};
  for (const Span& statement : language.statements()) {
    const std::string_view body = textOf(view, statement);
    if (body.starts_with("CREATE") || body.starts_with("create") || body.starts_with("DEFINE")) continue;
    const bool broken = std::any_of(result.diagnostics.begin(), result.diagnostics.end(), [&](const Diagnostic& d) {
      return d.severity == Severity::Error && d.span.begin >= statement.begin && d.span.begin <= statement.end;
    });
    marks[static_cast<int>(placeOf(view, statement.begin).line) - 1] = broken ? m_theme->idle : m_theme->success;
  }
  m_documents->editor()->setRunMarks(std::move(marks));
  m_chipLines.clear();
  for (const BoundNode& node : result.script.nodes)
    if (!node.target.starts_with('#')) m_chipLines[node.target] = static_cast<int>(placeOf(view, node.span.begin).line) - 1;
  m_documents->editor()->setChips(std::move(chips));
  if (!m_running) {
    m_streams->setScript(result.script);
    m_plan->setScript(result.script);
  }
}

void MainWindow::showStream(const std::string& name) {
  const auto found = m_script.streams.find(name);
  if (found == m_script.streams.end() || name == m_shownStream) return;
  m_shownStream = name;
  const BoundStream& stream = found->second;
  m_store = SeriesStore(stream);
  m_results->model().setSchema(stream.schema, stream.groupColumns);
  m_changes->setSchema(stream.schema);
  m_legend->setStore(&m_store);
  m_chart->setStore(&m_store);
  m_chart->setFocusSeries(0);
  m_engine.watch({QString::fromStdString(name)});
  m_chartTitle->setText(QString::fromStdString(name));
  m_chartSubtitle->setText(stream.windowMs > 0 ? tr("%1 · %2 sec windows").arg(m_store.valueName()).arg(static_cast<double>(stream.windowMs) / 1000)
                                               : m_store.valueName());
}

void MainWindow::chooseResult(const BoundScript& script) {
  m_shownStream.clear();
  std::string first;
  QStringList names;
  for (const std::string& name : script.order) {
    if (!script.isWritten(name) || script.stream(name).isTable) continue;
    names << QString::fromStdString(name);
    // The chart begins with the shortest window: it moves first.
    const auto window = [&](const std::string& n) { return script.stream(n).windowMs > 0 ? script.stream(n).windowMs : INT64_MAX; };
    if (first.empty() || window(name) < window(first)) first = name;
  }
  m_results->setStreams(names, QString::fromStdString(first));
  if (!first.empty()) showStream(first);
}

void MainWindow::run() {
  if (m_isDemo || (m_demo.start && m_documents->path().isEmpty() && m_documents->editor()->text().contains(QLatin1String("ws://127.0.0.1:41733")))) {
    // The exchange may have had to take another port than the one in the text.
    static const QRegularExpression kBase(QStringLiteral("ws://127\\.0\\.0\\.1:\\d+"));
    const QString base = kBase.match(m_demo.start()).captured();
    const QString moved = m_documents->editor()->text().replace(QStringLiteral("ws://127.0.0.1:41733"), base);
    if (!base.isEmpty() && moved != m_documents->editor()->text()) m_documents->editor()->setText(moved);
    m_isDemo = moved.contains(base);
  }
  const QString text = m_documents->editor()->text();
  const BoundResult result = checkScript(text.toStdString());
  Diagnostics found = result.diagnostics;
  if (!hasError(found)) {
    const Diagnostics missing = missingSources(result.script);
    found.insert(found.end(), missing.begin(), missing.end());
  }
  if (refuse(found, 0)) return;
  if (const QString why = m_workspace.addToHistory({QDateTime::currentDateTimeUtc(), m_documents->title(), text}); !why.isEmpty()) showMessage(why, true);
  m_history->setRecords(m_workspace.history());
  start(text, result.script, true);
}

void MainWindow::runStatement() {
  const QString whole = m_documents->editor()->text();
  const std::string text = whole.toStdString();
  const auto statement = m_documents->editor()->currentStatement();
  if (!statement) return showMessage(tr("Put the caret into a SELECT to run it alone."), true);
  const std::string_view chosen = textOf(text, *statement);
  if (chosen.starts_with("CREATE") || chosen.starts_with("create")) return showMessage(tr("A CREATE STREAM has nothing to show; put the caret into a SELECT."), true);
  const BoundResult all = checkScript(text);
  if (refuse(all.diagnostics, 0)) return;
  std::string target;
  for (const BoundNode& node : all.script.nodes)
    if (node.span.begin >= statement->begin && node.span.begin <= statement->end && !node.target.starts_with('#')) target = node.target;
  if (refuse(missingSources(all.script), 0)) return;
  start(whole, all.script, false);
  if (!target.empty()) showStream(target);
  m_results->setStreams({QString::fromStdString(target)}, QString::fromStdString(target));
  showMessage(tr("Preview of %1: the sinks are off.").arg(QString::fromStdString(target)), false);
}

void MainWindow::start(const QString& text, const BoundScript& script, bool sinks) {
  m_messageBar->hide();
  m_script = BoundScript();
  m_script.streams = script.streams;
  m_script.order = script.order;
  m_streams->setScript(script);
  m_plan->setScript(script);
  chooseResult(script);
  for (const auto& [name, card] : m_cards) card->deleteLater();
  m_cards.clear();
  m_lastStates.clear();
  m_chartStack->setCurrentIndex(1);
  m_bottom->setCurrentWidget(m_results);
  m_lastAt = 0;
  m_startedAt = 0;
  m_lostSoFar = 0;
  m_lostInGap.clear();
  RunOptions options;
  options.sinks = sinks;
  options.recordFile = std::exchange(m_recordFile, {});
  m_actions[QStringLiteral("record")]->setChecked(false);
  m_engine.run(text, options);
}

void MainWindow::stop() { m_engine.stop(); }

void MainWindow::setRunning(bool running) {
  m_running = running;
  m_runButton->setIcon(playIcon(Qt::white, true));
  m_stopButton->setIcon(playIcon(running ? m_theme->error : m_theme->text3, false));
  m_stopButton->setEnabled(running);
  m_demoBadge->setVisible(m_isDemo && running);
  setWindowTitle(m_isDemo && running ? tr("Weir · DEMO DATA") : tr("Weir"));
  m_streams->setRunning(running);
  if (!running) m_status->setText(tr("not running"));
}

void MainWindow::showMessage(const QString& text, bool isError) { m_messageBar->show(text, isError); }

void MainWindow::tick() {
  // Words and cards a few times a second, the chart when something is new: an idle feed costs next to nothing.
  const qint64 now = QDateTime::currentMSecsSinceEpoch();
  const bool slow = now / kSlowMs != m_slowTick;
  m_slowTick = now / kSlowMs;
  if (slow) m_clock->setText(tr("UTC %1").arg(QDateTime::currentDateTimeUtc().toString(QStringLiteral("HH:mm:ss"))));
  if (!m_running) return;
  uint64_t skipped = 0;
  if (std::vector<Frame> frames = m_engine.frames().take(&skipped); !frames.empty()) m_frames->add(std::move(frames), skipped);
  const ResultFeed::Taken taken = m_engine.feed().take();
  bool changed = false;
  for (const ResultFeed::Item& item : taken.closed) {
    if (item.stream != m_shownStream) continue;
    m_store.addClosed(*item.batch);
    m_results->model().addClosed(*item.batch);
    m_changes->addClosed(*item.batch);
    changed = true;
  }
  const auto open = taken.open.find(m_shownStream);
  if (open != taken.open.end()) {
    m_store.setOpen(open->second);
    m_results->model().setOpen(open->second);
    changed = true;
  }
  if (!changed && !slow) return;
  const RunSnapshot snapshot = m_engine.snapshot();
  if (!snapshot.running) return;
  if (slow) {
    showHealth(snapshot);
    updateStatus(snapshot);
    m_results->refreshInfo();
  }
  if (m_paused) return;
  const auto gaps = snapshot.gaps.find(m_shownStream);
  if (gaps != snapshot.gaps.end()) {
    // What the sources estimate grows once a loss is over: it belongs to the newest gap.
    uint64_t lost = 0;
    for (const ConnectionHealth& h : snapshot.connections) lost += h.lost;
    if (lost > m_lostSoFar && !gaps->second.empty()) m_lostInGap[gaps->second.back().from] += lost - m_lostSoFar;
    m_lostSoFar = lost;
    m_chart->setLost(m_lostInGap);
    m_chart->setGaps(gaps->second);
  }
  m_chart->refresh(toMillis(snapshot.now));
  if (changed) m_legend->refresh();
  if (m_plan->isVisible()) m_plan->setRows(snapshot.streamRows, snapshot.now);
}

void MainWindow::showHealth(const RunSnapshot& snapshot) {
  int live = 0;
  for (const ConnectionHealth& h : snapshot.connections) {
    HealthCard*& card = m_cards[h.name];
    if (!card) {
      card = new HealthCard(*m_theme, m_cardsPane);
      card->setObjectName(QStringLiteral("card_") + h.name);
      connect(card, &HealthCard::reconnectWanted, &m_engine, &Engine::reconnect);
      connect(card, &HealthCard::disconnectWanted, &m_engine, &Engine::disconnectFrom);
      m_cardsLayout->insertWidget(m_cardsLayout->count() - 1, card);
    }
    const auto rejects = snapshot.rejects.find(h.name.toStdString());
    card->show(h, snapshot.now, rejects == snapshot.rejects.end() ? std::vector<Reject>() : rejects->second);
    live += h.state == ConnectionState::Live || (h.isSink && h.state == ConnectionState::Open) ? 1 : 0;
    const auto before = m_lastStates.find(h.name);
    const bool wasLive = before != m_lastStates.end() && before->second == ConnectionState::Live;
    if (wasLive && h.state != ConnectionState::Live && h.state != ConnectionState::Idle) emit feedTrouble(tr("%1: %2").arg(h.name, healthLook(h, *m_theme).word));
    m_lastStates[h.name] = h.state;
  }
  m_streams->setHealth(snapshot.connections);
  m_healthSubtitle->setText(tr("%1 of %2 live").arg(live).arg(snapshot.connections.size()));
}

void MainWindow::updateStatus(const RunSnapshot& s) {
  if (m_startedAt == 0) m_startedAt = s.now;
  if (m_lastAt == 0 || s.now - m_lastAt >= 1'000'000) {
    if (m_lastAt > 0) {
      const double elapsed = static_cast<double>(s.now - m_lastAt) / 1e6;
      m_inRate = static_cast<double>(s.rowsIn - m_lastIn) / elapsed;
      m_outRate = static_cast<double>(s.rowsOut - m_lastOut) / elapsed;
      updateChips(s);
    }
    m_lastAt = s.now;
    m_lastIn = s.rowsIn;
    m_lastOut = s.rowsOut;
    m_lastRows = s.streamRows;
  }
  constexpr Micros kDemoOver = 40'000'000;
  if (m_isDemo && !m_demoTold && s.now - m_startedAt > kDemoOver) {
    m_demoTold = true;
    m_messageBar->show(tr("That was the demo. Now point it at your own URL."), false, tr("Connect to a URL"), [this] { connectToUrl(); });
  }
  QString text = tr("%n running", nullptr, static_cast<int>(m_chipLines.size())) +
                 tr("     in %1/s   out %2/s").arg(m_inRate, 0, 'f', 0).arg(m_outRate, 0, 'f', 1);
  if (m_isDemo && m_demo.dashboardRows) text += tr("     dashboard received %1 of %2 sent").arg(m_demo.dashboardRows()).arg(s.rowsOut);
  m_status->setText(text);
  const bool faults = s.late + s.dropped + s.bad + s.expressionErrors > 0;
  m_statusFaults->setText(tr("   late %1   dropped %2   bad %3   errors %4").arg(s.late).arg(s.dropped).arg(s.bad).arg(s.expressionErrors));
  QPalette palette = m_statusFaults->palette();
  palette.setColor(QPalette::WindowText, faults ? m_theme->warn : m_theme->text3);
  m_statusFaults->setPalette(palette);
}

// "0.6 rows/s, 0 errors" beside each query that runs.
void MainWindow::updateChips(const RunSnapshot& s) {
  if (m_problems->topLevelItemCount() > 0) return;
  const double elapsed = static_cast<double>(s.now - m_lastAt) / 1e6;
  std::map<int, LineChip> chips;
  for (const auto& [name, line] : m_chipLines) {
    const auto now = s.streamRows.find(name);
    if (now == s.streamRows.end()) continue;
    const auto before = m_lastRows.find(name);
    const uint64_t past = before == m_lastRows.end() ? 0 : before->second;
    chips.emplace(line, LineChip{tr("%1 rows/s").arg(static_cast<double>(now->second - past) / elapsed, 0, 'f', 1), m_theme->text3});
  }
  m_documents->editor()->setChips(std::move(chips));
}

HealthCard* MainWindow::card(const QString& connection) const {
  const auto found = m_cards.find(connection);
  return found == m_cards.end() ? nullptr : found->second;
}

void MainWindow::closeEvent(QCloseEvent* event) {
  m_tick.stop();
  keepSession();
  event->accept();
}

}  // namespace weir
