// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QMainWindow>
#include <QPointer>
#include <QTimer>
#include <deque>
#include <functional>
#include <map>
#include <set>

#include "core/session/engine.h"
#include "core/session/result_history.h"
#include "core/session/workspace.h"
#include "ui/alerts_panel.h"
#include "ui/gap_book.h"
#include "ui/plot_item.h"
#include "ui/result_views.h"
#include "ui/settings.h"
#include "ui/theme.h"

class QDockWidget;
class QLabel;
class QPushButton;
class QStackedWidget;
class QToolButton;
class QTreeWidget;
class QVBoxLayout;

namespace weir {

class ChartDeck;
class ChartView;
class DocumentTabs;
class EventsPanel;
class FramesPanel;
class HealthCard;
class HelpWindow;
class HistoryPanel;
class MessageBar;
class PlanView;
class ResultsPanel;
class SqlEditor;
class StreamTree;

/// What the window needs of the demo exchange; the program passes it in.
struct DemoServices {
  /// Starts it if need be and returns the demo pipeline's text, with the exchange's address in it.
  std::function<QString()> start;
  std::function<quint64()> dashboardRows;
};

/// The desktop: editor in the middle, streams and health at the left, chart at the right, results beneath.
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
  void runDemo();

  Engine& engine() { return m_engine; }
  /// The chart that has the focus, or the first.
  ChartView& chart();
  ChartDeck& charts() { return *m_charts; }
  SqlEditor& editor() const;
  DocumentTabs& documents() { return *m_documents; }
  const Settings& settings() const { return m_settings; }
  void setSettings(const Settings& settings);
  /// Marks a stream as an alert: each of its rows is listed, told of, and marked on the charts.
  void setAlert(const QString& stream, bool on);
  HealthCard* card(const QString& connection) const;
  /// Of the stream whose table is shown.
  const SeriesStore& series() const;

public slots:
  void run();
  /// Previews the SELECTs in the selection, or the one at the caret, with the sinks off.
  void runStatement();
  void stop();
  void showCommands();
  void showMessage(const QString& text, bool isError);
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
  void buildActions();
  void buildMenus();
  void buildDocks();
  void buildBottom();
  void buildStatus();
  void openHistory(const Settings& settings);
  QAction* action(const QString& name, const QString& text, const QKeySequence& keys,
                  const std::function<void()>& call);
  QDockWidget* addDock(const QString& name, const QString& title, QWidget* widget, Qt::DockWidgetArea area);
  static QDockWidget* dockOf(const QWidget* panel);
  /// Whether some of it is on the screen: a dock behind another one is moved away, not hidden.
  static bool isSeen(const QWidget* widget);
  void showPanel(const QWidget* panel);
  /// The panel beneath the editor that is in front.
  QWidget* frontPanel() const;
  void titlePanel(const QWidget* panel, const QString& title, int count);
  void buildPanelActions();
  /// Titles and tab bars of the docks, which come and go with where the docks are.
  void dressDocks();
  void layOutDocks();
  void saveFile(bool askForName);
  void saveTo(const QString& path);
  void noteRecent(const QString& path);
  /// Another program changed a file that has unsaved words here.
  void offerReload(const QString& path);
  void check();
  void tick();
  void start(const QString& text, const logical::Plan& script, bool sinks);
  bool refuse(const Diagnostics& found, uint32_t shift);
  void showHealth(const RunSnapshot& snapshot);
  void markSources(const RunSnapshot& snapshot);
  void showGaps(const RunSnapshot& snapshot);
  void showStream(const std::string& name);
  void showChart(const QString& stream, bool on);
  /// Takes note of a run that has begun: its streams, and what goes on from the one before.
  void adoptRun();
  void showDefaultCharts(const RunInfo& info);
  void takeRows();
  void noteAlerts(const std::string& stream, const Batch& batch);
  void showAlerts();
  void tellAlerts();
  void loadOlder(const std::string& stream);
  void watchShown();
  void titleCharts();
  QJsonObject fileSettings() const;
  void keepFileSettings();
  void updateStatus(const RunSnapshot& snapshot);
  void updateChips(const RunSnapshot& snapshot);
  void setRunning(bool running);
  void setIcons();
  void fitToolbar();
  void showLive();
  bool isPaused() const;
  /// The text of the document that is shown, the demo exchange's address in it where it is the demo.
  QString textToRun();
  void remember(const QString& title, const QString& text);
  QString runMessage(const RunInfo& info, const QStringList& connectionsBefore) const;
  void buildPanes();
  std::vector<QWidget*> panes() const;
  void focusPane(QWidget* pane);
  void keepSession();

