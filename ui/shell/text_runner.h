// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "core/base/diagnostic.h"
#include "core/telemetry/log.h"
#include "ui/cluster/cluster_choice.h"

namespace weir {

class DemoScript;
class DocumentTabs;
class ProblemsModel;
class RunController;
class TextChecker;

/// Runs the text that is shown, or a part of it. Where something is wrong with it, it says what, goes there, and runs
/// nothing.
class TextRunner final : public QObject {
  Q_OBJECT
public:
  TextRunner(DocumentTabs& documents, TextChecker& checker, const ProblemsModel& problems, DemoScript& demo,
             RunController& run, QObject* parent = nullptr);
  void run();
  /// The SELECTs in the selection, or the one at the caret, with the sinks off.
  void preview();
  void runDemo();
  /// Offers the text as a job on Flink.
  void deploy(const ClusterChoice& choice);

signals:
  void message(const QString& text, LogLevel level);
  void refused();
  /// To be remembered: a text runs, under this name.
  void ran(const QString& name, const QString& text);
  /// A job was started; to be remembered.
  void deployed(const ClusterChoice& choice);

private:
  bool refuses(const Diagnostic* error);
  bool refuses(const Diagnostics& found);

  DocumentTabs& m_documents;
  TextChecker& m_checker;
  const ProblemsModel& m_problems;
  DemoScript& m_demo;
  RunController& m_run;
};

}  // namespace weir
