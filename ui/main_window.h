// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <QTimer>
#include <functional>
#include <map>

#include "core/session/engine.h"
#include "ui/series_store.h"
#include "ui/theme.h"

class QDockWidget;
class QLabel;
class QListWidget;
class QStackedWidget;
class QTableView;
class QTabWidget;
class QToolButton;
class QTreeWidget;
class QTreeWidgetItem;
class QVBoxLayout;

namespace weir {

class ChartView;
class HealthCard;
class LegendTable;
class ResultsModel;
class SqlEditor;

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
  MainWindow(const Theme& theme, DemoServices demo, QWidget* parent = nullptr);
  ~MainWindow() override;

  void openText(const QString& title, const QString& text);
  bool openFile(const QString& path);
  void setTheme(const Theme& theme);
  void runDemo();

  Engine& engine() { return m_engine; }
  ChartView& chart() { return *m_chart; }
  SqlEditor& editor() { return *m_editor; }
  HealthCard* card(const QString& connection) const;
  const SeriesStore& series() const { return m_store; }

 public slots:
  void run();
  void stop();

 protected:
  void closeEvent(QCloseEvent* event) override;

 private:
  void buildActions();
  void buildDocks();
  QDockWidget* addDock(const QString& name, const QString& title, QWidget* widget, Qt::DockWidgetArea area,
                       QLabel** subtitle = nullptr, bool titled = true);
  void check();
  void tick();
  void showHealth(const RunSnapshot& snapshot);
  void showMessage(const QString& text, bool isError);
  void chooseResult(const BoundScript& script);
  void updateStatus(const RunSnapshot& snapshot);
  void setRunning(bool running);

  const Theme* m_theme;
  DemoServices m_demo;
  Engine m_engine;
  QTimer m_tick;
  QTimer m_checkDelay;
  SqlEditor* m_editor = nullptr;
  QTabWidget* m_fileTabs = nullptr;
  QString m_path;
  ChartView* m_chart = nullptr;
  LegendTable* m_legend = nullptr;
  QStackedWidget* m_chartStack = nullptr;
  QLabel* m_chartTitle = nullptr;
  QLabel* m_chartSubtitle = nullptr;
  QLabel* m_healthSubtitle = nullptr;
  ResultsModel* m_results = nullptr;
  QTableView* m_table = nullptr;
  QLabel* m_resultsInfo = nullptr;
  QTreeWidget* m_problems = nullptr;
  QListWidget* m_messages = nullptr;
  QTabWidget* m_bottom = nullptr;
  QTreeWidget* m_streams = nullptr;
  QVBoxLayout* m_cardsLayout = nullptr;
  QWidget* m_cardsPane = nullptr;
  std::map<QString, HealthCard*> m_cards;
  QWidget* m_messageBar = nullptr;
  QLabel* m_messageText = nullptr;
  QToolButton* m_runButton = nullptr;
  QToolButton* m_stopButton = nullptr;
  QToolButton* m_live = nullptr;
  QLabel* m_demoBadge = nullptr;
  QLabel* m_status = nullptr;
  QLabel* m_statusFaults = nullptr;
  QLabel* m_caret = nullptr;
  QLabel* m_clock = nullptr;
  std::string m_shownStream;
  std::map<std::string, BoundStream> m_resultStreams;
  SeriesStore m_store;
  bool m_isDemo = false;
  bool m_running = false;
  bool m_paused = false;
  int m_problemCount = 0;
  uint64_t m_lastIn = 0;
  uint64_t m_lastOut = 0;
  Micros m_lastAt = 0;
  double m_inRate = 0;
  double m_outRate = 0;
};

}  // namespace weir
