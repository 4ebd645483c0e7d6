// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <memory>
#include <vector>

#include "core/session/engine.h"
#include "core/session/workspace.h"
#include "core/telemetry/log.h"
#include "ui/shell/demo_script.h"
#include "ui/shell/settings.h"
#include "ui/widgets/theme.h"

namespace weir {

class ChartDeck;
class ChartView;
class Commands;
class DockLayout;
class DocumentTabs;
class Files;
class HealthCard;
class HelpWindow;
class MessageBar;
class ProblemsModel;
class RunController;
class RunView;
class SeriesStore;
class SessionKeeper;
class SqlEditor;
class StatusLine;
class TextChecker;
class TextRunner;
class ToolBar;
struct Panels;

/// The desktop: editor in the middle, streams and health at the left, chart at the right, results beneath. Puts its
/// parts together, and does no more than pass on what one of them says to the others.
class MainWindow final : public QMainWindow {
  Q_OBJECT
public:
  /// `folder` is where texts, layout and history are kept over restarts; empty keeps nothing.
  MainWindow(const Theme& theme, DemoServices demo, const QString& folder = {}, QWidget* parent = nullptr);
  ~MainWindow() override;

  void openText(const QString& title, const QString& text);
  bool openFile(const QString& path);
  /// Brings back what was open. Returns whether there was anything.
  bool restoreSession();
  void setTheme(const Theme& theme);
  const Settings& settings() const { return m_settings; }
  void setSettings(const Settings& settings);
  /// Marks a stream as an alert: each of its rows is listed, told of, and marked on the charts.
  void setAlert(const QString& stream, bool on);

  Engine& engine();
  /// The chart that has the focus, or the first.
  ChartView& chart();
  ChartDeck& charts();
  SqlEditor& editor() const;
  DocumentTabs& documents() { return *m_documents; }
  Files& files() { return *m_files; }
  RunController& runner() { return *m_run; }
  Commands& commands() { return *m_commands; }
  DockLayout& docks() { return *m_docks; }
  const Panels& panels() const { return *m_panels; }
  /// Null where there is none.
  HealthCard* card(const QString& connection) const;
  /// Of the stream whose table is shown.
  const SeriesStore& series() const;
  /// Streams, editor, chart, results: left to right, top to bottom.
  std::vector<QWidget*> panes() const;

public slots:
  void run();
  /// Previews the SELECTs in the selection, or the one at the caret, with the sinks off.
  void runStatement();
  void runDemo();
  void stop();
  /// Shows the text as a job on Flink, to be started there.
  void deploy();
  void goLive();
  /// Says whether what one sees is the present.
  void showLive();
  void showCommands();
  void showMessage(const QString& text, LogLevel level);
  void connectToUrl();
  void showSettings();
  /// The manual, at a word of the language when there is one.
  void showHelp(const QString& word);

signals:
  /// A feed that was live is lost, stale, or has failed.
  void feedTrouble(const QString& text);
  /// Rows of a stream that is an alert: at most once in five seconds of each stream.
  void alerted(const QString& text);

protected:
  void closeEvent(QCloseEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;

private:
  void connectEditing();
  void connectRun();
  void gather(Workspace::Session& session);

  const Theme* m_theme;
  DemoScript m_demo;
  Settings m_settings;
  DocumentTabs* m_documents;
  MessageBar* m_messageBar;
  ProblemsModel* m_problems;
  TextChecker* m_checker;
  Files* m_files;
  SessionKeeper* m_keeper;
  RunController* m_run;
  TextRunner* m_runner;
  std::unique_ptr<const Panels> m_panels;
  Commands* m_commands;
  ToolBar* m_toolBar = nullptr;
  DockLayout* m_docks = nullptr;
  StatusLine* m_status;
  RunView* m_view;
  HelpWindow* m_help = nullptr;
  bool m_hasLayout = false;
};

}  // namespace weir
