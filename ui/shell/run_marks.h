// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <map>
#include <string>

#include "core/session/engine.h"
#include "ui/widgets/theme.h"

namespace weir {

class DocumentTabs;
class SqlEditor;
class TextChecker;

/// Writes beside the text that runs how its sources fare and how many rows its queries bring: "0.6 rows/s".
class RunMarks final : public QObject {
  Q_OBJECT
public:
  RunMarks(const Theme& theme, DocumentTabs& documents, const TextChecker& checker, QObject* parent = nullptr);
  void setTheme(const Theme& theme) { m_theme = &theme; }
  /// The document that is shown is what runs from now on.
  void begin();
  /// A run has begun, whose rates count from now.
  void beginRun() { m_lastAt = 0; }
  /// `hasProblems`: the lines of the text are not those that run.
  void showRun(const RunSnapshot& snapshot, bool hasProblems);
  void endRun(bool hasProblems);
  /// The text was checked anew.
  void clear(bool isRunning, bool hasProblems);

private:
  void markSources(const RunSnapshot& snapshot);
  void markRates(const RunSnapshot& snapshot, double seconds);

  const Theme* m_theme;
  DocumentTabs& m_documents;
  const TextChecker& m_checker;
  QPointer<SqlEditor> m_editor;  ///< whose text runs
  std::map<std::string, uint64_t> m_lastRows;
  Micros m_lastAt = 0;
};

}  // namespace weir
