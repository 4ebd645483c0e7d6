// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDateTime>
#include <QDockWidget>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QMenuBar>
#include <QPainter>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QTableView>
#include <QToolBar>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "core/plan/checker.h"
#include "ui/chart_view.h"
#include "ui/health_card.h"
#include "ui/legend_table.h"
#include "ui/results_model.h"
#include "ui/sql_editor.h"

namespace weir {

namespace {

constexpr int kFrameMs = 33;
constexpr int kCheckDelayMs = 120;

QIcon markIcon(const HealthLook& look) {
  QPixmap pixmap(24, 24);
  pixmap.setDevicePixelRatio(2);
  pixmap.fill(Qt::transparent);
  QPainter p(&pixmap);
  p.setRenderHint(QPainter::Antialiasing);
  paintMark(p, QRectF(0, 0, 12, 12), look);
  return pixmap;
}

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

MainWindow::MainWindow(const Theme& theme, DemoServices demo, QWidget* parent)
    : QMainWindow(parent), m_theme(&theme), m_demo(std::move(demo)) {
  setObjectName(QStringLiteral("mainWindow"));
  setWindowTitle(tr("Weir"));
  resize(1440, 900);
  setDockOptions(QMainWindow::AllowTabbedDocks | QMainWindow::AllowNestedDocks);
  setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
  setCorner(Qt::TopLeftCorner, Qt::LeftDockWidgetArea);
  setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);

  auto* center = new QWidget(this);
  auto* column = new QVBoxLayout(center);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* tabs = new QTabBar(center);
  tabs->setObjectName(QStringLiteral("fileTabs"));
  tabs->setDrawBase(false);
  tabs->setExpanding(false);
  tabs->addTab(tr("scratch.sql"));
  m_messageBar = new QWidget(center);
  m_messageBar->setObjectName(QStringLiteral("messageBar"));
  m_messageBar->setAttribute(Qt::WA_StyledBackground);
  auto* barRow = new QHBoxLayout(m_messageBar);
  barRow->setContentsMargins(12, 4, 6, 4);
  m_messageText = new QLabel(m_messageBar);
  m_messageText->setObjectName(QStringLiteral("messageText"));
  m_messageText->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* close = new QToolButton(m_messageBar);
  close->setText(QStringLiteral("✕"));
  close->setAccessibleName(tr("Close message"));
  connect(close, &QToolButton::clicked, m_messageBar, &QWidget::hide);
  barRow->addWidget(m_messageText, 1);
  barRow->addWidget(close);
  m_messageBar->hide();
  m_editor = new SqlEditor(theme, center);
  column->addWidget(tabs);
  column->addWidget(m_messageBar);
  column->addWidget(m_editor, 1);
  setCentralWidget(center);

  buildActions();
  buildDocks();

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

