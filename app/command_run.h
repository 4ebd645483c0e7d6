// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QTimer>
#include <functional>
#include <memory>
#include <string>

#include "app/log_printer.h"
#include "app/metrics_server.h"
#include "app/output.h"
#include "app/progress_line.h"
#include "app/signal_watch.h"
#include "core/feed/feed_drops.h"
#include "core/session/runner.h"

namespace weir {

/// One script from its text to its exit code, for the commands that run one: live, over files, or over a capture. It
/// ends by itself, by time, by limit or by signal.
class CommandRun {
public:
  CommandRun(QCoreApplication& app, const RunSettings& settings, std::string text);
  /// Rows are printed unless `printRows` is false.
  int perform(RunRequest request, bool printRows = true);
  /// Called with the run before it starts, and before it ends.
  std::function<void(Run& run)> onBegin;
  std::function<void()> onEnd;

private:
  bool accept(const logical::Plan& script);
  void begin(const RunOutcome& outcome);
  bool serveMetrics();
  void wire();
  void settled();
  void sourceEnded();
  void sinkFailed();
  void timeIsUp();
  void end(int code);
  void quit(int code);
  int report();
  bool pastIsWhole(const PastRun& past);
  void printAll(const Diagnostics& diagnostics) const;
  void tell(const LogEntry& entry);
  std::vector<Drop> drops() const;

  QCoreApplication& m_app;
  RunSettings m_settings;
  std::string m_text;
  bool m_printRows = true;
  LogPrinter m_tell;
  Runner m_runner;
  std::vector<std::string> m_streams;
  RowFormat m_format = RowFormat::JsonLines;
  std::unique_ptr<OutputFile> m_output;
  std::shared_ptr<Run> m_run;
  std::unique_ptr<MetricsServer> m_server;
  std::unique_ptr<ProgressLine> m_progress;
  std::unique_ptr<RowPrinter> m_printer;
  DropReport m_report;
  QTimer m_deadline;
  int m_code = kExitOk;
  bool m_isEnding = false;
  bool m_hasQuit = false;
  bool m_sourceEnded = false;
};

}  // namespace weir