  const Theme* m_theme;
  DemoServices m_demo;
  Workspace m_workspace;
  Workspace::Session m_session;  ///< as the last one left it
  QString m_sessionProblem;
  Settings m_settings;
  std::unique_ptr<ResultHistory> m_resultHistory;  ///< outlives the engine
  Engine m_engine;
  QTimer m_tick;
  QTimer m_checkDelay;
  QTimer m_keepDelay;
  std::map<QString, QAction*> m_actions;
  QStringList m_recent;
  DocumentTabs* m_documents = nullptr;
  MessageBar* m_messageBar = nullptr;
  ChartDeck* m_charts = nullptr;
  ResultsPanel* m_changes = nullptr;
  AlertsPanel* m_alerts = nullptr;
  HelpWindow* m_help = nullptr;
  QStackedWidget* m_chartStack = nullptr;
  QLabel* m_chartTitle = nullptr;
  QLabel* m_chartSubtitle = nullptr;
  QLabel* m_healthSubtitle = nullptr;
  ResultsPanel* m_results = nullptr;
  FramesPanel* m_frames = nullptr;
  HistoryPanel* m_history = nullptr;
  PlanView* m_plan = nullptr;
  QTreeWidget* m_problems = nullptr;
  EventsPanel* m_events = nullptr;
  std::vector<QWidget*> m_panels;  ///< beneath the editor
  StreamTree* m_streams = nullptr;
  QVBoxLayout* m_cardsLayout = nullptr;
  QWidget* m_cardsPane = nullptr;
  std::map<QString, HealthCard*> m_cards;
  std::map<QString, bool> m_wasGood;
  std::map<QString, QToolButton*> m_tools;
  QPushButton* m_commandBox = nullptr;
  QToolButton* m_live = nullptr;
  bool m_hasTrouble = false;  ///< of the connections
  QToolButton* m_zone = nullptr;
  QLabel* m_demoBadge = nullptr;
  QLabel* m_previewBadge = nullptr;
  QLabel* m_status = nullptr;
  QLabel* m_statusFaults = nullptr;
  QLabel* m_caret = nullptr;
  QToolButton* m_problemCount = nullptr;
  QLabel* m_clock = nullptr;
  QByteArray m_factoryLayout;
  std::string m_shownStream;
  QStringList m_previewed;                      ///< the results of the statements that run alone
  QPointer<SqlEditor> m_runEditor;              ///< whose text runs
  std::map<std::string, int64_t> m_ranWindows;  ///< of each result of the run that was adopted last, in ms
  logical::Plan m_script;                       ///< that runs, or ran last
  std::map<std::string, int> m_chipLines;       ///< of the document that is shown
  ResultViews m_views;
  uint64_t m_runSeen = 0;
  QJsonObject m_fileSettings;  ///< charts and alerts, by file
  std::set<QString> m_alertStreams;
  /// Rows of a stream that is an alert, since it was last told of.
  struct AlertNews {
    int rows = 0;
    QString last;
    QElapsedTimer told;
  };
  std::map<QString, AlertNews> m_alertNews;
  std::deque<AlertsPanel::Alert> m_alertsNew;  ///< not listed yet, oldest first
  std::vector<ChartAlert> m_alertMarks;
  QString m_runFile;            ///< whose settings the charts have
  bool m_chartsChosen = false;  ///< by hand
  int m_alertsUnseen = 0;
  std::map<QString, QString> m_usualKeys;
  bool m_rowsChanged = false;
  QString m_recordFile;
  bool m_isDemo = false;
  bool m_demoTold = false;
  bool m_running = false;
  bool m_hasLayout = false;
  bool m_isLow = false;  ///< too low for streams and health one above the other
  qint64 m_slowTick = 0;
  uint64_t m_lastIn = 0;
  uint64_t m_lastOut = 0;
  std::map<std::string, uint64_t> m_lastRows;
  Micros m_lastAt = 0;
  Micros m_startedAt = 0;
  uint64_t m_unseenRows = 0;      ///< that came faster than the window took them, since it opened
  uint64_t m_unseenBefore = 0;    ///< of those, before this run
  quint64 m_dashboardBefore = 0;  ///< rows that the demo's dashboard had when the run began
  GapBook m_gaps;
  std::map<std::string, std::set<std::string>> m_feedsOf;  ///< of each result
  double m_inRate = 0;
  double m_outRate = 0;
};

}  // namespace weir
