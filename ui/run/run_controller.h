// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <map>
#include <memory>
#include <set>

#include "core/session/engine.h"
#include "core/session/result_history.h"
#include "core/telemetry/log.h"
#include "ui/health/gap_book.h"
#include "ui/results/result_views.h"

namespace weir {

/// Starts, records and stops runs, keeps what is known of their results, and says what a run took over from the one
/// before. The window asks it for rows at each frame.
class RunController final : public QObject {
  Q_OBJECT
public:
  explicit RunController(const Theme& theme, QObject* parent = nullptr);
  ~RunController() override;

  /// Finished windows are kept in this file from the next run on.
  void keepResults(const QString& file, const ResultHistory::Limits& limits);
  /// The results of the statements of a script that a stretch of its text touches: what can be previewed.
  static QStringList previewable(const logical::Plan& script, Span chosen);
  /// Runs a text, which was checked and is this script. Where `previewed` names results, these alone are shown, and the
  /// sinks are off.
  void start(const QString& text, const logical::Plan& script, const QStringList& previewed = {});
  void stop() { m_engine.stop(); }
  /// The next run is recorded into this file; empty: it is not.
  void setRecordFile(const QString& file) { m_recordFile = file; }

  Engine& engine() { return m_engine; }
  ResultViews& views() { return m_views; }
  /// What runs, or ran last; its nodes have no bodies.
  const logical::Plan& script() const { return m_info.script; }
  const RunInfo& info() const { return m_info; }
  bool isRunning() const { return m_running; }
  bool hasRun() const { return m_info.number > 0; }
  const QStringList& previewed() const { return m_previewed; }
  size_t resultCount() const { return m_windows.size(); }
  /// Rows of this run that came faster than they were taken.
  uint64_t unseenRows() const { return m_unseen - m_unseenBefore; }

  /// Takes what has come since the last look. Returns whether there is anything to show.
  bool takeRows();
  /// Asks the file of finished windows for rows from before those that are there.
  void loadOlder(const std::string& stream);
  /// When the sources of a result were lost, and what at least was missed then, by the beginning of the gap.
  std::vector<Gap> gapsOf(const std::string& stream) const;
  std::map<int64_t, uint64_t> lostOf(const std::string& stream) const;
  void note(const RunSnapshot& snapshot);

signals:
  /// A run was asked for.
  void starting();
  /// The views of results that have changed are about to go.
  void viewsGoing();
  /// A run has begun, and its views are there. `goesOn`: connections and windows of the one before are still there.
  void began(bool goesOn);
  void runningChanged(bool running);
  void closedRows(const std::string& stream, const weir::ResultBlock& rows);
  void message(const QString& text, LogLevel level);

private:
  void adopt();
  QString summary(const QStringList& connectionsBefore) const;

  std::unique_ptr<ResultHistory> m_history;  ///< outlives the engine
  Engine m_engine;
  ResultViews m_views;
  RunInfo m_info;
  QStringList m_previewed;
  QString m_recordFile;
  QStringList m_connections;                 ///< that have been seen of the run, or were kept
  std::map<std::string, int64_t> m_windows;  ///< of each result, in ms
  std::map<std::string, std::set<std::string>> m_feedsOf;
  GapBook m_gaps;
  uint64_t m_unseen = 0;        ///< since the window opened
  uint64_t m_unseenBefore = 0;  ///< of those, before this run
  bool m_running = false;
  bool m_hasNews = false;
};

}  // namespace weir