  m_checkDelay.setSingleShot(true);
  m_checkDelay.setInterval(kCheckDelayMs);
  connect(&m_checkDelay, &QTimer::timeout, this, &MainWindow::check);
  connect(m_editor, &QsciScintilla::textChanged, this, [this] { m_checkDelay.start(); });
  connect(m_editor, &QsciScintilla::cursorPositionChanged, this,
          [this](int line, int index) { m_caret->setText(tr("Ln %1, Col %2").arg(line + 1).arg(index + 1)); });
  connect(&m_engine, &Engine::started, this, [this] { setRunning(true); });
  connect(&m_engine, &Engine::stopped, this, [this] { setRunning(false); });
  connect(&m_engine, &Engine::refused, this, [this](const QString& why) {
    setRunning(false);
    showMessage(why, true);
  });
  connect(&m_engine, &Engine::event, this, [this](const QString& text, bool isError) {
    m_messages->insertItem(0, QDateTime::currentDateTimeUtc().toString(QStringLiteral("HH:mm:ss  ")) + QString(text).replace(QLatin1Char('\n'), QStringLiteral(" · ")));
    while (m_messages->count() > 1000) delete m_messages->takeItem(m_messages->count() - 1);
    if (isError) showMessage(text.section(QLatin1Char('\n'), 0, 0), true);
  });
  m_tick.setInterval(kFrameMs);
  connect(&m_tick, &QTimer::timeout, this, &MainWindow::tick);
  m_tick.start();
  setRunning(false);
}

MainWindow::~MainWindow() = default;

void MainWindow::buildActions() {
  auto* bar = new QToolBar(tr("Main"), this);
  bar->setObjectName(QStringLiteral("toolbar"));
  bar->setMovable(false);
  bar->setIconSize({16, 16});
  addToolBar(bar);
  const auto button = [&](const QString& name, const QString& text) {
    auto* b = new QToolButton(bar);
    b->setObjectName(name);
    b->setText(text);
    b->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->addWidget(b);
    return b;
  };
  m_runButton = button(QStringLiteral("run"), tr("Run"));
  m_runButton->setToolTip(tr("Run the file (F5)"));
  m_stopButton = button(QStringLiteral("stop"), tr("Stop"));
  m_stopButton->setToolTip(tr("Stop and drain the sinks (Shift+F5)"));
  bar->addSeparator();
  auto* pause = button(QStringLiteral("pause"), tr("Pause view"));
  pause->setCheckable(true);
  m_live = button(QStringLiteral("live"), tr("● LIVE"));
  bar->addSeparator();
  auto* range = button(QStringLiteral("range"), tr("5 min"));
  range->setPopupMode(QToolButton::InstantPopup);
  auto* utc = new QLabel(tr("UTC"), bar);
  utc->setContentsMargins(8, 0, 8, 0);
  bar->addWidget(utc);
  auto* ranges = new QMenu(range);
  for (const int minutes : {1, 2, 5, 15, 60})
    ranges->addAction(tr("%n min", nullptr, minutes), this, [this, range, minutes] {
      range->setText(tr("%n min", nullptr, minutes));
      m_chart->setRange(minutes * 60'000LL);
    });
  range->setMenu(ranges);

  connect(m_runButton, &QToolButton::clicked, this, &MainWindow::run);
  connect(m_stopButton, &QToolButton::clicked, this, &MainWindow::stop);
  connect(pause, &QToolButton::toggled, this, [this](bool on) { m_paused = on; });
  connect(m_live, &QToolButton::clicked, this, [this] { m_chart->setFollowing(true); });

  QMenu* file = menuBar()->addMenu(tr("&File"));
  file->addAction(tr("&Open..."), QKeySequence::Open, this, [this] {
    const QString path = QFileDialog::getOpenFileName(this, tr("Open SQL"), {}, tr("SQL files (*.sql *.weir);;All files (*)"));
    if (!path.isEmpty()) openFile(path);
  });
  file->addAction(tr("&Save"), QKeySequence::Save, this, [this] {
    if (m_path.isEmpty()) m_path = QFileDialog::getSaveFileName(this, tr("Save SQL"), QStringLiteral("pipeline.sql"), tr("SQL files (*.sql)"));
    if (m_path.isEmpty()) return;
    QFile out(m_path);
    if (!out.open(QIODevice::WriteOnly) || out.write(m_editor->text().toUtf8()) < 0)
      showMessage(tr("Cannot write %1: %2").arg(m_path, out.errorString()), true);
    else
      m_editor->setModified(false);
  });
  file->addSeparator();
  file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
  QMenu* edit = menuBar()->addMenu(tr("&Edit"));
  edit->addAction(tr("&Undo"), QKeySequence::Undo, m_editor, &QsciScintilla::undo);
  edit->addAction(tr("&Redo"), QKeySequence::Redo, m_editor, &QsciScintilla::redo);
  QMenu* query = menuBar()->addMenu(tr("&Query"));
  query->addAction(tr("&Run"), QKeySequence(Qt::Key_F5), this, &MainWindow::run);
  query->addAction(tr("&Stop"), QKeySequence(Qt::SHIFT | Qt::Key_F5), this, &MainWindow::stop);
  query->addAction(tr("Run the &demo"), this, &MainWindow::runDemo);
  QMenu* view = menuBar()->addMenu(tr("&View"));
  view->setObjectName(QStringLiteral("viewMenu"));
  view->addAction(tr("&Dark theme"), this, [this] { setTheme(darkTheme()); });
  view->addAction(tr("&Light theme"), this, [this] { setTheme(lightTheme()); });
  view->addAction(tr("&Full screen"), QKeySequence(Qt::Key_F11), this, [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
  view->addSeparator();
  QMenu* help = menuBar()->addMenu(tr("&Help"));
  help->addAction(tr("&About Weir"), this, [this] { showMessage(tr("Weir %1: SQL over WebSocket feeds. GPL-3.0-or-later.").arg(QLatin1String(WEIR_VERSION)), false); });
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

void MainWindow::buildDocks() {
  m_streams = new QTreeWidget(this);
  m_streams->setObjectName(QStringLiteral("streams"));
  m_streams->setAccessibleName(tr("Streams"));
  m_streams->setHeaderHidden(true);
  m_streams->setColumnCount(2);
  m_streams->setFrameShape(QFrame::NoFrame);
  m_streams->header()->setStretchLastSection(false);
  m_streams->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  m_streams->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  m_streams->setIndentation(14);
  QDockWidget* streams = addDock(QStringLiteral("streamsDock"), tr("Streams"), m_streams, Qt::LeftDockWidgetArea);

  m_cardsPane = new QWidget(this);
  m_cardsPane->setObjectName(QStringLiteral("cardsPane"));
  m_cardsPane->setAttribute(Qt::WA_StyledBackground);
  m_cardsLayout = new QVBoxLayout(m_cardsPane);
  m_cardsLayout->setContentsMargins(8, 8, 8, 8);
  m_cardsLayout->setSpacing(6);
  m_cardsLayout->addStretch(1);
  auto* scroll = new QScrollArea(this);
  scroll->setWidget(m_cardsPane);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  QDockWidget* health = addDock(QStringLiteral("healthDock"), tr("Health"), scroll, Qt::LeftDockWidgetArea, &m_healthSubtitle);

  auto* chartPane = new QWidget(this);
  auto* chartColumn = new QVBoxLayout(chartPane);
  chartColumn->setContentsMargins(0, 0, 0, 0);
  chartColumn->setSpacing(0);
  m_legend = new LegendTable(*m_theme, chartPane);
  m_chart = new ChartView(*m_theme, chartPane);
  m_chart->setAccessibleName(tr("Chart"));
  chartColumn->addWidget(m_legend);
  chartColumn->addWidget(m_chart, 1);
  auto* welcome = new QWidget(this);
  welcome->setObjectName(QStringLiteral("welcome"));
  welcome->setAttribute(Qt::WA_StyledBackground);
  auto* welcomeOuter = new QVBoxLayout(welcome);
  auto* card = new QWidget(welcome);
  card->setObjectName(QStringLiteral("card"));
  card->setAttribute(Qt::WA_StyledBackground);
  card->setMaximumWidth(470);
  auto* welcomeColumn = new QVBoxLayout(card);
  welcomeColumn->setContentsMargins(28, 28, 28, 24);
  welcomeColumn->setSpacing(12);
  auto* heading = new QLabel(tr("See a VWAP move in five seconds"), card);
  heading->setFont(uiFont(17, QFont::DemiBold));
  heading->setWordWrap(true);
  auto* text = new QLabel(tr("The demo starts an exchange inside this program. It needs no network, and it drops its connection once so that you can see a gap."), card);
  text->setWordWrap(true);
  auto* demoButton = new QPushButton(tr("Run the demo"), card);
  demoButton->setObjectName(QStringLiteral("primary"));
  connect(demoButton, &QPushButton::clicked, this, &MainWindow::runDemo);
  auto* hint = new QLabel(tr("F5 runs the file at any time."), card);
  hint->setForegroundRole(QPalette::PlaceholderText);
  welcomeColumn->addWidget(heading);
  welcomeColumn->addWidget(text);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(demoButton);
  buttons->addStretch(1);
  welcomeColumn->addLayout(buttons);
  welcomeColumn->addWidget(hint);
  welcomeOuter->addStretch(1);
  auto* centered = new QHBoxLayout;
  centered->addStretch(1);
  centered->addWidget(card, 20);
  centered->addStretch(1);
  welcomeOuter->addLayout(centered);
  welcomeOuter->addStretch(2);
  m_chartStack = new QStackedWidget(this);
  m_chartStack->addWidget(welcome);
  m_chartStack->addWidget(chartPane);
  QDockWidget* chart = addDock(QStringLiteral("chartDock"), tr("Chart"), m_chartStack, Qt::RightDockWidgetArea, &m_chartSubtitle);
  m_legend->setStore(&m_store);
  m_chart->setStore(&m_store);
  connect(m_legend, &LegendTable::focused, m_chart, &ChartView::setFocusSeries);
  connect(m_chart, &ChartView::followingChanged, this, [this](bool following) {
    m_live->setProperty("following", following);
    m_live->setText(following ? tr("● LIVE") : tr("○ Go live"));
    m_live->style()->unpolish(m_live);
    m_live->style()->polish(m_live);
  });

  m_bottom = new QTabWidget(this);
  m_bottom->setObjectName(QStringLiteral("bottomTabs"));
  m_bottom->setDocumentMode(true);
  m_bottom->tabBar()->setDrawBase(false);
  auto* resultsPane = new QWidget(m_bottom);
  auto* resultsColumn = new QVBoxLayout(resultsPane);
  resultsColumn->setContentsMargins(0, 0, 0, 0);
  resultsColumn->setSpacing(0);
  m_resultsInfo = new QLabel(tr("No rows yet: press Run."), resultsPane);
  m_resultsInfo->setContentsMargins(12, 6, 12, 6);
  m_resultsInfo->setForegroundRole(QPalette::PlaceholderText);
  m_results = new ResultsModel(*m_theme, this);
  m_table = new QTableView(resultsPane);
  m_table->setObjectName(QStringLiteral("results"));
  m_table->setAccessibleName(tr("Results"));
  m_table->setModel(m_results);
  m_table->setFrameShape(QFrame::NoFrame);
  m_table->setShowGrid(false);
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setDefaultSectionSize(24);
  m_table->horizontalHeader()->setHighlightSections(false);
  m_table->horizontalHeader()->setStretchLastSection(true);
  m_table->horizontalHeader()->setDefaultSectionSize(130);
  resultsColumn->addWidget(m_resultsInfo);
  resultsColumn->addWidget(m_table, 1);
  m_problems = new QTreeWidget(m_bottom);
  m_problems->setObjectName(QStringLiteral("problems"));
  m_problems->setAccessibleName(tr("Problems"));
  m_problems->setHeaderLabels({tr("Line"), tr("Problem"), tr("Hint")});
  m_problems->setRootIsDecorated(false);
  m_problems->setFrameShape(QFrame::NoFrame);
  m_problems->header()->resizeSection(0, 70);
  m_problems->header()->resizeSection(1, 420);
  connect(m_problems, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item, int) { m_editor->goTo(item->data(0, Qt::UserRole).toUInt()); });
  connect(m_problems, &QTreeWidget::itemClicked, this, [this](QTreeWidgetItem* item, int) { m_editor->goTo(item->data(0, Qt::UserRole).toUInt()); });
  m_messages = new QListWidget(m_bottom);
  m_messages->setObjectName(QStringLiteral("messages"));
  m_messages->setAccessibleName(tr("Connection events"));
  m_messages->setFrameShape(QFrame::NoFrame);
  m_bottom->addTab(resultsPane, tr("Results"));
  m_bottom->addTab(m_problems, tr("Problems"));
  m_bottom->addTab(m_messages, tr("Events"));
  QDockWidget* bottom = addDock(QStringLiteral("bottomDock"), tr("Results"), m_bottom, Qt::BottomDockWidgetArea, nullptr, false);

  resizeDocks({streams, chart}, {264, static_cast<int>(width() * 0.43)}, Qt::Horizontal);
  resizeDocks({bottom}, {static_cast<int>(height() * 0.27)}, Qt::Vertical);
  resizeDocks({streams, health}, {260, 520}, Qt::Vertical);
}

void MainWindow::openText(const QString& title, const QString& text) {
  m_editor->setText(text);
  m_editor->setModified(false);
  findChild<QTabBar*>(QStringLiteral("fileTabs"))->setTabText(0, title);
  check();
}

bool MainWindow::openFile(const QString& path) {
  QFile in(path);
  constexpr qint64 kLargest = 16 << 20;
  if (!in.open(QIODevice::ReadOnly) || in.size() > kLargest) {
    showMessage(in.isOpen() ? tr("%1 is larger than 16 MB").arg(path) : tr("Cannot open %1: %2").arg(path, in.errorString()), true);
    return false;
  }
  m_path = path;
  m_isDemo = false;
  openText(QFileInfo(path).fileName(), QString::fromUtf8(in.readAll()));
  return true;
}

void MainWindow::setTheme(const Theme& theme) {
  m_theme = &theme;
  applyTheme(*qApp, theme);
  m_editor->setTheme(theme);
  m_chart->setTheme(theme);
  m_legend->setTheme(theme);
  m_results->setTheme(theme);
  for (const auto& [name, card] : m_cards) card->setTheme(theme);
  setRunning(m_running);
}

void MainWindow::runDemo() {
  if (!m_demo.start) return;
  const QString text = m_demo.start();
  if (text.isEmpty()) return showMessage(tr("The demo exchange could not be started."), true);
  openText(tr("demo-vwap.sql"), text);
  m_path.clear();
  m_isDemo = true;
  run();
}

void MainWindow::check() {
  const QByteArray text = m_editor->text().toUtf8();
  const std::string_view view(text.constData(), static_cast<size_t>(text.size()));
  const BoundResult result = checkScript(view);
  m_editor->setDiagnostics(result.diagnostics);
  m_problems->clear();
  for (const Diagnostic& d : result.diagnostics) {
    const Place place = placeOf(view, d.span.begin);
    auto* item = new QTreeWidgetItem(m_problems, {QStringLiteral("%1:%2").arg(place.line).arg(place.column),
                                                  QString::fromStdString(d.message), QString::fromStdString(d.hint)});
    item->setData(0, Qt::UserRole, d.span.begin);
    item->setForeground(1, d.severity == Severity::Error ? m_theme->error : m_theme->warn);
  }
  m_problemCount = static_cast<int>(result.diagnostics.size());
  m_bottom->setTabText(1, m_problemCount > 0 ? tr("Problems  %1").arg(m_problemCount) : tr("Problems"));
  if (m_running) return;
  m_streams->clear();
  const auto group = [&](const QString& title, const auto& belongs) {
    QTreeWidgetItem* root = nullptr;
    for (const std::string& name : result.script.order) {
      if (!belongs(result.script.stream(name))) continue;
      if (!root) root = new QTreeWidgetItem(m_streams, {title});
      auto* item = new QTreeWidgetItem(root, {QString::fromStdString(name)});
      item->setIcon(0, markIcon({{}, m_theme->idle, HealthLook::Mark::Ring}));
    }
    if (root) root->setExpanded(true);
  };
  group(tr("Sources"), [](const BoundStream& s) { return s.kind == StreamKind::Source; });
  group(tr("Queries"), [&](const BoundStream& s) { return s.kind == StreamKind::Internal && result.script.isWritten(s.name); });
  group(tr("Sinks"), [](const BoundStream& s) { return s.kind == StreamKind::Sink; });
}

void MainWindow::chooseResult(const BoundScript& script) {
  m_resultStreams.clear();
  m_shownStream.clear();
  for (const std::string& name : script.order) {
    if (!script.isWritten(name) || script.stream(name).isTable) continue;
    m_resultStreams.emplace(name, script.stream(name));
    // The chart begins with the shortest window: it moves first.
    const auto window = [&](const std::string& n) { return script.stream(n).windowMs > 0 ? script.stream(n).windowMs : INT64_MAX; };
    if (m_shownStream.empty() || window(name) < window(m_shownStream)) m_shownStream = name;
  }
  if (m_shownStream.empty()) return;
  const BoundStream& stream = m_resultStreams.at(m_shownStream);
  m_store = SeriesStore(stream);
  m_results->setSchema(stream.schema);
  m_legend->setStore(&m_store);
  m_chart->setStore(&m_store);
  m_chart->setFocusSeries(0);
  m_chartTitle->setText(QString::fromStdString(m_shownStream));
  m_chartSubtitle->setText(stream.windowMs > 0 ? tr("%1 · %2 sec windows").arg(m_store.valueName()).arg(static_cast<double>(stream.windowMs) / 1000)
                                               : m_store.valueName());
}

void MainWindow::run() {
  const std::string text = m_editor->text().toStdString();
  const BoundResult result = checkScript(text);
  Diagnostics found = result.diagnostics;
  if (!hasError(found)) {
    const Diagnostics missing = missingSources(result.script);
    found.insert(found.end(), missing.begin(), missing.end());
  }
  for (const Diagnostic& d : found) {
    if (d.severity != Severity::Error) continue;
    m_bottom->setCurrentIndex(1);
    return showMessage(QString::fromStdString(d.message), true);
  }
  if (m_isDemo || (m_demo.start && text.find("127.0.0.1") != std::string::npos && m_path.isEmpty())) {
    // The exchange may have had to take another port than the one in the text.
    static const QRegularExpression kBase(QStringLiteral("ws://127\\.0\\.0\\.1:\\d+"));
    const QString base = kBase.match(m_demo.start()).captured();
    const QString moved = m_editor->text().replace(QStringLiteral("ws://127.0.0.1:41733"), base);
    if (!base.isEmpty() && moved != m_editor->text()) m_editor->setText(moved);
    m_isDemo = true;
  }
  m_messageBar->hide();
  chooseResult(result.script);
  for (const auto& [name, card] : m_cards) card->deleteLater();
  m_cards.clear();
  m_chartStack->setCurrentIndex(1);
  m_bottom->setCurrentIndex(0);
  m_lastAt = 0;
  m_engine.run(m_editor->text());
}

void MainWindow::stop() { m_engine.stop(); }

void MainWindow::setRunning(bool running) {
  m_running = running;
  m_runButton->setIcon(playIcon(Qt::white, true));
  m_stopButton->setIcon(playIcon(running ? m_theme->error : m_theme->text3, false));
  m_stopButton->setEnabled(running);
  m_demoBadge->setVisible(m_isDemo);
  setWindowTitle(m_isDemo ? tr("Weir · DEMO DATA") : tr("Weir"));
  if (!running) m_status->setText(tr("not running"));
}

void MainWindow::showMessage(const QString& text, bool isError) {
  m_messageText->setText(text);
  m_messageText->setToolTip(text);
  QPalette palette = m_messageText->palette();
  palette.setColor(QPalette::WindowText, isError ? m_theme->error : m_theme->text1);
  m_messageText->setPalette(palette);
  m_messageBar->show();
}

void MainWindow::tick() {
  m_clock->setText(tr("UTC %1").arg(QDateTime::currentDateTimeUtc().toString(QStringLiteral("HH:mm:ss"))));
  if (!m_running) return;
  const ResultFeed::Taken taken = m_engine.feed().take();
  for (const ResultFeed::Item& item : taken.closed) {
    if (item.stream != m_shownStream) continue;
    m_store.addClosed(*item.batch);
    m_results->addClosed(*item.batch);
  }
  const auto open = taken.open.find(m_shownStream);
  if (open != taken.open.end()) {
    m_store.setOpen(open->second);
    m_results->setOpen(open->second);
  }
  const RunSnapshot snapshot = m_engine.snapshot();
  if (!snapshot.running) return;
  showHealth(snapshot);
  updateStatus(snapshot);
  if (m_paused) return;
  const auto gaps = snapshot.gaps.find(m_shownStream);
  if (gaps != snapshot.gaps.end()) m_chart->setGaps(gaps->second);
  m_chart->refresh(toMillis(snapshot.now));
  m_legend->refresh();
  m_resultsInfo->setText(tr("%1 · newest first · %2 of %3 rows kept")
                             .arg(QString::fromStdString(m_shownStream))
                             .arg(withThousands(m_results->closedRows(), 0), withThousands(ResultsModel::kMostRows, 0)));
}

void MainWindow::showHealth(const RunSnapshot& snapshot) {
  int live = 0;
  for (const ConnectionHealth& h : snapshot.connections) {
    HealthCard*& card = m_cards[h.name];
    if (!card) {
      card = new HealthCard(*m_theme, m_cardsPane);
      card->setObjectName(QStringLiteral("card_") + h.name);
      m_cardsLayout->insertWidget(m_cardsLayout->count() - 1, card);
    }
    card->show(h, snapshot.now);
    live += h.state == ConnectionState::Live || (h.isSink && h.state == ConnectionState::Open) ? 1 : 0;
    const HealthLook look = healthLook(h, *m_theme);
    const auto items = m_streams->findItems(h.name, Qt::MatchExactly | Qt::MatchRecursive, 0);
    for (QTreeWidgetItem* item : items) {
      if (item->text(1) == look.word) continue;
      item->setIcon(0, markIcon(look));
      item->setText(1, look.word);
      item->setForeground(1, look.color);
    }
  }
  for (const auto& [name, stream] : m_resultStreams) {
    if (stream.kind == StreamKind::Sink) continue;
    for (QTreeWidgetItem* item : m_streams->findItems(QString::fromStdString(name), Qt::MatchExactly | Qt::MatchRecursive, 0)) {
      if (!item->text(1).isEmpty()) continue;
      item->setIcon(0, markIcon({{}, m_theme->success, HealthLook::Mark::Disc}));
      item->setText(1, tr("running"));
    }
  }
  m_healthSubtitle->setText(tr("%1 of %2 live").arg(live).arg(snapshot.connections.size()));
}

void MainWindow::updateStatus(const RunSnapshot& s) {
  if (m_lastAt == 0 || s.now - m_lastAt >= 1'000'000) {
    if (m_lastAt > 0) {
      const double elapsed = static_cast<double>(s.now - m_lastAt) / 1e6;
      m_inRate = static_cast<double>(s.rowsIn - m_lastIn) / elapsed;
      m_outRate = static_cast<double>(s.rowsOut - m_lastOut) / elapsed;
    }
    m_lastAt = s.now;
    m_lastIn = s.rowsIn;
    m_lastOut = s.rowsOut;
  }
  QString text = tr("%n running", nullptr, static_cast<int>(m_resultStreams.size())) +
                 tr("     in %1/s   out %2/s").arg(m_inRate, 0, 'f', 0).arg(m_outRate, 0, 'f', 1);
  if (m_isDemo && m_demo.dashboardRows) text += tr("     dashboard received %1 of %2 sent").arg(m_demo.dashboardRows()).arg(s.rowsOut);
  m_status->setText(text);
  const bool faults = s.late + s.dropped + s.bad > 0;
  m_statusFaults->setText(tr("   late %1   dropped %2   bad %3").arg(s.late).arg(s.dropped).arg(s.bad));
  QPalette palette = m_statusFaults->palette();
  palette.setColor(QPalette::WindowText, faults ? m_theme->warn : m_theme->text3);
  m_statusFaults->setPalette(palette);
}

HealthCard* MainWindow::card(const QString& connection) const {
  const auto found = m_cards.find(connection);
  return found == m_cards.end() ? nullptr : found->second;
}

void MainWindow::closeEvent(QCloseEvent* event) {
  m_tick.stop();
  event->accept();
}

}  // namespace weir
