// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QTimer>

#include "core/session/engine.h"
#include "core/telemetry/log.h"
#include "ui/shell/file_settings.h"
#include "ui/widgets/theme.h"

namespace weir {

class AlertsController;
class Commands;
class DemoScript;
class DockLayout;
class DocumentTabs;
class ProblemsModel;
class RunController;
class RunMarks;
class ShownResults;
class StatusLine;
class TextChecker;
class ToolBar;
struct Panels;

/// Shows a run in the parts of the window, frame by frame: rows and charts when something is new, words and cards a few
/// times a second. An idle feed costs next to nothing.
class RunView final : public QObject {
  Q_OBJECT
public:
  struct Parts {
    DocumentTabs& documents;
    TextChecker& checker;
    const ProblemsModel& problems;
    RunController& run;
    DemoScript& demo;
    const Panels& panels;
    DockLayout& docks;
    Commands& commands;
    ToolBar& toolBar;
    StatusLine& status;
  };
  RunView(const Theme& theme, const Parts& parts, QObject* parent = nullptr);
  void setTheme(const Theme& theme);
  void setLocalTime(bool local);
  AlertsController& alerts() { return *m_alerts; }
  ShownResults& shown() { return *m_shown; }
  /// No more frames.
  void end() { m_tick.stop(); }
  /// Shows the present again, and goes on with it.
  void goLive();
  /// Says whether what one sees is the present.
  void showLive();
  /// Charts and alerts of each file, as they are kept.
  void setFileSettings(const QJsonObject& kept) { m_files.setAll(kept); }
  QJsonObject fileSettings();

signals:
  void settingsChanged();
  void feedTrouble(const QString& text);
  void demoOver();
  void message(const QString& text, LogLevel level);

private:
  void connectRun();
  void connectPanels();
  void prepare();
  void begin(bool goesOn);
  void setRunning(bool running);
  void showAlertMarks();
  void tick();
  void showWords(const RunSnapshot& snapshot);
  bool isPaused() const;

  const Parts m_parts;
  AlertsController* m_alerts;
  ShownResults* m_shown;
  RunMarks* m_marks;
  FileSettings m_files;
  QTimer m_tick;
  qint64 m_slowTick = 0;
  bool m_localTime = false;
};

}  // namespace weir
