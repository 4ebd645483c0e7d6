// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of the window: menus, toolbar and keys. Each is one action; the palette lists them all.
#include <QAbstractItemView>
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QLabel>
#include <QMenuBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>

#include "ui/charts/chart_deck.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/sql_editor.h"
#include "ui/health/events_panel.h"
#include "ui/health/frames_panel.h"
#include "ui/health/stream_tree.h"
#include "ui/results/alerts_panel.h"
#include "ui/results/results_panel.h"
#include "ui/run/history_panel.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/help_window.h"
#include "ui/shell/main_window.h"
#include "ui/shell/settings_dialog.h"

namespace weir {

namespace {

constexpr int kUsualRange = 5;  // minutes, as the charts begin with

}  // namespace

QAction* MainWindow::action(const QString& name, const QString& text, const QKeySequence& keys,
                            const std::function<void()>& call) {
  auto* a = new QAction(text, this);
  a->setObjectName(name);
  a->setShortcut(keys);
  connect(a, &QAction::triggered, this, [call] { call(); });
  addAction(a);
  m_actions[name] = a;
  return a;
}

void MainWindow::buildActions() {
  const auto here = [this] { return m_documents->editor(); };
  action(QStringLiteral("new"), tr("&New scratch"), QKeySequence::New, [this] { m_documents->newScratch(); });
  action(QStringLiteral("open"), tr("&Open..."), QKeySequence::Open, [this] {
    for (const QString& path :
         QFileDialog::getOpenFileNames(this, tr("Open SQL"), {}, tr("SQL files (*.sql *.weir);;All files (*)")))
      openFile(path);
  });
  action(QStringLiteral("connect"), tr("&Connect to a URL..."), QKeySequence(tr("Ctrl+Shift+N")),
         [this] { connectToUrl(); });
  action(QStringLiteral("save"), tr("&Save"), QKeySequence::Save, [this] { saveFile(false); });
  action(QStringLiteral("saveAs"), tr("Save &as..."), QKeySequence::SaveAs, [this] { saveFile(true); });
  action(QStringLiteral("closeTab"), tr("C&lose tab"), QKeySequence::Close,
         [this] { m_documents->closeTab(m_documents->current()); });
  action(QStringLiteral("reopenTab"), tr("Reopen closed &tab"), QKeySequence(tr("Ctrl+Shift+T")),
         [this] { m_documents->reopenClosed(); });
  action(QStringLiteral("nextTab"), tr("Next tab"), QKeySequence::NextChild, [this] { m_documents->nextTab(1); });
  action(QStringLiteral("previousTab"), tr("Previous tab"), QKeySequence::PreviousChild,
         [this] { m_documents->nextTab(-1); });
  action(QStringLiteral("quit"), tr("&Quit"), QKeySequence::Quit, [this] { close(); });

  action(QStringLiteral("undo"), tr("&Undo"), QKeySequence::Undo, [here] { here()->undo(); });
  action(QStringLiteral("redo"), tr("&Redo"), QKeySequence::Redo, [here] { here()->redo(); });
  action(QStringLiteral("find"), tr("&Find"), QKeySequence::Find, [this] { m_documents->find(false); });
  action(QStringLiteral("findNext"), tr("Find &next"), QKeySequence::FindNext,
         [this] { m_documents->findAgain(true); });
  action(QStringLiteral("replace"), tr("R&eplace"), QKeySequence(tr("Ctrl+H")), [this] { m_documents->find(true); });

  action(QStringLiteral("goToLine"), tr("&Go to line..."), QKeySequence(tr("Ctrl+G")), [this, here] {
    bool ok = false;
    int line = 0, index = 0;
    here()->getCursorPosition(&line, &index);
    line = QInputDialog::getInt(this, tr("Go to line"), tr("Line"), line + 1, 1, here()->lines(), 1, &ok);
    if (!ok) return;
    here()->setCursorPosition(line - 1, 0);
    here()->setFocus();
  });
  action(QStringLiteral("complete"), tr("&Complete"), QKeySequence(tr("Ctrl+Space")), [here] { here()->complete(); });
  action(QStringLiteral("format"), tr("F&ormat"), QKeySequence(tr("Ctrl+Shift+F")), [here] { here()->formatText(); });
  action(QStringLiteral("comment"), tr("Toggle co&mment"), QKeySequence(tr("Ctrl+/")),
         [here] { here()->toggleComment(); });
  action(QStringLiteral("addOccurrence"), tr("Add next occurrence"), QKeySequence(tr("Ctrl+D")),
         [here] { here()->addNextOccurrence(); });
  action(QStringLiteral("definition"), tr("Go to &definition"), QKeySequence(tr("F12")),
         [here] { here()->goToDefinition(); });
  action(QStringLiteral("nextProblem"), tr("Next &problem"), QKeySequence(tr("F8")),
         [here] { here()->goToProblem(true); });
  action(QStringLiteral("previousProblem"), tr("Previous problem"), QKeySequence(tr("Shift+F8")),
         [here] { here()->goToProblem(false); });
  action(QStringLiteral("larger"), tr("Larger text"), QKeySequence(tr("Ctrl+=")), [here] { here()->zoomIn(); });
  action(QStringLiteral("smaller"), tr("Smaller text"), QKeySequence(tr("Ctrl+-")), [here] { here()->zoomOut(); });
  action(QStringLiteral("usualSize"), tr("Usual text size"), QKeySequence(tr("Ctrl+0")), [here] { here()->zoomTo(0); });

  action(QStringLiteral("run"), tr("&Run"), QKeySequence(tr("F5")), [this] { run(); });
  action(QStringLiteral("runStatement"), tr("Run s&tatement"), QKeySequence(tr("Ctrl+Return")),
         [this] { runStatement(); });
  action(QStringLiteral("stop"), tr("&Stop"), QKeySequence(tr("Shift+F5")), [this] { stop(); });
  action(QStringLiteral("demo"), tr("Run the &demo"), {}, [this] { runDemo(); });
  action(QStringLiteral("history"), tr("&History of runs"), QKeySequence(tr("Ctrl+R")), [this] {
    showPanel(m_history);
    m_history->focusSearch();
  });
  QAction* record = action(QStringLiteral("record"), tr("R&ecord the next run..."), {}, [this] {
    if (!m_actions[QStringLiteral("record")]->isChecked()) {
      m_recordFile.clear();
      return;
    }
    m_recordFile = QFileDialog::getSaveFileName(this, tr("Record into a capture"), QStringLiteral("capture.weircap"),
                                                tr("Captures (*.weircap)"));
    m_actions[QStringLiteral("record")]->setChecked(!m_recordFile.isEmpty());
    if (!m_recordFile.isEmpty())
      showMessage(tr("The next run will be recorded into %1").arg(m_recordFile), LogLevel::Info);
  });
  record->setCheckable(true);

  QAction* pause =
      action(QStringLiteral("pause"), tr("&Pause view"), QKeySequence(tr("Ctrl+Shift+Space")), [this] { showLive(); });
  pause->setCheckable(true);
  action(QStringLiteral("live"), tr("Go &live"), {}, [this] {
    m_actions[QStringLiteral("pause")]->setChecked(false);
    m_charts->setFollowing(true);
    showLive();
  });
  auto* ranges = new QActionGroup(this);
  for (const int minutes : {1, 2, 5, 15, 60, 240, 1440}) {
    const QString length = minutes < 60 ? tr("%1 min").arg(minutes) : tr("%1 h").arg(minutes / 60);
    QAction* range =
        action(QStringLiteral("range%1").arg(minutes), tr("Show the last %1").arg(length), {}, [this, length, minutes] {
          m_tools.at(QStringLiteral("range"))->setText(length);
          m_charts->setRange(minutes * 60'000LL);
        });
    range->setCheckable(true);
    range->setChecked(minutes == kUsualRange);
    ranges->addAction(range);
  }
  buildPanes();
  action(QStringLiteral("exportChart"), tr("Export &chart..."), {}, [this] {
    if (ChartPane* pane = m_charts->currentPane()) pane->askAndExport();
  });
  action(QStringLiteral("copyChart"), tr("Copy chart"), {}, [this] {
    if (const ChartPane* pane = m_charts->currentPane()) QApplication::clipboard()->setImage(pane->picture());
  });
  action(QStringLiteral("exportRows"), tr("Export &rows..."), {},
         [this] { (isSeen(m_changes) ? m_changes : m_results)->exportRows(); });
  action(QStringLiteral("commands"), tr("Co&mmands"), QKeySequence(tr("Ctrl+Shift+P")), [this] { showCommands(); });
  const auto change = [this](const std::function<void(Settings&)>& how) {
    Settings changed = m_settings;
    how(changed);
    setSettings(changed);
  };
  action(QStringLiteral("dark"), tr("&Dark theme"), {},
         [change] { change([](Settings& s) { s.look = Settings::Look::Dark; }); });
  action(QStringLiteral("light"), tr("L&ight theme"), {},
         [change] { change([](Settings& s) { s.look = Settings::Look::Light; }); });
  action(QStringLiteral("zone"), tr("UTC or local &time"), {},
         [change] { change([](Settings& s) { s.localTime = !s.localTime; }); });
  QAction* notify = action(QStringLiteral("notify"), tr("&Notify when a feed is lost"), {}, [this, change] {
    change([this](Settings& s) { s.notifyFeeds = m_actions[QStringLiteral("notify")]->isChecked(); });
  });
  notify->setCheckable(true);
  notify->setChecked(true);
  action(QStringLiteral("settings"), tr("S&ettings..."), QKeySequence(tr("Ctrl+,")), [this] { showSettings(); });
  action(QStringLiteral("fullScreen"), tr("&Full screen"), QKeySequence(tr("F11")),
         [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
  action(QStringLiteral("resetLayout"), tr("Reset la&yout"), {}, [this] {
    restoreState(m_factoryLayout);
    layOutDocks();
    showPanel(m_results);
  });
  action(QStringLiteral("help"), tr("&Help on the word at the caret"), QKeySequence::HelpContents,
         [this, here] { showHelp(here()->wordAtCaret()); });
  action(QStringLiteral("manual"), tr("&Manual"), QKeySequence(tr("Shift+F1")), [this] { showHelp({}); });
  action(QStringLiteral("about"), tr("&About Weir"), {}, [this] {
    showMessage(tr("Weir %1: SQL over WebSocket feeds. GPL-3.0-or-later.").arg(QLatin1String(WEIR_VERSION)),
                LogLevel::Info);
  });
  for (QAction* a : m_charts->commands()) m_actions[a->objectName()] = a;
  buildPanelActions();
  for (const auto& [name, a] : m_actions) m_usualKeys[name] = a->shortcut().toString();
  buildMenus();
}

void MainWindow::showHelp(const QString& word) {
  if (!m_help) m_help = new HelpWindow(*m_theme, this);
  m_help->show();
  m_help->raise();
  m_help->activateWindow();
  if (!word.isEmpty() && !m_help->showWord(word)) m_help->showPage(QStringLiteral("reference/language.md"));
}

void MainWindow::showSettings() {
  auto* dialog = new SettingsDialog(m_settings, m_actions, m_usualKeys, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QDialog::accepted, this, [this, dialog] { setSettings(dialog->settings()); });
  dialog->open();
}

void MainWindow::setSettings(const Settings& settings) {
  m_settings = settings;
  const bool dark =
      settings.look == Settings::Look::Dark || (settings.look == Settings::Look::System && systemIsDark());
  const Theme& theme = settings.colourBlind ? colourBlindTheme(dark) : dark ? darkTheme() : lightTheme();
  if (&theme != m_theme) setTheme(theme);
  m_zone->setText(settings.localTime ? tr("Local") : tr("UTC"));
  m_charts->setLocalTime(settings.localTime);
  m_views.setLocalTime(settings.localTime);
  m_alerts->setLocalTime(settings.localTime);
  m_frames->setLocalTime(settings.localTime);
  m_history->setLocalTime(settings.localTime);
  m_events->setLocalTime(settings.localTime);
  m_actions[QStringLiteral("notify")]->setChecked(settings.notifyFeeds);
  for (const auto& [name, a] : m_actions) {
    const auto changed = settings.keys.find(name);
    const QKeySequence keys(changed == settings.keys.end() ? m_usualKeys[name] : changed->second);
    // Setting what is there already would take away a standard key's other forms.
    if (a->shortcut() != keys) a->setShortcut(keys);
  }
  m_keepDelay.start();
}

void MainWindow::buildMenus() {
  constexpr int kMenuHeight = 28;
  menuBar()->setFixedHeight(kMenuHeight);
  const auto menu = [this](const QString& title, std::initializer_list<const char*> names) {
    QMenu* m = menuBar()->addMenu(title);
    for (const char* name : names) {
      if (*name == '-')
        m->addSeparator();
      else
        m->addAction(m_actions.at(QLatin1String(name)));
    }
    return m;
  };
  QMenu* file = menu(tr("&File"), {"new", "open", "connect"});
  QMenu* recent = file->addMenu(tr("Open &recent"));
  connect(recent, &QMenu::aboutToShow, this, [this, recent] {
    recent->clear();
    for (const QString& path : m_recent) recent->addAction(path, this, [this, path] { openFile(path); });
    if (m_recent.isEmpty()) recent->addAction(tr("Nothing yet"))->setEnabled(false);
  });
  for (const char* name :
       {"save", "saveAs", "-", "closeTab", "reopenTab", "nextTab", "previousTab", "-", "settings", "-", "quit"}) {
    if (*name == '-')
      file->addSeparator();
    else
      file->addAction(m_actions.at(QLatin1String(name)));
  }
  menu(tr("&Edit"), {"undo", "redo", "-", "find", "findNext", "replace", "goToLine", "-", "complete", "format",
                     "comment", "addOccurrence", "definition", "-", "nextProblem", "previousProblem"});
  menu(tr("&Query"), {"run", "runStatement", "stop", "-", "record", "history", "-", "demo"});
  menu(tr("&Chart"), {"pause", "live", "zone", "-", "range1", "range2", "range5", "range15", "range60", "range240",
                      "range1440", "-", "exportChart", "copyChart", "exportRows"});
  QMenu* view = menu(tr("&View"), {"commands", "-", "nextPane", "previousPane", "focusStreams", "focusEditor",
                                   "focusChart", "focusResults", "-", "dark", "light", "-", "larger", "smaller",
                                   "usualSize", "fullScreen", "notify", "resetLayout", "-"});
  view->setObjectName(QStringLiteral("viewMenu"));
  view->addMenu(tr("&Panels"))->setObjectName(QStringLiteral("panelsMenu"));
  menu(tr("&Help"), {"help", "manual", "about"});

  auto* bar = new QToolBar(tr("Main"), this);
  bar->setObjectName(QStringLiteral("toolbar"));
  bar->setMovable(false);
  bar->setIconSize({16, 16});
  addToolBar(bar);
  constexpr int kToolbarHeight = 42;
  bar->setFixedHeight(kToolbarHeight);
  bar->setContentsMargins(4, 0, 4, 0);
  const auto button = [&](const char* name, const QString& text) {
    auto* b = new QToolButton(bar);
    QAction* a = m_actions.at(QLatin1String(name));
    b->setObjectName(QLatin1String(name));
    b->setText(text);
    b->setAccessibleName(text);
    const QString keys = a->shortcut().toString(QKeySequence::NativeText);
    b->setToolTip(QString(a->text()).remove(QLatin1Char('&')) +
                  (keys.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(keys)));
    b->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    b->setCheckable(a->isCheckable());
    connect(b, &QToolButton::clicked, a, &QAction::trigger);
    connect(a, &QAction::changed, b, [a, b] { b->setChecked(a->isChecked()); });
    bar->addWidget(b);
    m_tools[QLatin1String(name)] = b;
    return b;
  };
  button("run", tr("Run"));
  button("runStatement", tr("Run statement"));
  button("stop", tr("Stop"));
  bar->addSeparator();
  button("pause", tr("Pause view"));
  m_live = button("live", tr("LIVE"));
  bar->addSeparator();
  auto* range = new QToolButton(bar);
  m_tools[QStringLiteral("range")] = range;
  range->setObjectName(QStringLiteral("range"));
  range->setText(tr("%1 min").arg(kUsualRange));
  range->setAccessibleName(tr("Time range of the chart"));
  range->setToolTip(tr("Time range of the chart"));
  range->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  range->setPopupMode(QToolButton::InstantPopup);
  bar->addWidget(range);
  auto* ranges = new QMenu(range);
  for (QAction* choice : m_actions.at(QStringLiteral("range1"))->actionGroup()->actions()) ranges->addAction(choice);
  range->setMenu(ranges);
  connect(m_charts, &ChartDeck::rangeChanged, range, [range](int64_t ms) { range->setText(ChartDeck::rangeText(ms)); });
  m_zone = button("zone", tr("UTC"));
  bar->addSeparator();
  button("record", tr("Record"));
  auto* space = new QWidget(bar);
  space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  bar->addWidget(space);
  m_commandBox = new QPushButton(bar);
  m_commandBox->setObjectName(QStringLiteral("commandBox"));
  m_commandBox->setAccessibleName(tr("Search commands"));
  connect(m_commandBox, &QPushButton::clicked, this, &MainWindow::showCommands);
  bar->addWidget(m_commandBox);
  fitToolbar();
}

void MainWindow::buildPanes() {
  const auto step = [this](int by) {
    const std::vector<QWidget*> all = panes();
    std::vector<QWidget*> seen;
    std::copy_if(all.begin(), all.end(), std::back_inserter(seen),
                 [](const QWidget* pane) { return pane->isVisible(); });
    const QWidget* focus = QApplication::focusWidget();
    const auto here = std::find_if(seen.begin(), seen.end(),
                                   [focus](const QWidget* pane) { return pane == focus || pane->isAncestorOf(focus); });
    if (seen.empty()) return;
    const auto count = static_cast<int>(seen.size());
    const int at = here == seen.end() ? (by > 0 ? -1 : 0) : static_cast<int>(here - seen.begin());
    focusPane(seen[static_cast<size_t>((at + by + count) % count)]);
  };
  action(QStringLiteral("nextPane"), tr("Next pane"), QKeySequence(tr("F6")), [step] { step(1); });
  action(QStringLiteral("previousPane"), tr("Previous pane"), QKeySequence(tr("Shift+F6")), [step] { step(-1); });
  action(QStringLiteral("focusStreams"), tr("Focus streams"), {}, [this] { focusPane(panes()[0]); });
  action(QStringLiteral("focusEditor"), tr("Focus editor"), {}, [this] { focusPane(panes()[1]); });
  action(QStringLiteral("focusChart"), tr("Focus chart"), {}, [this] { focusPane(panes()[2]); });
  action(QStringLiteral("focusResults"), tr("Focus results"), {}, [this] { focusPane(panes()[3]); });
}

// Streams, editor, chart, results: left to right, top to bottom.
std::vector<QWidget*> MainWindow::panes() const {
  return {m_streams, m_documents->editor(), m_chartStack->currentWidget(), frontPanel()};
}

void MainWindow::focusPane(QWidget* pane) {
  if (!pane) return;
  // A pane that was hidden, or is behind another one, comes to the front.
  for (QWidget* above = pane; above; above = above->parentWidget())
    if (auto* dock = qobject_cast<QDockWidget*>(above)) {
      dock->show();
      dock->raise();
    }
  if (pane == m_charts && !m_charts->panes().empty()) return chart().setFocus(Qt::TabFocusReason);
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

void MainWindow::showCommands() {
  QList<QAction*> all;
  for (const auto& [name, a] : m_actions)
    if (name != QLatin1String("commands")) all << a;
  for (QAction* a : menuBar()->findChild<QMenu*>(QStringLiteral("viewMenu"))->actions())
    if (!all.contains(a)) all << a;
  auto* palette = new CommandPalette(all, this);
  palette->setAttribute(Qt::WA_DeleteOnClose);
  palette->open();
}

void MainWindow::saveFile(bool askForName) {
  const QString path = m_documents->path();
  if (!askForName && !path.isEmpty()) return m_documents->changedOnDisk() ? offerReload(path) : saveTo(path);
  auto* dialog = new QFileDialog(this, tr("Save SQL"), QFileInfo(path).path(), tr("SQL files (*.sql);;All files (*)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setObjectName(QStringLiteral("saveDialog"));
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(QStringLiteral("sql"));
  dialog->selectFile(path.isEmpty() ? m_documents->title() : path);
  // Feeds go on meanwhile, and another start may open its file here: what is saved is what was asked about.
  connect(dialog, &QDialog::accepted, this, [this, dialog, asked = QPointer<SqlEditor>(m_documents->editor())] {
    if (asked && m_documents->showEditor(asked)) saveTo(dialog->selectedFiles().value(0));
  });
  dialog->open();
}

void MainWindow::saveTo(const QString& path) {
  if (const QString why = m_documents->save(path); !why.isEmpty()) return showMessage(why, LogLevel::Error);
  noteRecent(path);
}

void MainWindow::noteRecent(const QString& path) {
  constexpr int kMostRecent = 12;
  m_recent.removeAll(path);
  m_recent.prepend(path);
  while (m_recent.size() > kMostRecent) m_recent.removeLast();
}

}  // namespace weir
