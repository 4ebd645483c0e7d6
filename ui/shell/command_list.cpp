// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/command_list.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QInputDialog>
#include <QMenu>
#include <string>

#include "ui/charts/chart_deck.h"
#include "ui/cluster/jobs_panel.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/sql_editor.h"
#include "ui/results/results_panel.h"
#include "ui/run/history_panel.h"
#include "ui/run/run_controller.h"
#include "ui/shell/dock_layout.h"
#include "ui/shell/files.h"
#include "ui/shell/main_window.h"
#include "ui/shell/panels.h"

namespace weir {

namespace {

// In minutes; the charts begin with the usual one.
constexpr int kRanges[] = {1, 2, 5, 15, 60, 240, 1440};
constexpr int kUsualRange = 5;

QString tr(const char* words) { return QObject::tr(words); }

QKeySequence keys(const QString& words) { return QKeySequence(words); }

void goToLine(MainWindow& window) {
  SqlEditor& editor = window.editor();
  bool ok = false;
  int line = 0, index = 0;
  editor.getCursorPosition(&line, &index);
  line = QInputDialog::getInt(&window, tr("Go to line"), tr("Line"), line + 1, 1, editor.lines(), 1, &ok);
  if (!ok) return;
  editor.setCursorPosition(line - 1, 0);
  editor.setFocus();
}

// Asks where to, or takes the wish back.
void recordNextRun(MainWindow& window) {
  QAction* record = window.commands().at(QStringLiteral("record"));
  QString file;
  if (record->isChecked())
    file = QFileDialog::getSaveFileName(&window, tr("Record into a capture"), QStringLiteral("capture.weircap"),
                                        tr("Captures (*.weircap)"));
  window.runner().setRecordFile(file);
  record->setChecked(!file.isEmpty());
  if (!file.isEmpty()) window.showMessage(tr("The next run will be recorded into %1").arg(file), LogLevel::Info);
}

void copyChart(MainWindow& window) {
  if (const ChartPane* pane = window.charts().currentPane()) QApplication::clipboard()->setImage(pane->picture());
}

void exportRows(MainWindow& window) {
  const Panels& panels = window.panels();
  (DockLayout::isSeen(panels.changes) ? panels.changes : panels.results)->exportRows();
}

}  // namespace

std::vector<Command> commandList(MainWindow& w) {
  using enum MenuId;
  const auto edit = [&w](auto what) { return [&w, what] { (w.editor().*what)(); }; };
  const auto change = [&w](const std::function<void(Settings&)>& how) {
    return [&w, how] {
      Settings changed = w.settings();
      how(changed);
      w.setSettings(changed);
    };
  };
  std::vector<Command> list = {
      {File, "new", tr("&New scratch"), QKeySequence::New, [&w] { w.documents().newScratch(); }},
      {File, "open", tr("&Open..."), QKeySequence::Open, [&w] { w.files().askToOpen(); }},
      {File, "connect", tr("&Connect to a URL..."), keys(tr("Ctrl+Shift+N")), [&w] { w.connectToUrl(); }},
      {.menu = File,
       .name = "recent",
       .text = tr("Open &recent"),
       .fill = [&w](QMenu& menu) { w.files().fillRecent(menu); }},
      {File, "save", tr("&Save"), QKeySequence::Save, [&w] { w.files().save(false); }},
      {File, "saveAs", tr("Save &as..."), QKeySequence::SaveAs, [&w] { w.files().save(true); }},
      {File},
      {File, "closeTab", tr("C&lose tab"), QKeySequence::Close,
       [&w] { w.documents().closeTab(w.documents().current()); }},
      {File, "reopenTab", tr("Reopen closed &tab"), keys(tr("Ctrl+Shift+T")), [&w] { w.documents().reopenClosed(); }},
      {File, "nextTab", tr("Next tab"), QKeySequence::NextChild, [&w] { w.documents().nextTab(1); }},
      {File, "previousTab", tr("Previous tab"), QKeySequence::PreviousChild, [&w] { w.documents().nextTab(-1); }},
      {File},
      {File, "settings", tr("S&ettings..."), keys(tr("Ctrl+,")), [&w] { w.showSettings(); }},
      {File},
      {File, "quit", tr("&Quit"), QKeySequence::Quit, [&w] { w.close(); }},

      {Edit, "undo", tr("&Undo"), QKeySequence::Undo, edit(&SqlEditor::undo)},
      {Edit, "redo", tr("&Redo"), QKeySequence::Redo, edit(&SqlEditor::redo)},
      {Edit},
      {Edit, "find", tr("&Find"), QKeySequence::Find, [&w] { w.documents().find(false); }},
      {Edit, "findNext", tr("Find &next"), QKeySequence::FindNext, [&w] { w.documents().findAgain(true); }},
      {Edit, "replace", tr("R&eplace"), keys(tr("Ctrl+H")), [&w] { w.documents().find(true); }},
      {Edit, "goToLine", tr("&Go to line..."), keys(tr("Ctrl+G")), [&w] { goToLine(w); }},
      {Edit},
      {Edit, "complete", tr("&Complete"), keys(tr("Ctrl+Space")), edit(&SqlEditor::complete)},
      {Edit, "format", tr("F&ormat"), keys(tr("Ctrl+Shift+F")), edit(&SqlEditor::formatText)},
      {Edit, "comment", tr("Toggle co&mment"), keys(tr("Ctrl+/")), edit(&SqlEditor::toggleComment)},
      {Edit, "addOccurrence", tr("Add next occurrence"), keys(tr("Ctrl+D")), edit(&SqlEditor::addNextOccurrence)},
      {Edit, "definition", tr("Go to &definition"), keys(tr("F12")), edit(&SqlEditor::goToDefinition)},
      {Edit},
      {Edit, "nextProblem", tr("Next &problem"), keys(tr("F8")), [&w] { w.editor().goToProblem(true); }},
      {Edit, "previousProblem", tr("Previous problem"), keys(tr("Shift+F8")), [&w] { w.editor().goToProblem(false); }},

      {Query, "run", tr("&Run"), keys(tr("F5")), [&w] { w.run(); }},
      {Query, "runStatement", tr("Run s&tatement"), keys(tr("Ctrl+Return")), [&w] { w.runStatement(); }},
      {Query, "stop", tr("&Stop"), keys(tr("Shift+F5")), [&w] { w.stop(); }},
      {Query},
      {Query, "record", tr("R&ecord the next run..."), {}, [&w] { recordNextRun(w); }, true},
      {Query, "history", tr("&History of runs"), keys(tr("Ctrl+R")),
       [&w] {
         w.docks().show(w.panels().history);
         w.panels().history->focusSearch();
       }},
      {Query},
      {Query, "deploy", tr("Deploy to &Flink..."), {}, [&w] { w.deploy(); }},
      {Query, "jobs", tr("&Jobs on Flink"), {}, [&w] { w.docks().show(w.panels().jobs); }},
      {Query},
      {Query, "demo", tr("Run the &demo"), {}, [&w] { w.runDemo(); }},

      {Chart, "pause", tr("&Pause view"), keys(tr("Ctrl+Shift+Space")), [&w] { w.showLive(); }, true},
      {Chart, "live", tr("Go &live"), {}, [&w] { w.goLive(); }},
      {Chart, "zone", tr("UTC or local &time"), {}, change([](Settings& s) { s.localTime = !s.localTime; })},
      {Chart},
  };
  for (const int minutes : kRanges) {
    const int64_t range = minutes * 60'000LL;
    list.push_back({.menu = Chart,
                    .name = "range" + std::to_string(minutes),
                    .text = tr("Show the last %1").arg(ChartDeck::rangeText(range)),
                    .call = [&w, range] { w.charts().setRange(range); },
                    .isCheckable = true,
                    .isChecked = minutes == kUsualRange,
                    .isOneOf = "range"});
  }
  const auto focus = [&w](size_t pane) { return [&w, pane] { focusPane(w.panes()[pane]); }; };
  const std::vector<Command> rest = {
      {Chart},
      {Chart,
       "exportChart",
       tr("Export &chart..."),
       {},
       [&w] {
         if (ChartPane* pane = w.charts().currentPane()) pane->askAndExport();
       }},
      {Chart, "copyChart", tr("Copy chart"), {}, [&w] { copyChart(w); }},
      {Chart, "exportRows", tr("Export &rows..."), {}, [&w] { exportRows(w); }},

      {View, "commands", tr("Co&mmands"), keys(tr("Ctrl+Shift+P")), [&w] { w.showCommands(); }},
      {View},
      {View, "nextPane", tr("Next pane"), keys(tr("F6")), [&w] { stepPane(w.panes(), 1); }},
      {View, "previousPane", tr("Previous pane"), keys(tr("Shift+F6")), [&w] { stepPane(w.panes(), -1); }},
      {View, "focusStreams", tr("Focus streams"), {}, focus(0)},
      {View, "focusEditor", tr("Focus editor"), {}, focus(1)},
      {View, "focusChart", tr("Focus chart"), {}, focus(2)},
      {View, "focusResults", tr("Focus results"), {}, focus(3)},
      {View},
      {View, "dark", tr("&Dark theme"), {}, change([](Settings& s) { s.look = Settings::Look::Dark; })},
      {View, "light", tr("L&ight theme"), {}, change([](Settings& s) { s.look = Settings::Look::Light; })},
      {View},
      {View, "larger", tr("Larger text"), keys(tr("Ctrl+=")), [&w] { w.editor().zoomIn(); }},
      {View, "smaller", tr("Smaller text"), keys(tr("Ctrl+-")), [&w] { w.editor().zoomOut(); }},
      {View, "usualSize", tr("Usual text size"), keys(tr("Ctrl+0")), [&w] { w.editor().zoomTo(0); }},
      {View, "fullScreen", tr("&Full screen"), keys(tr("F11")),
       [&w] { w.setWindowState(w.windowState() ^ Qt::WindowFullScreen); }},
      {View,
       "notify",
       tr("&Notify when a feed is lost"),
       {},
       change([](Settings& s) { s.notifyFeeds = !s.notifyFeeds; }),
       true,
       true},
      {View, "resetLayout", tr("Reset la&yout"), {}, [&w] { w.docks().reset(); }},
      {View},

      {Help, "help", tr("&Help on the word at the caret"), QKeySequence::HelpContents,
       [&w] { w.showHelp(w.editor().wordAtCaret()); }},
      {Help, "manual", tr("&Manual"), keys(tr("Shift+F1")), [&w] { w.showHelp({}); }},
      {Help,
       "about",
       tr("&About Weir"),
       {},
       [&w] {
         w.showMessage(tr("Weir %1: SQL over WebSocket feeds. GPL-3.0-or-later.").arg(QLatin1String(WEIR_VERSION)),
                       LogLevel::Info);
       }},
  };
  list.insert(list.end(), rest.begin(), rest.end());
  return list;
}

}  // namespace weir
